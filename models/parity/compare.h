#pragma once

#include <torch/torch.h>

#include <string>

#include "core/json.h"
#include "models/checkpoint/tensor_file.h"

namespace stormloom {

/// How far one output is from its reference.
struct Comparison {
  double maxAbsError = 0.0;
  double allowed = 0.0;  ///< where the error is largest
  double ratio = 0.0;  ///< the largest error beside what is tolerated there; passed when at most 1
  std::string note;    ///< what is wrong other than numbers
  bool passed() const { return note.empty() && ratio <= 1.0; }
};

/// Compares an output with tensor `name` of `reference` as its entry under "outputs" says: element
/// by element or at sampled elements and by mean, deviation and sum of absolute values.
/// `relativeTolerance` above 0 replaces atol by that share of the output's largest magnitude
/// (bf16).
Comparison compareOutput(const std::string& name, const Json& entry, const TensorFile& reference,
                         const torch::Tensor& got, double relativeTolerance);

}  // namespace stormloom
