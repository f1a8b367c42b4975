#include "models/cuboid/cuboid_self_attention.h"

#include <cmath>

#include "models/cuboid/attention_parts.h"

namespace stormloom {
using torch::Tensor;

CuboidSelfAttentionLayerImpl::CuboidSelfAttentionLayerImpl(
    const CuboidSelfAttentionOptions& options)
    : options_(options) {
  const std::int64_t dim = options.dim;
  const std::int64_t globalDim = options.globalDimRatio * dim;
  const bool bias = options.qkvBias;
  TORCH_CHECK(dim % options.numHeads == 0, "dim ", dim, " is not a multiple of the ",
              options.numHeads, " heads");
  TORCH_CHECK(!options.useGlobalVector || options.separateGlobalQkv || options.globalDimRatio == 1,
              "shared global qkv needs global_dim_ratio 1");
  scale_ = options.qkScale.value_or(std::pow(double(dim / options.numHeads), -0.5));

  // The order of registration is the order of the official state dictionary.
  if (options.useRelativePos) {
    relative_position_bias_table = register_parameter(
        "relative_position_bias_table",
        torch::zeros({relativePositionCount(options.cuboid.size), options.numHeads}));
    relative_position_index = register_buffer("relative_position_index",
                                              relativePositionIndexTensor(options.cuboid.size));
  }
  qkv = register_module("qkv", linear(dim, 3 * dim, bias));
  if (options.useGlobalVector && options.separateGlobalQkv) {
    l2g_q_net = register_module("l2g_q_net", linear(dim, dim, bias));
    l2g_global_kv_net = register_module("l2g_global_kv_net", linear(globalDim, 2 * dim, bias));
    g2l_global_q_net = register_module("g2l_global_q_net", linear(globalDim, dim, bias));
    g2l_k_net = register_module("g2l_k_net", linear(dim, dim, bias));
    g2l_v_net = register_module("g2l_v_net", linear(dim, globalDim, bias));
    if (options.useGlobalSelfAttn)
      g2g_global_qkv_net =
          register_module("g2g_global_qkv_net", linear(globalDim, 3 * globalDim, bias));
  } else if (options.useGlobalVector) {
    global_qkv = register_module("global_qkv", linear(dim, 3 * dim, bias));
  }
  if (options.useFinalProj) {
    proj = register_module("proj", linear(dim, dim));
    if (options.useGlobalVector)
      global_proj = register_module("global_proj", linear(globalDim, globalDim));
  }
  norm = register_module("norm", layerNorm(dim));
  if (options.useGlobalVector)
    global_vec_norm = register_module("global_vec_norm", layerNorm(globalDim));
}

std::shared_ptr<const CuboidSelfAttentionLayerImpl::Fitted> CuboidSelfAttentionLayerImpl::fitted(
    const Tensor& x) {
  const Thw shape = thwOf(x);
  return fits_.get(shapeKey(shape, x.device()), [&] {
    Fitted fit{fitCuboids(options_.cuboid, shape), {}, {}};
    const Tensor mask = selfAttentionMask(fit.map, options_.padding);
    if (mask.defined()) fit.mask = mask.unsqueeze(1).to(x.device());
    const Tensor globalMask = globalAttentionMask(fit.map, options_.padding);
    if (globalMask.defined()) fit.globalMask = globalMask.to(x.device());
    return fit;
  });
}

// Spec 1.7, steps 2 and 3: S = q k^T + relative position bias, (B,K,heads,V,V).
Tensor CuboidSelfAttentionLayerImpl::scores(const Tensor& q, const Tensor& k) {
  const Tensor s = torch::matmul(q, k.transpose(-2, -1));
  if (!options_.useRelativePos) return s;
  return s + relativePositionBias(relative_position_bias_table, relative_position_index, q.size(-2),
                                  k.size(-2));
}

// Spec 1.7, steps 1, 2, 3, 4 and 6.
Tensor CuboidSelfAttentionLayerImpl::forward(const Tensor& x) {
  TORCH_CHECK(!options_.useGlobalVector, "this layer was built for global vectors");
  const auto fit = fitted(x);
  const Tensor cuboids = cuboidsFromField(norm(x), fit->map, options_.padding);  // (B,K,V,C)
  const auto parts = splitHeads(qkv(cuboids), 3, options_.numHeads);             // (B,K,heads,V,d)
  const Tensor weights = maskedSoftmax(scores(parts[0] * scale_, parts[1]), fit->mask);
  if (probe_) recordLocal(*probe_, weights, fit->map, fit->map, options_.padding);
  const Tensor y = torch::matmul(dropped(weights, options_.attnDrop, is_training()), parts[2]);
  return projected(y, *fit);
}

// Spec 1.7, step 5, local part: the N global keys join the V local ones and are never masked.
std::pair<Tensor, Tensor> CuboidSelfAttentionLayerImpl::forward(const Tensor& x,
                                                                const Tensor& globals) {
  TORCH_CHECK(options_.useGlobalVector, "this layer was built without global vectors");
  const auto fit = fitted(x);
  const Tensor cuboids = cuboidsFromField(norm(x), fit->map, options_.padding);
  auto local = splitHeads(qkv(cuboids), 3, options_.numHeads);
  local[0] = local[0] * scale_;
  const GlobalParts parts = globalParts(cuboids, global_vec_norm(globals), local);

  const Tensor weights =
      jointWeights(scores(local[0], local[1]), parts.localQuery, parts.localKey, fit->mask);
  if (probe_) recordLocal(*probe_, weights, fit->map, fit->map, options_.padding);
  const Tensor used = dropped(weights, options_.attnDrop, is_training());
  const Tensor y = jointValues(used, local[2], parts.localValue);
  return {projected(y, *fit), updatedGlobals(parts, *fit)};
}

CuboidSelfAttentionLayerImpl::GlobalParts CuboidSelfAttentionLayerImpl::globalParts(
    const Tensor& cuboids, const Tensor& globals, const std::vector<Tensor>& local) {
  const std::int64_t heads = options_.numHeads;
  // (B,K,heads,V,d) -> (B,heads,K*V,d): global vectors look at all tokens, in cuboid order.
  const auto overAllTokens = [](const Tensor& t) { return t.transpose(1, 2).flatten(2, 3); };
  const auto overAllCuboids = [](const Tensor& t) { return t.unsqueeze(1); };
  GlobalParts parts;
  if (!options_.separateGlobalQkv) {
    const auto g = splitHeads(global_qkv(globals), 3, heads);
    parts.localQuery = local[0];
    parts.localKey = overAllCuboids(g[1]);
    parts.localValue = overAllCuboids(g[2]);
    parts.query = g[0] * scale_;
    parts.keysOfLocal = overAllTokens(local[1]);
    parts.valuesOfLocal = overAllTokens(local[2]);
    parts.selfQuery = parts.query;
    parts.selfKey = g[1];
    parts.selfValue = g[2];
    return parts;
  }
  const auto keyValue = splitHeads(l2g_global_kv_net(globals), 2, heads);
  parts.localQuery = splitHeads(l2g_q_net(cuboids), 1, heads)[0] * scale_;
  parts.localKey = overAllCuboids(keyValue[0]);
  parts.localValue = overAllCuboids(keyValue[1]);
  parts.query = splitHeads(g2l_global_q_net(globals), 1, heads)[0] * scale_;
  parts.keysOfLocal = overAllTokens(splitHeads(g2l_k_net(cuboids), 1, heads)[0]);
  parts.valuesOfLocal = overAllTokens(splitHeads(g2l_v_net(cuboids), 1, heads)[0]);
  if (options_.useGlobalSelfAttn) {
    const auto g = splitHeads(g2g_global_qkv_net(globals), 3, heads);
    parts.selfQuery = g[0] * scale_;
    parts.selfKey = g[1];
    parts.selfValue = g[2];
  }
  return parts;
}

// Spec 1.7, step 5, global part: over all K*V local tokens and, if wanted, the global vectors
// themselves.
Tensor CuboidSelfAttentionLayerImpl::updatedGlobals(const GlobalParts& parts, const Fitted& fit) {
  Tensor joint = torch::matmul(parts.query, parts.keysOfLocal.transpose(-2, -1));
  Tensor values = parts.valuesOfLocal;
  Tensor mask = fit.globalMask;
  if (options_.useGlobalSelfAttn) {
    const Tensor own = torch::matmul(parts.selfQuery, parts.selfKey.transpose(-2, -1));
    joint = torch::cat({joint, own}, -1);  // (B,heads,N,K*V+N)
    values = torch::cat({values, parts.selfValue}, -2);
    mask = withOpenKeys(mask, own.size(-1));
  }
  const Tensor weights = maskedSoftmax(joint, mask);
  if (probe_) recordGlobal(*probe_, weights, fit.map);
  const Tensor used = dropped(weights, options_.attnDrop, is_training());
  Tensor g = mergeHeads(torch::matmul(used, values));  // (B,N,ratio*C)
  if (options_.useFinalProj) g = dropped(global_proj(g), options_.projDrop, is_training());
  return g;
}

// Spec 1.7, step 6.
Tensor CuboidSelfAttentionLayerImpl::projected(const Tensor& heads, const Fitted& fit) {
  Tensor y = mergeHeads(heads);  // (B,K,V,C)
  if (options_.useFinalProj) y = dropped(proj(y), options_.projDrop, is_training());
  return fieldFromCuboids(y, fit.map, options_.padding);
}

}  // namespace stormloom
