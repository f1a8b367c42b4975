#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/figure/figure.h"
#include "core/attention_block.h"

namespace stormloom {

/// A block of cells with words round it; beside it, if wanted, its frames one by one.
struct BlockPicture {
  std::shared_ptr<const CellBlock> block;
  BlockView view;
  std::string title, detail;
  std::vector<std::string> notes;  ///< lines below
  bool frames = false;
  std::vector<std::int64_t> numbers;  ///< of the cuboids, for the frames; may be empty
};
RgbImage drawBlock(const BlockPicture& picture, const FigureOptions& options);
/// PNG or SVG by the ending.
void writeBlockFigure(const std::string& path, const BlockPicture& picture,
                      const FigureOptions& options, const Receipt& receipt);

/// What moves in a film of a block: it turns once round, its cuboids go apart and back, or it is
/// cut open frame after frame.
enum class BlockMotion { Turn, Apart, Frames };
/// The picture at a moment of the film, 0 to 1.
BlockPicture movedBlock(const BlockPicture& picture, BlockMotion motion, double moment);

/// Films of pictures that somebody else draws: .mp4, .webm, .gif or a folder of PNG. Nothing is
/// left behind, and false returned, when stopped. Throws IoError, UsageError.
struct MovieOptions {
  int pictures = 1;
  double framesPerSecond = 24.0;
  std::string title;
  std::function<void(double share)> progress;
  bool soft = false;  ///< as AnimationOptions has it
};
bool writeMovie(const std::string& path, const std::function<RgbImage(int picture)>& draw,
                const MovieOptions& options, const Receipt& receipt, std::stop_token stop = {});

/// "turn", "apart", "frames".
const char* blockMotionName(BlockMotion motion);
/// A film of a block, five seconds long (GIF: smaller and of half as many pictures, for every cell
/// that moves costs much there); false when stopped.
bool writeBlockMovie(const std::string& path, const BlockPicture& picture, BlockMotion motion,
                     const FigureOptions& options, const Receipt& receipt,
                     std::stop_token stop = {},
                     const std::function<void(double share)>& progress = {});

/// A pattern's layer: block, frames and cost.
BlockPicture patternPicture(const LabPattern& pattern, const PatternLook& look,
                            const BlockView& view);
/// A film of what reaches the element: its cuboid, then the reach through one layer, two and so on.
bool writeGrowthMovie(const std::string& path, const LabPattern& pattern, const PatternLook& look,
                      const BlockView& view, const FigureOptions& options, const Receipt& receipt,
                      std::stop_token stop = {},
                      const std::function<void(double share)>& progress = {});
/// A question to a layer: its block, in the words of the view.
BlockPicture attentionBlockPicture(const AttentionView& view, BlockGround ground,
                                   const RadarAt& radar, bool dark, const BlockView& seen);

}  // namespace stormloom
