#pragma once

#include <string>
#include <vector>

#include "core/cuboid_map.h"
#include "models/cuboid/attention_recorder.h"

namespace stormloom {

/// The attention layers of a network by level, each list in the order it runs.
struct LayerChain {
  std::vector<std::vector<std::string>> down;  ///< encoder or way down: level 0 is the finest
  std::vector<std::vector<std::string>> up;    ///< decoder or way up; empty for an encoder alone
  bool skips = false;  ///< the way up adds what each level had on the way down
};
LayerChain layerChain(const std::vector<std::string>& paths);

/// Weights of the finest level of what a network was given, and what ended elsewhere.
struct RolledOut {
  torch::Tensor weights;  ///< (T,H,W), float64
  double lost = 0.0;
};

/// Follows one cell of the finest level of the way up back to the network's input. Half of the
/// weight stays in place at every layer (its residual connection), the other half goes where the
/// mean of the heads looked; at a skip connection half goes either way. Resampling follows cells,
/// not kernels.
RolledOut rollOut(const AttentionRecorder& recorder, const LayerChain& chain, const Thw& start);

}  // namespace stormloom
