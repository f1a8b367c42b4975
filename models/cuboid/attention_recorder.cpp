#include "models/cuboid/attention_recorder.h"

#include "models/cuboid/cuboid_cross_attention.h"
#include "models/cuboid/cuboid_self_attention.h"

namespace stormloom {
namespace {

/// Whether the module is a cuboid attention layer; if so its probe is set.
bool probeIfAttention(torch::nn::Module& module, AttentionProbe* probe) {
  if (auto* self = module.as<CuboidSelfAttentionLayer>()) {
    self->setProbe(probe);
    return true;
  }
  if (auto* cross = module.as<CuboidCrossAttentionLayer>()) {
    cross->setProbe(probe);
    return true;
  }
  return false;
}

bool isAttention(const torch::nn::Module& module) {
  return module.as<CuboidSelfAttentionLayer>() || module.as<CuboidCrossAttentionLayer>();
}

}  // namespace

AttentionRecorder::AttentionRecorder(const torch::nn::Module& network, const std::string& filter,
                                     const std::optional<AttentionProbe::Query>& query) {
  for (const auto& entry : network.named_modules("", /*include_self=*/false)) {
    if (!isAttention(*entry.value()) || entry.key().find(filter) == std::string::npos) continue;
    AttentionProbe& probe = probes_[entry.key()];
    probe.query = query;
    probeIfAttention(*entry.value(), &probe);
    layers_.insert(entry.key(), entry.value());
  }
}

AttentionRecorder::~AttentionRecorder() {
  for (const auto& entry : layers_) probeIfAttention(*entry.value(), nullptr);
}

std::vector<std::string> attentionLayers(const torch::nn::Module& network) {
  std::vector<std::string> paths;
  for (const auto& entry : network.named_modules("", /*include_self=*/false))
    if (isAttention(*entry.value())) paths.push_back(entry.key());
  return paths;
}

}  // namespace stormloom
