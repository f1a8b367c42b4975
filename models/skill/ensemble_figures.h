#pragma once

#include <torch/torch.h>

#include <vector>

#include "core/json.h"

namespace stormloom {

/// What the plain figures do not show of a forecast: where rain may be misplaced (fractions and
/// pooled scores), whether the observation looks like one of the members (rank histogram), whether
/// probabilities come true (reliability), and at which wavelengths the fields are too smooth
/// (spectra). Fields in [0, 1]; only measured cells count.
class EnsembleFigures {
public:
  /// members (M,leads,H,W), observed and measured (leads,H,W), one device. M is the same each time.
  void add(const torch::Tensor& members, const torch::Tensor& observed,
           const torch::Tensor& measured);
  Json toJson() const;

private:
  void addEvents(const torch::Tensor& first, const torch::Tensor& observed);
  void addFractions(const torch::Tensor& members, const torch::Tensor& observed);
  void addRanks(const torch::Tensor& members, const torch::Tensor& observed,
                const torch::Tensor& known);
  void addReliability(const torch::Tensor& members, const torch::Tensor& observed,
                      const torch::Tensor& known);
  void addSpectra(const torch::Tensor& first, const torch::Tensor& observed);

  // All float64 on the CPU. Events: (3 counts, pools, thresholds, leads).
  torch::Tensor events_, fractionError_, fractionMost_, ranks_, said_, came_, power_,
      observedPower_;
};

/// Radially averaged power of fields (...,H,W), summed over all of them: one entry for each whole
/// wave number from 1 to half the side.
torch::Tensor radialPower(const torch::Tensor& fields);

}  // namespace stormloom
