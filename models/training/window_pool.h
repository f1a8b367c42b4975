#pragma once

#include <torch/torch.h>

#include <functional>

#include "models/training/frame_corpus.h"
#include "models/training/pool_turns.h"
#include "models/training/storm_generator.h"
#include "models/training/window_augmentation.h"

namespace stormloom {

/// Windows as the networks see them: (B,...,H,W) float32 in [0, 1], cells without a value 0.
struct WindowBatch {
  torch::Tensor frames;        ///< (B,13,H,W)
  torch::Tensor measured;      ///< (B,13,H,W), 1 or 0
  torch::Tensor extrapolated;  ///< (B,6,H,W), the last context frame carried on
  torch::Tensor taught;        ///< (B,6,H,W), what a teacher expects; undefined: there is none

  torch::Tensor past() const { return frames.slice(1, 0, kContextFrames); }
  torch::Tensor future() const { return frames.slice(1, kContextFrames); }
  torch::Tensor futureMeasured() const { return measured.slice(1, kContextFrames); }
};

/// Real windows with their extrapolation.
WindowBatch windowBatch(const torch::Tensor& bytes);  ///< (B,13,H,W) uint8
/// Each window turned and mirrored at random (dihedral group), from LibTorch's generator.
WindowBatch turnedAtRandom(const WindowBatch& batch);

/// Windows are made for a pool in groups of so many.
inline constexpr std::int64_t kMadeAtOnce = 64;

struct WindowPoolOptions {
  std::int64_t size = 4096;
  double syntheticShare = 0.25;
  double intensitySpread = 0.15;   ///< deviation of the logarithm of a window's factor
  double otherStrideShare = 0.15;  ///< of real windows, read half as fast or 1.5 times as fast
  std::uint64_t seed = 1;
  StormGeneratorOptions storms;
  WindowAugmentationOptions augmentation;  ///< of real windows
};

/// What a teacher expects of windows: (B,6,H,W).
using WindowTeacher = std::function<torch::Tensor(const WindowBatch&)>;

/// Training windows on the device, real and synthetic, replaced little by little, so that a network
/// hardly sees one twice while the device never waits for a disk.
class WindowPool {
public:
  /// The corpus' frames must lie on the device.
  WindowPool(const FrameCorpus& corpus, const WindowPoolOptions& options,
             WindowTeacher teacher = {});

  /// New windows that were never in the pool. They follow from the seed and `turn`; so do the
  /// numbers that LibTorch's generator gives afterwards.
  WindowBatch fresh(std::int64_t count, std::uint64_t turn) const;
  /// All of it, as it is after so many steps that each replace some; once, before the first draw.
  void fill(std::int64_t steps, std::int64_t replacedEachStep);
  /// The oldest; put off until enough have come together to be made at once.
  void replaceSome(std::int64_t count);
  WindowBatch draw(std::int64_t count) const;  ///< at random, turned at random

private:
  std::vector<CorpusWindow> realWindows(std::int64_t count, std::uint64_t turn) const;
  void make(const PoolTurns::Part& part);

  const FrameCorpus& corpus_;
  WindowPoolOptions options_;
  std::vector<std::vector<CorpusWindow>> byEvent_;
  std::vector<double> eventWeights_;
  WindowTeacher teacher_;
  torch::Tensor frames_, measured_, extrapolated_, taught_;  // half, bool, half, half
  PoolTurns turns_;
};

}  // namespace stormloom
