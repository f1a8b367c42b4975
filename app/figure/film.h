#pragma once

#include <string>
#include <vector>

#include "app/figure/figure.h"
#include "core/scenario.h"
#include "core/scenario_file.h"

namespace stormloom {

/// Pictures of one place in the order of their valid times.
struct Film {
  GeoReference geo;
  Quantity quantity = Quantity::VilDigital;
  std::string footnote;
  std::vector<FigureFrame> frames;
};

/// One pane.
Film filmOfSequence(const FrameSequence& sequence);

/// What was observed beside every scenario: all panes show the past first, then the first one
/// stands still at the run time while the others go on. More than nine futures: the first member of
/// each n.
Film filmOfScenarios(const FrameSequence& context, ValidTime runTime,
                     const std::vector<ScenarioMember>& members);

Film filmOfResult(const ResultFile& result);

}  // namespace stormloom
