#include "models/training/initial_weights.h"

#include <cmath>
#include <string>

namespace stormloom {
namespace {

constexpr double kTableDeviation = 0.02;
constexpr double kSmallStart = 0.02;  // of Earthformer's last projection, relative

bool endsWith(const std::string& name, const std::string& ending) {
  return name.size() >= ending.size() &&
         name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
}

bool contains(const std::string& name, const char* part) {
  return name.find(part) != std::string::npos;
}

bool isTable(const std::string& name) {
  return contains(name, "_embed.weight") || contains(name, "relative_position_bias_table") ||
         contains(name, "init_global_vectors");
}

/// Last layers of residual branches (spec 11: ffn_2, attention projection, last convolution of a
/// residual block) and of the network.
bool endsBranch(const std::string& name) {
  return contains(name, ".ffn_2.") || (contains(name, ".attn_l.") && contains(name, ".proj.")) ||
         contains(name, ".out_layers.3.") || contains(name, "out_layers.3.") ||
         contains(name, "final_proj.") || contains(name, "control_embed.2.");
}

bool isTimeEmbedding(const std::string& name) {
  return contains(name, "time_embed.") || contains(name, "emb_layers.");
}

}  // namespace

void initialiseWeights(torch::nn::Module& network, Beginning beginning) {
  const torch::NoGradGuard noGradient;
  for (auto& parameter : network.named_parameters()) {
    const std::string& name = parameter.key();
    torch::Tensor& weight = parameter.value();
    const bool linear = weight.dim() == 2 && endsWith(name, "weight");
    if (isTable(name)) {
      weight.normal_(0.0, kTableDeviation).clamp_(-2.0, 2.0);
    } else if (beginning == Beginning::PreDiff && endsBranch(name)) {
      weight.zero_();
    } else if (linear && !isTimeEmbedding(name)) {
      weight.normal_(0.0, 1.0 / std::sqrt(double(weight.size(1))));
      if (contains(name, "dec_final_proj")) weight.mul_(kSmallStart);
    } else if (weight.dim() == 1 && endsWith(name, "bias") && !isTimeEmbedding(name)) {
      weight.zero_();
    }
  }
}

}  // namespace stormloom
