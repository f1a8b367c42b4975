#include "core/standing_still.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace stormloom {
namespace {

/// About 24 blocks along the shorter side; a radar of 100 km reach covers several.
int blockSide(const RadarGrid& grid) {
  return std::clamp(std::min(grid.width(), grid.height()) / 24, 4, 32);
}

constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15ull;

void addCell(FramePrint::Block& block, float value, CellState state) {
  const bool measured = state == CellState::Measured;
  block.wetCells += measured && value != 0.0f;
  const std::uint64_t bits =
      measured ? std::bit_cast<std::uint32_t>(value) : 0x100000000ull + std::uint64_t(state);
  block.checksum = (std::rotl(block.checksum, 5) ^ bits) * kOdd;
}

}  // namespace

FramePrint printOf(const RadarGrid& grid) {
  const int side = blockSide(grid);
  const int across = (grid.width() + side - 1) / side, down = (grid.height() + side - 1) / side;
  FramePrint print;
  print.blocks.resize(std::size_t(across) * std::size_t(down));
  for (int row = 0; row < grid.height(); ++row) {
    FramePrint::Block* const blocks =
        print.blocks.data() + std::size_t(row / side) * std::size_t(across);
    for (int first = 0; first < grid.width(); first += side) {
      FramePrint::Block& block = blocks[first / side];
      const int end = std::min(first + side, grid.width());
      for (int col = first; col < end; ++col)
        addCell(block, grid.at(row, col), grid.state(row, col));
    }
  }
  return print;
}

double stillFraction(const FramePrint& before, const FramePrint& now) {
  if (before.blocks.size() != now.blocks.size()) return 0.0;
  std::uint64_t wet = 0, still = 0;
  for (std::size_t k = 0; k < now.blocks.size(); ++k) {
    wet += now.blocks[k].wetCells;
    if (now.blocks[k].checksum == before.blocks[k].checksum) still += now.blocks[k].wetCells;
  }
  return wet > 0 ? double(still) / double(wet) : 0.0;
}

std::string stillWords(double share) {
  if (share >= kStandsStill) return "stands still";
  if (share < kTellsStill) return {};
  return std::to_string(int(std::floor(100.0 * share))) + " % stands still";
}

}  // namespace stormloom
