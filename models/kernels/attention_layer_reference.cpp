#include "models/kernels/attention_layer.h"

namespace stormloom {
using torch::Tensor;

Tensor attendLayerReference(ResidualStream& stream, const AttentionLayerWeights& weights,
                            const CuboidTables& tables, std::int64_t heads, double scale,
                            const NormWeights* next) {
  const std::int64_t channels = stream.x.size(-1);
  const Tensor tokens = settleAndNorm(stream, weights.norm).view({stream.x.size(0), -1, channels});
  const Tensor packed = product(tokens, weights.packed);
  const auto part = [&](std::int64_t i) { return packed.narrow(-1, i * channels, channels); };
  const Tensor y =
      attendCuboids({part(0), part(1), part(2), {}, {}, {}, {}, {}}, tables, heads, scale);
  stream.update = product(y, weights.last).view(stream.x.sizes());
  if (next) return settleAndNorm(stream, *next);
  settle(stream);
  return {};
}

}  // namespace stormloom
