#include "models/prediff/noisy_cuboid_transformer_encoder.h"

#include "models/cuboid/attention_parts.h"
#include "models/cuboid/cuboid_json.h"

namespace stormloom {
using torch::Tensor;

NoisyCuboidTransformerEncoderOptions noisyCuboidTransformerEncoderOptionsFromJson(
    const Json& config) {
  requireValue(config, "pool", "attention");
  NoisyCuboidTransformerEncoderOptions options;
  options.inputShape = fieldShapeFromJson(config.at("input_shape"));
  readTimedCuboidOptions(config, "block_attn_patterns", options);
  options.outChannels = config.value("out_channels", options.outChannels);
  options.readoutSeq = config.value("readout_seq", true);
  options.outLen = config.value("out_len", options.inputShape.thw[0]);
  return options;
}

NoisyCuboidTransformerEncoderImpl::NoisyCuboidTransformerEncoderImpl(
    const NoisyCuboidTransformerEncoderOptions& options)
    : options_(options),
      units_(
          levelUnits(options.baseUnits, options.scaleAlpha, options.downsample, options.levels())),
      shapes_(timedLevelShapes(options, options.inputShape.thw)) {
  TORCH_CHECK(!options.readoutSeq ||
                  (options.outLen > 0 && options.outLen <= options.inputShape.thw[0]),
              "an alignment network reads out 1 to ", options.inputShape.thw[0], " frames, not ",
              options.outLen);
  if (options.numGlobalVectors > 0)
    init_global_vectors = register_parameter(
        "init_global_vectors",
        torch::zeros({options.numGlobalVectors, options.globalDimRatio * options.baseUnits}));
  first_proj = register_module("first_proj", timedFirstProj(options, options.inputShape.channels));
  pos_embed =
      register_module("pos_embed", PosEmbed(options.baseUnits, shapes_[0], options.posEmbedType));
  time_embed =
      register_module("time_embed", TimeEmbedLayer(options.baseUnits, options.timeEmbedChannels()));
  buildLevels();
  buildReadout();
}

void NoisyCuboidTransformerEncoderImpl::buildLevels() {
  register_module("downsample_layers", downsample_layers);
  if (options_.numGlobalVectors > 0)
    down_layer_global_proj = register_module("down_layer_global_proj", torch::nn::ModuleList());
  for (std::size_t i = 0; i + 1 < units_.size(); ++i) {
    downsample_layers->push_back(timedDownsample(options_, units_, i));
    if (options_.numGlobalVectors > 0)
      down_layer_global_proj->push_back(
          linear(options_.globalDimRatio * units_[i], options_.globalDimRatio * units_[i + 1]));
  }
  stacks_ = addTimedStacks(*this, "down_self_blocks", options_, units_, shapes_);
  for (const std::int64_t units : units_)
    down_time_embed_blocks->push_back(timedResBlock(options_, units));
  register_module("down_time_embed_blocks", down_time_embed_blocks);
}

void NoisyCuboidTransformerEncoderImpl::buildReadout() {
  const std::int64_t channels = units_.back();
  const Thw& coarsest = shapes_.back();
  AttentionPoolOptions pool;
  pool.tokens = coarsest[1] * coarsest[2] + options_.numGlobalVectors;
  if (!options_.readoutSeq)
    pool.tokens = coarsest[0] * coarsest[1] * coarsest[2] + options_.numGlobalVectors;
  pool.embedDim = channels;
  pool.headChannels = channels / options_.numHeads;
  pool.outputDim = options_.outChannels;
  const std::int64_t groups = std::min<std::int64_t>(channels, 32);
  out = torch::nn::Sequential(torch::nn::GroupNorm(groups, channels), torch::nn::SiLU(),
                              AttentionPool3D(pool));
  register_module("out", out);
}

Tensor NoisyCuboidTransformerEncoderImpl::readout(const TimedStream& stream) {
  const std::int64_t batch = stream.x.size(0);
  Tensor x = stream.x;
  if (options_.readoutSeq)
    x = x.narrow(1, x.size(1) - options_.outLen, options_.outLen).flatten(0, 1);
  Tensor tokens = x.flatten(1, -2);  // (B*T,hw,C) or (B,Thw,C)
  if (stream.globals.defined()) {
    // Tiled time-major beside batch-major tokens, as the official network does: quirk Q7.
    const std::int64_t tiles = tokens.size(0) / batch;
    tokens = torch::cat({tokens, stream.globals.repeat({tiles, 1, 1})}, 1);
  }
  const Tensor answer = out->forward(tokens.transpose(1, 2).contiguous());
  return options_.readoutSeq ? answer.view({batch, options_.outLen, -1}) : answer;
}

Tensor NoisyCuboidTransformerEncoderImpl::forward(const Tensor& zt, const Tensor& t) {
  const auto type = first_proj->parameters().front().scalar_type();
  const Tensor emb = time_embed->forward(timestepEmbedding(t, options_.baseUnits).to(type));
  TimedStream stream{pos_embed->forward(first_proj->forward(zt)), {}};
  if (init_global_vectors.defined())
    stream.globals = init_global_vectors.unsqueeze(0).expand({zt.size(0), -1, -1});
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (i > 0) {
      stream.x = downsample_layers->at<PatchMerging3DImpl>(i - 1).forward(stream.x);
      if (stream.globals.defined())
        stream.globals =
            down_layer_global_proj->at<torch::nn::LinearImpl>(i - 1).forward(stream.globals);
    }
    stream = throughTimedLevel(std::move(stream), emb,
                               down_time_embed_blocks->at<TimeEmbedResBlockImpl>(i), stacks_[i]);
  }
  return readout(stream);
}

}  // namespace stormloom
