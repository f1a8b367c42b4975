#include "models/cuboid/cuboid_cross_attention.h"

#include <cmath>

namespace stormloom {
using torch::Tensor;

CuboidCrossAttentionLayerImpl::CuboidCrossAttentionLayerImpl(
    const CuboidCrossAttentionOptions& options)
    : options_(options) {
  const std::int64_t dim = options.dim;
  const bool bias = options.qkvBias;
  TORCH_CHECK(dim % options.numHeads == 0, "dim ", dim, " is not a multiple of the ",
              options.numHeads, " heads");
  TORCH_CHECK(!options.useGlobalVector || options.separateGlobalQkv || options.globalDimRatio == 1,
              "shared global keys and values need global_dim_ratio 1");
  scale_ = options.qkScale.value_or(std::pow(double(dim / options.numHeads), -0.5));

  // The order of registration is the order of the official state dictionary.
  if (options.useRelativePos) {
    const Thw largest = {options.maxTemporalRelative, options.cuboid.hw[0], options.cuboid.hw[1]};
    relative_position_bias_table =
        register_parameter("relative_position_bias_table",
                           torch::zeros({relativePositionCount(largest), options.numHeads}));
    relative_position_index =
        register_buffer("relative_position_index", relativePositionIndexTensor(largest));
  }
  q_proj = register_module("q_proj", linear(dim, dim, bias));
  kv_proj = register_module("kv_proj", linear(dim, 2 * dim, bias));
  if (options.useGlobalVector && options.separateGlobalQkv) {
    l2g_q_net = register_module("l2g_q_net", linear(dim, dim, bias));
    l2g_global_kv_net =
        register_module("l2g_global_kv_net", linear(options.globalDimRatio * dim, 2 * dim, bias));
  }
  proj = register_module("proj", linear(dim, dim));
  norm = register_module("norm", layerNorm(dim));
}

std::shared_ptr<const CuboidCrossAttentionLayerImpl::Fitted> CuboidCrossAttentionLayerImpl::fitted(
    const Tensor& x, const Tensor& memory) {
  const std::string key =
      shapeKey(thwOf(x), x.device()) + " " + shapeKey(thwOf(memory), memory.device());
  return fits_.get(key, [&] {
    Fitted fit{fitCrossCuboids(options_.cuboid, thwOf(x), thwOf(memory)), {}};
    const Tensor mask = crossAttentionMask(fit.maps);
    if (mask.defined()) fit.mask = mask.unsqueeze(1).to(x.device());
    return fit;
  });
}

// S = q k^T + relative position bias, (B,K,heads,Vx,Vm). Both times count from 0 in their own
// cuboid: the memory is not placed in the past.
Tensor CuboidCrossAttentionLayerImpl::scores(const Tensor& q, const Tensor& k,
                                             const QueryRange& queries) {
  const Tensor s = torch::matmul(q, k.transpose(-2, -1));
  if (!options_.useRelativePos) return s;
  return s + relativePositionBias(relative_position_bias_table, relative_position_index, queries,
                                  k.size(-2));
}

CuboidCrossAttentionLayerImpl::GlobalParts CuboidCrossAttentionLayerImpl::globalParts(
    const Tensor& cuboids, const Tensor& q, const Tensor& globals) {
  if (!options_.useGlobalVector) return {};
  const std::int64_t heads = options_.numHeads;
  const bool separate = options_.separateGlobalQkv;
  const auto keyValue =
      splitHeads(separate ? l2g_global_kv_net(globals) : kv_proj(globals), 2, heads);
  return {separate ? splitHeads(l2g_q_net(cuboids), 1, heads)[0] * scale_ : q,
          keyValue[0].unsqueeze(1), keyValue[1].unsqueeze(1)};
}

void CuboidCrossAttentionLayerImpl::record(const AttentionInputs& given, const Tensor& weights) {
  if (!probe_) return;
  if (probe_->keep == AttentionProbe::Keep::Inputs)
    probe_->inputs = given;
  else
    probe_->local = kept(weights.transpose(1, 2));  // heads before cuboids
}

std::int64_t CuboidCrossAttentionLayerImpl::skippedFrames(const Tensor& memory) const {
  return std::max<std::int64_t>(0, memory.size(1) - options_.lastNFrames.value_or(memory.size(1)));
}

CrossCuboidMaps CuboidCrossAttentionLayerImpl::mapsOf(const AttentionInputs& given) {
  return fitted(given.x, given.memory.slice(1, skippedFrames(given.memory)))->maps;
}

Tensor CuboidCrossAttentionLayerImpl::weightsOf(const AttentionInputs& given, std::int64_t batch,
                                                const CuboidRange& cuboids,
                                                const QueryRange& queries) {
  constexpr PaddingType padding = PaddingType::Ignore;
  const Tensor seen = given.memory.slice(1, skippedFrames(given.memory));
  const auto fit = fitted(given.x, seen);
  const Tensor tokens = cuboidTokens(given.x, batch, fit->maps.x, padding, cuboids, norm)
                            .narrow(-2, queries.first, queries.count);
  const Tensor memory = cuboidTokens(seen, batch, fit->maps.mem, padding, cuboids, nullptr);
  const Tensor q = splitHeads(q_proj(tokens), 1, options_.numHeads)[0] * scale_;
  const auto kv = splitHeads(kv_proj(memory), 2, options_.numHeads);
  GlobalParts globals;
  if (options_.useGlobalVector) globals = globalParts(tokens, q, given.globals.narrow(0, batch, 1));
  return jointWeights(scores(q, kv[0], queries), globals.query, globals.key,
                      maskRows(fit->mask, cuboids, queries));
}

QueryWeights CuboidCrossAttentionLayerImpl::weightsOf(const AttentionInputs& given,
                                                      const QueryPosition& query) {
  const torch::NoGradGuard noGradient;
  constexpr PaddingType padding = PaddingType::Ignore;
  const CrossCuboidMaps maps = mapsOf(given);
  requireInside(query, maps.x, given.x.size(0));
  const auto element = maps.x.elementAt(query.at);
  const CuboidRange own = {element.cuboid, 1};
  QueryWeights out{{}, {}, {}, maps.x, maps.mem, element.cuboid};
  const Tensor weights = weightsOf(given, query.batch, own, {element.element, 1});
  out.local = kept(weights.select(0, 0).select(0, 0).squeeze(-2));
  // Keys are named on the whole memory, of which the first frames were not looked at.
  out.keys = sourceIndex(maps.mem, padding, own);
  const std::int64_t skipped = skippedFrames(given.memory) * maps.mem.data[1] * maps.mem.data[2];
  for (std::int64_t& key : out.keys)
    if (key >= 0) key += skipped;
  return out;
}

Tensor CuboidCrossAttentionLayerImpl::forward(const Tensor& x, const Tensor& memory,
                                              const Tensor& memoryGlobals) {
  TORCH_CHECK(options_.useGlobalVector == memoryGlobals.defined(), "this layer was built ",
              options_.useGlobalVector ? "for" : "without", " global vectors");
  const Tensor seen = memory.slice(1, skippedFrames(memory));
  if (fuses(x, seen)) {
    ResidualStream stream{x.to(torch::kFloat32), {}, {}};
    fused(stream, memory, memoryGlobals);
    return stream.update.to(torch::kFloat32);
  }
  const auto fit = fitted(x, seen);
  constexpr PaddingType padding = PaddingType::Ignore;

  // Only the queries are normalised.
  const Tensor cuboids = cuboidsFromField(norm(x), fit->maps.x, padding);       // (B,K,Vx,C)
  const Tensor memoryCuboids = cuboidsFromField(seen, fit->maps.mem, padding);  // (B,K,Vm,C)
  const Tensor q = splitHeads(q_proj(cuboids), 1, options_.numHeads)[0] * scale_;
  const auto kv = splitHeads(kv_proj(memoryCuboids), 2, options_.numHeads);  // (B,K,heads,Vm,d)
  const GlobalParts globals = globalParts(cuboids, q, memoryGlobals);

  const QueryRange all = {0, fit->maps.x.volume()};
  const Tensor weights = jointWeights(scores(q, kv[0], all), globals.query, globals.key, fit->mask);
  record({x, memory, memoryGlobals}, weights);
  const Tensor used = dropped(weights, options_.attnDrop, is_training());
  const Tensor y = proj(mergeHeads(jointValues(used, kv[1], globals.value)));
  return fieldFromCuboids(dropped(y, options_.projDrop, is_training()), fit->maps.x, padding);
}

}  // namespace stormloom
