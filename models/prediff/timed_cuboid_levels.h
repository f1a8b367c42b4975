#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "models/cuboid/resampling_layers.h"
#include "models/cuboid/self_attention_stack.h"
#include "models/earthformer/cuboid_transformer_options.h"
#include "models/prediff/time_embedding.h"

namespace stormloom {

/// What the networks over noisy latents share: levels of self-attention stacks that know a
/// diffusion time (spec 7, 9). Defaults are those of the official configurations, but for sizes.
struct TimedCuboidOptions {
  std::int64_t baseUnits = 128;
  double scaleAlpha = 1.0;
  std::vector<std::int64_t> depth = {4, 4};
  Thw downsample = {1, 2, 2};
  AttentionPattern<CuboidShape> selfPattern = {{"axial"}, {}};
  std::int64_t numHeads = 4;
  std::string ffnActivation = "gelu";
  bool gatedFfn = false;
  bool useInterFfn = true;
  PaddingType padding = PaddingType::Zeros;
  std::string posEmbedType = "t+h+w";
  bool useRelativePos = true;
  bool selfAttnUseFinalProj = true;
  double attnDrop = 0.0;
  double projDrop = 0.0;
  double ffnDrop = 0.0;

  std::int64_t numGlobalVectors = 0;
  bool useGlobalVectorFfn = true;
  bool useGlobalSelfAttn = false;
  bool separateGlobalQkv = false;
  std::int64_t globalDimRatio = 1;

  std::int64_t timeEmbedChannelsMult = 4;
  bool timeEmbedUseScaleShiftNorm = false;
  double timeEmbedDropout = 0.0;

  std::int64_t levels() const { return std::int64_t(depth.size()); }
  std::int64_t timeEmbedChannels() const { return baseUnits * timeEmbedChannelsMult; }
};

/// Reads the shared options; `patternKey` is "self_pattern" or "block_attn_patterns". Throws
/// ModelError.
void readTimedCuboidOptions(const Json& config, const std::string& patternKey,
                            TimedCuboidOptions& options);

/// Field and global vectors on their way through the levels.
struct TimedStream {
  torch::Tensor x;        ///< (B,T,H,W,C)
  torch::Tensor globals;  ///< (B,N,ratio*C) or undefined
};

/// Stacks by level and depth.
using TimedStacks = std::vector<std::vector<StackCuboidSelfAttentionBlock>>;

/// Registers the stacks of all levels as `name.{level}.{k}` of `owner`; `shapes` are the (T,H,W) of
/// the levels.
TimedStacks addTimedStacks(torch::nn::Module& owner, const std::string& name,
                           const TimedCuboidOptions& options,
                           const std::vector<std::int64_t>& units, const std::vector<Thw>& shapes);
/// (T,H,W) of every level, the finest given.
std::vector<Thw> timedLevelShapes(const TimedCuboidOptions& options, const Thw& finest);
/// The residual block without time that brings `channels` to the base width.
TimeEmbedResBlock timedFirstProj(const TimedCuboidOptions& options, std::int64_t channels);
/// The residual block with time of a level of `units` channels.
TimeEmbedResBlock timedResBlock(const TimedCuboidOptions& options, std::int64_t units);
/// The merging of patches between level `i` and the next.
PatchMerging3D timedDownsample(const TimedCuboidOptions& options,
                               const std::vector<std::int64_t>& units, std::size_t i);

/// One level: its time block before each of its stacks (spec 7, step 3). `timed`: what `emb` does
/// to the block, where that is known already.
TimedStream throughTimedLevel(TimedStream stream, const torch::Tensor& emb,
                              TimeEmbedResBlockImpl& block,
                              std::vector<StackCuboidSelfAttentionBlock>& stacks,
                              const TimeEmbedResBlockImpl::Timed* timed = nullptr);

}  // namespace stormloom
