#include "app/figure/film.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "core/coverage.h"
#include "core/errors.h"
#include "core/frame_picking.h"
#include "core/standing_still.h"

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
  char text[32];
  std::snprintf(text, sizeof text, "+%.3g min", double((time - runTime).count()) / 60.0);
  return text;
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

/// "asked 26, got 25" at one lead time, on the 0-255 scale; "free, got 25" where nothing was asked.
std::string intensityText(const ScenarioMember& member, std::size_t lead) {
  if (lead >= member.commanded.size() || lead >= member.achieved.size() ||
      std::isnan(member.nSigma))
    return {};
  char text[64];
  if (std::isnan(member.commanded[lead])) {
    std::snprintf(text, sizeof text, "free, got %.0f", 255.0 * member.achieved[lead]);
    return text;
  }
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
                                           : stillWords(frame.stillFraction);
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

/// Pictures between one frame and the next. Panes that show the same past are computed once.
class BetweenPanes {
public:
  BetweenPanes(const FramesBetween& inBetween, int between) : inBetween_(inBetween) {
    for (int step = 1; step <= between; ++step)
      shares_.push_back(double(step) / double(between + 1));
  }

  /// The picture after `step` of the steps between frame `next` - 1 and `next`, from 0 on.
  FigureFrame at(const Film& film, std::size_t next, std::size_t step) {
    const FigureFrame& before = film.frames[next - 1];
    FigureFrame picture = film.frames[next];
    const auto gap = std::chrono::duration<double>(picture.time - before.time);
    picture.time = before.time + std::chrono::round<seconds>(gap * shares_[step]);
    picture.validTime = dateText(picture.time);
    if (!picture.leadTime.empty()) picture.leadTime = leadText(picture.time, *film.runTime);
    for (std::size_t i = 0; i < std::min(picture.panes.size(), before.panes.size()); ++i)
      between(before.panes[i], step, picture, i);
    return picture;
  }

private:
  using Grids = std::vector<std::shared_ptr<const RadarGrid>>;

  const Grids& gridsBetween(const RadarGrid& before, const RadarGrid& after) {
    Grids& grids = known_[{&before, &after}];
    if (grids.empty())
      for (RadarGrid& grid : inBetween_(before, after, shares_))
        grids.push_back(std::make_shared<const RadarGrid>(std::move(grid)));
    return grids;
  }

  void between(const FigurePane& before, std::size_t step, FigureFrame& picture,
               std::size_t index) {
    FigurePane& pane = picture.panes[index];
    const bool drawnFrom = pane.field == FieldKind::Radar && before.field == FieldKind::Radar &&
                           !pane.otherQuantity;
    if (!drawnFrom || !pane.grid || !before.grid || pane.grid == before.grid) {
      pane = before;
      return;
    }
    pane.grid = gridsBetween(*before.grid, *pane.grid)[step];
    pane.inBetween = true;
    pane.signs = {};
    pane.detail.clear();
    pane.corner = picture.leadTime.empty() ? clockText(picture.time) : picture.leadTime;
  }

  const FramesBetween& inBetween_;
  std::vector<double> shares_;
  std::map<std::pair<const RadarGrid*, const RadarGrid*>, Grids> known_;
};

}  // namespace

std::string footnoteOf(const FrameSequence& sequence) {
  const bool both = !sequence.scaleNote.empty() && !sequence.attribution.empty();
  return sequence.scaleNote + (both ? "; " : "") + sequence.attribution;
}

FigureFrame pictureWithoutPanes(const FrameSequence& context, ValidTime time,
                                std::optional<ValidTime> runTime) {
  FigureFrame picture{titleOf(context), dateText(time), "", "", {}, time};
  if (!runTime) return picture;
  picture.runTime = "run " + clockText(*runTime) + " UTC";
  if (time > *runTime) picture.leadTime = leadText(time, *runTime);
  return picture;
}

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
           sequence.synthetic, frame.grid}},
         frame.validTime});
  return film;
}

Film filmOfScenarios(const FrameSequence& context, ValidTime runTime,
                     const std::vector<ScenarioMember>& members) {
  Film film{context.geo, context.quantity, footnoteOf(context), {}, runTime};
  const auto shown = shownMembers(members);
  const bool nameMembers = shown.size() > 1 && members.back().member > 0;
  for (std::size_t k = 0; k < context.frames.size(); ++k) {
    FigureFrame picture = pictureWithoutPanes(context, context.frames[k].validTime, runTime);
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
    FigureFrame picture = pictureWithoutPanes(context, time, runTime);
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

Film withInBetweens(const Film& film, int between, const FramesBetween& inBetween,
                    const std::function<void(double share)>& eachStep) {
  if (between <= 0 || film.frames.size() < 2) return film;
  if (!inBetween)
    throw UsageError("Between two maps of " + std::string(quantityName(film.quantity)) +
                     " there is nothing to compute.");
  Film out = film;
  out.frames = {film.frames.front()};
  for (std::size_t k = 1; k < film.frames.size(); ++k) {
    BetweenPanes panes(inBetween, between);
    for (int step = 0; step < between; ++step) {
      out.frames.push_back(panes.at(film, k, std::size_t(step)));
      if (eachStep)
        eachStep((double(k - 1) + double(step + 1) / between) / double(film.frames.size() - 1));
    }
    out.frames.push_back(film.frames[k]);
  }
  return out;
}

Film filmOfResult(const ResultFile& result) {
  if (result.context.frames.empty()) throw IoError("This result file holds no frames.");
  if (result.members.empty()) return filmOfSequence(result.context);
  return filmOfScenarios(result.context, result.runTime, result.members);
}

}  // namespace stormloom
