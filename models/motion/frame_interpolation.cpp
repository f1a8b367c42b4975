#include "models/frame_interpolation.h"

#include <algorithm>
#include <cmath>

#include "core/vil_scale.h"
#include "models/kernels/over_threads.h"
#include "models/motion/motion_field.h"

namespace stormloom {
namespace {

using torch::Tensor;

constexpr float kMeasuredEnough = 0.5f;  // of what was read around a carried point

/// How values of one quantity become what may be mixed and what motion is found on.
struct MixedScale {
  double (*amount)(double value);    ///< adds up: rain, liquid water, Z
  double (*digital)(double value);   ///< on the 0-255 scale
  double (*value)(double amount);
};

double unchangedValue(double value) { return value; }
double digitalOfAmount(double rain) { return std::clamp(digitalFromRain(rain), 0.0, 254.0); }
double factorOfDbz(double dbz) { return std::pow(10.0, dbz / 10.0); }
double dbzOfFactor(double z) { return 10.0 * std::log10(z); }

MixedScale mixedScaleOf(Quantity quantity) {
  switch (quantity) {
    case Quantity::RainRate:
      return {unchangedValue, digitalFromRain, unchangedValue};
    case Quantity::VilMass:
      return {unchangedValue, digitalFromVilMass, unchangedValue};
    case Quantity::Reflectivity:
      return {factorOfDbz, digitalFromDbz, dbzOfFactor};
    default:
      return {rainFromDigital, unchangedValue, digitalOfAmount};
  }
}

/// Values of one frame: the digital scale for finding motion, amounts for mixing, and where it knows.
struct FrameTensors {
  Tensor digital, rain, measured;  // (1, H, W)
};

FrameTensors tensorsFrom(const RadarGrid& grid, const MixedScale& scale) {
  const auto plane = [&] { return torch::zeros({1, grid.height(), grid.width()}); };
  FrameTensors tensors{plane(), plane(), plane()};
  float* const digital = tensors.digital.data_ptr<float>();
  float* const rain = tensors.rain.data_ptr<float>();
  float* const measured = tensors.measured.data_ptr<float>();
  for (std::size_t i = 0; i < grid.size(); ++i) {
    if (grid.states()[i] > CellState::BelowDetection) continue;
    digital[i] = std::clamp(float(scale.digital(grid.values()[i])) / 255.0f, 0.0f, 1.0f);
    rain[i] = float(scale.amount(grid.values()[i]));
    measured[i] = 1.0f;
  }
  return tensors;
}

/// Rain, and 1 where it is known.
struct Carried {
  Tensor rain, measured;
};

Carried carried(const FrameTensors& frame, const Tensor& vectors, double steps) {
  const Tensor both = torch::cat({frame.rain * frame.measured, frame.measured}, 0).unsqueeze(1);
  const Tensor moved = carryEach(both, (vectors * steps).expand({2, -1, -1, -1}));  // (2, 1, H, W)
  const Tensor known = moved[1][0];
  return {moved[0][0] / known.clamp_min(1e-3), (known >= kMeasuredEnough).to(torch::kFloat32)};
}

/// Two fields mixed where they are known; `known` is 0 where neither is.
Carried mixed(const Carried& before, const Carried& after, double share) {
  const Tensor first = (1.0 - share) * before.measured, second = share * after.measured;
  const Tensor known = first + second;
  return {(first * before.rain + second * after.rain) / known.clamp_min(1e-6), known};
}

CellState stateOfUnknown(CellState before, CellState after) {
  return before == CellState::OutsideCoverage && after == CellState::OutsideCoverage
             ? CellState::OutsideCoverage
             : CellState::Missing;
}

/// Many short steps on a small picture: threads that share them wait for each other longer than
/// they work.
bool isSmall(const RadarGrid& grid) {
  constexpr std::size_t kWorthSharing = std::size_t(512) * 512;
  return grid.size() < kWorthSharing;
}

/// Two frames and the motion between them.
struct MovingPair {
  const RadarGrid& before;
  const RadarGrid& after;
  FrameTensors first, second;
  Tensor vectors;  // (1, 2, n, n)
};

MovingPair movingPair(const RadarGrid& before, const RadarGrid& after, const MixedScale& scale) {
  MovingPair pair{before, after, tensorsFrom(before, scale), tensorsFrom(after, scale), {}};
  pair.vectors =
      estimateMotion(torch::cat({pair.first.digital, pair.second.digital}).unsqueeze(0),
                     torch::cat({pair.first.measured, pair.second.measured}).unsqueeze(0));
  return pair;
}

RadarGrid gridBetween(const MovingPair& pair, double share, const MixedScale& scale,
                      float nothing) {
  const FrameTensors& first = pair.first;
  const FrameTensors& second = pair.second;
  const Carried moved =
      mixed(carried(first, pair.vectors, share), carried(second, pair.vectors, share - 1.0), share);
  // What flowed in over an edge was seen by neither frame before: there they are mixed in place.
  const Carried still =
      mixed({first.rain[0], first.measured[0]}, {second.rain[0], second.measured[0]}, share);
  const Tensor isMoved = moved.measured > 0.0;
  const Tensor rain = torch::where(isMoved, moved.rain, still.rain).contiguous();
  const Tensor known = torch::where(isMoved, moved.measured, still.measured).contiguous();
  const float* const amounts = rain.data_ptr<float>();
  const float* const isKnown = known.data_ptr<float>();
  RadarGrid grid(pair.before.width(), pair.before.height());
  for (std::size_t i = 0; i < grid.size(); ++i) {
    if (isKnown[i] <= 0.0f) {
      grid.states()[i] = stateOfUnknown(pair.before.states()[i], pair.after.states()[i]);
      continue;
    }
    const double value = amounts[i] > 0.0f ? scale.value(double(amounts[i])) : double(nothing);
    grid.values()[i] = float(value);
    grid.states()[i] = value > nothing ? CellState::Measured : CellState::BelowDetection;
  }
  return grid;
}

}  // namespace

RadarGrid frameAlongMotion(const RadarGrid& before, const RadarGrid& after, double share) {
  return framesBetweenOf(Quantity::VilDigital)(before, after, {share}).front();
}

FramesBetween framesBetweenOf(Quantity quantity) {
  if (quantity == Quantity::PrecipitationType) return {};
  return [scale = mixedScaleOf(quantity), nothing = belowDetectionValue(quantity)](
             const RadarGrid& before, const RadarGrid& after, const std::vector<double>& shares) {
    const torch::NoGradGuard noGradient;
    const OneThreadScope alone(isSmall(before));
    const MovingPair pair = movingPair(before, after, scale);
    std::vector<RadarGrid> grids;
    for (const double share : shares) grids.push_back(gridBetween(pair, share, scale, nothing));
    return grids;
  };
}

}  // namespace stormloom
