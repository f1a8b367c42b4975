#include "models/training/pool_turns.h"

#include <algorithm>
#include <utility>

#include "models/training/window_pool.h"

namespace stormloom {
namespace {

using Part = PoolTurns::Part;

/// In the same order, without those of which later ones leave nothing.
std::vector<Part> stillThere(const std::vector<Part>& parts, std::int64_t size) {
  std::vector<bool> taken(std::size_t(size), false);
  std::vector<Part> there;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const auto first = taken.begin() + part->first, end = first + part->count;
    if (std::find(first, end, false) == end) continue;
    std::fill(first, end, true);
    there.push_back(*part);
  }
  std::reverse(there.begin(), there.end());
  return there;
}

}  // namespace

std::vector<Part> PoolTurns::after(std::int64_t steps, std::int64_t replacedEachStep) {
  std::vector<Part> parts;
  for (std::int64_t made = 0; made < size_; made += kMadeAtOnce)
    parts.push_back(next(std::min(kMadeAtOnce, size_ - made)));
  for (std::int64_t step = 0; step < steps; ++step)
    for (const Part& part : replace(replacedEachStep)) parts.push_back(part);
  return stillThere(parts, size_);
}

std::vector<Part> PoolTurns::replace(std::int64_t count) {
  owed_ += count;
  if (owed_ < kMadeAtOnce) return {};
  const std::int64_t due = std::exchange(owed_, 0);
  return {next(due)};
}

Part PoolTurns::next(std::int64_t count) {
  const Part part{next_, std::min(count, size_ - next_), turn_++};
  next_ = (next_ + part.count) % size_;
  return part;
}

}  // namespace stormloom
