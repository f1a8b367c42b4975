#pragma once

#include <torch/torch.h>

#include <vector>

#include "models/cuboid/pos_embed.h"
#include "models/prediff/attention_pool.h"
#include "models/prediff/timed_cuboid_levels.h"

namespace stormloom {

/// The knowledge alignment network (spec 9).
struct NoisyCuboidTransformerEncoderOptions : TimedCuboidOptions {
  NoisyCuboidTransformerEncoderOptions() { depth = {1, 1}; }

  FieldShape inputShape;  ///< of the noisy latents
  std::int64_t outChannels = 1;
  std::int64_t outLen = 6;  ///< the last frames, which are read out
  bool readoutSeq = true;   ///< one answer a frame instead of one for all
};
/// From a configuration with the official keys. Throws ModelError.
NoisyCuboidTransformerEncoderOptions noisyCuboidTransformerEncoderOptionsFromJson(
    const Json& config);

/// Tells from noisy latents what knowledge says of the clean ones, such as their mean intensity
/// (spec 9). Names of submodules are those of the official checkpoints.
class NoisyCuboidTransformerEncoderImpl : public torch::nn::Module {
public:
  explicit NoisyCuboidTransformerEncoderImpl(const NoisyCuboidTransformerEncoderOptions& options);
  /// zt (B,T,h,w,c), t (B) -> (B,outLen,outChannels), without readoutSeq (B,outChannels).
  torch::Tensor forward(const torch::Tensor& zt, const torch::Tensor& t);

  const NoisyCuboidTransformerEncoderOptions& options() const { return options_; }

private:
  void buildLevels();
  void buildReadout();
  torch::Tensor readout(const TimedStream& stream);

  NoisyCuboidTransformerEncoderOptions options_;
  std::vector<std::int64_t> units_;
  std::vector<Thw> shapes_;
  torch::Tensor init_global_vectors;
  TimeEmbedResBlock first_proj{nullptr};
  PosEmbed pos_embed{nullptr};
  TimeEmbedLayer time_embed{nullptr};
  torch::nn::ModuleList downsample_layers, down_layer_global_proj{nullptr};
  TimedStacks stacks_;
  torch::nn::ModuleList down_time_embed_blocks;
  torch::nn::Sequential out{nullptr};
};
TORCH_MODULE(NoisyCuboidTransformerEncoder);

}  // namespace stormloom
