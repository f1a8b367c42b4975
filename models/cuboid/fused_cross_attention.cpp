// The fused path of cuboid cross-attention.
#include "models/cuboid/cuboid_cross_attention.h"
#include "models/cuboid/fused_tables.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;

bool CuboidCrossAttentionLayerImpl::fuses(const Tensor& x, const Tensor& seen) {
  if (probe_ || is_training() || !takesFusedPath(x)) return false;
  const auto fit = fitted(x, seen);
  return options_.dim / options_.numHeads <= kWidestFusedHead &&
         fit->maps.x.volume() * fit->maps.mem.volume() <= kMostFusedPairs;
}

const CuboidCrossAttentionLayerImpl::FusedWeights& CuboidCrossAttentionLayerImpl::fusedWeights() {
  return fusedWeights_.get(q_proj->weight, [this] {
    const bool separate = options_.useGlobalVector && options_.separateGlobalQkv;
    FusedWeights w;
    w.q = separate ? fusedLinears({q_proj, l2g_q_net}) : fusedLinear(q_proj);
    w.kv = fusedLinear(kv_proj);
    if (options_.useGlobalVector) w.globalKv = fusedLinear(separate ? l2g_global_kv_net : kv_proj);
    w.proj = fusedLinear(proj);
    w.norm = fusedNorm(norm);
    return w;
  });
}

const CuboidTables& CuboidCrossAttentionLayerImpl::fusedTables(const Tensor& x,
                                                               const Tensor& seen) {
  const std::string key =
      shapeKey(thwOf(x), x.device()) + " " + shapeKey(thwOf(seen), seen.device());
  const Tensor& stamp = options_.useRelativePos ? relative_position_bias_table : q_proj->weight;
  return fusedTables_.get(key, stamp, [&] {
    const auto fit = fitted(x, seen);
    return attentionTables(fit->maps.x, fit->maps.mem, PaddingType::Ignore, fit->mask,
                           {relative_position_bias_table, relative_position_index}, x.device());
  });
}

void CuboidCrossAttentionLayerImpl::fused(ResidualStream& stream, const Tensor& memory,
                                          const Tensor& memoryGlobals) {
  const FusedWeights& w = fusedWeights();
  const std::int64_t dim = options_.dim;
  const Tensor seen = memory.slice(1, skippedFrames(memory));
  const CuboidTables& tables = fusedTables(stream.x, seen);
  const Tensor q = product(settleAndNorm(stream, w.norm).flatten(1, 3), w.q);
  const Tensor kv = product(asFactor(seen).flatten(1, 3), w.kv);
  AttentionOperands operands{
      q.narrow(-1, 0, dim), kv.narrow(-1, 0, dim), kv.narrow(-1, dim, dim), {}, {}, {}, {}, {}};
  if (options_.qkvBias) {
    operands.kPadding = w.kv.bias.narrow(0, 0, dim);
    operands.vPadding = w.kv.bias.narrow(0, dim, dim);
  }
  if (options_.useGlobalVector) {
    const Tensor global = product(asFactor(memoryGlobals), w.globalKv);
    if (options_.separateGlobalQkv) operands.globalQ = q.narrow(-1, dim, dim);
    operands.globalK = global.narrow(-1, 0, dim);
    operands.globalV = global.narrow(-1, dim, dim);
  }
  const Tensor y = attendCuboids(operands, tables, options_.numHeads, scale_);
  stream.update = product(y, w.proj).view(stream.x.sizes());
}

}  // namespace stormloom
