#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "core/cuboid_map.h"

namespace stormloom {

/// What a cuboid attention layer was given in a pass: enough to compute the weights of any position
/// again, later.
struct AttentionInputs {
  torch::Tensor x;        ///< (B,T,H,W,C), before the layer's norm
  torch::Tensor memory;   ///< cross-attention: (B,Tm,H,W,C); else undefined
  torch::Tensor globals;  ///< (B,N,ratio*C), or undefined
};

/// What a cuboid attention layer keeps of a forward pass: the heat-maps of spec 3, or what they can
/// be computed from. A layer without a probe keeps nothing and computes nothing extra.
struct AttentionProbe {
  enum class Keep { Weights, Inputs };
  Keep keep = Keep::Weights;

  torch::Tensor local;   ///< self (B,heads,K,V,V[+N]), cross (B,heads,K,Vx,Vm[+N])
  torch::Tensor global;  ///< (B,heads,N,K*V[+N])
  AttentionInputs inputs;
};

/// One position on the field of a layer's level.
struct QueryPosition {
  std::int64_t batch = 0;
  Thw at = {0, 0, 0};
};

/// The weights of one position; memory is that of its cuboid.
struct QueryWeights {
  torch::Tensor local;   ///< (heads,V[+N]): of the elements of its cuboid and the global vectors
  torch::Tensor global;  ///< (heads,N): what the global vectors draw from it; undefined without
  std::vector<std::int64_t> keys;  ///< flat (T,H,W) index on the attended field, -1 for padding
  CuboidMap query;                 ///< cuboids of the layer's field
  CuboidMap attended;              ///< cuboids of the attended field: the same or the memory's
  std::int64_t cuboid = 0;
};

}  // namespace stormloom
