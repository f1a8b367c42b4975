#include "models/kernels/cuboid_attention.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// (B,tokens,heads*d) -> (B,K,heads,V,d); elements without a token become `padding`, or zeros.
Tensor gathered(const Tensor& rows, const Tensor& index, const Tensor& padding,
                std::int64_t heads) {
  const Tensor flat = index.to(torch::kLong).flatten();
  Tensor tokens = rows.index_select(1, flat.clamp_min(0));
  const Tensor empty = (flat < 0).unsqueeze(1);
  tokens =
      padding.defined() ? torch::where(empty, padding, tokens) : tokens.masked_fill(empty, 0.0);
  return tokens.view({rows.size(0), index.size(0), index.size(1), heads, rows.size(2) / heads})
      .transpose(2, 3);
}

/// (B,N,heads*d) -> (B,1,heads,N,d): the same for every cuboid.
Tensor besideEveryCuboid(const Tensor& rows, std::int64_t heads) {
  return rows.reshape({rows.size(0), rows.size(1), heads, rows.size(2) / heads})
      .transpose(1, 2)
      .unsqueeze(1);
}

}  // namespace

Tensor attendCuboidsReference(const AttentionOperands& operands, const CuboidTables& tables,
                              std::int64_t heads, double scale) {
  const Tensor q = gathered(operands.q, tables.query, {}, heads);
  Tensor v = gathered(operands.v, tables.key, operands.vPadding, heads);
  Tensor scores =
      torch::matmul(q,
                    gathered(operands.k, tables.key, operands.kPadding, heads).transpose(-2, -1)) *
      scale;
  if (tables.bias.defined()) scores = scores + tables.bias.to(scores.scalar_type());
  Tensor open =
      tables.mask.defined() ? tables.mask.to(torch::kBool).unsqueeze(1) : Tensor();  // (K,1,Vq,Vk)
  if (operands.globalK.defined()) {
    const Tensor asking =
        operands.globalQ.defined() ? gathered(operands.globalQ, tables.query, {}, heads) : q;
    const Tensor keys = besideEveryCuboid(operands.globalK, heads);
    const Tensor values = besideEveryCuboid(operands.globalV, heads);
    scores = torch::cat({scores, torch::matmul(asking, keys.transpose(-2, -1)) * scale}, -1);
    v = torch::cat({v, values.expand({-1, v.size(1), -1, -1, -1})}, -2);
    if (open.defined()) open = torch::constant_pad_nd(open, {0, keys.size(-2)}, 1);
  }
  Tensor weights = open.defined()
                       ? torch::softmax(scores.masked_fill(open.logical_not(), -1e18), -1) * open
                       : torch::softmax(scores, -1);
  const Tensor mixed =
      torch::matmul(weights, v).transpose(2, 3).flatten(3).flatten(1, 2);  // (B,K*Vq,heads*d)
  const Tensor target = tables.query.to(torch::kLong).flatten();
  const Tensor wanted = (target >= 0).nonzero().squeeze(1);
  return torch::empty_like(operands.q, torch::MemoryFormat::Contiguous)
      .index_copy_(1, target.index_select(0, wanted), mixed.index_select(1, wanted));
}

}  // namespace stormloom
