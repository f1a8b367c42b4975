// The fused path of cuboid self-attention: tokens stay where they are, no cuboid is copied into
// order.
#include "models/cuboid/cuboid_self_attention.h"
#include "models/cuboid/fused_tables.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// Columns first..first+count of packed rows, each `width` wide: (B,N,parts*width) ->
/// (B,N,count*width).
Tensor parts(const Tensor& packed, std::int64_t width, std::int64_t first, std::int64_t count = 1) {
  return packed.narrow(-1, first * width, count * width);
}

/// (B,N,heads*d) -> (B,heads,N,d).
Tensor byHead(const Tensor& rows, std::int64_t heads) {
  return rows.unflatten(-1, {heads, rows.size(-1) / heads}).transpose(1, 2);
}

}  // namespace

bool CuboidSelfAttentionLayerImpl::fuses(const Tensor& x) {
  if (probe_ || is_training() || !takesFusedPath(x)) return false;
  const auto fit = fitted(x);
  // Two kinds of padding stay with the plain path: under global vectors, which attend it in an
  // order of its own (quirk Q2), and the nearest one, whose queries are not the positions they are
  // read back at.
  const bool plainPadding = options_.useGlobalVector || options_.padding == PaddingType::Nearest;
  return options_.dim / options_.numHeads <= kWidestFusedHead &&
         fit->map.volume() * fit->map.volume() <= kMostFusedPairs &&
         !(plainPadding && fit->map.isPadded());
}

const CuboidSelfAttentionLayerImpl::FusedWeights& CuboidSelfAttentionLayerImpl::fusedWeights() {
  return fusedWeights_.get(qkv->weight, [this] {
    FusedWeights w;
    w.norm = fusedNorm(norm);
    w.fromLocal = fusedLinear(qkv);
    if (options_.useFinalProj) {
      w.proj = fusedLinear(proj);
      w.layer = attentionLayerWeights(w.norm, w.fromLocal, w.proj);
    }
    if (!options_.useGlobalVector) return w;
    w.globalNorm = fusedNorm(global_vec_norm);
    if (options_.useFinalProj) w.globalProj = fusedLinear(global_proj);
    if (options_.separateGlobalQkv) {
      w.fromLocal = fusedLinears({qkv, l2g_q_net, g2l_k_net, g2l_v_net});
      std::vector<torch::nn::Linear> global = {l2g_global_kv_net, g2l_global_q_net};
      if (options_.useGlobalSelfAttn) global.push_back(g2g_global_qkv_net);
      w.fromGlobal = fusedLinears(global);
    } else {
      w.fromGlobal = fusedLinear(global_qkv);
    }
    return w;
  });
}

const CuboidTables& CuboidSelfAttentionLayerImpl::fusedTables(const Tensor& x) {
  const Tensor& stamp = options_.useRelativePos ? relative_position_bias_table : qkv->weight;
  return fusedTables_.get(shapeKey(thwOf(x), x.device()), stamp, [&] {
    const auto fit = fitted(x);
    return attentionTables(fit->map, fit->map, options_.padding, fit->mask,
                           {relative_position_bias_table, relative_position_index}, x.device());
  });
}

bool CuboidSelfAttentionLayerImpl::fusesAtOnce(const Tensor& x) {
  if (options_.useGlobalVector || !options_.useFinalProj || !x.is_cuda()) return false;
  return attendsLayerAtOnce(x, fusedWeights().layer, fusedTables(x), options_.numHeads) &&
         !fitted(x)->map.isPadded();
}

Tensor CuboidSelfAttentionLayerImpl::fusedAtOnce(ResidualStream& stream, const NormWeights* next) {
  return attendLayer(stream, fusedWeights().layer, fusedTables(stream.x), scale_, next);
}

void CuboidSelfAttentionLayerImpl::fused(ResidualStream& stream, Tensor& globals) {
  const FusedWeights& w = fusedWeights();
  const std::int64_t dim = options_.dim;
  const CuboidTables& tables = fusedTables(stream.x);
  const Tensor tokens = settleAndNorm(stream, w.norm).flatten(1, 3);  // (B,T*H*W,C)
  const Tensor local = product(tokens, w.fromLocal);
  AttentionOperands operands{
      parts(local, dim, 0), parts(local, dim, 1), parts(local, dim, 2), {}, {}, {}, {}, {}};
  if (options_.qkvBias) {  // what a padding token, which is zero, is projected to
    operands.kPadding = w.fromLocal.bias.narrow(0, dim, dim);
    operands.vPadding = w.fromLocal.bias.narrow(0, 2 * dim, dim);
  }
  Tensor global;
  if (options_.useGlobalVector) {
    ResidualStream vectors{globals, {}, {}};
    global = product(settleAndNorm(vectors, w.globalNorm), w.fromGlobal);
    const bool separate = options_.separateGlobalQkv;
    if (separate) operands.globalQ = parts(local, dim, 3);
    operands.globalK = parts(global, dim, separate ? 0 : 1);
    operands.globalV = parts(global, dim, separate ? 1 : 2);
  }
  Tensor y = attendCuboids(operands, tables, options_.numHeads, scale_);
  if (options_.useFinalProj) y = product(y, w.proj);
  if (options_.useGlobalVector) globals = globals + fusedGlobals(local, global).to(torch::kFloat32);
  stream.update = y.view(stream.x.sizes());
}

// Spec 1.7, step 5, global part, without padding: the order of the tokens does not matter to their
// sum.
Tensor CuboidSelfAttentionLayerImpl::fusedGlobals(const Tensor& local, const Tensor& global) {
  const std::int64_t dim = options_.dim, heads = options_.numHeads;
  const std::int64_t globalDim = options_.globalDimRatio * dim;
  const bool separate = options_.separateGlobalQkv;
  const Tensor keys = byHead(parts(local, dim, separate ? 4 : 1), heads);
  const Tensor values =
      byHead(separate ? local.narrow(-1, 5 * dim, globalDim) : parts(local, dim, 2), heads);
  const Tensor query = byHead(parts(global, dim, separate ? 2 : 0), heads);
  Tensor scores = torch::matmul(query, keys.transpose(-2, -1));  // (B,heads,N,tokens)
  Tensor ownValues;
  if (options_.useGlobalSelfAttn) {
    const Tensor own = separate ? global.narrow(-1, 3 * dim, 3 * globalDim) : global;
    ownValues = byHead(parts(own, globalDim, 2), heads);
    scores = torch::cat(
        {scores, torch::matmul(byHead(parts(own, globalDim, 0), heads),
                               byHead(parts(own, globalDim, 1), heads).transpose(-2, -1))},
        -1);
  }
  const Tensor weights =
      torch::softmax(scores * scale_, -1, torch::kFloat32).to(scores.scalar_type());
  const std::int64_t tokens = keys.size(2);
  Tensor y = torch::matmul(weights.narrow(-1, 0, tokens), values);
  if (ownValues.defined()) y = y + torch::matmul(weights.slice(-1, tokens), ownValues);
  y = mergeHeads(y);  // (B,N,ratio*C)
  return options_.useFinalProj ? product(y, fusedWeights().globalProj) : y;
}

}  // namespace stormloom
