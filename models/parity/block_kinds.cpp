// Golden kinds of the building blocks around attention (spec 1.1-1.4, 1.8, 1.10).
#include "models/cuboid/cuboid_json.h"
#include "models/cuboid/feed_forward.h"
#include "models/cuboid/pos_embed.h"
#include "models/cuboid/resampling_layers.h"
#include "models/parity/layer_options.h"
#include "models/parity/parity_case.h"

namespace stormloom {
using torch::Tensor;
namespace {

ParityAnswer feedForward(const ParityCase& parity) {
  const Json& config = parity.config();
  PositionwiseFFNOptions options;
  options.units = config.at("units").asInt();
  options.hiddenSize = config.at("hidden_size").asInt();
  options.activation = config.value("activation", "gelu");
  options.gatedProj = config.value("gated_proj", false);
  options.preNorm = config.value("pre_norm", false);
  options.layerNormEps = config.value("layer_norm_eps", 1e-5);
  return outOf(parity, PositionwiseFFN(options));
}

ParityAnswer patchMerging(const ParityCase& parity) {
  const Json& config = parity.config();
  PatchMerging3DOptions options;
  options.dim = config.at("dim").asInt();
  options.outDim = config.value("out_dim", std::int64_t(0));
  options.downsample = thwFromJson(config.at("downsample"));
  options.padding = paddingTypeFromName(config.value("padding_type", "zeros"));
  return outOf(parity, PatchMerging3D(options));
}

ParityAnswer upsample(const ParityCase& parity) {
  const Json& config = parity.config();
  Upsample3DOptions options;
  options.dim = config.at("dim").asInt();
  options.outDim = config.at("out_dim").asInt();
  options.targetSize = thwFromJson(config.at("target_size"));
  options.kernelSize = config.value("kernel_size", std::int64_t(3));
  return outOf(parity, Upsample3DLayer(options));
}

ParityAnswer positionEmbedding(const ParityCase& parity) {
  const Json& config = parity.config();
  const Thw maximum = {config.at("maxT").asInt(), config.at("maxH").asInt(),
                       config.at("maxW").asInt()};
  return outOf(parity,
               PosEmbed(config.at("embed_dim").asInt(), maximum, config.at("typ").asString()));
}

ParityAnswer selfStack(const ParityCase& parity) {
  StackCuboidSelfAttentionBlock stack(selfStackOf(parity.config()));
  if (!parity.has("global_vectors")) return outOf(parity, stack);
  parity.prepare(*stack);
  const auto [out, globals] = stack->forward(parity.input("x"), parity.input("global_vectors"));
  return {{{"out", out}, {"out_global", globals}}, {}};
}

ParityAnswer crossStack(const ParityCase& parity) {
  StackCuboidCrossAttentionBlock stack(crossStackOf(parity.config()));
  parity.prepare(*stack);
  const Tensor out = stack->forward(parity.input("x"), parity.input("mem"),
                                    parity.inputIfAny("mem_global_vectors"));
  return {{{"out", out}}, {}};
}

}  // namespace

void addBlockKinds(ParityKinds& kinds) {
  kinds["ffn"] = feedForward;
  kinds["patch_merging"] = patchMerging;
  kinds["upsample"] = upsample;
  kinds["pos_embed"] = positionEmbedding;
  kinds["self_stack"] = selfStack;
  kinds["cross_stack"] = crossStack;
}

}  // namespace stormloom
