#include "core/radar_grid.h"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>

#include "core/errors.h"

namespace stormloom {

namespace {

std::size_t cellCount(int width, int height) {
  constexpr std::int64_t kMostCells = std::int64_t(1) << 30;
  if (width < 1 || height < 1 || std::int64_t(width) * height > kMostCells) {
    throw IoError("A raster of " + std::to_string(width) + " x " + std::to_string(height) +
                  " cells cannot be used.");
  }
  return std::size_t(width) * std::size_t(height);
}

struct Freed {
  void operator()(void* memory) const { std::free(memory); }
};

/// Continents come in large pages where the system gives them on request: a hundred megabytes in small ones cost a tenth
/// of a second to be had.
template <typename Cell>
std::unique_ptr<Cell[], Freed> cellsOf(std::size_t count) {
  constexpr std::size_t kLargePage = std::size_t(2) << 20;
  const std::size_t bytes = std::max<std::size_t>(count * sizeof(Cell), 1);
  const bool large = bytes >= 2 * kLargePage;
  const std::size_t whole = (bytes + kLargePage - 1) / kLargePage * kLargePage;
  void* memory = large ? std::aligned_alloc(kLargePage, whole) : std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  if (large) madvise(memory, whole, MADV_HUGEPAGE);
  return std::unique_ptr<Cell[], Freed>(static_cast<Cell*>(memory));
}

struct OwnCells {
  explicit OwnCells(std::size_t count)
      : values(cellsOf<float>(count)), states(cellsOf<CellState>(count)) {}
  std::unique_ptr<float[], Freed> values;
  std::unique_ptr<CellState[], Freed> states;
};

}  // namespace

CellMemory::CellMemory(std::size_t count) {
  const auto own = std::make_shared<OwnCells>(count);
  owner_ = own;
  values_ = {own->values.get(), count};
  states_ = {own->states.get(), count};
  std::ranges::fill(values_, std::numeric_limits<float>::quiet_NaN());
  std::ranges::fill(states_, CellState::Missing);
}

CellMemory::CellMemory(std::shared_ptr<void> owner, float* values, CellState* states,
                       std::size_t count)
    : owner_(std::move(owner)), values_(values, count), states_(states, count) {}

CellMemory::CellMemory(const CellMemory& other) {
  const auto own = std::make_shared<OwnCells>(other.values_.size());
  owner_ = own;
  values_ = {own->values.get(), other.values_.size()};
  states_ = {own->states.get(), other.states_.size()};
  std::ranges::copy(other.values_, values_.begin());
  std::ranges::copy(other.states_, states_.begin());
}

CellMemory& CellMemory::operator=(const CellMemory& other) {
  if (this != &other) *this = CellMemory(other);
  return *this;
}

RadarGrid::RadarGrid(int width, int height)
    : width_(width), height_(height), cells_(cellCount(width, height)) {}

RadarGrid::RadarGrid(int width, int height, CellMemory cells)
    : width_(width), height_(height), cells_(std::move(cells)) {
  if (size() != cellCount(width, height)) throw IoError("A raster with too few or too many cells.");
}

GridSummary summarize(const RadarGrid& grid, Quantity quantity) {
  GridSummary summary;
  summary.min = std::numeric_limits<float>::infinity();
  summary.max = -std::numeric_limits<float>::infinity();
  std::size_t known = 0;
  std::size_t finite = 0;
  std::size_t wet = 0;
  std::size_t missing = 0;
  double sum = 0.0;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const CellState state = grid.states()[i];
    if (state > CellState::BelowDetection) {
      missing += state == CellState::Missing;
      continue;
    }
    ++known;
    const float value = grid.values()[i];
    const bool belowDetection = state == CellState::BelowDetection;
    wet += !belowDetection && (quantity == Quantity::Reflectivity || value > 0.0f);
    if (!std::isfinite(value)) continue;
    summary.min = std::min(summary.min, value);
    summary.max = std::max(summary.max, value);
    sum += value;
    ++finite;
  }
  if (finite == 0) summary.min = summary.max = std::numeric_limits<float>::quiet_NaN();
  summary.mean = finite > 0 ? sum / double(finite) : std::numeric_limits<double>::quiet_NaN();
  summary.wetFraction = known > 0 ? double(wet) / double(known) : 0.0;
  summary.missingFraction = double(missing) / double(grid.size());
  summary.outsideFraction = double(grid.size() - known - missing) / double(grid.size());
  return summary;
}

}  // namespace stormloom
