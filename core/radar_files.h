#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/frame_sequence.h"

namespace stormloom {

/// Told after each file: how many of how many are read.
using FileProgress = std::function<void(int done, int total)>;

/// What was read, and what was passed over and why (one sentence a file).
struct RadarFiles {
  std::vector<FrameSequence>
      sequences;  ///< one for each product, quantity and grid; SEVIR: one for each event
  std::vector<std::string> passedOver;
  int leftAside = 0;             ///< files of folders that are plainly no data, never opened
  std::size_t heldBytes = 0;     ///< of frames in memory
  std::size_t memoryBudget = 0;  ///< which they are kept within
};

struct ReadOptions {
  bool framesToo = true;  ///< false: sequences carry times and summaries only as far as the format
                          ///< allows (still opened)
  std::stop_token stop;   ///< stopped: what was read so far
  FileProgress progress;
  std::vector<std::string> events;  ///< SEVIR event ids, or parts of other files, to read; empty: all
  std::size_t memoryBudget = 0;  ///< bytes of frames to keep; 0: a quarter of the machine's memory
  int processes = 0;             ///< decoders at a time; 0: one for each core
  bool inThisProcess = false;  ///< without decoders of their own
  /// Told each frame once it is read; may take the grid away to save memory (then nothing is said
  /// of standing still).
  std::function<void(const FrameSequence&, Frame&)> onFrame;
  /// Told on the reading thread what there is so far: at the first frame (the newest file's), then
  /// a few times a second.
  std::function<void(const RadarFiles&)> soFar;
};

/// Files, folders (one level), globs and parts ("sevir#S834797", "odim.h5#RATE"); formats are recognised by content. Files are decoded in
/// parallel, in processes that may read and nothing else; the newest file comes first. Throws
/// IoError when nothing usable is in them.
RadarFiles readRadarFiles(const std::vector<std::string>& paths, const ReadOptions& options = {});

/// The sequence that is meant where nobody says which: the first with the most frames of the past.
std::optional<std::size_t> mainSequence(const RadarFiles& files);

}  // namespace stormloom
