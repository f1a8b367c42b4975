#include "app/figure/desk_film.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/frame_picking.h"

namespace stormloom {
namespace {

PaneKind kindOf(PictureCaption::Kind kind) {
  switch (kind) {
    case PictureCaption::Kind::Forecast:
      return PaneKind::Forecast;
    case PictureCaption::Kind::Preview:
      return PaneKind::Preview;
    default:
      return PaneKind::Observed;
  }
}

const FrameSequence& pastOf(const Desk& desk) {
  return desk.context ? desk.context->frames : desk.shownObservation();
}

Film emptyFilm(const FrameSequence& shown) {
  return {shown.geo, shown.quantity, footnoteOf(shown), {}};
}

/// Signs lie in the cells of the part.
void moveTo(const CellWindow& window, PictureSigns& signs) {
  for (auto* paths : {&signs.contour, &signs.hatching, &signs.outlines, &signs.coverage})
    for (auto& path : *paths)
      for (CellPoint& point : path) point = {point.col - window.col, point.row - window.row};
}

/// As in the time bar: everything observed, but for the forecast's own times where there are some.
std::vector<ValidTime> timesOf(const Desk& desk) {
  std::vector<ValidTime> times;
  for (int lead = 0; desk.context && lead < desk.context->grid.targetFrames; ++lead)
    times.push_back(desk.timeOfFrame(lead));
  const auto isForecast = [&, last = times.empty() ? ValidTime() : times.back()](ValidTime time) {
    return desk.context && time > desk.context->runTime && time <= last + seconds(60);
  };
  for (const Frame& frame : desk.observed->frames)
    if (!isForecast(frame.validTime)) times.push_back(frame.validTime);
  std::ranges::sort(times);
  return times;
}

/// The scenarios a desk has at one moment: whoever drags the dial meanwhile changes no picture of a
/// film, and a film may be written on another thread.
class ScenariosOfNow final : public ScenarioSource {
public:
  explicit ScenariosOfNow(const Desk& desk)
      : dial_(desk.scenarios->forDial()),
        last_(desk.scenarios->lastForDial()),
        early_(desk.scenarios->earlyForDial()),
        ensemble_(desk.scenarios->ensemble()),
        lastEnsemble_(desk.scenarios->lastEnsemble()) {
    for (const double n : fixedScenariosOf(desk.state).nSigma)
      for (const int members : {1, desk.state.members})
        fixed_[{n, members}] = desk.scenarios->forFixed(n, members);
  }
  std::shared_ptr<const ScenarioForecast> forDial() const override { return dial_; }
  std::shared_ptr<const ScenarioForecast> lastForDial() const override { return last_; }
  std::shared_ptr<const ScenarioForecast> earlyForDial() const override { return early_; }
  std::shared_ptr<const ScenarioForecast> ensemble() const override { return ensemble_; }
  std::shared_ptr<const ScenarioForecast> lastEnsemble() const override { return lastEnsemble_; }
  std::shared_ptr<const ScenarioForecast> forFixed(double nSigma, int members) const override {
    const auto found = fixed_.find({nSigma, members});
    return found == fixed_.end() ? nullptr : found->second;
  }

private:
  std::shared_ptr<const ScenarioForecast> dial_, last_, early_, ensemble_, lastEnsemble_;
  std::map<std::pair<double, int>, std::shared_ptr<const ScenarioForecast>> fixed_;
};

std::shared_ptr<const ScenarioSource> scenariosOfNow(const Desk& desk) {
  return desk.scenarios ? std::make_shared<const ScenariosOfNow>(desk) : nullptr;
}

}  // namespace

DeskFilm::DeskFilm(const Desk& desk)
    : desk_(desk),
      scenarios_(scenariosOfNow(desk)),
      looked_(desk.time),
      times_(timesOf(desk_)),
      film_(emptyFilm(pastOf(desk_))) {
  desk_.scenarios = scenarios_.get();
  if (desk_.context) film_.runTime = desk_.context->runTime;
  desk_.drawn = desk_.observed;  // what a window draws of a large observation depends on the window
  desk_.near.reset();
  grounds_.assign(std::size_t(desk_.state.layout.count()), {film_.geo, film_.quantity});
}

double DeskFilm::share() const {
  return times_.empty() ? 1.0 : double(film_.frames.size()) / double(times_.size());
}

bool DeskFilm::addNext() {
  if (film_.frames.size() >= times_.size()) return false;
  const ValidTime time = times_[film_.frames.size()];
  desk_.time = time;
  FigureFrame picture = pictureWithoutPanes(pastOf(desk_), time, film_.runTime);
  for (const PaneSpec& spec : desk_.state.layout.panes())
    picture.panes.push_back(paneAt(picture.panes.size(), spec));
  film_.frames.push_back(std::move(picture));
  return true;
}

FigurePane DeskFilm::paneAt(std::size_t index, const PaneSpec& spec) {
  PanePicture picture = pictures_.make(spec, desk_);
  FigurePane pane{.title = picture.caption.title,
                  .detail = picture.caption.detail,
                  .corner = picture.caption.lead.empty() ? picture.caption.validTime
                                                         : picture.caption.lead,
                  .kind = kindOf(picture.caption.kind),
                  .synthetic = picture.sequence && picture.sequence->synthetic,
                  .grid = picture.grid};
  pane.field = picture.kind;
  pane.signs = std::move(picture.signs);
  if (!picture.sequence) return pane;
  PaneGround ground{picture.sequence->geo, picture.sequence->quantity};
  if (desk_.state.seen) {
    const CellWindow window = windowOn(ground.geo);
    if (pane.grid) pane.grid = std::make_shared<const RadarGrid>(partOf(*pane.grid, window));
    ground.geo = partOf(ground.geo, window);
    moveTo(window, pane.signs);
  }
  if (film_.frames.empty()) grounds_[index] = ground;
  pane.otherQuantity = ground.quantity != film_.quantity;
  if (!(ground == grounds_[index])) pane.grid.reset();  // a pane stays where it is
  return pane;
}

const CellWindow& DeskFilm::windowOn(const GeoReference& geo) {
  const auto known = std::ranges::find(windows_, geo, [](const auto& one) { return one.first; });
  if (known != windows_.end()) return known->second;
  windows_.emplace_back(geo, windowOf(geo, *desk_.state.seen));
  return windows_.back().second;
}

FigureOptions DeskFilm::look() const {
  FigureOptions look;
  look.towns = desk_.state.towns;
  look.places = desk_.state.layout.rects();
  look.panes = int(look.places.size());
  look.footnote = film_.footnote;
  look.colors = {desk_.state.safeColors};
  look.grounds = grounds_;
  look.legendParts.clear();
  for (const FigureFrame& frame : film_.frames)
    for (std::size_t i = 0; i < frame.panes.size(); ++i) {
      const LegendPart part{frame.panes[i].field, grounds_[i].quantity};
      if (std::ranges::find(look.legendParts, part) == look.legendParts.end())
        look.legendParts.push_back(part);
    }
  return look;
}

namespace {

/// Whether a pane needs this source: itself, or to compare it with others.
bool uses(const PaneContent& content, PaneSource source) {
  const bool compared = source == PaneSource::Extrapolation || source == PaneSource::Earthformer ||
                        source == PaneSource::Scenario;
  return content.source == source || (content.source == PaneSource::Disagreement && compared);
}

/// The scenarios that panes show members of, or something made of their members.
std::vector<std::shared_ptr<const ScenarioForecast>> scenariosIn(const Desk& desk) {
  std::vector<std::shared_ptr<const ScenarioForecast>> shown;
  for (const PaneSpec& pane : desk.state.layout.panes())
    for (const auto& content : {std::optional(pane.content), pane.minus}) {
      if (!content || !desk.scenarios || !uses(*content, PaneSource::Scenario)) continue;
      auto found = content->nSigma ? desk.scenarios->forFixed(*content->nSigma, 1)
                                   : desk.scenarios->forDial();
      if (found) shown.push_back(std::move(found));
    }
  return shown;
}

void addModel(std::vector<ReceiptModel>& models, const ReceiptModel& model) {
  if (std::ranges::find(models, model) == models.end()) models.push_back(model);
}

}  // namespace

bool DeskFilm::isShown(PaneSource source) const {
  return std::ranges::any_of(desk_.state.layout.panes(), [&](const PaneSpec& pane) {
    return uses(pane.content, source) || (pane.minus && uses(*pane.minus, source));
  });
}

Receipt DeskFilm::withModels(Receipt receipt) const {
  if (!desk_.context) return receipt;
  receipt.box = desk_.context->frames.geo.bounds();
  receipt.firstTime = isoText(desk_.context->frames.frames.front().validTime);
  receipt.runTime = isoText(desk_.context->runTime);
  receipt.contextId = desk_.context->hash;
  std::vector<ReceiptModel> models;
  for (const PaneSource source :
       {PaneSource::Persistence, PaneSource::Extrapolation, PaneSource::Earthformer}) {
    const auto found = desk_.deterministic.find(desk_.modelOf(source));
    if (found == desk_.deterministic.end() || !found->second || !isShown(source)) continue;
    receipt = withForecast(receipt, *found->second);
    addModel(models, {found->second->model, found->second->weightsHash});
  }
  if (desk_.stochastic && isShown(PaneSource::Stochastic))
    addModel(models, {desk_.stochastic->model, desk_.stochastic->weightsHash});
  std::set<double> n;
  for (const auto& shown : scenariosIn(desk_)) {
    receipt = withForecast(receipt, *shown);
    addModel(models, {shown->model, shown->weightsHash});
    n.insert(shown->request.nSigma.begin(), shown->request.nSigma.end());
    receipt.members = desk_.state.members;
    receipt.firstMember = 0;
  }
  if (!n.empty()) receipt.nSigma.assign(n.begin(), n.end());
  if (models.size() > 1) receipt.models = std::move(models);
  return receipt;
}

std::string DeskFilm::layoutText() const {
  DeskState asked = desk_.state;
  if (desk_.context) asked.runTime = desk_.context->runTime;
  return asked.pictureChoices().dump();
}

std::shared_ptr<DeskFilm> DeskFilm::activePaneAlone() const {
  Desk alone = desk_;
  const std::vector<PaneSpec> panes = desk_.state.layout.panes();
  const auto active = std::size_t(std::clamp(desk_.state.look.activePane, 0, int(panes.size()) - 1));
  alone.state.layout = PaneLayout(panes[active]);
  alone.time = looked_;
  return std::make_shared<DeskFilm>(alone);
}

std::pair<FigurePane, PaneGround> DeskFilm::activePane() const {
  const auto alone = withWholeMaps()->activePaneAlone();
  alone->desk_.time = looked_;
  FigurePane pane = alone->paneAt(0, alone->desk_.state.layout.panes().front());
  return {std::move(pane), alone->grounds_.front()};
}

std::shared_ptr<DeskFilm> DeskFilm::withWholeMaps() const {
  Desk whole = desk_;
  whole.state.seen.reset();
  whole.time = looked_;
  return std::make_shared<DeskFilm>(whole);
}

std::size_t DeskFilm::frameLookedAt() const {
  const auto gap = [this](std::size_t k) { return std::chrono::abs(times_[k] - looked_); };
  std::size_t best = 0;
  for (std::size_t k = 1; k < times_.size(); ++k)
    if (gap(k) < gap(best)) best = k;
  return best;
}

}  // namespace stormloom
