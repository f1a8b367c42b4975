#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/figure/figure.h"
#include "core/frame_picking.h"
#include "core/scenario.h"
#include "core/scenario_file.h"

namespace stormloom {

/// Pictures of one place in the order of their valid times.
struct Film {
  GeoReference geo;
  Quantity quantity = Quantity::VilDigital;
  std::string footnote;
  std::vector<FigureFrame> frames;
  std::optional<ValidTime> runTime = {};  ///< of forecasts
};

/// One pane.
Film filmOfSequence(const FrameSequence& sequence);

/// What was observed beside every scenario: all panes show the past first, then the first one
/// stands still at the run time while the others go on. More than nine futures: the first member of
/// each n.
Film filmOfScenarios(const FrameSequence& context, ValidTime runTime,
                     const std::vector<ScenarioMember>& members);

/// With `between` pictures more between every two, marked as computed; what is made of several
/// forecasts stands still until the next. Throws UsageError where `inBetween` is none. `eachStep` is told the share that is done and may throw to stop.
Film withInBetweens(const Film& film, int between, const FramesBetween& inBetween,
                    const std::function<void(double share)>& eachStep = {});

Film filmOfResult(const ResultFile& result);

/// What the scale is where it is not the quantity's own ("VIL-like, ..."), and whom the data are from.
std::string footnoteOf(const FrameSequence& sequence);

/// What stands above the panes at a time: product and event, valid, lead and run time.
FigureFrame pictureWithoutPanes(const FrameSequence& context, ValidTime time,
                                std::optional<ValidTime> runTime);

}  // namespace stormloom
