#include "models/training/window_pool.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "models/motion/motion_field.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kSlowestSource = 5.0;  // minutes; pictures of faster sources stand still at times

WindowBatch withExtrapolation(Tensor frames, Tensor measured) {
  const torch::NoGradGuard noGradient;
  const Tensor past = frames.slice(1, 0, kContextFrames);
  const Tensor vectors = estimateMotion(past, measured.slice(1, 0, kContextFrames));
  return {frames, measured, extrapolate(past.select(1, -1), vectors, kTargetFrames), {}};
}

WindowBatch joined(const std::vector<WindowBatch>& parts) {
  std::vector<Tensor> frames, measured, extrapolated;
  for (const WindowBatch& part : parts) {
    frames.push_back(part.frames);
    measured.push_back(part.measured);
    extrapolated.push_back(part.extrapolated);
  }
  return {torch::cat(frames), torch::cat(measured), torch::cat(extrapolated), {}};
}

Tensor mirrored(const Tensor& fields, const Tensor& which, int kind) {
  const Tensor other = kind == 0   ? fields.flip({-1})
                       : kind == 1 ? fields.flip({-2})
                                   : fields.transpose(-1, -2);
  return torch::where(which, other, fields);
}

std::mt19937_64 diceOf(std::uint64_t seed, std::uint64_t turn) {
  std::seed_seq sequence{std::uint32_t(seed), std::uint32_t(seed >> 32), std::uint32_t(turn),
                         std::uint32_t(turn >> 32)};
  return std::mt19937_64(sequence);
}

}  // namespace

WindowBatch windowBatch(const Tensor& bytes) {
  const Tensor measured = (bytes != kUnknownDigital).to(torch::kFloat32);
  return withExtrapolation(bytes.to(torch::kFloat32) * (1.0f / 255.0f) * measured, measured);
}

WindowBatch turnedAtRandom(const WindowBatch& batch) {
  WindowBatch turned = batch;
  for (int kind = 0; kind < 3; ++kind) {
    const Tensor which = torch::rand({batch.frames.size(0), 1, 1, 1}, batch.frames.options()) < 0.5;
    turned.frames = mirrored(turned.frames, which, kind);
    turned.measured = mirrored(turned.measured, which, kind);
    turned.extrapolated = mirrored(turned.extrapolated, which, kind);
    if (turned.taught.defined()) turned.taught = mirrored(turned.taught, which, kind);
  }
  return turned;
}

WindowPool::WindowPool(const FrameCorpus& corpus, const WindowPoolOptions& options,
                       WindowTeacher teacher)
    : corpus_(corpus),
      options_(options),
      byEvent_(corpus.events.size()),
      teacher_(std::move(teacher)),
      turns_(options.size) {
  for (const CorpusWindow& window : corpus.split(false))
    byEvent_[std::size_t(window.event)].push_back(window);
  // Between "every window alike" and "every event alike": events are few, their windows overlap.
  for (const auto& windows : byEvent_) eventWeights_.push_back(std::sqrt(double(windows.size())));
}

std::vector<CorpusWindow> WindowPool::realWindows(std::int64_t count, std::uint64_t turn) const {
  std::mt19937_64 dice = diceOf(options_.seed, turn);
  std::discrete_distribution<std::size_t> event(eventWeights_.begin(), eventWeights_.end());
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<CorpusWindow> chosen;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto& windows = byEvent_[event(dice)];
    CorpusWindow window = windows[std::size_t(uniform(dice) * double(windows.size()))];
    const bool other = uniform(dice) < options_.otherStrideShare && window.stride == 2 &&
                       window.stepMinutes >= kSlowestSource;
    const std::int64_t stride = uniform(dice) < 0.5 ? 1 : 3;
    if (other && window.firstFrame + stride * (kWindowFrames - 1) < window.boxEnd)
      window.stride = stride;
    chosen.push_back(window);
  }
  return chosen;
}

WindowBatch WindowPool::fresh(std::int64_t count, std::uint64_t turn) const {
  const torch::NoGradGuard noGradient;
  const torch::Device device = corpus_.frames.device();
  torch::manual_seed(options_.seed * 1000003 + turn);
  const auto synthetic = std::int64_t(std::llround(options_.syntheticShare * double(count)));
  std::vector<WindowBatch> parts;
  if (synthetic > 0) {
    const Tensor storms =
        generateStorms(synthetic, options_.seed * 1000003 + turn, device, options_.storms);
    parts.push_back(withExtrapolation(storms, torch::ones_like(storms)));
  }
  if (count > synthetic) {
    const Tensor bytes = corpus_.gather(realWindows(count - synthetic, turn));
    const Tensor stored = (bytes != kUnknownDigital).to(torch::kFloat32);
    auto [values, measured] = augmentedAtRandom(
        bytes.to(torch::kFloat32) * (1.0f / 255.0f) * stored, stored, options_.augmentation);
    const Tensor factor = torch::exp(options_.intensitySpread *
                                     torch::randn({values.size(0), 1, 1, 1}, values.options()));
    values = (values * factor).clamp_max(kMostIntense);
    parts.push_back(withExtrapolation(values, measured));
  }
  return joined(parts);
}

void WindowPool::fill(std::int64_t steps, std::int64_t replacedEachStep) {
  const auto room = [&](std::int64_t frames, torch::ScalarType type) {
    return torch::empty({options_.size, frames, corpus_.frames.size(1), corpus_.frames.size(2)},
                        torch::TensorOptions(type).device(corpus_.frames.device()));
  };
  frames_ = room(kWindowFrames, torch::kHalf);
  measured_ = room(kWindowFrames, torch::kBool);
  extrapolated_ = room(kTargetFrames, torch::kHalf);
  if (teacher_) taught_ = room(kTargetFrames, torch::kHalf);
  for (const PoolTurns::Part& part : turns_.after(steps, replacedEachStep)) make(part);
}

void WindowPool::replaceSome(std::int64_t count) {
  for (const PoolTurns::Part& part : turns_.replace(count)) make(part);
}

void WindowPool::make(const PoolTurns::Part& part) {
  const WindowBatch made = fresh(part.count, part.turn);
  frames_.narrow(0, part.first, part.count).copy_(made.frames);
  measured_.narrow(0, part.first, part.count).copy_(made.measured);
  extrapolated_.narrow(0, part.first, part.count).copy_(made.extrapolated);
  if (teacher_) taught_.narrow(0, part.first, part.count).copy_(teacher_(made));
}

WindowBatch WindowPool::draw(std::int64_t count) const {
  const Tensor rows = torch::randint(options_.size, {count},
                                     torch::TensorOptions(torch::kInt64).device(frames_.device()));
  return turnedAtRandom({frames_.index_select(0, rows).to(torch::kFloat32),
                         measured_.index_select(0, rows).to(torch::kFloat32),
                         extrapolated_.index_select(0, rows).to(torch::kFloat32),
                         teacher_ ? taught_.index_select(0, rows).to(torch::kFloat32) : Tensor()});
}

}  // namespace stormloom
