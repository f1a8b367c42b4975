#include "models/cuboid/cuboid_self_attention.h"

#include <cmath>

namespace stormloom {
using torch::Tensor;
namespace {

/// Tokens whose keys are looked at together where all tokens of a layer must be.
constexpr std::int64_t kTokensAtOnce = 4096;

/// Queries (1,heads,N,d) carried back through the projection that makes keys, so that their
/// products with tokens (...,C) are the scores, and no token needs a key of its own:
/// q (W x + b) = (q W) x + q b. (heads*N,C) and (heads*N,1).
std::pair<Tensor, Tensor> askedOfTokens(const Tensor& query, const Tensor& weight,
                                        const Tensor& bias) {
  const std::int64_t heads = query.size(1), dim = weight.size(1);
  const Tensor asked = torch::matmul(query[0], weight.view({heads, dim / heads, dim}));
  const Tensor offset =
      bias.defined() ? torch::matmul(query[0], bias.view({heads, dim / heads, 1})).flatten(0, 1)
                     : torch::zeros({heads * query.size(2), 1}, asked.options());
  return {asked.flatten(0, 1), offset};
}

}  // namespace

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
Tensor CuboidSelfAttentionLayerImpl::scores(const Tensor& q, const Tensor& k,
                                            const QueryRange& queries) {
  const Tensor s = torch::matmul(q, k.transpose(-2, -1));
  if (!options_.useRelativePos) return s;
  return s + relativePositionBias(relative_position_bias_table, relative_position_index, queries,
                                  k.size(-2));
}

// Spec 1.7, steps 1, 2, 3, 4 and 6.
Tensor CuboidSelfAttentionLayerImpl::forward(const Tensor& x) {
  TORCH_CHECK(!options_.useGlobalVector, "this layer was built for global vectors");
  if (fuses(x)) {
    ResidualStream stream{x.to(torch::kFloat32), {}, {}};
    Tensor none;
    fused(stream, none);
    return stream.update.to(torch::kFloat32);
  }
  const auto fit = fitted(x);
  const Tensor cuboids = cuboidsFromField(norm(x), fit->map, options_.padding);  // (B,K,V,C)
  const auto parts = splitHeads(qkv(cuboids), 3, options_.numHeads);             // (B,K,heads,V,d)
  const QueryRange all = {0, fit->map.volume()};
  const Tensor weights = maskedSoftmax(scores(parts[0] * scale_, parts[1], all), fit->mask);
  record({x, {}, {}}, weights);
  const Tensor y = torch::matmul(dropped(weights, options_.attnDrop, is_training()), parts[2]);
  return projected(y, *fit);
}

// Spec 1.7, step 5, local part: the N global keys join the V local ones and are never masked.
std::pair<Tensor, Tensor> CuboidSelfAttentionLayerImpl::forward(const Tensor& x,
                                                                const Tensor& globals) {
  TORCH_CHECK(options_.useGlobalVector, "this layer was built without global vectors");
  if (fuses(x)) {
    ResidualStream stream{x.to(torch::kFloat32), {}, {}};
    Tensor renewed = globals.to(torch::kFloat32);
    fused(stream, renewed);
    return {stream.update.to(torch::kFloat32), renewed - globals};
  }
  const auto fit = fitted(x);
  const Tensor cuboids = cuboidsFromField(norm(x), fit->map, options_.padding);
  auto local = splitHeads(qkv(cuboids), 3, options_.numHeads);
  local[0] = local[0] * scale_;
  const GlobalParts parts = globalParts(cuboids, global_vec_norm(globals), local);

  const QueryRange all = {0, fit->map.volume()};
  const Tensor weights =
      jointWeights(scores(local[0], local[1], all), parts.localQuery, parts.localKey, fit->mask);
  record({x, {}, globals}, weights);
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
  if (probe_ && probe_->keep == AttentionProbe::Keep::Weights) probe_->global = kept(weights);
  const Tensor used = dropped(weights, options_.attnDrop, is_training());
  Tensor g = mergeHeads(torch::matmul(used, values));  // (B,N,ratio*C)
  if (options_.useFinalProj) g = dropped(global_proj(g), options_.projDrop, is_training());
  return g;
}

void CuboidSelfAttentionLayerImpl::record(const AttentionInputs& given, const Tensor& weights) {
  if (!probe_) return;
  if (probe_->keep == AttentionProbe::Keep::Inputs)
    probe_->inputs = given;
  else
    probe_->local = kept(weights.transpose(1, 2));  // heads before cuboids
}

Tensor CuboidSelfAttentionLayerImpl::weightsOf(const AttentionInputs& given, std::int64_t batch,
                                               const CuboidRange& cuboids,
                                               const QueryRange& queries) {
  const auto fit = fitted(given.x);
  const auto ofQueries = [&queries](const Tensor& t) {
    return t.defined() ? t.narrow(-2, queries.first, queries.count) : t;
  };
  const Tensor tokens = cuboidTokens(given.x, batch, fit->map, options_.padding, cuboids, norm);
  auto local = splitHeads(qkv(tokens), 3, options_.numHeads);
  local[0] = local[0] * scale_;
  GlobalParts parts;
  if (options_.useGlobalVector)
    parts = globalParts(tokens, global_vec_norm(given.globals.narrow(0, batch, 1)), local);
  return jointWeights(scores(ofQueries(local[0]), local[1], queries), ofQueries(parts.localQuery),
                      parts.localKey, maskRows(fit->mask, cuboids, queries));
}

QueryWeights CuboidSelfAttentionLayerImpl::weightsOf(const AttentionInputs& given,
                                                     const QueryPosition& query) {
  const torch::NoGradGuard noGradient;
  const auto fit = fitted(given.x);
  requireInside(query, fit->map, given.x.size(0));
  const auto element = queryElement(fit->map, query.at, options_.padding);
  const CuboidRange own = {element.cuboid, 1};
  QueryWeights out{{}, {}, {}, fit->map, fit->map, element.cuboid};
  const Tensor weights = weightsOf(given, query.batch, own, {element.element, 1});
  out.local = kept(weights.select(0, 0).select(0, 0).squeeze(-2));
  out.keys = sourceIndex(fit->map, options_.padding, own);
  if (options_.useGlobalVector) out.global = drawnByGlobals(given, query.batch, element, *fit);
  return out;
}

// The softmax of the global vectors runs over all tokens of the layer; their sum is gathered a few
// cuboids at a time.
Tensor CuboidSelfAttentionLayerImpl::drawnByGlobals(const AttentionInputs& given,
                                                    std::int64_t batch,
                                                    const CuboidMap::Element& element,
                                                    const Fitted& fit) {
  const std::int64_t volume = fit.map.volume();
  const std::int64_t atOnce = std::max<std::int64_t>(1, kTokensAtOnce / volume);
  const Tensor globals = global_vec_norm(given.globals.narrow(0, batch, 1));
  const CuboidRange asking = {element.cuboid, 1};
  const Tensor beside = cuboidTokens(given.x, batch, fit.map, options_.padding, asking, norm);
  const GlobalParts parts =
      globalParts(beside, globals, splitHeads(qkv(beside), 3, options_.numHeads));
  const std::int64_t dim = options_.dim;  // the keys of the shared projection: its second third
  const bool separate = options_.separateGlobalQkv;
  const Tensor weight = separate ? g2l_k_net->weight : qkv->weight.narrow(0, dim, dim);
  const Tensor bias = !options_.qkvBias ? Tensor()
                      : separate        ? g2l_k_net->bias
                                        : qkv->bias.narrow(0, dim, dim);
  const auto [asked, offset] = askedOfTokens(parts.query, weight, bias);
  Tensor top, sum, own;  // (heads,N)
  const auto gather = [&](const Tensor& scores) {
    const Tensor higher = top.defined() ? torch::maximum(top, scores.amax(-1)) : scores.amax(-1);
    const Tensor added = (scores - higher.unsqueeze(-1)).exp().sum(-1);
    sum = sum.defined() ? sum * (top - higher).exp() + added : added;
    top = higher;
  };
  for (std::int64_t first = 0; first < fit.map.cuboids(); first += atOnce) {
    const CuboidRange some = {first, std::min(atOnce, fit.map.cuboids() - first)};
    const Tensor tokens = cuboidTokens(given.x, batch, fit.map, options_.padding, some, norm);
    const Tensor flat = tokens.reshape({-1, dim}).t();  // (C,tokens), in cuboid order
    Tensor scores =
        (torch::matmul(asked, flat) + offset).view({options_.numHeads, -1, flat.size(1)});
    if (fit.globalMask.defined()) {
      const Tensor open = fit.globalMask.narrow(0, first * volume, some.count * volume);
      scores = scores.masked_fill(open.logical_not(), -1e18);
    }
    gather(scores);
    if (element.cuboid >= first && element.cuboid < first + some.count)
      own = scores.select(-1, (element.cuboid - first) * volume + element.element);
    if (first == 0 && options_.useGlobalSelfAttn)
      gather(torch::matmul(parts.selfQuery, parts.selfKey.transpose(-2, -1)).squeeze(0));
  }
  const Tensor drawn = (own - top).exp() / sum;
  const std::int64_t at = element.cuboid * volume + element.element;
  return kept(fit.globalMask.defined() ? drawn * fit.globalMask.select(0, at) : drawn);
}

// Spec 1.7, step 6.
Tensor CuboidSelfAttentionLayerImpl::projected(const Tensor& heads, const Fitted& fit) {
  Tensor y = mergeHeads(heads);  // (B,K,V,C)
  if (options_.useFinalProj) y = dropped(proj(y), options_.projDrop, is_training());
  return fieldFromCuboids(y, fit.map, options_.padding);
}

}  // namespace stormloom
