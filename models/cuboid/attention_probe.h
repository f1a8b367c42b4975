#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace stormloom {

/// What a cuboid attention layer keeps of its weights during a forward pass: the heat-maps of
/// spec 3. A layer without a probe keeps nothing and computes nothing extra.
struct AttentionProbe {
  struct Query {
    std::int64_t batch = 0;
    std::int64_t frame = 0;  ///< position on the field of the layer's level
    std::int64_t row = 0;
    std::int64_t col = 0;
  };

  /// Keep the weights of one position alone, so that memory is that of one cuboid; otherwise all
  /// are kept.
  std::optional<Query> query;

  /// All: self (B,heads,K,V,V[+N]), cross (B,heads,K,Vx,Vm[+N]). One query: (heads, V[+N]).
  torch::Tensor local;
  /// All: (B,heads,N,K*V[+N]). One query: what the global vectors draw from this position, (heads,
  /// N).
  torch::Tensor global;
  /// One query: flat (T,H,W) index on the attended field of every local key, -1 for padding.
  std::vector<std::int64_t> keys;
};

}  // namespace stormloom
