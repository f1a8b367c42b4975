#pragma once

#include <string>
#include <vector>

#include "core/attention.h"
#include "models/cuboid/attention_recorder.h"

namespace stormloom {

/// What the frames of a network's fields are.
struct FrameRoles {
  std::vector<LevelFrame> encoder;  ///< of what it is given
  std::vector<LevelFrame> decoder;  ///< of what an Earthformer's decoder fills; empty for others
};

/// The recorded layers of a network that ran, in its order, with words for people.
std::vector<AttentionLayer> describeLayers(const torch::nn::Module& network,
                                           const AttentionRecorder& recorder,
                                           const FrameRoles& roles);

/// The weights of a layer that was described, for one head or the mean; model, hash and place are
/// the caller's to fill. UsageError for a head that is not there.
AttentionView viewOf(const AttentionLayer& layer, const QueryWeights& weights, const Thw& query,
                     int head);

}  // namespace stormloom
