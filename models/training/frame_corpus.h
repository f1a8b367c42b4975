#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

namespace stormloom {

inline constexpr std::int64_t kContextFrames = 7;
inline constexpr std::int64_t kTargetFrames = 6;
inline constexpr std::int64_t kWindowFrames = kContextFrames + kTargetFrames;
inline constexpr int kUnknownDigital = 255;              ///< stored where nothing is known
inline constexpr double kMostIntense = 254.0 / 255.0;  ///< in [0, 1]

/// Thirteen frames of one box, `stride` stored frames apart.
struct CorpusWindow {
  std::int64_t firstFrame = 0;  ///< row of FrameCorpus::frames
  std::int64_t stride = 1;
  std::int64_t boxEnd = 0;   ///< one past the last row of the box
  double stepMinutes = 0.0;  ///< between stored frames
  int event = 0;             ///< row of FrameCorpus::events
  bool validation = false;
  bool open = true;  ///< its licence lets weights be shipped
};

/// Real radar on the VIL-like 0-255 scale for training. Splits are by event.
struct FrameCorpus {
  torch::Tensor frames;  ///< (frames,H,W) uint8, 255 where nothing is known
  std::vector<CorpusWindow> windows;
  std::vector<std::string> events;

  std::vector<CorpusWindow> split(bool validation) const;
  /// Forgets the training windows of all other events; none named: of none. UsageError for an event that has none.
  void keepTrainingEvents(const std::vector<std::string>& names);
  /// (windows,13,H,W) uint8, on the frames' device.
  torch::Tensor gather(const std::vector<CorpusWindow>& some) const;
};

/// Reads a corpus file (HDF5: /windows, /box_paths, /event_names, frames of each box). Only windows
/// whose licence lets weights be shipped (`open` = 1), unless `closedToo`. IoError.
FrameCorpus readFrameCorpus(const std::string& path, bool closedToo = false);

}  // namespace stormloom
