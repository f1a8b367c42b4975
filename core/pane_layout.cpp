#include "core/pane_layout.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr int kMostPanes = 64;
constexpr double kSmallestShare = 0.1;

PaneRect partOf(const PaneRect& area, PaneLayout::Way way, double from, double share) {
  return way == PaneLayout::Way::Row
             ? PaneRect{area.left + from * area.width, area.top, share * area.width, area.height}
             : PaneRect{area.left, area.top + from * area.height, area.width, share * area.height};
}

}  // namespace

PaneLayout::PaneLayout(PaneSpec pane) : pane_(std::move(pane)) {}

PaneLayout::PaneLayout(Way way, std::vector<PaneLayout> parts, std::vector<double> shares)
    : way_(way), parts_(std::move(parts)), shares_(std::move(shares)) {
  if (parts_.empty()) throw UsageError("A layout needs at least one pane.");
  if (shares_.empty()) shares_.assign(parts_.size(), 1.0 / double(parts_.size()));
  if (shares_.size() != parts_.size()) throw UsageError("A layout needs one share for each part.");
  const double sum = std::accumulate(shares_.begin(), shares_.end(), 0.0);
  for (double& share : shares_) {
    if (!(share > 0.0) || !std::isfinite(share))
      throw UsageError("Shares of a layout must be above 0.");
    if (std::abs(sum - 1.0) > 1e-9) share /= sum;  // shares that fit stay as they are to the bit
  }
}

PaneLayout PaneLayout::grid(const std::vector<PaneSpec>& panes, int columns) {
  std::vector<PaneLayout> rows;
  for (std::size_t first = 0; first < panes.size(); first += std::size_t(columns)) {
    std::vector<PaneLayout> row;
    for (std::size_t i = first; i < std::min(panes.size(), first + std::size_t(columns)); ++i)
      row.emplace_back(panes[i]);
    rows.emplace_back(Way::Row, std::move(row));
  }
  return PaneLayout(Way::Column, std::move(rows));
}

int PaneLayout::count() const {
  if (parts_.empty()) return 1;
  return std::accumulate(parts_.begin(), parts_.end(), 0,
                         [](int sum, const PaneLayout& part) { return sum + part.count(); });
}

std::vector<PaneSpec> PaneLayout::panes() const {
  if (parts_.empty()) return {pane_};
  std::vector<PaneSpec> all;
  for (const PaneLayout& part : parts_) {
    const auto some = part.panes();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

std::vector<PaneRect> PaneLayout::rects() const {
  std::vector<PaneRect> out;
  collect({}, out);
  return out;
}

void PaneLayout::collect(const PaneRect& area, std::vector<PaneRect>& out) const {
  if (parts_.empty()) return out.push_back(area);
  double from = 0.0;
  for (std::size_t i = 0; i < parts_.size(); from += shares_[i++])
    parts_[i].collect(partOf(area, way_, from, shares_[i]), out);
}

PaneLayout* PaneLayout::leaf(int& index) {
  if (parts_.empty()) return index-- == 0 ? this : nullptr;
  for (PaneLayout& part : parts_)
    if (PaneLayout* found = part.leaf(index)) return found;
  return nullptr;
}

void PaneLayout::setPane(int index, const PaneSpec& pane) {
  if (PaneLayout* found = leaf(index)) found->pane_ = pane;
}

void PaneLayout::swap(int a, int b) {
  PaneLayout* first = leaf(a);
  PaneLayout* second = leaf(b);
  if (first && second && first != second) std::swap(first->pane_, second->pane_);
}

void PaneLayout::split(int index, Way way) {
  if (count() >= kMostPanes) return;
  if (PaneLayout* found = leaf(index)) {
    const PaneSpec pane = found->pane_;
    *found = PaneLayout(way, {PaneLayout(pane), PaneLayout(pane)});
  }
}

void PaneLayout::close(int index) {
  if (count() > 1) closeIn(index);
}

bool PaneLayout::closeIn(int& index) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (!parts_[i].parts_.empty()) {
      if (parts_[i].closeIn(index)) return true;
      continue;
    }
    if (index-- != 0) continue;
    parts_.erase(parts_.begin() + std::ptrdiff_t(i));
    shares_.erase(shares_.begin() + std::ptrdiff_t(i));
    const double sum = std::accumulate(shares_.begin(), shares_.end(), 0.0);
    for (double& share : shares_) share /= sum;
    if (parts_.size() == 1) {
      PaneLayout only = std::move(parts_.front());
      *this = std::move(only);
    }
    return true;
  }
  return false;
}

std::vector<PaneLayout::Border> PaneLayout::borders() const {
  std::vector<Border> out;
  std::vector<int> path;
  collectBorders({}, path, out);
  return out;
}

void PaneLayout::collectBorders(const PaneRect& area, std::vector<int>& path,
                                std::vector<Border>& out) const {
  double from = 0.0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    path.push_back(int(i));
    parts_[i].collectBorders(partOf(area, way_, from, shares_[i]), path, out);
    path.pop_back();
    from += shares_[i];
    if (i + 1 == parts_.size()) continue;
    const double at =
        way_ == Way::Row ? area.left + from * area.width : area.top + from * area.height;
    out.push_back({path, int(i), way_, area, at});
  }
}

void PaneLayout::moveBorder(const Border& border, double at) {
  PaneLayout* part = this;
  for (const int step : border.path) {
    if (step < 0 || step >= int(part->parts_.size())) return;
    part = &part->parts_[std::size_t(step)];
  }
  const auto i = std::size_t(border.before);
  if (i + 1 >= part->parts_.size()) return;
  const bool row = border.way == Way::Row;
  const double place = row ? (at - border.area.left) / border.area.width
                           : (at - border.area.top) / border.area.height;
  const double from =
      std::accumulate(part->shares_.begin(), part->shares_.begin() + border.before, 0.0);
  const double both = part->shares_[i] + part->shares_[i + 1];
  const double smallest = std::min(kSmallestShare, both / 3);
  part->shares_[i] = std::clamp(place - from, smallest, both - smallest);
  part->shares_[i + 1] = both - part->shares_[i];
}

bool PaneLayout::operator==(const PaneLayout& other) const {
  return parts_.size() == other.parts_.size() &&
         (parts_.empty() ? pane_ == other.pane_
                         : way_ == other.way_ && shares_ == other.shares_ &&
                               std::ranges::equal(parts_, other.parts_));
}

}  // namespace stormloom
