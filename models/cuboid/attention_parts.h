#pragma once

#include <torch/torch.h>

#include "models/cuboid/attention_probe.h"
#include "models/cuboid/cuboid_map.h"

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

/// Learned bias of every pair of elements: rows of `table` at the first `queries` x `keys` entries
/// of `index`, as (heads,queries,keys). A clipped cuboid slices the index of the configured one:
/// quirk Q1.
torch::Tensor relativePositionBias(const torch::Tensor& table, const torch::Tensor& index,
                                   std::int64_t queries, std::int64_t keys);

/// A mask with `count` more keys that are always attended; an undefined mask stays undefined.
torch::Tensor withOpenKeys(const torch::Tensor& mask, std::int64_t count);

/// Softmax over the local scores (...,V,Vm) and, where there are global vectors, over their N keys,
/// which are never masked (spec 1.7, step 5; 1.9): (...,V,Vm[+N]).
torch::Tensor jointWeights(const torch::Tensor& scores, const torch::Tensor& globalQuery,
                           const torch::Tensor& globalKey, const torch::Tensor& mask);
/// The values (...,Vm,d) and, where there are, those of the global vectors (...,N,d), weighted.
torch::Tensor jointValues(const torch::Tensor& weights, const torch::Tensor& values,
                          const torch::Tensor& globalValues);

/// Fills a probe from weights (B,K,heads,Vx,Vm[+N]) of queries in `x` over keys in `keys`.
void recordLocal(AttentionProbe& probe, const torch::Tensor& weights, const CuboidMap& x,
                 const CuboidMap& keys, PaddingType padding);
/// Fills a probe from weights (B,heads,N,K*V[+N]) of the global vectors.
void recordGlobal(AttentionProbe& probe, const torch::Tensor& weights, const CuboidMap& x);

}  // namespace stormloom
