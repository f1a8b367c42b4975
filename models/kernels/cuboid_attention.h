#pragma once

#include <torch/torch.h>

namespace stormloom {

/// Which token lies at which element of which cuboid, and what is known of pairs of them. Made once
/// for a layer and a shape; all on the device of the data.
struct CuboidTables {
  torch::Tensor query;  ///< int32 (K,Vq): token whose output the element becomes; -1: none
  torch::Tensor key;    ///< int32 (K,Vk): token read at the element; -1: padding
  torch::Tensor bias;   ///< float32 (heads,Vq,Vk), added to the scaled scores; or undefined
  torch::Tensor mask;   ///< uint8 (K,Vq,Vk), 0 = may not attend; or undefined: all may
};

/// Rows of all heads side by side, (B,tokens,heads*d), contiguous in the last axis only: parts of a
/// packed projection will do. Types: productType() of the device.
struct AttentionOperands {
  torch::Tensor q, k, v;
  torch::Tensor kPadding, vPadding;  ///< (heads*d): key and value of padding; undefined: zeros
  torch::Tensor globalQ;             ///< queries as global keys see them; undefined: q
  torch::Tensor globalK,
      globalV;  ///< (B,N,heads*d), joined to every cuboid's keys, never masked; or undefined
};

/// Attention within every cuboid (spec 1.6, 1.7 steps 2-5, 1.9): (B,tokens of q,heads*d), in the
/// order of the tokens. A query that may attend nothing becomes zeros. On a GPU: kernel
/// attendCuboids; heads up to 256 wide.
torch::Tensor attendCuboids(const AttentionOperands& operands, const CuboidTables& tables,
                            std::int64_t heads, double scale);
/// The same in plain tensor code, in the type of the operands.
torch::Tensor attendCuboidsReference(const AttentionOperands& operands, const CuboidTables& tables,
                                     std::int64_t heads, double scale);

/// Widest head the kernel is built for.
constexpr std::int64_t kWidestFusedHead = 256;

}  // namespace stormloom
