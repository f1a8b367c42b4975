#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/radar_grid.h"

namespace stormloom {

/// What remains of a frame to notice that parts of it stand still: for blocks of cells a checksum
/// and how many of their cells are wet. Small beside the frame, so that it may be kept for every
/// frame of a long sequence.
struct FramePrint {
  struct Block {
    std::uint64_t checksum = 0;
    std::uint32_t wetCells = 0;
  };
  std::vector<Block> blocks;
};
FramePrint printOf(const RadarGrid& grid);

/// Share of the wet cells of `now` that lie in blocks which are the same to the bit in `before`:
/// rain moves and changes, so those radars gave nothing new. 0 where there is no rain, or the grids
/// differ.
double stillFraction(const FramePrint& before, const FramePrint& now);

/// From where on a share is told: single blocks of drizzle repeat by chance, and mosaics such as
/// MRMS repeat a third of their rain every two minutes because their radars are slower than that.
inline constexpr double kTellsStill = 0.2;
inline constexpr double kStandsStill = 0.9;

/// "stands still", "38 % stands still", or "" below kTellsStill.
std::string stillWords(double share);

}  // namespace stormloom
