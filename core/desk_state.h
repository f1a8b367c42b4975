#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/grid_part.h"
#include "core/json.h"
#include "core/map_region.h"
#include "core/pane_layout.h"

namespace stormloom {

/// A remark pinned to a time and a place.
struct DeskNote {
  ValidTime time{};
  LonLat place;
  std::string text;
  bool operator==(const DeskNote& other) const;
};

/// How the desk is looked at: kept with a session, but no step that undo goes back over.
struct DeskLook {
  int panelScroll = 0;  ///< pixels down the dial's panel
  int drawerPage = -1;  ///< -1: closed
  int activePane = 0;
};

/// Everything a person has chosen at the desk, and nothing that was computed from it: what undo
/// goes back to, what the journal keeps and what a session file restores.
struct DeskState {
  std::vector<std::string> paths;    ///< radar files and folders; none: the built-in event
  bool watch = false;                ///< the one folder in `paths` is watched for new files
  int sequence = 0;                  ///< which of the sequences in them
  std::optional<ValidTime> runTime;  ///< none: the latest frame (the built-in event: its middle)
  std::optional<ValidTime> time;     ///< shown
  std::optional<LonLat> box;         ///< middle of the models' box; none: where it rains most
  bool interpolate = false;  ///< frames at the models' own times, computed where none was observed
  double nSigma = 0.0;
  std::vector<double> bend;  ///< what each lead time's command is bent by, in sigma; none: not bent
  MapRegion within;          ///< the area that the control is limited to; none: everywhere
  std::uint64_t seed = 1;
  int members = 1;
  double threshold = 133.0;
  PaneLayout layout = presetLayout(LayoutPreset::Compare);
  std::optional<LonLat> center;  ///< of the map; none: fitted to the model's box
  double kmPerPixel = 1.0;
  MapRegion region;
  std::vector<DeskNote> notes;
  bool showTruth = true;
  bool contours = true;
  bool hatching = false;
  bool towns = true;
  bool modelScale = true;  ///< what was observed has the models' scale and colours beside forecasts
  bool outlines = false;  ///< spaghetti: the threshold's outline of every member
  bool safeColors = false;
  bool alongDial = false;  ///< the chance along the dial is worked out: members at several n
  DeskLook look;  ///< not compared
  /// What the map shows, where pictures shall show no more; neither compared nor part of a session.
  std::optional<SeenPart> seen;

  bool operator==(const DeskState& other) const;
  Json toJson() const;
  /// What pictures of the panes depend on, where it is not as usual: no files or notes.
  Json pictureChoices() const;
  /// IoError for values outside their range; what is absent keeps its default.
  static DeskState fromJson(const Json& json);
};

/// States one can go back and forth between. Small values: results are kept elsewhere, by what was
/// asked.
class DeskHistory {
public:
  explicit DeskHistory(DeskState first = {}) : entries_{{"Start", std::move(first), {}}} {}

  struct Entry {
    std::string label;  ///< "Intensity +2.4 σ"
    DeskState state;
    std::string merge;  ///< following entries with the same word become one step
  };
  /// Forgets what was undone. True when it is a new step, false when it became part of the last one
  /// or changes nothing.
  bool record(const std::string& label, const DeskState& state, const std::string& merge = {});
  /// The step one stands on went further; what was undone is forgotten.
  void replaceLast(const std::string& label, const DeskState& state);
  void endMerging() { merging_ = false; }
  bool canUndo() const { return at_ > 0; }
  bool canRedo() const { return at_ + 1 < entries_.size(); }
  const DeskState& undo();
  const DeskState& redo();
  const DeskState& goTo(std::size_t index);
  const DeskState& state() const { return entries_[at_].state; }
  std::size_t position() const { return at_; }
  const std::vector<Entry>& entries() const { return entries_; }

private:
  static constexpr std::size_t kMostEntries = 1000;
  std::vector<Entry> entries_;
  std::size_t at_ = 0;
  bool merging_ = false;
};

}  // namespace stormloom
