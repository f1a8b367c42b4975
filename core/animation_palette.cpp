#include "core/animation_palette.h"

#include <algorithm>
#include <limits>

namespace stormloom {

namespace {

constexpr std::size_t kMaxColors = 255;  // one index stays free for the encoder's "unchanged"
constexpr std::size_t kExactColors = 160;

struct Counted {
  std::uint32_t color;
  std::uint64_t count;
};
using Box = std::vector<Counted>;

int channel(std::uint32_t color, int shift) { return int(color >> shift & 0xFF); }

/// The channel (as a shift) over which a box is widest, and how wide.
std::pair<int, int> widestChannel(const Box& box) {
  std::pair<int, int> best{0, -1};
  for (const int shift : {16, 8, 0}) {
    const auto [low, high] = std::minmax_element(box.begin(), box.end(), [shift](auto a, auto b) {
      return channel(a.color, shift) < channel(b.color, shift);
    });
    const int width = channel(high->color, shift) - channel(low->color, shift);
    if (width > best.second) best = {shift, width};
  }
  return best;
}

std::uint32_t meanColor(const Box& box) {
  std::uint32_t color = 0;
  for (const int shift : {16, 8, 0}) {
    double sum = 0.0;
    double weight = 0.0;
    for (const Counted& entry : box) {
      sum += double(channel(entry.color, shift)) * double(entry.count);
      weight += double(entry.count);
    }
    color |= std::uint32_t(sum / weight + 0.5) << shift;
  }
  return color;
}

std::vector<std::uint32_t> medianCut(Box all, std::size_t wanted) {
  std::vector<Box> boxes{std::move(all)};
  while (boxes.size() < wanted) {
    const auto widest =
        std::max_element(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) {
          return widestChannel(a).second < widestChannel(b).second;
        });
    const auto [shift, width] = widestChannel(*widest);
    if (width <= 0) break;
    const auto middle = widest->begin() + std::ptrdiff_t(widest->size() / 2);
    std::nth_element(widest->begin(), middle, widest->end(), [shift = shift](auto a, auto b) {
      return channel(a.color, shift) < channel(b.color, shift);
    });
    Box upper(middle, widest->end());
    widest->erase(middle, widest->end());
    boxes.push_back(std::move(upper));
  }
  std::vector<std::uint32_t> colors;
  for (const Box& box : boxes) colors.push_back(meanColor(box));
  return colors;
}

}  // namespace

void ColorHistogram::add(const RgbImage& frame) {
  std::uint32_t last = ~0u;
  std::uint64_t run = 0;
  const auto flush = [&] {
    if (run > 0) counts_[last] += run;
    run = 0;
  };
  for (std::size_t i = 0; i + 2 < frame.pixels.size(); i += 3) {
    const std::uint32_t color = std::uint32_t(frame.pixels[i]) << 16 |
                                std::uint32_t(frame.pixels[i + 1]) << 8 | frame.pixels[i + 2];
    if (color != last) flush();
    last = color;
    ++run;
  }
  flush();
}

AnimationPalette::AnimationPalette(const ColorHistogram& histogram) {
  Box all;
  for (const auto& [color, count] : histogram.counts()) all.push_back({color, count});
  std::sort(all.begin(), all.end(), [](auto a, auto b) {
    return a.count != b.count ? a.count > b.count : a.color < b.color;
  });
  const std::size_t exact = all.size() <= kMaxColors ? all.size() : kExactColors;
  for (std::size_t i = 0; i < exact; ++i) colors_.push_back(all[i].color);
  if (exact < all.size()) {
    const auto rest =
        medianCut(Box(all.begin() + std::ptrdiff_t(exact), all.end()), kMaxColors - exact);
    colors_.insert(colors_.end(), rest.begin(), rest.end());
  }
}

std::uint8_t AnimationPalette::indexOf(std::uint32_t color) {
  if (const auto found = nearest_.find(color); found != nearest_.end()) return found->second;
  int best = 0;
  int bestDistance = std::numeric_limits<int>::max();
  for (std::size_t i = 0; i < colors_.size(); ++i) {
    int distance = 0;
    for (const int shift : {16, 8, 0}) {
      const int difference = channel(color, shift) - channel(colors_[i], shift);
      distance += difference * difference;
    }
    if (distance < bestDistance) {
      bestDistance = distance;
      best = int(i);
    }
  }
  return nearest_[color] = std::uint8_t(best);
}

}  // namespace stormloom
