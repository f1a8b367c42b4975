#include "models/cuboid/attention_parts.h"

#include "core/errors.h"
#include "models/cuboid/cuboid_layout.h"

namespace stormloom {
using torch::Tensor;
namespace {

CuboidMap::Element probedElement(const AttentionProbe::Query& query, const CuboidMap& map,
                                 std::int64_t batchSize) {
  const Thw position = {query.frame, query.row, query.col};
  if (!map.holdsData(position) || query.batch < 0 || query.batch >= batchSize)
    throw UsageError("The attention of frame " + std::to_string(query.frame) + ", row " +
                     std::to_string(query.row) + ", column " + std::to_string(query.col) +
                     " was asked for, but the layer's field has " + std::to_string(map.data[0]) +
                     " frames of " + std::to_string(map.data[1]) + " x " +
                     std::to_string(map.data[2]) + "; choose a position inside it.");
  return map.elementAt(position);
}

/// Kept weights must survive the pass: no graph, no view of a large tensor.
Tensor kept(const Tensor& weights) { return weights.detach().clone().contiguous(); }

}  // namespace

torch::nn::Linear linear(std::int64_t in, std::int64_t out, bool bias) {
  return torch::nn::Linear(torch::nn::LinearOptions(in, out).bias(bias));
}

torch::nn::LayerNorm layerNorm(std::int64_t units, double eps) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({units}).eps(eps));
}

Tensor dropped(const Tensor& x, double probability, bool training) {
  return training && probability > 0 ? torch::dropout(x, probability, true) : x;
}

std::vector<Tensor> splitHeads(const Tensor& x, std::int64_t parts, std::int64_t heads) {
  std::vector<std::int64_t> shape(x.sizes().begin(), x.sizes().end() - 1);
  shape.insert(shape.end(), {parts, heads, x.size(-1) / (parts * heads)});
  return x.reshape(shape).transpose(-4, -2).unbind(-3);  // (...,heads,parts,V,d)
}

Tensor mergeHeads(const Tensor& x) { return x.transpose(-3, -2).flatten(-2); }

Tensor relativePositionBias(const Tensor& table, const Tensor& index, std::int64_t queries,
                            std::int64_t keys) {
  TORCH_CHECK(queries <= index.size(0) && keys <= index.size(1), "a cuboid of ", queries, " x ",
              keys, " elements exceeds the configured ", index.sizes());
  const Tensor rows = index.slice(0, 0, queries).slice(1, 0, keys).reshape({-1});
  return table.index_select(0, rows).t().reshape({table.size(1), queries, keys});
}

Tensor withOpenKeys(const Tensor& mask, std::int64_t count) {
  return mask.defined() ? torch::constant_pad_nd(mask, {0, count}, 1) : mask;
}

Tensor jointWeights(const Tensor& scores, const Tensor& globalQuery, const Tensor& globalKey,
                    const Tensor& mask) {
  if (!globalKey.defined()) return maskedSoftmax(scores, mask);
  const Tensor globalScores = torch::matmul(globalQuery, globalKey.transpose(-2, -1));  // (...,V,N)
  return maskedSoftmax(torch::cat({scores, globalScores}, -1),
                       withOpenKeys(mask, globalKey.size(-2)));
}

Tensor jointValues(const Tensor& weights, const Tensor& values, const Tensor& globalValues) {
  if (!globalValues.defined()) return torch::matmul(weights, values);
  const std::int64_t v = values.size(-2);
  const std::int64_t n = globalValues.size(-2);
  return torch::matmul(weights.narrow(-1, 0, v), values) +
         torch::matmul(weights.narrow(-1, v, n), globalValues);
}

void recordLocal(AttentionProbe& probe, const Tensor& weights, const CuboidMap& x,
                 const CuboidMap& keys, PaddingType padding) {
  if (!probe.query) {
    probe.local = kept(weights.transpose(1, 2));
    return;
  }
  const auto at = probedElement(*probe.query, x, weights.size(0));
  probe.local =
      kept(weights.select(0, probe.query->batch).select(0, at.cuboid).select(1, at.element));
  const std::vector<std::int64_t> source = sourceIndex(keys, padding);
  const auto first = source.begin() + at.cuboid * keys.volume();
  probe.keys.assign(first, first + keys.volume());
}

void recordGlobal(AttentionProbe& probe, const Tensor& weights, const CuboidMap& x) {
  if (!probe.query) {
    probe.global = kept(weights);
    return;
  }
  const auto at = probedElement(*probe.query, x, weights.size(0));
  probe.global =
      kept(weights.select(0, probe.query->batch).select(2, at.cuboid * x.volume() + at.element));
}

}  // namespace stormloom
