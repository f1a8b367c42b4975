#include "core/stochastic_extrapolation.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace stormloom {
namespace {

using Field = std::vector<float>;
constexpr float kStrongest = 254.0f;

/// Sum of twelve uniform numbers less six: nearly normal, and the same on every machine.
float nearlyNormal(std::mt19937_64& chance) {
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) sum += double(chance() >> 11) * 0x1.0p-53;
  return float(sum);
}

/// Running means along rows, then columns; what lies outside counts as the edge.
void blur(Field& field, int width, int height, int radius) {
  const auto along = [radius](const float* in, float* out, int count, int stride) {
    const auto at = [&](int i) { return in[std::ptrdiff_t(std::clamp(i, 0, count - 1)) * stride]; };
    double sum = 0.0;
    for (int i = -radius; i <= radius; ++i) sum += at(i);
    for (int i = 0; i < count; ++i) {
      out[std::ptrdiff_t(i) * stride] = float(sum / (2 * radius + 1));
      sum += at(i + radius + 1) - at(i - radius);
    }
  };
  Field half(field.size());
  for (int row = 0; row < height; ++row)
    along(&field[std::size_t(row) * width], &half[std::size_t(row) * width], width, 1);
  for (int col = 0; col < width; ++col)
    along(&half[std::size_t(col)], &field[std::size_t(col)], height, width);
}

/// Noise of mean 0 and deviation 1 that is alike over `radius` cells.
Field smoothNoise(std::mt19937_64& chance, int width, int height, int radius) {
  Field noise(std::size_t(width) * height);
  for (float& value : noise) value = nearlyNormal(chance);
  for (int pass = 0; pass < 2; ++pass) blur(noise, width, height, radius);
  double sum = 0.0, squares = 0.0;
  for (const float value : noise) {
    sum += value;
    squares += double(value) * value;
  }
  const double mean = sum / double(noise.size());
  const double deviation = std::sqrt(std::max(1e-12, squares / double(noise.size()) - mean * mean));
  for (float& value : noise) value = float((value - mean) / deviation);
  return noise;
}

/// 1 in the rain, falling to 0 around it: where rain may grow or decay.
Field nearRain(const RadarGrid& grid, int radius) {
  Field near(grid.size());
  for (std::size_t i = 0; i < near.size(); ++i) near[i] = grid.values()[i] >= 16.0f ? 1.0f : 0.0f;
  blur(near, grid.width(), grid.height(), radius / 2);
  for (float& value : near) value = std::min(1.0f, 2.0f * value);
  return near;
}

float valueAt(const RadarGrid& grid, double row, double col) {
  const int r = int(std::floor(row)), c = int(std::floor(col));
  const auto cell = [&](int y, int x) {
    const bool inside = y >= 0 && x >= 0 && y < grid.height() && x < grid.width();
    return inside && grid.hasValue(y, x) ? double(grid.at(y, x)) : 0.0;
  };
  const double above = std::lerp(cell(r, c), cell(r, c + 1), col - c);
  return float(std::lerp(above, std::lerp(cell(r + 1, c), cell(r + 1, c + 1), col - c), row - r));
}

double sumOf(const RadarGrid& grid) {
  double sum = 0.0;
  for (std::size_t i = 0; i < grid.size(); ++i)
    if (grid.states()[i] <= CellState::BelowDetection) sum += grid.values()[i];
  return sum;
}

std::shared_ptr<const RadarGrid> disturbed(const RadarGrid& grid, const Field& noise,
                                           double strength, double rowsAside, double colsAside,
                                           int radius) {
  auto out = std::make_shared<RadarGrid>(grid);
  const Field near = nearRain(grid, radius);
  for (int row = 0; row < grid.height(); ++row) {
    for (int col = 0; col < grid.width(); ++col) {
      if (!grid.hasValue(row, col)) continue;
      const std::size_t cell = std::size_t(row) * grid.width() + col;
      const float moved = valueAt(grid, row - rowsAside, col - colsAside);
      const float changed = moved + float(strength) * noise[cell] * near[cell];
      out->set(row, col, std::clamp(changed, 0.0f, kStrongest), CellState::Measured);
    }
  }
  const double before = sumOf(grid), after = sumOf(*out);
  if (after > 0.0)
    for (float& value : out->values()) value = std::min(kStrongest, float(value * before / after));
  return out;
}

FrameSequence memberOf(const FrameSequence& extrapolation, std::mt19937_64 chance,
                       const StochasticOptions& options) {
  FrameSequence member = extrapolation;
  member.product += ", stochastic";
  const double rowsAStep = options.driftPerStep * nearlyNormal(chance);
  const double colsAStep = options.driftPerStep * nearlyNormal(chance);
  const int width = member.width(), height = member.height();
  Field noise = smoothNoise(chance, width, height, options.scaleCells);
  const auto memory = float(options.memory), fresh = std::sqrt(1.0f - memory * memory);
  for (std::size_t lead = 0; lead < member.frames.size(); ++lead) {
    const double steps = double(lead + 1);
    member.frames[lead].grid = disturbed(*extrapolation.frames[lead].grid, noise,
                                         options.strengthPerStep * std::sqrt(steps),
                                         rowsAStep * steps, colsAStep * steps, options.scaleCells);
    const Field next = smoothNoise(chance, width, height, options.scaleCells);
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = memory * noise[i] + fresh * next[i];
  }
  return member;
}

}  // namespace

std::vector<FrameSequence> stochasticExtrapolation(const FrameSequence& extrapolation,
                                                   std::uint64_t seed, int members,
                                                   const StochasticOptions& options) {
  std::vector<FrameSequence> all;
  for (int member = 0; member < members; ++member) {
    std::seed_seq mixed{std::uint32_t(seed), std::uint32_t(seed >> 32), std::uint32_t(member)};
    all.push_back(memberOf(extrapolation, std::mt19937_64(mixed), options));
  }
  return all;
}

}  // namespace stormloom
