#include "models/cuboid/attention_parts.h"

#include "core/errors.h"
#include "models/cuboid/cuboid_layout.h"

namespace stormloom {
using torch::Tensor;
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

Tensor relativePositionBias(const Tensor& table, const Tensor& index, const QueryRange& queries,
                            std::int64_t keys) {
  TORCH_CHECK(queries.first + queries.count <= index.size(0) && keys <= index.size(1),
              "a cuboid of ", queries.first + queries.count, " x ", keys,
              " elements exceeds the configured ", index.sizes());
  const Tensor rows = index.narrow(0, queries.first, queries.count).slice(1, 0, keys).reshape({-1});
  return table.index_select(0, rows).t().reshape({table.size(1), queries.count, keys});
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

Tensor cuboidTokens(const Tensor& field, std::int64_t batch, const CuboidMap& map,
                    PaddingType padding, const CuboidRange& cuboids, torch::nn::LayerNorm norm) {
  const std::vector<std::int64_t> sources = sourceIndex(map, padding, cuboids);
  const Tensor index = torch::tensor(sources, torch::kLong).to(field.device());
  Tensor tokens = field.select(0, batch).flatten(0, 2).index_select(0, index.clamp_min(0));
  if (norm) tokens = norm(tokens);
  tokens =
      tokens * (index >= 0).unsqueeze(1).to(tokens.scalar_type());  // padding comes after the norm
  return tokens.reshape({1, cuboids.count, map.volume(), tokens.size(1)});
}

Tensor maskRows(const Tensor& mask, const CuboidRange& cuboids, const QueryRange& queries) {
  if (!mask.defined()) return mask;
  return mask.narrow(0, cuboids.first, cuboids.count).narrow(2, queries.first, queries.count);
}

void requireInside(const QueryPosition& query, const CuboidMap& map, std::int64_t batchSize) {
  if (map.holdsData(query.at) && query.batch >= 0 && query.batch < batchSize) return;
  throw UsageError("The attention of frame " + std::to_string(query.at[0]) + ", row " +
                   std::to_string(query.at[1]) + ", column " + std::to_string(query.at[2]) +
                   " was asked for, but the layer's field has " + std::to_string(map.data[0]) +
                   " frames of " + std::to_string(map.data[1]) + " x " +
                   std::to_string(map.data[2]) + "; choose a position inside it.");
}

Tensor kept(const Tensor& weights) { return weights.detach().clone().contiguous(); }

}  // namespace stormloom
