#pragma once

#include "core/json.h"
#include "models/cuboid/cross_attention_stack.h"
#include "models/cuboid/cuboid_self_attention.h"
#include "models/cuboid/self_attention_stack.h"
#include "models/earthformer/cuboid_transformer_encoder.h"

namespace stormloom {

// Options of single layers and stacks from the configuration of a golden case.

/// Everything but the cuboid; networks and stacks share it.
CuboidSelfAttentionOptions selfAttentionBaseOf(const Json& config);
CuboidSelfAttentionOptions selfAttentionOf(const Json& config);
CrossCuboidShape crossCuboidOf(const Json& config);
CuboidCrossAttentionOptions crossAttentionOf(const Json& config);
StackCuboidSelfAttentionOptions selfStackOf(const Json& config);
StackCuboidCrossAttentionOptions crossStackOf(const Json& config);
CuboidTransformerEncoderOptions encoderOf(const Json& config);

}  // namespace stormloom
