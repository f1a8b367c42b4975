#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/frame_sequence.h"

namespace stormloom {

/// Told after each file: how many of how many are read.
using FileProgress = std::function<void(int done, int total)>;

/// What was read, and what was passed over and why (one sentence a file).
struct RadarFiles {
  std::vector<FrameSequence> sequences;  ///< one for each product, quantity and grid; SEVIR: one for each event
  std::vector<std::string> passedOver;
};

struct ReadOptions {
  bool framesToo = true;   ///< false: sequences carry times and summaries only as far as the format allows (still opened)
  std::stop_token stop;    ///< stopped: what was read so far
  FileProgress progress;
  std::vector<std::string> events;  ///< SEVIR event ids to read; empty: all
  /// Told each frame once it is read; may take the grid away to save memory (then nothing is said of standing still).
  std::function<void(const FrameSequence&, Frame&)> onFrame;
};

/// Files, folders (one level) and globs; formats are recognised by content. Throws IoError when nothing usable is in them.
RadarFiles readRadarFiles(const std::vector<std::string>& paths, const ReadOptions& options = {});

}  // namespace stormloom
