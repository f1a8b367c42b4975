#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/decoder/frame_message.h"
#include "core/isolated_reading.h"
#include "core/radar_files.h"

namespace stormloom {

/// Puts the frames of many files together: into sequences by product and grid, sorted by valid
/// time, with what stands still marked, and within a budget of memory: when that is spent, all
/// large frames are averaged to coarser cells.
class FrameGathering : public DecodingListener {
public:
  FrameGathering(const ReadOptions& options, std::size_t fileCount);

  int reduction() override { return reduction_; }
  std::optional<std::size_t> memoryLeft() override { return budget_ - std::min(held_, budget_); }
  void frame(std::size_t file, DecodedFrame frame) override;
  void passedOver(std::size_t file, const std::string& sentence) override;
  void again(std::size_t file) override;
  void done(std::size_t file) override;

  std::size_t framesTaken() const {
    return framesTaken_;
  }  ///< in all, also those that were let go since
  /// Lets go of frames that are further back than `keep` from their sequence's newest.
  void dropOlderThan(std::chrono::minutes keep);
  /// The files whose frames are still here.
  std::set<std::size_t> filesHeld() const;
  /// What was passed over since this was last asked, by file.
  std::map<std::size_t, std::vector<std::string>> takeSentences();

  /// What there is so far; frames are shared, not copied.
  RadarFiles soFar() const;

private:
  struct Part {
    Frame frame;
    FramePrint print;
    int reduction = 1;
    std::size_t file = 0;
  };
  struct Gathered {
    FrameSequence sequence;  ///< without frames; its georeference is the files' own
    std::vector<Part> parts;
  };

  std::set<const Gathered*> runningSums(std::vector<std::string>& sentences) const;
  ValidTime newestBeside(const Gathered& gathered) const;
  Gathered& sequenceFor(const FrameSequence& sequence);
  void keepBudget();
  void reducePart(const Gathered& gathered, Part& part, int factor);
  FrameSequence finished(const Gathered& gathered, std::vector<std::string>& doubled) const;

  const ReadOptions& options_;
  std::size_t fileCount_;
  std::size_t filesDone_ = 0;
  std::size_t framesTaken_ = 0;
  std::size_t budget_;
  std::size_t held_ = 0;
  int reduction_ = 1;
  std::vector<Gathered> gathered_;
  std::map<std::size_t, std::vector<std::string>>
      passedOver_;  ///< by file, so that their order does not depend on speed
};

/// Reads files in decoder processes, or in this one where the options or STORMLOOM_DECODER say so.
void readInto(const std::vector<NumberedFile>& files, const ReadOptions& options,
              DecodingListener& gathering);

}  // namespace stormloom
