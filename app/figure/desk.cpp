#include "app/figure/desk.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "core/contour_lines.h"
#include "core/control_command.h"
#include "core/coverage.h"
#include "core/ensemble_fields.h"
#include "core/frame_picking.h"
#include "core/frame_words.h"
#include "core/resample.h"
#include "core/standing_still.h"

namespace stormloom {
namespace {

using Kind = PictureCaption::Kind;
constexpr std::size_t kMostProducts = 400;
/// The forecasts whose spread says where they disagree.
constexpr std::pair<PaneSource, const char*> kDisagreeing[] = {
    {PaneSource::Extrapolation, "extrapolation"},
    {PaneSource::Earthformer, "Earthformer"},
    {PaneSource::Scenario, "PreDiff"}};

std::string clockAndZone(ValidTime time) { return clockText(time) + " UTC"; }

/// nullptr before the first: a later picture would be of rain that is not there yet.
const Frame* lastNotAfter(const FrameSequence& sequence, ValidTime time) {
  const Frame* found = nullptr;
  for (const Frame& frame : sequence.frames)
    if (frame.validTime <= time) found = &frame;
  return found;
}

std::optional<std::size_t> indexAt(const FrameSequence& sequence, ValidTime time) {
  return nearestFrame(sequence, time,
                      seconds(std::max(60L, std::lround(30.0 * stepMinutes(sequence)))));
}

const Frame* frameAt(const FrameSequence& sequence, ValidTime time) {
  const auto index = indexAt(sequence, time);
  return index ? &sequence.frames[*index] : nullptr;
}

std::string sourceText(const FrameSequence& sequence) {
  std::string text =
      sequence.product.empty() ? std::string(quantityName(sequence.quantity)) : sequence.product;
  if (!sequence.scaleNote.empty()) text += ", " + sequence.scaleNote;
  if (sequence.synthetic && text.find("ynthetic") == std::string::npos) text += ", synthetic";
  return text;
}

FieldKind kindOf(const PaneSpec& pane) {
  if (pane.minus) return FieldKind::Difference;
  if (pane.content.source == PaneSource::Disagreement) return FieldKind::Spread;
  if (!pane.content.hasMembers()) return FieldKind::Radar;
  if (pane.content.product == PaneProduct::Probability) return FieldKind::Probability;
  return pane.content.product == PaneProduct::Spread ? FieldKind::Spread : FieldKind::Radar;
}

/// Why a pane has no forecast, in the words of its lower corner. `radar`: the last observation is
/// drawn meanwhile.
std::string absence(const PaneContent& content, const Desk& desk, bool beyond, bool radar) {
  const std::string shown = radar ? "; " + clockText(desk.context->runTime) + " shown" : "";
  if (beyond) return "beyond the forecast" + shown;
  const bool ensemble = content.hasMembers() && content.product != PaneProduct::Member;
  if (ensemble && content.source == PaneSource::Scenario && desk.state.members < 2)
    return "needs two members or more";
  const std::string model = desk.modelOf(content.source);
  const bool failed = desk.failures.contains(model);
  return (failed ? "no forecast" : "being computed") + shown;
}

std::string membersText(const PaneContent& content, std::size_t count) {
  if (content.product == PaneProduct::Member)
    return "member " + std::to_string(content.member + 1) + " of " + std::to_string(count);
  return std::to_string(count) + (count == 1 ? " member" : " members");
}

}  // namespace

std::string Desk::modelOf(PaneSource source) const {
  switch (source) {
    case PaneSource::Persistence:
      return "persistence";
    case PaneSource::Extrapolation:
      return "extrapolation";
    case PaneSource::Earthformer:
      return "earthformer";
    case PaneSource::Stochastic:
      return "stochastic";
    case PaneSource::Scenario:
      return "scenario";
    default:
      return {};
  }
}

bool Desk::isBeyondForecast(ValidTime when) const {
  return context && when > timeOfFrame(context->grid.targetFrames - 1) + seconds(60);
}

std::vector<double> Desk::dialCommand() const {
  return context ? bentCommand(state.nSigma, state.bend, std::size_t(context->grid.targetFrames))
                 : std::vector<double>();
}

long Desk::leadMinutes() const {
  return context ? std::chrono::duration_cast<minutes>(time - context->runTime).count() : 0;
}

ValidTime Desk::timeOfFrame(int frame) const {
  return context->runTime + minutes(context->grid.stepMinutes * (frame + 1));
}

PanePictures::Source PanePictures::sourceOf(const PaneContent& content, const Desk& desk) const {
  Source source;
  if (content.source == PaneSource::Scenario) {
    source = scenarioOf(content, desk);
  } else if (content.source == PaneSource::Stochastic && desk.stochastic) {
    for (const ScenarioMember& member : desk.stochastic->members)
      source.members.push_back(&member.frames);
    source.name = "stochastic/" + desk.context->hash;
  } else {
    const auto found = desk.deterministic.find(desk.modelOf(content.source));
    if (found != desk.deterministic.end()) source.members = {&found->second->frames};
    return source;
  }
  source.count = source.members.size();
  if (content.product != PaneProduct::Member) {
    if (source.count < 2) source.members.clear();  // one member says nothing about chances
    return source;
  }
  const auto member = std::size_t(content.member);
  source.members = member < source.members.size() ? std::vector{source.members[member]}
                                                  : std::vector<const FrameSequence*>();
  return source;
}

namespace {

PanePictures::StandIn commandOf(const ScenarioForecast& forecast) {
  return {forecast.request.nSigma.front(), !forecast.request.nSigmaByLead.empty()};
}

}  // namespace

PanePictures::Source PanePictures::scenarioOf(const PaneContent& content, const Desk& desk) const {
  Source source;
  const bool one = content.product == PaneProduct::Member && content.member == 0;
  source.scenario = content.nSigma
                        ? desk.scenarios->forFixed(*content.nSigma, one ? 1 : desk.state.members)
                    : one ? desk.scenarios->forDial()
                          : desk.scenarios->ensemble();
  if (!source.scenario && one && !content.nSigma && desk.scenarios->lastForDial()) {
    source.scenario = desk.scenarios->lastForDial();
    source.standIn = commandOf(*source.scenario);
  }
  if (!one && !content.nSigma && (!source.scenario || source.scenario->members.size() < 2) &&
      desk.state.members > 1 && desk.scenarios->lastEnsemble()) {
    source.scenario = desk.scenarios->lastEnsemble();
    source.standIn = commandOf(*source.scenario);
  }
  if (!source.scenario) return source;
  source.preview = source.scenario->request.quality == Quality::Preview;
  source.name = std::to_string(source.scenario->id) + "/" +
                signedNumber(source.scenario->request.nSigma.front());
  for (const ScenarioMember& member : source.scenario->members)
    source.members.push_back(&member.frames);
  return source;
}

PanePictures::Forecasts PanePictures::forecastsOf(const PaneContent& content,
                                                  const Desk& desk) const {
  const Source source = sourceOf(content, desk);
  return {source.members, source.standIn};
}

/// Worked out once for each grid: it takes longer than a frame may on a continent.
const PanePictures::GridFacts& PanePictures::factsOf(const std::shared_ptr<const RadarGrid>& grid) {
  constexpr std::size_t kMostFacts = 500;
  const auto known = facts_.find(grid.get());
  if (known != facts_.end() && known->second.grid.lock() == grid) return known->second;
  if (facts_.size() > kMostFacts)
    std::erase_if(facts_, [](const auto& entry) { return entry.second.grid.expired(); });
  GridFacts& facts = facts_[grid.get()];
  facts = {grid, withoutValueText(*grid), coverageEdge(*grid)};
  return facts;
}

PanePicture PanePictures::observedPicture(const Desk& desk, ValidTime time) {
  PanePicture picture;
  const FrameSequence& observed = desk.shownObservation();
  picture.sequence = &observed;
  const bool ahead = observed.provenance == Provenance::Forecast;  // a service's own
  picture.caption.kind = observed.synthetic ? Kind::Synthetic
                         : ahead            ? Kind::Forecast
                                            : Kind::Observed;
  picture.caption.title = observed.synthetic ? "Observed (synthetic)"
                          : ahead            ? "Forecast as received"
                                             : "Observed";
  picture.caption.detail = sourceText(observed);
  picture.caption.validTime = clockAndZone(time);
  const bool hidden = desk.context && time > desk.context->runTime && !desk.state.showTruth;
  const Frame* frame = hidden ? nullptr : frameAt(observed, time);
  if (!frame) {
    frame = lastNotAfter(observed, hidden ? desk.context->runTime : time);
    picture.caption.dimmed = true;
    picture.caption.lead = hidden  ? "hidden; the run time is shown"
                           : frame ? "not observed; " + clockText(frame->validTime) + " shown"
                                   : "nothing observed";
  } else {
    picture.caption.validTime = clockAndZone(frame->validTime);
    picture.caption.lead = stillWords(frame->stillFraction);
  }
  if (!frame) return picture;
  const Frame* whole = frameAt(*desk.observed, frame->validTime);  // not thinned for drawing
  const std::string without = whole && whole->grid ? factsOf(whole->grid).without : "";
  if (!without.empty()) picture.caption.detail += ", " + without;
  picture.grid = frame->grid;
  return picture;
}

// A few pictures are kept: an animation goes through them again and again, continents are large.
void PanePictures::putOnModelScale(PanePicture& picture) {
  constexpr std::size_t kMostConverted = 16;
  const FrameSequence& from = *picture.sequence;
  if (!picture.grid || !hasModelScale(from.quantity)) return;
  const auto same = [&](const FrameSequence& other) {
    return other.product == from.product && other.attribution == from.attribution &&
           other.geo == from.geo && other.reduction == from.reduction;
  };
  auto sequence = std::ranges::find_if(onModelScale_, same);
  if (sequence == onModelScale_.end()) {
    FrameSequence scaled = from;
    scaled.frames.clear();
    scaled.quantity = Quantity::VilDigital;
    scaled.scaleNote = modelScaleNote(from.quantity);
    onModelScale_.push_back(std::move(scaled));
    sequence = std::prev(onModelScale_.end());
  }
  auto known = std::ranges::find_if(converted_, [&](const Converted& one) {
    return one.from.lock() == picture.grid;
  });
  if (known == converted_.end()) {
    if (converted_.size() == kMostConverted) converted_.pop_front();
    converted_.push_back({picture.grid, std::make_shared<const RadarGrid>(
                                            onModelScale(*picture.grid, from.quantity))});
    known = std::prev(converted_.end());
  }
  picture.measured = picture.grid;
  picture.measuredAs = from.quantity;
  picture.sequence = &*sequence;
  picture.grid = known->to;
  if (!sequence->scaleNote.empty()) picture.caption.detail += ", " + sequence->scaleNote;
}

PanePicture PanePictures::contextPicture(const Desk& desk, ValidTime time,
                                         const std::string& title) const {
  PanePicture picture;
  picture.sequence = &desk.context->frames;
  const Frame* frame = frameAt(desk.context->frames, time);
  picture.caption.kind = desk.context->frames.synthetic ? Kind::Synthetic : Kind::Observed;
  picture.caption.title = title;
  picture.caption.detail = "what it starts from: " + sourceText(desk.context->frames);
  picture.caption.validTime = clockAndZone(time);
  picture.caption.dimmed = !frame;
  if (!frame) {
    frame = lastNotAfter(desk.context->frames, time);
    if (!frame) frame = &desk.context->frames.frames.front();
    picture.caption.lead = "not what the model sees; " + clockText(frame->validTime) + " shown";
  } else if (isComputed(*frame)) {
    picture.caption.lead = "computed between frames";
  }
  picture.grid = frame->grid;
  return picture;
}

std::shared_ptr<const RadarGrid> PanePictures::productOf(const PaneContent& content,
                                                         const Source& source, std::size_t lead,
                                                         double threshold) {
  if (content.product == PaneProduct::Member) return source.members.front()->frames[lead].grid;
  const std::string key = source.name + "/" + std::to_string(source.members.size()) + "/" +
                          std::to_string(int(content.product)) + "/" + std::to_string(lead) + "/" +
                          std::to_string(threshold) + "/" + std::to_string(content.percent);
  auto& product = products_[key];
  if (product) return product;
  GridList members;
  for (const FrameSequence* member : source.members)
    members.push_back(member->frames.at(lead).grid);
  const auto keep = [&](RadarGrid&& grid) {
    product = std::make_shared<const RadarGrid>(std::move(grid));
  };
  switch (content.product) {
    case PaneProduct::Percentile:
      keep(percentileField(members, content.percent));
      break;
    case PaneProduct::Maximum:
      keep(maximumField(members));
      break;
    case PaneProduct::Spread:
      keep(spreadField(members));
      break;
    case PaneProduct::Probability:
      keep(probabilityField(members, threshold));
      break;
    default:
      keep(meanField(members));
  }
  auto made = product;
  if (products_.size() > kMostProducts) products_.clear();
  return made;
}

std::string PanePictures::disagreeing(const Desk& desk, ValidTime time) {
  std::string names;
  for (const auto& [source, name] : kDisagreeing)
    if (fieldAt({source}, desk, time, nullptr)) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

std::shared_ptr<const RadarGrid> PanePictures::disagreementAt(const Desk& desk, ValidTime time) {
  GridList forecasts;
  for (const auto& [source, name] : kDisagreeing)
    if (auto field = fieldAt({source}, desk, time, nullptr)) forecasts.push_back(std::move(field));
  if (forecasts.size() < 2) return nullptr;
  return std::make_shared<const RadarGrid>(disagreementField(forecasts));
}

std::shared_ptr<const RadarGrid> PanePictures::earlyFieldAt(const PaneContent& content,
                                                            const Desk& desk,
                                                            ValidTime time) const {
  const bool dial = content.source == PaneSource::Scenario && !content.nSigma &&
                    content.product == PaneProduct::Member && content.member == 0;
  const auto early = dial ? desk.scenarios->earlyForDial() : nullptr;
  const Frame* frame = early ? frameAt(early->members.front().frames, time) : nullptr;
  return frame ? frame->grid : nullptr;
}

std::shared_ptr<const RadarGrid> PanePictures::fieldAt(const PaneContent& content, const Desk& desk,
                                                       ValidTime time, bool* preview) {
  if (content.source == PaneSource::Disagreement) return disagreementAt(desk, time);
  if (content.source == PaneSource::Observed) {
    const Frame* frame = desk.truth && desk.state.showTruth ? frameAt(*desk.truth, time) : nullptr;
    return frame ? frame->grid : nullptr;
  }
  if (auto early = earlyFieldAt(content, desk, time)) return early;
  const Source source = sourceOf(content, desk);
  if (source.members.empty()) return nullptr;
  if (preview) *preview = *preview || source.preview;
  const auto lead = indexAt(*source.members.front(), time);
  return lead ? productOf(content, source, *lead, desk.state.threshold) : nullptr;
}

/// The box without a value, where no picture stands for one.
std::shared_ptr<const RadarGrid> PanePictures::nothingKnown(const Desk& desk) {
  const GeoReference& geo = desk.context->frames.geo;
  if (!nothing_ || nothing_->width() != geo.width() || nothing_->height() != geo.height())
    nothing_ = std::make_shared<const RadarGrid>(geo.width(), geo.height());
  return nothing_;
}

PanePicture PanePictures::forecastPicture(const PaneSpec& pane, const Desk& desk, ValidTime time) {
  const PaneContent& content = pane.content;
  const std::string title = paneTitle(pane, desk.state.nSigma, desk.state.threshold);
  if (time <= desk.context->runTime) return contextPicture(desk, time, title);
  PanePicture picture;
  picture.sequence = &desk.context->frames;
  picture.caption.kind = Kind::Forecast;
  picture.caption.title = title;
  picture.caption.detail = sourceText(desk.context->frames);
  picture.caption.validTime = clockAndZone(time);
  const auto lead = std::chrono::duration_cast<minutes>(time - desk.context->runTime).count();
  picture.caption.lead = signedNumber(double(lead), 0) + " min";
  bool preview = false;
  picture.grid = fieldAt(content, desk, time, &preview);
  const bool has = picture.grid != nullptr;
  if (has && pane.minus) {
    const auto minus = fieldAt(*pane.minus, desk, time, &preview);
    picture.grid =
        minus ? std::make_shared<const RadarGrid>(differenceField(*picture.grid, *minus)) : nullptr;
  }
  if (picture.grid) {
    picture.kind = kindOf(pane);
    if (preview) picture.caption.kind = Kind::Preview;
    if (content.source == PaneSource::Disagreement)
      picture.caption.detail = "spread of " + disagreeing(desk, time);
    if (content.hasMembers()) {
      picture.caption.detail = membersText(content, sourceOf(content, desk).count);
      const std::string clock = shorterClockWords(desk.context->grid);
      if (!clock.empty()) picture.caption.detail += ", " + clock;
    }
    const bool controlled = content.source == PaneSource::Scenario;
    const bool bent = controlled && !content.nSigma && !desk.dialCommand().empty();
    if (bent) picture.caption.title += ", bent";
    const bool waits = controlled && !earlyFieldAt(content, desk, time);
    if (const auto other = waits ? sourceOf(content, desk).standIn : std::nullopt) {
      picture.caption.kind = Kind::Preview;
      picture.caption.title = paneTitle(pane, other->nSigma, desk.state.threshold) +
                              (other->bent ? ", bent as before," : "") + " until " +
                              (bent ? "the bend" : signedNumber(desk.state.nSigma) + " σ") +
                              " is computed";
    }
    if (controlled && desk.controlMask) picture.caption.detail += ", control inside the area";
    if (preview) picture.caption.title += ", preview";
    return picture;
  }
  picture.kind = kindOf(pane);
  const bool radar = picture.kind == FieldKind::Radar;  // rain says nothing where chances are meant
  picture.grid = radar ? lastNotAfter(desk.context->frames, time)->grid : nothingKnown(desk);
  picture.caption.dimmed = true;
  if (content.hasMembers() && content.source == PaneSource::Scenario)
    picture.caption.detail = membersText(content, std::size_t(desk.state.members));
  picture.caption.lead = absence(has && pane.minus ? *pane.minus : content, desk,
                                 desk.isBeyondForecast(time), radar);
  return picture;
}

PanePicture PanePictures::make(const PaneSpec& pane, const Desk& desk) {
  if (!desk.observed || desk.observed->frames.empty()) return {};
  const ValidTime time = pane.frame && desk.context ? desk.timeOfFrame(*pane.frame) : desk.time;
  PanePicture picture;
  if (pane.content.source == PaneSource::Observed && !pane.minus) {
    picture = observedPicture(desk, time);
    const auto isForecast = [](const PaneSpec& other) {
      return other.content.source != PaneSource::Observed || other.minus;
    };
    if (desk.context && desk.state.modelScale &&
        std::ranges::any_of(desk.state.layout.panes(), isForecast))
      putOnModelScale(picture);
  } else if (!desk.context) {
    picture = observedPicture(desk, time);
    picture.caption.title =
        paneTitle(pane, desk.state.nSigma, desk.state.threshold) + ": no forecast from here yet";
  } else {
    picture = forecastPicture(pane, desk, time);
  }
  picture.caption.credit = picture.sequence->attribution;
  addSigns(picture, pane, desk, time);
  return picture;
}

void PanePictures::addSigns(PanePicture& picture, const PaneSpec& pane, const Desk& desk,
                            ValidTime time) {
  if (picture.grid && picture.kind == FieldKind::Radar)
    picture.signs.coverage = factsOf(picture.grid).coverage;
  constexpr std::size_t kMostCells =
      600 * 600;  // contours of a continent would take longer than a frame may
  if (!picture.grid || picture.grid->size() > kMostCells || picture.caption.dimmed) return;
  if (picture.kind == FieldKind::Probability) {
    for (const double percent : {20.0, 50.0, 80.0}) {
      auto lines = contourLines(*picture.grid, percent);
      std::move(lines.begin(), lines.end(), std::back_inserter(picture.signs.contour));
    }
  } else if (picture.kind == FieldKind::Radar &&
             picture.sequence->quantity == Quantity::VilDigital) {
    if (desk.state.contours)
      picture.signs.contour = contourLines(*picture.grid, desk.state.threshold);
    if (desk.state.hatching)
      picture.signs.hatching = hatchLines(*picture.grid, desk.state.threshold, 3);
  }
  if (!desk.state.outlines || !pane.content.hasMembers() || !desk.isForecastTime()) return;
  PaneContent all = pane.content;
  all.product = PaneProduct::Mean;
  const Source source = sourceOf(all, desk);
  if (source.standIn) return;  // outlines of another command have no name in the picture
  for (const FrameSequence* member : source.members) {
    const Frame* frame = frameAt(*member, time);
    if (!frame) continue;
    auto lines = contourLines(*frame->grid, desk.state.threshold);
    std::move(lines.begin(), lines.end(), std::back_inserter(picture.signs.outlines));
  }
}

FixedScenarios fixedScenariosOf(const DeskState& state) {
  FixedScenarios fixed;
  for (const PaneSpec& pane : state.layout.panes()) {
    for (const auto& content : {std::optional(pane.content), pane.minus}) {
      if (!content || content->source != PaneSource::Scenario || !content->nSigma) continue;
      if (std::ranges::find(fixed.nSigma, *content->nSigma) == fixed.nSigma.end())
        fixed.nSigma.push_back(*content->nSigma);
      if (content->product != PaneProduct::Member || content->member > 0)
        fixed.members = state.members;
    }
  }
  return fixed;
}

}  // namespace stormloom
