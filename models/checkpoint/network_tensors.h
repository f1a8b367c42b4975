#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "models/checkpoint/state_dict.h"
#include "models/checkpoint/tensor_file.h"

namespace stormloom {

/// The prefixes of whole networks that a file holds (spec section 13: Lightning checkpoints), in
/// this order: torch_nn_module., model_ema., first_stage_model., cond_stage_model.,
/// alignment_model., loss.discriminator., module.
std::vector<std::string> networkPrefixes(const TensorFile& file);

/// The prefix of the network a file was saved for: "torch_nn_module." in training checkpoints, else
/// "alignment_model.", "first_stage_model." or none at all.
std::string mainPrefix(const TensorFile& file);

/// Exactly the tensors whose names start with `prefix`, named without it. "" gives all of them.
std::vector<NamedTensor> networkTensors(const TensorFile& file, const std::string& prefix);

/// How the tensors of a file and those of a network differ; empty lists when they fit.
struct TensorDifference {
  std::vector<std::string> missing;     ///< in the network, not in the file
  std::vector<std::string> unexpected;  ///< in the file, not in the network
  std::vector<std::string> misshapen;   ///< in both, with another shape or kind of number
  bool fits() const { return missing.empty() && unexpected.empty() && misshapen.empty(); }
  std::size_t count() const { return missing.size() + unexpected.size() + misshapen.size(); }
};

/// Names and shapes only. Index buffers of the network may be absent from the file, for they are
/// computed.
TensorDifference compareTensors(const std::vector<NamedTensor>& network,
                                const std::vector<NamedTensor>& file);

/// Why values of tensors that fit cannot be used: an index that is not the computed one, a double that
/// no float holds. Empty: they can.
std::string unusableValues(const std::vector<NamedTensor>& network,
                           const std::vector<NamedTensor>& file);

/// Throws ModelError with such a reason.
[[noreturn]] void refuseUnusable(const std::string& path, const std::string& why);

/// At most five of the names, joined by commas, for a sentence.
std::string firstNames(const std::vector<std::string>& names);

/// Copies the tensors under `prefix` into the network; none may be missing, none unexpected, else
/// ModelError names the first five. Index buffers must equal the computed ones and are never used.
/// The prefix "model_ema." finds the moving averages of the parameters, whose names there have lost
/// their dots.
void loadInto(torch::nn::Module& network, const TensorFile& file, const std::string& prefix = "");

}  // namespace stormloom
