#include "models/training/storm_generator.h"

#include <cmath>
#include <numbers>

namespace stormloom {
using torch::Tensor;
namespace F = torch::nn::functional;
namespace {

constexpr double kReference = 16.0;  // cycles over the torus whose lifetime is given
constexpr double kLifetimePower = 0.9;
constexpr double kCellSlope = 2.2, kCellCorner = 12.0, kCellLifetime = 4.0;
constexpr double kDrizzleTop = 16.0, kDrizzleDepth = 0.5, kMostDigital = 254.0;

/// Random numbers of one call, on the device. Takes over the device's own generator.
class Dice {
public:
  Dice(std::uint64_t seed, const torch::Device& device)
      : generator_(at::globalContext().defaultGenerator(device)),
        options_(torch::TensorOptions(torch::kFloat32).device(device)) {
    generator_.set_current_seed(seed);
  }
  Tensor normal(at::IntArrayRef shape) { return torch::randn(shape, generator_, options_); }
  Tensor uniform(at::IntArrayRef shape) { return torch::rand(shape, generator_, options_); }
  /// (batch,1,1), between both numbers.
  Tensor between(const double (&range)[2], std::int64_t batch) {
    return range[0] + (range[1] - range[0]) * uniform({batch, 1, 1});
  }

private:
  at::Generator generator_;
  torch::TensorOptions options_;
};

/// Wave numbers of rfft2 on an n x n torus: (n,n/2+1), rows and columns.
std::pair<Tensor, Tensor> waveNumbers(std::int64_t n, const torch::Device& device) {
  const auto options = torch::TensorOptions(torch::kFloat32).device(device);
  const Tensor rows = torch::fft::fftfreq(n, 1.0 / double(n), options);
  const Tensor columns = torch::fft::rfftfreq(n, 1.0 / double(n), options);
  return {rows.unsqueeze(1).expand({n, n / 2 + 1}), columns.unsqueeze(0).expand({n, n / 2 + 1})};
}

/// A Gaussian field on a torus that forgets its structures, small ones first.
class DevelopingField {
public:
  DevelopingField(std::int64_t n, const Tensor& amplitude, const Tensor& memory, Dice& dice)
      : n_(n), amplitude_(amplitude), memory_(memory), dice_(dice), spectrum_(fresh()) {}

  Tensor field() const { return torch::fft::irfft2(spectrum_, {{n_, n_}}); }
  void advance() {
    spectrum_ = memory_ * spectrum_ + (1.0 - memory_.square()).clamp_min(0.0).sqrt() * fresh();
  }

private:
  Tensor fresh() const {
    return amplitude_ * torch::fft::rfft2(dice_.normal({amplitude_.size(0), n_, n_}));
  }

  std::int64_t n_;
  Tensor amplitude_, memory_;  // (B,n,n/2+1)
  Dice& dice_;
  Tensor spectrum_;
};

Tensor amplitudeOf(const Tensor& squaredWave, const Tensor& corner, const Tensor& slope) {
  return (squaredWave + corner.square()).pow(-slope / 4.0);
}

Tensor memoryOf(const Tensor& wave, const Tensor& lifetime) {
  return torch::exp(-1.0 / (lifetime * (kReference / wave.clamp_min(1.0)).pow(kLifetimePower)));
}

/// A steady flow in pixels a frame, as a function of places.
class SmoothFlow {
public:
  SmoothFlow(std::int64_t n, std::int64_t batch, const StormGeneratorOptions& options, Dice& dice)
      : middle_(double(n - 1) / 2.0), n_(n) {
    const Tensor speed =
        (options.speed * dice.normal({batch, 1, 1}).abs()).clamp_max(options.fastest);
    const Tensor heading = 2.0 * std::numbers::pi * dice.uniform({batch, 1, 1});
    x_ = speed * torch::cos(heading);
    y_ = speed * torch::sin(heading);
    rotation_ = options.rotation * dice.normal({batch, 1, 1});
    divergence_ = options.divergence * dice.normal({batch, 1, 1});
    const Tensor coarse =
        dice.normal({batch, 2, 5, 5}) * (options.perturbation * speed).unsqueeze(1);
    perturbation_ = F::interpolate(coarse, F::InterpolateFuncOptions()
                                               .size(std::vector<std::int64_t>{n, n})
                                               .mode(torch::kBicubic)
                                               .align_corners(true));
  }

  /// places (B,2,h,w) -> velocity (B,2,h,w), columns first.
  Tensor at(const Tensor& places) const {
    const Tensor dx = places.select(1, 0) - middle_, dy = places.select(1, 1) - middle_;
    const Tensor grid = torch::stack({dx, dy}, -1) * (2.0 / double(n_ - 1));
    const Tensor more = F::grid_sample(perturbation_, grid,
                                       F::GridSampleFuncOptions()
                                           .mode(torch::kBilinear)
                                           .padding_mode(torch::kBorder)
                                           .align_corners(true));
    return torch::stack(
               {x_ - rotation_ * dy + divergence_ * dx, y_ + rotation_ * dx + divergence_ * dy},
               1) +
           more;
  }

private:
  double middle_;
  std::int64_t n_;
  Tensor x_, y_, rotation_, divergence_, perturbation_;
};

/// Where the air of each pixel of frame k is on the torus: found from the middle frame, so that no
/// field is interpolated twice. (frames) of (B,2,size,size).
std::vector<Tensor> airPlaces(const SmoothFlow& flow, std::int64_t batch, std::int64_t n,
                              const StormGeneratorOptions& options, const torch::Device& device) {
  const auto real = torch::TensorOptions(torch::kFloat32).device(device);
  const Tensor line = torch::arange(options.size, real) + double(n - options.size) / 2.0;
  const auto mesh = torch::meshgrid({line, line}, "ij");
  const Tensor start =
      torch::stack({mesh[1], mesh[0]}).unsqueeze(0).expand({batch, 2, options.size, options.size});
  std::vector<Tensor> places(std::size_t(options.frames));
  const std::int64_t middle = options.frames / 2;
  for (const std::int64_t direction : {1, -1}) {
    Tensor place = start;
    places[std::size_t(middle)] = start;
    for (std::int64_t k = middle + direction; k >= 0 && k < options.frames; k += direction) {
      const Tensor half = place - 0.5 * double(direction) * flow.at(place);
      place = place - double(direction) * flow.at(half);
      places[std::size_t(k)] = place;
    }
  }
  return places;
}

Tensor readTorus(const Tensor& field, const Tensor& places) {
  const double n = double(field.size(-1));
  const Tensor grid = torch::stack(
      {(2.0 * places.select(1, 0) + 1.0) / n - 1.0, (2.0 * places.select(1, 1) + 1.0) / n - 1.0},
      -1);
  // Reflected where the air comes from beyond the torus: that is rare, and smooth.
  return F::grid_sample(field.unsqueeze(1), grid,
                        F::GridSampleFuncOptions()
                            .mode(torch::kBicubic)
                            .padding_mode(torch::kReflection)
                            .align_corners(false))
      .squeeze(1);
}

/// A field of mean 0 and deviation 1 over all of a storm.
Tensor standardised(const Tensor& field) {
  const Tensor mean = field.mean({1, 2, 3}, true);
  const Tensor deviation = (field - mean).square().mean({1, 2, 3}, true).sqrt().clamp_min(1e-6);
  return (field - mean) / deviation;
}

/// The value that a share of each storm's pixels exceeds: (B,1,1,1).
Tensor thresholdOf(const Tensor& field, const Tensor& share) {
  const Tensor some = field.slice(2, 0, field.size(2), 4).slice(3, 0, field.size(3), 4);
  const Tensor sorted = std::get<0>(some.flatten(1).sort(1));
  const Tensor index = ((1.0 - share.flatten(1)) * double(sorted.size(1) - 1)).to(torch::kInt64);
  return sorted.gather(1, index).view({-1, 1, 1, 1});
}

/// Rain of a standard field on the digital scale.
Tensor digitalRain(const Tensor& field, const Tensor& cells, const StormGeneratorOptions& options,
                   Dice& dice) {
  const std::int64_t batch = field.size(0);
  const Tensor threshold = thresholdOf(field, dice.between(options.wetShare, batch));
  const Tensor strength = dice.between(options.strength, batch).unsqueeze(1);
  const Tensor peakedness = dice.between(options.peakedness, batch).unsqueeze(1);
  const Tensor cellWeight = dice.between(options.cells, batch).unsqueeze(1);
  const Tensor above = field - threshold;
  const Tensor cascade = torch::exp(cellWeight * cells - 0.5 * cellWeight.square());
  const Tensor rain = kDrizzleTop + strength * above.clamp_min(0.0).pow(peakedness) * cascade;
  const Tensor drizzle = kDrizzleTop * (1.0 + above / kDrizzleDepth).clamp(0.0, 1.0);
  return torch::where(above > 0, rain, drizzle).clamp(0.0, kMostDigital);
}

}  // namespace

Tensor generateStorms(std::int64_t batch, std::uint64_t seed, const torch::Device& device,
                      const StormGeneratorOptions& options) {
  const torch::NoGradGuard noGradient;
  Dice dice(seed, device);
  const std::int64_t n = 2 * options.size;
  const auto [rows, columns] = waveNumbers(n, device);
  const Tensor tilt = std::numbers::pi * dice.uniform({batch, 1, 1});
  const Tensor stretch = dice.between(options.stretch, batch).sqrt();
  const Tensor along = (torch::cos(tilt) * columns + torch::sin(tilt) * rows) * stretch;
  const Tensor across = (torch::cos(tilt) * rows - torch::sin(tilt) * columns) / stretch;
  const Tensor squared = along.square() + across.square();
  const Tensor wave = squared.sqrt();
  DevelopingField rain(
      n,
      amplitudeOf(squared, dice.between(options.corner, batch), dice.between(options.slope, batch)),
      memoryOf(wave, dice.between(options.lifetime, batch)), dice);
  const Tensor ones = torch::ones({batch, 1, 1}, wave.options());
  DevelopingField cells(n, amplitudeOf(squared, kCellCorner * ones, kCellSlope * ones),
                        memoryOf(wave, kCellLifetime * ones), dice);
  const SmoothFlow flow(n, batch, options, dice);
  const std::vector<Tensor> places = airPlaces(flow, batch, n, options, device);
  std::vector<Tensor> rainFrames, cellFrames;
  for (const Tensor& place : places) {
    rainFrames.push_back(readTorus(rain.field(), place));
    cellFrames.push_back(readTorus(cells.field(), place));
    rain.advance();
    cells.advance();
  }
  const Tensor trend = options.trend * dice.normal({batch, 1, 1, 1});
  const Tensor time =
      (torch::arange(options.frames, trend.options()) - double(options.frames / 2)) /
      double(options.frames / 2);
  const Tensor field = standardised(torch::stack(rainFrames, 1)) + trend * time.view({1, -1, 1, 1});
  return digitalRain(field, standardised(torch::stack(cellFrames, 1)), options, dice) / 255.0;
}

}  // namespace stormloom
