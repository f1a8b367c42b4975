#pragma once

#include <QPainter>
#include <QRectF>
#include <vector>

#include "core/cell_block.h"

// Blocks of cells drawn flat: the same geometry as on the screen, from back to front.
namespace stormloom::block_drawing {

/// `text`: height of letters.
void drawBlock(QPainter& painter, const QRectF& room, const CellBlock& block, const BlockView& view,
               int text);

/// One rectangle for each frame of a field, as large as they can be.
std::vector<QRectF> frameRooms(const Thw& field, const QRectF& room, int text);
/// The cells of every frame, "t = 0" above; with numbers in the cells where there is room for them
/// and `numbers` has one for each cell.
void drawFrames(QPainter& painter, const std::vector<QRectF>& rooms, const CellBlock& block,
                const std::vector<std::int64_t>& numbers, int text);

}  // namespace stormloom::block_drawing
