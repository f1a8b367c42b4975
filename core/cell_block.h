#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/color_table.h"
#include "core/cuboid_map.h"

namespace stormloom {

/// How one cell of a block of (T,H,W) cells is drawn.
struct BlockCell {
  Rgb color;
  float size = 1.f;  ///< side, of a whole cell; 0: not drawn
  float glow = 0.f;    ///< 0 to 1: how strong its halo is
  bool front = false;  ///< drawn over all that is not, so that it is seen inside the block
};

/// A line from the asking cell to a cell, as bright as `strength` (0 to 1).
struct BlockLink {
  Thw cell = {0, 0, 0};
  double strength = 0.0;
};

/// A global vector above the block, as large as `strength` (0 to 1), and what it says of itself.
struct BlockNode {
  std::string text;
  double strength = 0.0;
};

/// Colours of what is no cell.
struct BlockInk {
  Rgb ground, text, edge, asking, link, node;
  static BlockInk of(bool dark);
};

/// A field of cells in space and time and what one layer of cuboids makes of it.
struct CellBlock {
  CuboidMap map;  ///< cells gather in their cuboids as these go apart
  PaddingType padding = PaddingType::Zeros;
  std::vector<BlockCell> cells;  ///< one for each cell of map.data, row-major
  /// The asking cell; it may lie behind the block, when it is of another field.
  std::optional<std::array<double, 3>> asking;
  std::vector<BlockLink> links;
  std::vector<BlockNode> nodes;
  std::vector<std::string> frameTexts;  ///< one for each frame, or none
  BlockInk ink = BlockInk::of(true);
};

/// From where a block is seen, what part of it, and how far its cuboids stand apart.
struct BlockView {
  double turn = 32.0;  ///< degrees round the vertical; 0: the frames face the eye
  double tilt = 22.0;  ///< degrees from which it is seen from above
  double zoom = 1.0;
  double apart = 0.0;  ///< 0: every cell at its place; 1: every cuboid on its own
  /// First cell and one behind the last that are shown along T, H, W; {0, 0}: all.
  std::array<std::array<std::int64_t, 2>, 3> slice{};
  bool operator==(const BlockView&) const = default;
};

/// Right, up, and towards the eye that sees frames from the front; in cells.
struct BlockPoint {
  double x = 0.0, y = 0.0, z = 0.0;
};

/// Directions that faces of a box look in.
enum class BlockSide { Right, Left, Up, Down, Front, Back };
inline constexpr int kBlockSides = 6;

/// A cell where it stands; `open` has a bit for each side that no neighbour hides.
struct BlockBox {
  BlockPoint middle, half;
  Rgb color;
  float glow = 0.f;
  std::uint8_t open = 0;
  bool front = false;
  Thw cell = {0, 0, 0};
  bool isOpen(BlockSide side) const { return (open >> int(side)) & 1; }
};

/// What there is to draw of a block, in no order.
struct BlockShape {
  struct Line {
    BlockPoint from, to;
    double strength = 0.0;
    bool toNode = false;
  };
  struct Text {
    BlockPoint at;
    std::string text;
    bool ofNode = false;
  };
  std::vector<BlockBox> boxes;
  std::vector<BlockBox> nodes;
  std::optional<BlockBox> asking;
  std::vector<Line> links;
  std::vector<Line> frame;  ///< edges of the whole block
  std::vector<Text> texts;
  double radius = 1.0;  ///< everything lies within it round the middle
};
BlockShape shapeOf(const CellBlock& block, const BlockView& view);

/// The boxes of a shape with runs of alike cells made one: of a large block, whose cells are too
/// small to be told apart, a fraction remains to be drawn while it turns.
std::vector<BlockBox> mergedBoxes(const CellBlock& block, const BlockShape& shape);

/// Parallel projection: x to the right, y up, both in pixels from the middle; depth towards the eye.
class BlockProjection {
public:
  BlockProjection(const BlockView& view, double radius, double width, double height);
  BlockPoint onScreen(const BlockPoint& point) const;
  double pixelsPerCell() const { return scale_; }
  const BlockPoint& right() const { return right_; }
  const BlockPoint& up() const { return up_; }
  const BlockPoint& toEye() const { return toEye_; }
  bool sees(BlockSide side) const;

private:
  BlockPoint right_, up_, toEye_;
  double scale_ = 1.0;
};

/// Where a text stands on the screen: above its global vector; a time at the one of its frame's lower
/// corners that lies farther out, so that a block that turns never covers it.
BlockPoint textOnScreen(const BlockShape::Text& text, const BlockProjection& seen);

/// Corners of one face, counter-clockwise seen from outside; a little smaller than the cell, so that
/// cells stay apart.
std::array<BlockPoint, 4> cornersOf(const BlockBox& box, BlockSide side);
/// How light a face is: the block is lit from above.
Rgb shaded(Rgb color, BlockSide side);

/// The foremost cell under a place on the screen, in pixels from the middle, y up.
std::optional<Thw> cellUnder(const BlockShape& shape, const BlockProjection& projection, double x,
                             double y);

}  // namespace stormloom
