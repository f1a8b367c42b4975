#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/cuboid_map.h"

namespace stormloom {

/// Shape (T,H,W,C) of the fields a network takes or gives.
struct FieldShape {
  Thw thw = {1, 1, 1};
  std::int64_t channels = 1;
};

/// [T, H, W, C]
FieldShape fieldShapeFromJson(const Json& shape);
/// Refuses a configuration whose `key` is given and is not the only value that is built in.
void requireValue(const Json& config, const char* key, const std::string& wanted);

/// Patterns of the self- or cross-attention layers of every level (spec 2): one name for all
/// levels, one name per level, or the layers themselves, the same at every level.
template <class Layer>
struct AttentionPattern {
  std::vector<std::string> names;
  std::vector<Layer> layers;  ///< used when there are no names
};

enum class DownsampleType { Conv, StackConv };
enum class InitialDecoderState { Zeros, NearestInterp, Last, Mean };
/// Where the U-Net decoder attends the memory (spec 4).
enum class UNetCrossMode { Down, Up, Both };

/// One Earthformer (spec 3, 5). Defaults are those that the official configurations have in common.
struct CuboidTransformerOptions {
  FieldShape inputShape;
  FieldShape targetShape;
  std::int64_t baseUnits = 64;
  double scaleAlpha = 1.0;
  std::vector<std::int64_t> encDepth = {1, 1};
  std::vector<std::int64_t> decDepth = {1, 1};
  Thw downsample = {1, 2, 2};
  std::int64_t numHeads = 4;
  std::string ffnActivation = "gelu";
  bool gatedFfn = false;
  bool encUseInterFfn = true;
  bool decUseInterFfn = true;
  PaddingType padding = PaddingType::Zeros;
  std::string posEmbedType = "t+h+w";
  bool useRelativePos = true;
  bool selfAttnUseFinalProj = true;
  double attnDrop = 0.0;
  double projDrop = 0.0;
  double ffnDrop = 0.0;

  AttentionPattern<CuboidShape> encSelf = {{"axial"}, {}};
  AttentionPattern<CuboidShape> decSelf = {{"axial"}, {}};
  AttentionPattern<CrossCuboidShape> decCross = {{"cross_1x1"}, {}};
  std::int64_t decCrossStart = 0;  ///< finest level with cross-attention
  std::optional<std::int64_t> decCrossLastNFrames;
  bool decUseFirstSelfAttn = false;
  bool decHierarchicalPosEmbed = false;
  std::int64_t upsampleKernelSize = 3;
  InitialDecoderState zInit = InitialDecoderState::Zeros;

  std::int64_t numGlobalVectors = 0;
  bool useDecSelfGlobal = false;
  bool decSelfUpdateGlobal = true;
  bool useDecCrossGlobal = false;
  bool useGlobalVectorFfn = false;
  bool useGlobalSelfAttn = false;
  bool separateGlobalQkv = false;
  std::int64_t globalDimRatio = 1;

  DownsampleType initialType = DownsampleType::Conv;
  std::string initialActivation = "leaky";
  Thw initialScale = {1, 1, 1};          ///< type conv
  std::int64_t initialConvLayers = 2;    ///< type conv
  std::int64_t finalConvLayers = 1;      ///< type conv
  std::vector<std::int64_t> stackDims;   ///< type stack_conv: widths from the finest stage on
  std::vector<std::int64_t> stackScale;  ///< type stack_conv: factors along H and W
  std::vector<std::int64_t> stackConvs;  ///< type stack_conv: convolutions per stage

  std::int64_t auxiliaryChannels = 0;             ///< of the network with auxiliary input (spec 4)
  UNetCrossMode unetCross = UNetCrossMode::Both;  ///< of the network with auxiliary input

  std::int64_t levels() const { return std::int64_t(encDepth.size()); }
};

/// From a configuration with the official keys. Throws ModelError for what is not built in.
CuboidTransformerOptions cuboidTransformerOptionsFromJson(const Json& config);

/// Width of every level: base * int(f^i), truncated (spec 3, quirk Q5).
std::vector<std::int64_t> levelUnits(std::int64_t baseUnits, double scaleAlpha,
                                     const Thw& downsample, std::int64_t levels);
std::vector<std::int64_t> levelUnits(const CuboidTransformerOptions& options);

/// The layers of a pattern at one level, whose memory has the shape `thw` (spec 2).
std::vector<CuboidShape> layersAt(const AttentionPattern<CuboidShape>& pattern, std::int64_t level,
                                  const Thw& thw);
std::vector<CrossCuboidShape> layersAt(const AttentionPattern<CrossCuboidShape>& pattern,
                                       std::int64_t level, const Thw& thw);

}  // namespace stormloom
