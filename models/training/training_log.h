#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "core/json.h"

namespace stormloom {

/// One line of the log.
struct TrainingLogRow {
  std::int64_t step = 0;
  double seconds = 0.0;  ///< of training, all sittings together
  double loss = 0.0;
  double rate = 0.0;
  double gradientNorm = 0.0;
  double samplesPerSecond = 0.0;
};

/// Writes STEM.csv and STEM.validation.jsonl as training goes, and STEM-pictures/ (loss curve, then
/// samples) where this build can write pictures. Goes on after what an earlier sitting wrote up to
/// `lastStep`; what it wrote after its last state is done again.
class TrainingLogFiles {
public:
  TrainingLogFiles(std::string stem, std::int64_t lastStep);
  void add(const TrainingLogRow& row);
  void addValidation(std::int64_t step, double seconds, const Json& figures);
  /// (rows,columns,H,W) in [0, 1].
  void draw(const torch::Tensor& pictures) const;

private:
  std::string stem_;
  std::vector<TrainingLogRow> rows_;
};

}  // namespace stormloom
