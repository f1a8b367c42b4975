#pragma once

#include <cstdint>
#include <vector>

namespace stormloom {

/// Float rows of one operand: where the first lies, values between batch items and between tokens.
struct ProcessorRows {
  const float* base = nullptr;
  std::int64_t batch = 0, row = 0;
};

/// attendCuboids() on a processor; shapes as in cuboid_attention.h. Null: not there.
struct ProcessorAttention {
  ProcessorRows q, k, v, globalQ, globalK, globalV;
  const float* kPadding = nullptr;
  const float* vPadding = nullptr;
  const std::int32_t* queryTokens = nullptr;
  const std::int32_t* keyTokens = nullptr;
  const float* bias = nullptr;
  const std::uint8_t* mask = nullptr;
  float* out = nullptr;
  std::int64_t outBatch = 0, outRow = 0;
  float scale = 1.0f;
  std::int64_t cuboids = 0, queries = 0, keys = 0, globals = 0, heads = 0, width = 0;
};

/// settleAndNorm(): `sum` may be `x`; it is not written where null, and neither is `normed`.
struct ProcessorResidual {
  const float* x = nullptr;
  const float* update = nullptr;
  const float* updateBias = nullptr;
  const float* gamma = nullptr;
  const float* beta = nullptr;
  float* sum = nullptr;
  float* normed = nullptr;
  std::int64_t channels = 0;
  float eps = 0.0f;
};

/// One item of groupNormed(): tokens (rows,C); all per-channel values (C), null: not there.
struct ProcessorGroupNorm {
  const float* x = nullptr;
  const float* shift = nullptr;
  float* y = nullptr;
  std::int64_t channels = 0;
};
enum class ProcessorActivation { None, Silu, Leaky };

/// One item of groupNormGradient(): tokens (rows,C), per channel (C) what the norm is made of: before
/// the activation h = x * factor + term, before the weights x * spread + centre.
struct ProcessorNormGradient {
  const float* x = nullptr;
  const float* ofResult = nullptr;
  float* gradient = nullptr;
  const float *factor = nullptr, *term = nullptr, *spread = nullptr, *centre = nullptr;
  std::int64_t channels = 0;
};

/// A convolution of 3 along each axis, padded by one, by Winograd's minimal filtering: tiles of 2
/// results along each axis from 4 tokens, overlapping by two.
struct ProcessorWinograd {
  const float* x = nullptr;         ///< tokens (items,T,H,W,C); T is 1 where `alongTime` is not set
  float* y = nullptr;               ///< tokens (items,T,H,W,O)
  float* spread = nullptr;          ///< (16 or 64,tiles of this part,C)
  const float* products = nullptr;  ///< (16 or 64,tiles of this part,O)
  const float* bias = nullptr;
  bool alongTime = false;
  std::int64_t sides[3] = {};                    ///< T, H, W
  std::int64_t channelsIn = 0, channelsOut = 0;  ///< multiples of 16
  std::int64_t firstTile = 0, tiles = 0;  ///< this part of all tiles, counted through all items
};

/// Kernels for processors without a GPU, in plain C++ over groups of sixteen floats, compiled for
/// several sets of instructions. Each works on a part that one thread owns; nothing is shared.
struct ProcessorKernels {
  const char* instructions;
  /// Cuboids first..last-1, counted through all batch items. `scratch` has scratchOf() floats.
  void (*attendCuboids)(const ProcessorAttention& given, std::int64_t first, std::int64_t last,
                        float* scratch);
  std::int64_t (*scratchOf)(const ProcessorAttention& given);
  /// Rows first..last-1.
  void (*addAndNorm)(const ProcessorResidual& given, std::int64_t first, std::int64_t last);
  /// Adds rows first..last-1 (with their shift) up: for each channel its mean there and the sum of
  /// the squared distances from it. At most 64 rows keep their digits.
  void (*channelMoments)(const ProcessorGroupNorm& given, std::int64_t first, std::int64_t last,
                         float* mean, float* squares);
  /// y = activation(x * factor + term), per channel, of rows first..last-1.
  void (*scaleRows)(const ProcessorGroupNorm& given, const float* factor, const float* term,
                    ProcessorActivation activation, std::int64_t first, std::int64_t last);
  /// Per channel, over rows first..last-1: what comes back through the activation times `factor`,
  /// added up, and the same times what was normed.
  void (*normGradientSums)(const ProcessorNormGradient& given, ProcessorActivation activation,
                           std::int64_t first, std::int64_t last, float* sums, float* normedSums);
  /// The gradient of rows first..last-1, given the means (C) of those sums over the groups.
  void (*normGradientRows)(const ProcessorNormGradient& given, ProcessorActivation activation,
                           const float* means, const float* normedMeans, std::int64_t first,
                           std::int64_t last);
  /// GELU, by the error function, of rows first..last-1 of tokens (rows,C) plus `bias` (C), in
  /// place.
  void (*addBiasAndGelu)(float* rows, const float* bias, std::int64_t channels, std::int64_t first,
                         std::int64_t last);
  /// Tiles first..last-1 of the part: tokens to what is multiplied, and products to tokens.
  void (*spreadTiles)(const ProcessorWinograd& given, std::int64_t first, std::int64_t last);
  void (*gatherTiles)(const ProcessorWinograd& given, std::int64_t first, std::int64_t last);
};

/// Those for the widest instructions that this processor has.
const ProcessorKernels& processorKernels();

/// All that this processor can run, the widest first.
std::vector<const ProcessorKernels*> runnableProcessorKernels();
/// For checks: others than the widest, for all threads from here on; null: the widest again.
void chooseProcessorKernels(const ProcessorKernels* chosen);

}  // namespace stormloom
