#include "models/motion/stochastic_extrapolation.h"

#include <cmath>
#include <vector>

#include "models/kernels/over_threads.h"
#include "models/motion/motion_field.h"
#include "models/sampling/counter_noise.h"

namespace stormloom {
using torch::Tensor;
namespace F = torch::nn::functional;
namespace {

constexpr std::int64_t kBands = 8;  // of wave numbers, in which memory is measured
constexpr double kLongestMemory = 0.9995, kShortestMemory = 0.0;
constexpr double kDetection = 5.0 / 255.0;  // values up to here decode to no rain
constexpr double kDryStep = 20.0 / 255.0;   // how far below rain the cascade takes dry cells to be
constexpr std::int64_t kRanks = 8192;       // of values, when distributions are matched
constexpr std::uint32_t kMotionStep = 1;    // of the noise: what disturbs a member's motion
constexpr std::int64_t kEdge = 8;  // cells over which the picture fades out before a transform

/// Wave number in cycles over the picture: (H,W/2+1).
Tensor waveNumber(std::int64_t height, std::int64_t width, const Tensor& like) {
  const Tensor rows = torch::fft::fftfreq(height, like.options()) * double(std::max(height, width));
  const Tensor columns =
      torch::fft::rfftfreq(width, like.options()) * double(std::max(height, width));
  return (rows.square().unsqueeze(1) + columns.square().unsqueeze(0)).sqrt();
}

/// Shares of each wave number in the bands, logarithmic, overlapping: (bands,H,W/2+1), sums to 1.
Tensor bandShares(const Tensor& wave) {
  const double last = std::log2(wave.max().item<double>());
  const Tensor place = wave.clamp_min(1.0).log2() / last * double(kBands - 1);
  const Tensor centre = torch::arange(kBands, wave.options()).view({kBands, 1, 1});
  return (1.0 - (place.unsqueeze(0) - centre).abs()).clamp_min(0.0);
}

Tensor fadedEdges(std::int64_t length, const Tensor& like) {
  const Tensor inside = torch::minimum(torch::arange(length, like.options()) + 1.0,
                                       length - torch::arange(length, like.options()));
  return (inside / double(kEdge)).clamp_max(1.0);
}

/// Dry cells lie one step below the weakest rain, so that rain can begin and end.
Tensor cascadeValues(const Tensor& frames) {
  return torch::where(frames > kDetection, frames + kDryStep, torch::zeros_like(frames));
}

/// How much of each wave number survives a step, from the last frames in the air's own frame.
Tensor memoryOf(const Tensor& spectra, const Tensor& shares) {
  const Tensor earlier = spectra.slice(0, 0, -1), later = spectra.slice(0, 1);
  const auto inBands = [&](const Tensor& power) {
    return (power.sum(0).unsqueeze(0) * shares).sum({1, 2});
  };
  const Tensor common = inBands(torch::real(earlier * later.conj()));
  const Tensor size = (inBands(earlier.abs().square()) * inBands(later.abs().square())).sqrt();
  const Tensor memory = (common / size.clamp_min(1e-12)).clamp(kShortestMemory, kLongestMemory);
  return (memory.view({kBands, 1, 1}) * shares).sum(0);
}

/// Earlier frames carried on to the time of the last one.
Tensor inTheLastFramesAir(const Tensor& frames, const Tensor& vectors, std::int64_t count) {
  std::vector<Tensor> carried;
  for (std::int64_t back = count - 1; back > 0; --back)
    carried.push_back(extrapolate(frames[-1 - back].unsqueeze(0), vectors, back)[0][-1]);
  carried.push_back(frames[-1]);
  return torch::stack(carried);
}

/// Values get the distribution of `sorted` (flat, equally many), by rank among kRanks steps:
/// sorting every frame would take most of the time.
Tensor matched(const Tensor& values, const Tensor& sorted) {
  const Tensor low = values.min(), width = (values.max() - low).clamp_min(1e-12);
  const Tensor step = ((values - low) * (double(kRanks - 1) / width)).to(torch::kInt64);
  const Tensor count = torch::bincount(step, {}, kRanks);
  const Tensor middle = count.cumsum(0) - (count + 1).floor_divide(2);
  return sorted.index_select(0, middle.clamp(0, sorted.size(0) - 1)).index_select(0, step);
}

/// One member: noise in Fourier space that replaces what is forgotten, step by step, then motion.
class Member {
public:
  Member(const Tensor& spectrum, const Tensor& amplitude, const Tensor& memory, std::int64_t height,
         std::int64_t width)
      : state_(spectrum), amplitude_(amplitude), memory_(memory), height_(height), width_(width) {}

  Tensor advance(const Tensor& whiteNoise) {
    const Tensor noise = torch::fft::rfft2(whiteNoise) * amplitude_;
    state_ = memory_ * state_ + (1.0 - memory_.square()).sqrt() * noise;
    return torch::fft::irfft2(state_, {{height_, width_}});
  }

private:
  Tensor state_, amplitude_, memory_;
  std::int64_t height_, width_;
};

}  // namespace

Tensor stochasticExtrapolation(const Tensor& frames, const Tensor& vectors,
                               const StochasticExtrapolationOptions& options) {
  const torch::NoGradGuard noGradient;
  const std::int64_t height = frames.size(1), width = frames.size(2);
  const Tensor air = inTheLastFramesAir(frames, vectors, std::min<std::int64_t>(frames.size(0), 4));
  const Tensor window =
      fadedEdges(height, frames).unsqueeze(1) * fadedEdges(width, frames).unsqueeze(0);
  const Tensor cascade = cascadeValues(air);
  const Tensor level = cascade[-1].mean();
  const Tensor spectra = torch::fft::rfft2((cascade - cascade.mean({1, 2}, true)) * window);
  const Tensor shares = bandShares(waveNumber(height, width, frames));
  const Tensor memory = memoryOf(spectra, shares);
  // The noise has the last picture's own spectrum, smoothed within the bands.
  const Tensor power = spectra[-1].abs().square();
  const Tensor bandPower =
      (power.unsqueeze(0) * shares).sum({1, 2}) / shares.sum({1, 2}).clamp_min(1e-9);
  const Tensor amplitude =
      ((bandPower.view({kBands, 1, 1}) * shares).sum(0) / double(height * width)).sqrt();
  const Tensor lastValues = std::get<0>(frames[-1].flatten().sort(0));
  const Tensor whole = torch::fft::rfft2(cascade[-1] - level);

  const Tensor speed = vectors.square().mean().sqrt();
  std::vector<Tensor> members(static_cast<std::size_t>(options.members));
  const auto drawMember = [&](std::int64_t m) {
    const auto noiseOf = [&](std::uint32_t step, at::IntArrayRef shape) {
      return counterNoise({options.seed, std::uint32_t(m), step}, shape).to(frames.device());
    };
    const Tensor noise = noiseOf(0, {options.leads, height, width});
    const Tensor motion =
        vectors + options.motionSpread * speed * noiseOf(kMotionStep, {1, 2, 1, 1});
    Member member(whole, amplitude, memory, height, width);
    std::vector<Tensor> leads;
    for (std::int64_t lead = 0; lead < options.leads; ++lead)
      leads.push_back(
          matched(member.advance(noise[lead]).flatten(), lastValues).view({height, width}));
    members[std::size_t(m)] = carryEach(torch::stack(leads).unsqueeze(0), motion)[0];
  };
  // On a processor each member by one thread: they share nothing, the pieces of one wait for each other.
  const std::int64_t each = frames.is_cpu() ? 1 : options.members;
  overThreads(options.members, each, [&](std::int64_t first, std::int64_t last) {
    const torch::NoGradGuard ownThread;
    for (std::int64_t m = first; m < last; ++m) drawMember(m);
  });
  return torch::stack(members);
}

}  // namespace stormloom
