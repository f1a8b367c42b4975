#include "models/prediff/cuboid_transformer_unet.h"

#include "models/cuboid/attention_parts.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/recorded_call.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// One more channel: 1 on the frames of the condition, 0 on the noisy ones.
Tensor withObservedMark(const Tensor& zt, const Tensor& zc) {
  const Tensor x = torch::cat({zc, zt}, 1);
  Tensor mark = torch::zeros({x.size(0), x.size(1), x.size(2), x.size(3), 1}, x.options());
  mark.narrow(1, 0, zc.size(1)).fill_(1.0);
  return torch::cat({x, mark}, -1);
}

}  // namespace

CuboidTransformerUNetImpl::CuboidTransformerUNetImpl(const CuboidTransformerUNetOptions& options)
    : options_(options),
      units_(
          levelUnits(options.baseUnits, options.scaleAlpha, options.downsample, options.levels())) {
  const Thw& in = options.inputShape.thw;
  const Thw& out = options.targetShape.thw;
  TORCH_CHECK(!options.depth.empty() && in[1] == out[1] && in[2] == out[2] &&
                  options.inputShape.channels == options.targetShape.channels,
              "condition and target of a denoiser need the same h, w and channels");
  shapes_ = timedLevelShapes(options, {in[0] + out[0], in[1], in[2]});
  if (options.numGlobalVectors > 0)
    init_global_vectors = register_parameter(
        "init_global_vectors",
        torch::zeros({options.numGlobalVectors, options.globalDimRatio * options.baseUnits}));
  // The order of registration is the order of the official state dictionary.
  buildStart();
  buildLevelChanges();
  buildBlocks();
}

void CuboidTransformerUNetImpl::buildStart() {
  const std::int64_t base = options_.baseUnits;
  first_proj =
      register_module("first_proj", timedFirstProj(options_, options_.inputShape.channels + 1));
  pos_embed = register_module("pos_embed", PosEmbed(base, shapes_[0], options_.posEmbedType));
  const std::int64_t embed = options_.timeEmbedChannels();
  time_embed = register_module("time_embed", TimeEmbedLayer(base, embed));
  if (options_.controlFeatures > 0) {
    auto last = linear(embed, embed);
    torch::NoGradGuard noGrad;
    last->weight.zero_();
    last->bias.zero_();
    control_embed = register_module(
        "control_embed",
        torch::nn::Sequential(linear(options_.controlFeatures, embed), torch::nn::SiLU(), last));
  }
}

void CuboidTransformerUNetImpl::buildLevelChanges() {
  register_module("downsample_layers", downsample_layers);
  register_module("upsample_layers", upsample_layers);
  const bool global = options_.numGlobalVectors > 0;
  if (global) {
    down_layer_global_proj = register_module("down_layer_global_proj", torch::nn::ModuleList());
    up_layer_global_proj = register_module("up_layer_global_proj", torch::nn::ModuleList());
  }
  for (std::size_t i = 0; i + 1 < units_.size(); ++i) {
    downsample_layers->push_back(timedDownsample(options_, units_, i));
    Upsample3DOptions up;
    up.dim = units_[i + 1];
    up.outDim = units_[i];
    up.targetSize = shapes_[i];
    up.kernelSize = options_.upsampleKernelSize;
    upsample_layers->push_back(Upsample3DLayer(up));
    if (!global) continue;
    const std::int64_t ratio = options_.globalDimRatio;
    down_layer_global_proj->push_back(linear(ratio * units_[i], ratio * units_[i + 1]));
    up_layer_global_proj->push_back(linear(ratio * units_[i + 1], ratio * units_[i]));
  }
}

void CuboidTransformerUNetImpl::buildBlocks() {
  downStacks_ = addTimedStacks(*this, "down_self_blocks", options_, units_, shapes_);
  upStacks_ = addTimedStacks(*this, "up_self_blocks", options_, units_, shapes_);
  for (const std::int64_t units : units_) {
    down_time_embed_blocks->push_back(timedResBlock(options_, units));
    up_time_embed_blocks->push_back(timedResBlock(options_, units));
  }
  register_module("down_time_embed_blocks", down_time_embed_blocks);
  register_module("up_time_embed_blocks", up_time_embed_blocks);
  final_proj =
      register_module("final_proj", linear(options_.baseUnits, options_.targetShape.channels));
}

Tensor CuboidTransformerUNetImpl::embedding(const Tensor& t, const Tensor& control,
                                            torch::ScalarType type) {
  Tensor emb = time_embed->forward(timestepEmbedding(t, options_.baseUnits).to(type));
  if (!control_embed.is_empty()) {
    TORCH_CHECK(control.defined(), "this denoiser is conditioned on ", options_.controlFeatures,
                " control features");
    emb = emb + control_embed->forward(control.to(type));
  }
  return emb;
}

CuboidTransformerUNetImpl::Start CuboidTransformerUNetImpl::start(const Tensor& zt, const Tensor& t,
                                                                  const Tensor& zc,
                                                                  const Tensor& control) {
  Start made;
  const auto field = [&] {
    return std::vector<Tensor>{pos_embed->forward(first_proj->forward(withObservedMark(zt, zc)))};
  };
  const auto times = [&] {
    made.emb = embedding(t, control, final_proj->weight.scalar_type());
    std::vector<Tensor> all = {made.emb};
    if (is_training() || !takesFusedPath(zt)) return all;
    const auto timesOf = [&](torch::nn::ModuleList& blocks) {
      std::vector<TimeEmbedResBlockImpl::Timed> timed;
      for (std::size_t i = 0; i < units_.size(); ++i) {
        timed.push_back(blocks->at<TimeEmbedResBlockImpl>(i).timed(made.emb));
        for (const Tensor& one : {timed[i].shift, timed[i].scale, timed[i].offset})
          if (one.defined()) all.push_back(one);
      }
      return timed;
    };
    made.down = timesOf(down_time_embed_blocks);
    made.up = timesOf(up_time_embed_blocks);
    return all;
  };
  if (is_training() || !takesFusedPath(zt)) {
    times();
    made.x = field()[0];
  } else {
    made.x =
        sideBySide(zt.device(), field, times)[0];  // many small steps, which need not be waited for
  }
  return made;
}

Tensor CuboidTransformerUNetImpl::forward(const Tensor& zt, const Tensor& t, const Tensor& zc,
                                          const Tensor& control) {
  const Start begun = start(zt, t, zc, control);
  TimedStream stream{begun.x, {}};
  const auto known = [](const std::vector<TimeEmbedResBlockImpl::Timed>& timed, std::size_t i) {
    return timed.empty() ? nullptr : &timed[i];
  };
  if (init_global_vectors.defined())
    stream.globals = init_global_vectors.unsqueeze(0).expand({zt.size(0), -1, -1});
  const std::size_t coarsest = units_.size() - 1;
  std::vector<Tensor> saved;
  for (std::size_t i = 0; i <= coarsest; ++i) {
    if (i > 0) {
      stream.x = downsample_layers->at<PatchMerging3DImpl>(i - 1).forward(stream.x);
      if (stream.globals.defined())
        stream.globals =
            down_layer_global_proj->at<torch::nn::LinearImpl>(i - 1).forward(stream.globals);
    }
    stream = throughTimedLevel(std::move(stream), begun.emb,
                               down_time_embed_blocks->at<TimeEmbedResBlockImpl>(i), downStacks_[i],
                               known(begun.down, i));
    saved.push_back(stream.x);
  }
  for (std::size_t i = coarsest + 1; i-- > 0;) {
    if (i < coarsest && options_.unetResConnect) stream.x = stream.x + saved[i];
    stream = throughTimedLevel(std::move(stream), begun.emb,
                               up_time_embed_blocks->at<TimeEmbedResBlockImpl>(i), upStacks_[i],
                               known(begun.up, i));
    if (i == 0) break;
    stream.x = upsample_layers->at<Upsample3DLayerImpl>(i - 1).forward(stream.x);
    if (stream.globals.defined())
      stream.globals =
          up_layer_global_proj->at<torch::nn::LinearImpl>(i - 1).forward(stream.globals);
  }
  const Tensor last = stream.x.narrow(1, zc.size(1), zt.size(1));
  if (is_training() || !takesFusedPath(last)) return final_proj->forward(last);
  const FusedLinear& w =
      fusedFinal_.get(final_proj->weight, [this] { return fusedLinear(final_proj); });
  return product(asFactor(last), w).to(torch::kFloat32);
}

}  // namespace stormloom
