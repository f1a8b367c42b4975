#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stormloom {

/// Numbers that are the same in any language, from which golden cases draw weights, inputs and
/// probes.
std::uint64_t fnv1a64(std::string_view bytes);

/// A stream of them: one seed and one name.
class ProceduralNumbers {
public:
  ProceduralNumbers(std::uint64_t seed, std::string_view name) : state_(fnv1a64(name) ^ seed) {}
  std::uint64_t bits(std::uint64_t index) const;
  double uniform(std::uint64_t index) const;  ///< in [-1, 1), exact

private:
  std::uint64_t state_;
};

/// A parameter or floating-point buffer by recipe `procedural-v1`; the name decides the
/// distribution.
torch::Tensor proceduralWeight(std::uint64_t seed, const std::string& name, at::IntArrayRef shape);

/// Fills all parameters and floating-point buffers of a network; `prefix` goes in front of their
/// names. Index buffers stay as computed.
void fillProcedural(torch::nn::Module& network, std::uint64_t seed, const std::string& prefix = "");

/// An input by recipe: uniform, uniform01, normal, radar, texture.
torch::Tensor proceduralInput(const std::string& recipe, std::uint64_t seed,
                              const std::string& name, at::IntArrayRef shape);

/// Indices of the sampled elements of a probed output.
std::vector<std::int64_t> probedElements(std::uint64_t seed, const std::string& output,
                                         std::int64_t count, std::int64_t numel);

}  // namespace stormloom
