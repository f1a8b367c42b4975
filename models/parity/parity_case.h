#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/json.h"
#include "models/parity/procedural.h"

namespace stormloom {

using TensorMap = std::map<std::string, torch::Tensor>;

/// One golden case, ready to be computed: its description and its inputs on the device.
struct ParityCase {
  std::filesystem::path file;  ///< the JSON; everything else of the case lies beside it
  Json description;
  TensorMap inputs;
  torch::Device device = torch::kCPU;
  torch::ScalarType type = torch::kFloat32;  ///< of weights and inputs; bf16 is left to autocast

  const Json& config() const { return description.at("config"); }
  const torch::Tensor& input(const std::string& name) const;
  /// The input, or an undefined tensor where the case has none of this name.
  torch::Tensor inputIfAny(const std::string& name) const;
  bool has(const std::string& input) const { return inputs.contains(input); }
  /// Whether the case lists this output; anything else need not be computed.
  bool wants(const std::string& output) const;

  /// Gives a network the weights of the case, whose names start with `prefix`, and puts it on the
  /// device for inference.
  void prepare(torch::nn::Module& network, const std::string& prefix = "") const;
  /// A parameter of the case that belongs to no network, such as `logvar`.
  torch::Tensor weight(const std::string& name, at::IntArrayRef shape) const;
  std::uint64_t weightsSeed() const;
};

/// What a kind answers: tensors for `outputs`, or, where the case has `expect` instead, what
/// disagrees with it.
struct ParityAnswer {
  TensorMap outputs;
  std::vector<std::string> complaints;
};

/// Thrown by a kind for what this version does not know: the case is skipped, not failed.
struct UnknownToThisVersion : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using ParityKind = std::function<ParityAnswer(const ParityCase&)>;
using ParityKinds = std::map<std::string, ParityKind>;

/// Each family of kinds has a file of its own (`*_kinds.cpp`) that adds them.
void addCuboidKinds(ParityKinds& kinds);
void addBlockKinds(ParityKinds& kinds);
void addEarthformerKinds(ParityKinds& kinds);
void addAttentionKinds(ParityKinds& kinds);
void addPrediffKinds(ParityKinds& kinds);
void addAlignmentKinds(ParityKinds& kinds);
void addDiffusionKinds(ParityKinds& kinds);
void addTrainingKinds(ParityKinds& kinds);
void addCheckpointKinds(ParityKinds& kinds);
void addMetricKinds(ParityKinds& kinds);

/// Reads a case and computes or loads its inputs.
ParityCase readParityCase(const std::filesystem::path& file, const torch::Device& device);

/// The answer of a layer that turns `x` into `out`.
template <class Layer>
ParityAnswer outOf(const ParityCase& parity, Layer layer) {
  parity.prepare(*layer);
  return {{{"out", layer->forward(parity.input("x"))}}, {}};
}

}  // namespace stormloom
