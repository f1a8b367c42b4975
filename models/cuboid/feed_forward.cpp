#include "models/cuboid/feed_forward.h"

#include <ATen/Parallel.h>

#include "models/cuboid/attention_parts.h"
#include "models/kernels/activation.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/over_threads.h"

namespace stormloom {
using torch::Tensor;
torch::nn::AnyModule activationModule(const std::string& activation) {
  requireActivation(activation);
  return torch::nn::AnyModule(
      torch::nn::Functional([activation](const Tensor& x) { return activate(activation, x); }));
}

PositionwiseFFNImpl::PositionwiseFFNImpl(const PositionwiseFFNOptions& options)
    : options_(options) {
  requireActivation(options.activation);
  const std::int64_t hidden = options.hiddenSize > 0 ? options.hiddenSize : 4 * options.units;
  ffn_1 = register_module("ffn_1", linear(options.units, hidden));
  if (options.gatedProj) ffn_1_gate = register_module("ffn_1_gate", linear(options.units, hidden));
  ffn_2 = register_module("ffn_2", linear(hidden, options.units));
  layer_norm = register_module("layer_norm", layerNorm(options.units, options.layerNormEps));
}

void PositionwiseFFNImpl::fused(ResidualStream& stream) {
  if (!options_.preNorm) {
    const FusedScope plainly(false);
    stream.x = forward(settle(stream));
    return;
  }
  const FusedWeights& w = fusedWeights();
  if (stream.x.is_cpu()) return fusedInBlocks(stream, w);
  const Tensor normed = settleAndNorm(stream, w.norm);
  stream.update = fusedUpdate(normed, w);
}

const PositionwiseFFNImpl::FusedWeights& PositionwiseFFNImpl::fusedWeights() {
  return fusedWeights_.get(ffn_1->weight, [this] {
    return FusedWeights{fusedLinear(ffn_1),
                        options_.gatedProj ? fusedLinear(ffn_1_gate) : FusedLinear(),
                        fusedLinear(ffn_2), fusedNorm(layer_norm)};
  });
}

const NormWeights* PositionwiseFFNImpl::fusedNormBefore() {
  return options_.preNorm ? &fusedWeights().norm : nullptr;
}

void PositionwiseFFNImpl::fusedBehindNorm(ResidualStream& stream, const Tensor& normed) {
  stream.update = fusedUpdate(normed, fusedWeights());
}

Tensor PositionwiseFFNImpl::fusedUpdate(const Tensor& n, const FusedWeights& w) const {
  const Tensor h = options_.gatedProj
                       ? product(n, w.gate, options_.activation) * product(n, w.first)
                       : product(n, w.first, options_.activation);
  return product(h, w.second);
}

/// On a processor: some tokens go through all of it before the next, so that what is four times as
/// wide never leaves the nearest memory; each thread has tokens of its own.
void PositionwiseFFNImpl::fusedInBlocks(ResidualStream& stream, const FusedWeights& w) const {
  constexpr std::int64_t kTokens = 256;
  const std::int64_t units = options_.units, tokens = stream.x.numel() / units;
  const auto rowsOf = [&](const Tensor& t) { return t.reshape({tokens, units}); };
  const Tensor x = rowsOf(stream.x), y = torch::empty_like(x);
  const Tensor update = stream.update.defined() ? rowsOf(stream.update) : Tensor();
  const std::int64_t turns = (tokens + kTokens - 1) / kTokens, threads = at::get_num_threads();
  const std::int64_t blocks = (turns + threads - 1) / threads * threads;  // alike for each thread
  overThreads(blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    const torch::NoGradGuard noGradient;
    for (std::int64_t block = begin; block < end; ++block) {
      const std::int64_t first = block * tokens / blocks, last = (block + 1) * tokens / blocks;
      if (first == last) continue;
      ResidualStream part{x.slice(0, first, last),
                          update.defined() ? update.slice(0, first, last) : Tensor(),
                          stream.updateBias};
      const Tensor normed = settleAndNorm(part, w.norm), own = fusedUpdate(normed, w);
      Tensor whole = y.slice(0, first, last);
      torch::add_out(whole, part.x, own);
    }
  });
  stream = {y.view(stream.x.sizes()), {}, {}};
}

Tensor PositionwiseFFNImpl::forward(const Tensor& x) {
  if (options_.preNorm && !is_training() && takesFusedPath(x)) {
    ResidualStream stream{x.to(torch::kFloat32), {}, {}};
    fused(stream);
    return settle(stream);
  }
  const Tensor n = options_.preNorm ? layer_norm(x) : x;
  Tensor h = options_.gatedProj ? activate(options_.activation, ffn_1_gate(n)) * ffn_1(n)
                                : activate(options_.activation, ffn_1(n));
  h = dropped(h, options_.dropout, is_training());
  const Tensor y = x + dropped(ffn_2(h), options_.dropout, is_training());
  return options_.preNorm ? y : layer_norm(y);
}

}  // namespace stormloom
