#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

#include "models/cuboid/attention_probe.h"

namespace stormloom {

/// Keeps the attention of the cuboid attention layers of a network while it lives: all weights, or
/// what the layers were given, so that weights can be asked for later. Layers are named by their
/// path in the state dictionary, such as `encoder.blocks.0.0.attn_l.1`. The network must outlive
/// it.
class AttentionRecorder {
public:
  /// Records every layer whose path contains `filter`.
  explicit AttentionRecorder(const torch::nn::Module& network,
                             AttentionProbe::Keep keep = AttentionProbe::Keep::Weights,
                             const std::string& filter = "");
  ~AttentionRecorder();
  AttentionRecorder(const AttentionRecorder&) = delete;
  AttentionRecorder& operator=(const AttentionRecorder&) = delete;

  /// What was kept stays; passes that follow are not recorded.
  void stop();

  /// Of the latest pass; the tensors of a layer that did not run are undefined.
  const std::map<std::string, AttentionProbe>& probes() const { return probes_; }

  /// Weights of one position in a layer whose inputs were kept. UsageError for an unknown layer, a
  /// layer that did not run, or a position outside its field.
  QueryWeights weightsOf(const std::string& layer, const QueryPosition& query) const;
  /// The module of a recorded layer.
  torch::nn::Module& layer(const std::string& path) const;

private:
  torch::OrderedDict<std::string, std::shared_ptr<torch::nn::Module>> layers_;
  std::map<std::string, AttentionProbe> probes_;  // its nodes do not move
};

/// Paths of all cuboid attention layers of a network, in its order.
std::vector<std::string> attentionLayers(const torch::nn::Module& network);

}  // namespace stormloom
