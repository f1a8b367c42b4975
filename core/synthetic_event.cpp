#include "core/synthetic_event.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace stormloom {
namespace {

/// SplitMix64: small, and the same on every machine (standard distributions are not).
class Dice {
public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  double uniform(double from, double to) {
    return from + (to - from) * double(next() >> 11) * 0x1.0p-53;
  }

private:
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

struct Vector {
  double x = 0.0;
  double y = 0.0;
};

/// One plane wave of the moving texture: cells for lengths, steps for times.
struct Wave {
  Vector number;     ///< radians a cell
  double phase = 0;  ///< at the start
  double turn = 0;   ///< radians a step, besides the advection: the texture changes as it moves
  double amplitude = 0;
};

/// A shower: grows to its peak and decays, on a straight path.
struct ShowerCell {
  Vector start;     ///< place at its birth
  Vector velocity;  ///< cells a step
  double birth = 0;
  double life = 0;  ///< steps
  double peak = 0;  ///< digital VIL
  double radius = 0;
  double stretch = 1;  ///< long axis over short axis
  double angle = 0;
};

std::vector<Wave> texture(Dice& dice, double shortest, double longest, int count, double slope) {
  std::vector<Wave> waves;
  double power = 0.0;
  for (int k = 0; k < count; ++k) {
    const double share = (k + dice.uniform(0.0, 1.0)) / count;
    const double length = longest * std::pow(shortest / longest, share);
    const double angle = dice.uniform(0.0, 2.0 * std::numbers::pi);
    const double number = 2.0 * std::numbers::pi / length;
    waves.push_back({.number = {number * std::cos(angle), number * std::sin(angle)},
                     .phase = dice.uniform(0.0, 2.0 * std::numbers::pi),
                     .turn = dice.uniform(-0.9, 0.9) * std::sqrt(8.0 / length),
                     .amplitude = std::pow(length / longest, slope)});
    power += 0.5 * waves.back().amplitude * waves.back().amplitude;
  }
  for (Wave& wave : waves) wave.amplitude /= std::sqrt(power);
  return waves;
}

/// Unit-variance field of the waves at `step`, carried along by `velocity`. Sines of sums are taken
/// apart, so that each wave costs one product a cell.
std::vector<double> fieldOfWaves(const std::vector<Wave>& waves, Vector velocity, double step,
                                 int size) {
  std::vector<double> field(std::size_t(size) * size, 0.0);
  std::vector<double> sines(size), cosines(size);
  for (const Wave& wave : waves) {
    const double phase = wave.phase + wave.turn * step -
                         (wave.number.x * velocity.x + wave.number.y * velocity.y) * step;
    for (int col = 0; col < size; ++col) {
      sines[col] = wave.amplitude * std::sin(wave.number.x * col + phase);
      cosines[col] = wave.amplitude * std::cos(wave.number.x * col + phase);
    }
    for (int row = 0; row < size; ++row) {
      const double s = std::sin(wave.number.y * row), c = std::cos(wave.number.y * row);
      double* line = &field[std::size_t(row) * size];
      for (int col = 0; col < size; ++col) line[col] += sines[col] * c + cosines[col] * s;
    }
  }
  return field;
}

/// A broken line of storms with scattered showers around it; every third storm splits in two.
std::vector<ShowerCell> showers(Dice& dice, Vector steering, int size, int steps) {
  std::vector<ShowerCell> cells;
  const double lineAngle = dice.uniform(0.9, 1.4);
  for (int k = 0; k < 34; ++k) {
    const bool inLine = k < 16;
    const double along = dice.uniform(-0.42, 0.42) * size;
    const double across = inLine ? dice.uniform(-4.0, 4.0) : dice.uniform(-0.35, 0.35) * size;
    ShowerCell cell;
    cell.life = inLine ? dice.uniform(9.0, 16.0) : dice.uniform(4.0, 9.0);
    cell.birth = dice.uniform(-6.0, double(steps) - 4.0);
    cell.velocity = {steering.x + dice.uniform(-0.4, 0.4), steering.y + dice.uniform(-0.4, 0.4)};
    cell.start = {0.36 * size + along * std::cos(lineAngle) - across * std::sin(lineAngle),
                  0.5 * size + along * std::sin(lineAngle) + across * std::cos(lineAngle)};
    cell.start.x += steering.x * cell.birth;
    cell.start.y += steering.y * cell.birth;
    cell.peak = inLine ? dice.uniform(150.0, 262.0) : dice.uniform(90.0, 190.0);
    cell.radius = inLine ? dice.uniform(3.0, 6.5) : dice.uniform(1.8, 4.0);
    cell.stretch = dice.uniform(1.0, 2.2);
    cell.angle = lineAngle + dice.uniform(-0.5, 0.5);
    cells.push_back(cell);
    if (k % 3 != 0) continue;
    ShowerCell split = cell;  // leaves its parent to the right, a little later
    split.birth += 0.35 * cell.life;
    split.start.x += cell.velocity.x * 0.35 * cell.life;
    split.start.y += cell.velocity.y * 0.35 * cell.life;
    split.velocity = {cell.velocity.x - 0.8 * steering.y / 2.5,
                      cell.velocity.y + 0.8 * steering.x / 2.5};
    split.peak *= 0.85;
    cells.push_back(split);
  }
  return cells;
}

void addCell(std::vector<double>& field, const ShowerCell& cell, double step, int size) {
  const double age = (step - cell.birth) / cell.life;
  if (age <= 0.0 || age >= 1.0) return;
  const double strength = std::pow(std::sin(std::numbers::pi * std::pow(age, 0.7)), 0.8);
  const double x = cell.start.x + cell.velocity.x * (step - cell.birth);
  const double y = cell.start.y + cell.velocity.y * (step - cell.birth);
  const double radius = cell.radius * (0.65 + 0.35 * strength);
  const double cosine = std::cos(cell.angle), sine = std::sin(cell.angle);
  const int reach = int(3.2 * radius * cell.stretch) + 1;
  for (int row = std::max(0, int(y) - reach); row < std::min(size, int(y) + reach + 1); ++row) {
    for (int col = std::max(0, int(x) - reach); col < std::min(size, int(x) + reach + 1); ++col) {
      const double dx = col - x, dy = row - y;
      const double along = (dx * cosine + dy * sine) / cell.stretch;
      const double across = -dx * sine + dy * cosine;
      const double distance = (along * along + across * across) / (2.0 * radius * radius);
      double& value = field[std::size_t(row) * size + col];
      const double shower = cell.peak * strength * std::exp(-std::pow(distance, 0.8));
      value = std::max(value, shower) + 0.3 * std::min(value, shower);
    }
  }
}

std::shared_ptr<const RadarGrid> gridFromField(const std::vector<double>& showersField,
                                               const std::vector<double>& broad,
                                               const std::vector<double>& fine, int size) {
  auto grid = std::make_shared<RadarGrid>(size, size);
  for (std::size_t i = 0; i < grid->size(); ++i) {
    const double rainArea = 62.0 * (broad[i] + 0.22 * fine[i] - 0.62);
    const double shower = showersField[i] * (1.0 + 0.16 * fine[i]);
    double value = std::max(rainArea, 0.0) + shower;
    if (shower > 1.0 && rainArea > 0.0)
      value = std::max(rainArea, shower) + 0.35 * std::min(rainArea, shower);
    // Whole numbers, as SEVIR stores them: rounding also hides the last bit of a machine's sine.
    grid->values()[i] = float(std::floor(std::clamp(value < 6.0 ? 0.0 : value, 0.0, 254.0) + 0.5));
    grid->states()[i] = CellState::Measured;
  }
  return grid;
}

}  // namespace

FrameSequence syntheticEvent(const SyntheticEventOptions& options) {
  const double half = 0.5 * options.size * options.cellSizeMeters;
  FrameSequence event{.geo = GeoReference(kSevirProjection, 40000.0 - half, -150000.0 + half,
                                          options.cellSizeMeters, options.cellSizeMeters,
                                          options.size, options.size)};
  event.provenance = Provenance::Synthetic;
  event.synthetic = true;
  event.product = "Built-in synthetic event";
  event.event = "seed " + std::to_string(options.seed);
  event.attribution = "Synthetic storm, not an observation";
  event.scaleNote = "synthetic VIL";

  Dice dice(options.seed);
  const double pace = options.stepMinutes / 10.0 * 3000.0 / options.cellSizeMeters;
  const Vector steering = {dice.uniform(2.0, 2.8) * pace, dice.uniform(-1.0, -0.3) * pace};
  const std::vector<Wave> broad = texture(dice, 24.0, 160.0, 40, 1.1);
  const std::vector<Wave> fine = texture(dice, 4.0, 24.0, 70, 0.9);
  const std::vector<ShowerCell> cells = showers(dice, steering, options.size, options.frames);
  const ValidTime start = timeFromCalendar(2019, 7, 1, 21, 0, 0);
  for (int k = 0; k < options.frames; ++k) {
    std::vector<double> field(std::size_t(options.size) * options.size, 0.0);
    for (const ShowerCell& cell : cells) addCell(field, cell, k, options.size);
    const auto wide = fieldOfWaves(broad, steering, k, options.size);
    const auto small = fieldOfWaves(fine, steering, k, options.size);
    event.frames.push_back({.validTime = start + minutes(options.stepMinutes * k),
                            .grid = gridFromField(field, wide, small, options.size)});
  }
  return event;
}

}  // namespace stormloom
