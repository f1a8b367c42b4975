#include "models/cuboid/attention_recorder.h"

#include "core/errors.h"
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

AttentionRecorder::AttentionRecorder(const torch::nn::Module& network, AttentionProbe::Keep keep,
                                     const std::string& filter) {
  for (const auto& entry : network.named_modules("", /*include_self=*/false)) {
    if (!isAttention(*entry.value()) || entry.key().find(filter) == std::string::npos) continue;
    AttentionProbe& probe = probes_[entry.key()];
    probe.keep = keep;
    probeIfAttention(*entry.value(), &probe);
    layers_.insert(entry.key(), entry.value());
  }
}

AttentionRecorder::~AttentionRecorder() { stop(); }

void AttentionRecorder::stop() {
  for (const auto& entry : layers_) probeIfAttention(*entry.value(), nullptr);
}

torch::nn::Module& AttentionRecorder::layer(const std::string& path) const {
  const auto* found = layers_.find(path);
  if (!found) throw UsageError("There is no attention layer \"" + path + "\" in this network.");
  return **found;
}

QueryWeights AttentionRecorder::weightsOf(const std::string& path,
                                          const QueryPosition& query) const {
  torch::nn::Module& module = layer(path);
  const AttentionInputs& given = probes_.at(path).inputs;
  if (!given.x.defined())
    throw UsageError("The attention layer \"" + path + "\" does not run in this network.");
  if (auto* self = module.as<CuboidSelfAttentionLayer>()) return self->weightsOf(given, query);
  return module.as<CuboidCrossAttentionLayer>()->weightsOf(given, query);
}

std::vector<std::string> attentionLayers(const torch::nn::Module& network) {
  std::vector<std::string> paths;
  for (const auto& entry : network.named_modules("", /*include_self=*/false))
    if (isAttention(*entry.value())) paths.push_back(entry.key());
  return paths;
}

}  // namespace stormloom
