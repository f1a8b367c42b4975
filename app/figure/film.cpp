#include "app/figure/film.h"

#include <cmath>
#include <cstdio>
#include <set>

#include "core/coverage.h"
#include "core/errors.h"
#include "core/frame_picking.h"

namespace stormloom {

namespace {

constexpr std::size_t kMostScenarios = 9;

std::string dateText(ValidTime time) {
  const std::string iso = isoText(time);  // 2019-07-01T21:10:00Z
  return iso.substr(0, 10) + " " + iso.substr(11, 5) + " UTC";
}

std::string titleOf(const FrameSequence& sequence) {
  return sequence.product + (sequence.event.empty() ? "" : "  " + sequence.event);
}

std::string leadText(ValidTime time, ValidTime runTime) {
  return "+" + std::to_string((time - runTime).count() / 60) + " min";
}

PaneKind kindOf(Provenance provenance) {
  if (provenance == Provenance::Forecast) return PaneKind::Forecast;
  return provenance == Provenance::Preview ? PaneKind::Preview : PaneKind::Observed;
}

std::string scenarioTitle(const ScenarioMember& member, bool nameMember) {
  if (std::isnan(member.nSigma)) return "Forecast";
  char text[48];
  std::snprintf(text, sizeof text, "%s%g σ",
                member.nSigma < 0.0   ? "−"
                : member.nSigma > 0.0 ? "+"
                                      : "",
                std::abs(member.nSigma));
  return text + (nameMember ? ", member " + std::to_string(member.member + 1) : std::string());
}

/// "asked 26, got 25.7" at one lead time, on the 0-255 scale.
std::string intensityText(const ScenarioMember& member, std::size_t lead) {
  if (lead >= member.commanded.size() || lead >= member.achieved.size() ||
      std::isnan(member.commanded[lead]))
    return {};
  char text[64];
  std::snprintf(text, sizeof text, "asked %.0f, got %.0f", 255.0 * member.commanded[lead],
                255.0 * member.achieved[lead]);
  return text;
}

std::vector<const ScenarioMember*> shownMembers(const std::vector<ScenarioMember>& members) {
  std::vector<const ScenarioMember*> shown;
  std::set<double> seen;
  for (const ScenarioMember& member : members) {
    const bool everyMember = members.size() <= kMostScenarios;
    if ((everyMember || seen.insert(member.nSigma).second) && shown.size() < kMostScenarios)
      shown.push_back(&member);
  }
  return shown;
}

/// What must be known of an observed frame beside its time.
std::string remarkOn(const Frame& frame) {
  std::string remark = isComputed(frame)   ? "computed between frames"
                       : frame.standsStill ? "stands still"
                                           : "";
  const std::string without = frame.grid ? withoutValueText(*frame.grid) : "";
  return remark + (remark.empty() || without.empty() ? "" : ", ") + without;
}

FigurePane observedPane(const FrameSequence& context, std::size_t frame) {
  return {context.synthetic ? "Synthetic past" : "Observed",
          remarkOn(context.frames[frame]),
          clockText(context.frames[frame].validTime),
          PaneKind::Observed,
          context.synthetic,
          context.frames[frame].grid};
}

FigureFrame emptyFrame(const FrameSequence& context, ValidTime time, ValidTime runTime) {
  return {titleOf(context), dateText(time), "", "run " + clockText(runTime) + " UTC", {}};
}

}  // namespace

Film filmOfSequence(const FrameSequence& sequence) {
  Film film{sequence.geo, sequence.quantity, sequence.attribution, {}};
  for (const Frame& frame : sequence.frames)
    film.frames.push_back(
        {titleOf(sequence),
         dateText(frame.validTime),
         "",
         "",
         {{sequence.scaleNote.empty() ? std::string(quantityName(sequence.quantity))
                                      : sequence.scaleNote,
           remarkOn(frame), clockText(frame.validTime), kindOf(sequence.provenance),
           sequence.synthetic, frame.grid}}});
  return film;
}

Film filmOfScenarios(const FrameSequence& context, ValidTime runTime,
                     const std::vector<ScenarioMember>& members) {
  Film film{context.geo, context.quantity, context.attribution, {}};
  const auto shown = shownMembers(members);
  const bool nameMembers = shown.size() > 1 && members.back().member > 0;
  for (std::size_t k = 0; k < context.frames.size(); ++k) {
    FigureFrame picture = emptyFrame(context, context.frames[k].validTime, runTime);
    picture.panes.push_back(observedPane(context, k));
    for (const ScenarioMember* member : shown) {
      picture.panes.push_back(observedPane(context, k));
      picture.panes.back().title = scenarioTitle(*member, nameMembers);
      picture.panes.back().detail = "before the run";
    }
    film.frames.push_back(picture);
  }
  const std::size_t leads = shown.empty() ? 0 : shown.front()->frames.frames.size();
  for (std::size_t lead = 0; lead < leads; ++lead) {
    const ValidTime time = shown.front()->frames.frames[lead].validTime;
    FigureFrame picture = emptyFrame(context, time, runTime);
    picture.leadTime = leadText(time, runTime);
    picture.panes.push_back(observedPane(context, context.frames.size() - 1));
    picture.panes.back().detail = "last observation";
    for (const ScenarioMember* member : shown)
      picture.panes.push_back({scenarioTitle(*member, nameMembers), intensityText(*member, lead),
                               picture.leadTime, kindOf(member->frames.provenance),
                               context.synthetic, member->frames.frames[lead].grid});
    film.frames.push_back(picture);
  }
  return film;
}

Film filmOfResult(const ResultFile& result) {
  if (result.context.frames.empty()) throw IoError("This result file holds no frames.");
  if (result.members.empty()) return filmOfSequence(result.context);
  return filmOfScenarios(result.context, result.runTime, result.members);
}

}  // namespace stormloom
