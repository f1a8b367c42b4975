#pragma once

#include <torch/torch.h>

#include "core/cuboid_map.h"
#include "models/cuboid/attention_probe.h"

namespace stormloom {

torch::nn::Linear linear(std::int64_t in, std::int64_t out, bool bias = true);
torch::nn::LayerNorm layerNorm(std::int64_t units, double eps = 1e-5);

/// Dropout that costs nothing when it does nothing.
torch::Tensor dropped(const torch::Tensor& x, double probability, bool training);

/// (B,...,V,parts*heads*d) -> parts tensors (B,...,heads,V,d); head index slower than d (spec 1.7,
/// step 2).
std::vector<torch::Tensor> splitHeads(const torch::Tensor& x, std::int64_t parts,
                                      std::int64_t heads);
/// (B,...,heads,V,d) -> (B,...,V,heads*d).
torch::Tensor mergeHeads(const torch::Tensor& x);

/// The queries of each cuboid that weights are computed for, by their element numbers.
struct QueryRange {
  std::int64_t first = 0;
  std::int64_t count = 1;
};

/// Learned bias of every pair of elements: rows of `table` at the entries of `index` of these
/// queries and the first `keys` keys, as (heads,queries,keys). A clipped cuboid slices the index of
/// the configured one: quirk Q1.
torch::Tensor relativePositionBias(const torch::Tensor& table, const torch::Tensor& index,
                                   const QueryRange& queries, std::int64_t keys);

/// A mask with `count` more keys that are always attended; an undefined mask stays undefined.
torch::Tensor withOpenKeys(const torch::Tensor& mask, std::int64_t count);

/// Softmax over the local scores (...,V,Vm) and, where there are global vectors, over their N keys,
/// which are never masked (spec 1.7, step 5; 1.9): (...,V,Vm[+N]).
torch::Tensor jointWeights(const torch::Tensor& scores, const torch::Tensor& globalQuery,
                           const torch::Tensor& globalKey, const torch::Tensor& mask);
/// The values (...,Vm,d) and, where there are, those of the global vectors (...,N,d), weighted.
torch::Tensor jointValues(const torch::Tensor& weights, const torch::Tensor& values,
                          const torch::Tensor& globalValues);

/// Elements of some cuboids of sample `batch` of a field, normed and then padded as in a pass:
/// (1,K,V,C).
torch::Tensor cuboidTokens(const torch::Tensor& field, std::int64_t batch, const CuboidMap& map,
                           PaddingType padding, const CuboidRange& cuboids,
                           torch::nn::LayerNorm norm);

/// Rows of a mask (K,1,V,Vm) for some queries of some cuboids; undefined stays undefined.
torch::Tensor maskRows(const torch::Tensor& mask, const CuboidRange& cuboids,
                       const QueryRange& queries);

/// UsageError for a position outside the field.
void requireInside(const QueryPosition& query, const CuboidMap& map, std::int64_t batchSize);

/// A tensor that survives the pass: no graph, no view of a larger one.
torch::Tensor kept(const torch::Tensor& weights);

}  // namespace stormloom
