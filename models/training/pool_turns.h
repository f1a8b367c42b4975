#pragma once

#include <cstdint>
#include <vector>

namespace stormloom {

/// When which rows of a pool are made: all of them once, then the oldest, some together. Known from numbers alone, so
/// that a run that goes on fills its pool as it had become.
class PoolTurns {
public:
  /// Rows made together; they follow from the turn.
  struct Part {
    std::int64_t first = 0, count = 0;
    std::uint64_t turn = 0;
  };

  explicit PoolTurns(std::int64_t size) : size_(size) {}

  /// The parts that a pool consists of after so many steps that each replace some rows, in the order of making. Those
  /// that were wholly replaced since are left out. To be called once, first.
  std::vector<Part> after(std::int64_t steps, std::int64_t replacedEachStep);
  /// What one more step replaces; empty while too few rows have come together.
  std::vector<Part> replace(std::int64_t count);

private:
  Part next(std::int64_t count);

  std::int64_t size_, next_ = 0, owed_ = 0;
  std::uint64_t turn_ = 0;
};

}  // namespace stormloom
