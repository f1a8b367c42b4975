#pragma once

#include <torch/torch.h>

#include <map>
#include <optional>
#include <string>

#include "models/cuboid/attention_probe.h"

namespace stormloom {

/// Keeps the attention weights of the cuboid attention layers of a network while it lives. Layers
/// are named by their path in the state dictionary, such as `encoder.blocks.0.0.attn_l.1`. The
/// network must outlive it.
class AttentionRecorder {
public:
  /// Records every layer whose path contains `filter`; with a query only that position's weights.
  explicit AttentionRecorder(const torch::nn::Module& network, const std::string& filter = "",
                             const std::optional<AttentionProbe::Query>& query = {});
  ~AttentionRecorder();
  AttentionRecorder(const AttentionRecorder&) = delete;
  AttentionRecorder& operator=(const AttentionRecorder&) = delete;

  /// Of the latest pass; the tensors of a layer that did not run are undefined.
  const std::map<std::string, AttentionProbe>& probes() const { return probes_; }

private:
  torch::OrderedDict<std::string, std::shared_ptr<torch::nn::Module>> layers_;
  std::map<std::string, AttentionProbe> probes_;  // its nodes do not move
};

/// Paths of all cuboid attention layers of a network, in its order.
std::vector<std::string> attentionLayers(const torch::nn::Module& network);

}  // namespace stormloom
