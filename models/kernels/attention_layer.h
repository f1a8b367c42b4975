#pragma once

#include "models/kernels/cuboid_attention.h"
#include "models/kernels/prepared_weights.h"

namespace stormloom {

/// Weights of a layer of attention with the norm before it.
struct AttentionLayerWeights {
  NormWeights norm;
  FusedLinear packed;    ///< (3*C,C): q, k, v
  FusedLinear last;      ///< (C,C), behind attention
  torch::Tensor pieces;  ///< both as the kernel reads them, or undefined where it does not
};
AttentionLayerWeights attentionLayerWeights(const NormWeights& norm, const FusedLinear& packed,
                                            const FusedLinear& last);

/// Whether attendLayer() computes a layer over `x` (B,...,C), and gains by it: a GPU of compute
/// capability 9.0, four heads of 64, cuboids of at most 16 tokens without a mask, so few that one
/// wave of blocks holds them. The caller sees to it that the cuboids have no padding.
bool attendsLayerAtOnce(const torch::Tensor& x, const AttentionLayerWeights& weights,
                        const CuboidTables& tables, std::int64_t heads);

/// A layer of attention in one kernel: the stream becomes x' + product(attention(norm(x'))), x' the
/// sum that was pending. Returns its layer norm `next` in productType(), or nothing where none is
/// wanted.
torch::Tensor attendLayer(ResidualStream& stream, const AttentionLayerWeights& weights,
                          const CuboidTables& tables, double scale, const NormWeights* next);
/// The same by the steps one by one.
torch::Tensor attendLayerReference(ResidualStream& stream, const AttentionLayerWeights& weights,
                                   const CuboidTables& tables, std::int64_t heads, double scale,
                                   const NormWeights* next);

}  // namespace stormloom
