// What is on the desk becomes what is seen.
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QtConcurrent>
#include <algorithm>
#include <cmath>

#include "app/gui/actions.h"
#include "app/gui/export_tools.h"
#include "app/gui/labels.h"
#include "app/gui/main_window.h"
#include "app/gui/map_wall.h"
#include "app/gui/overlays.h"
#include "app/gui/readout.h"
#include "app/gui/scenario_controller.h"
#include "app/gui/scenario_panel.h"
#include "app/gui/time_bar.h"
#include "core/frame_picking.h"
#include "core/frame_words.h"
#include "core/model_box.h"

namespace stormloom {
namespace {

constexpr int kLightsMilliseconds = 120;

QString colored(const QColor& color, const QString& text) {
  return QString("<span style='color:%1'>%2</span>").arg(color.name(), text);
}

QString productName(const FrameSequence& sequence) {
  const std::string& text =
      sequence.event.empty() || sequence.synthetic ? sequence.product : sequence.event;
  return text.empty() ? QString::fromUtf8(quantityName(sequence.quantity).data())
                      : QString::fromStdString(text);
}

QString cellText(const FrameSequence& sequence) {
  if (sequence.frames.size() < 2) return QString::fromUtf8(unitText(sequence.quantity).data());
  return QObject::tr("%1, every %2 min")
      .arg(QString::fromUtf8(unitText(sequence.quantity).data()))
      .arg(stepMinutes(sequence), 0, 'g', 3);
}

QString townText(const std::vector<PlaceName>& places, LonLat at) {
  const PlaceName* near = placeNear(places, at);
  return near ? "   " + QString::fromStdString(placeWords(*near, at)) : QString();
}

/// Values made from another quantity are not called by the table's name: "VIL-like, from rain rate, 0-254".
std::string legendTitle(const PanePicture& picture) {
  const std::string& note = picture.sequence->scaleNote;
  const bool made = picture.kind == FieldKind::Radar && note.starts_with("VIL-like");
  return made ? note.substr(0, note.find(';')) + ", 0-254" : std::string();
}

void setChip(QLabel* chip, const QString& text) {
  chip->setText(text);
  chip->setVisible(!text.isEmpty());
}

/// A result as the scoring code of the command line takes it.
ResultFile asResult(const PaneContent& content, const std::vector<const FrameSequence*>& members,
                    ValidTime runTime, double dialSigma) {
  ResultFile result{"scenario", *members.front(), runTime, {}, {}};
  const double n =
      content.source == PaneSource::Scenario ? content.nSigma.value_or(dialSigma) : std::nan("");
  for (std::size_t i = 0; i < members.size(); ++i)
    result.members.push_back({n, int(i), *members[i], {}, {}});
  return result;
}

}  // namespace

void MainWindow::wireForecasts() {
  connect(controller_, &ScenarioController::forecastsChanged, this, [this] {
    desk_.failures.erase("scenario");
    if (!desk_.observed || !desk_.context) return;
    if (firstForecast_ && controller_->forDial() && desk_.time == desk_.context->runTime) {
      firstForecast_ = false;
      rebuildTimes();
      return seek(times_->current() + 2, false);  // the forecast is what one came for
    }
    rebuildTimes();
  });
  connect(controller_, &ScenarioController::failed, this,
          [this](const QString& sentence) { explain("scenario", sentence); });
  connect(controller_, &ScenarioController::busyChanged, this, [this](bool busy) {
    panel_->setWork(busy, controller_->isStopped());
    wall_->setWork(busy ? 0.02 : -1.0);
  });
  connect(controller_, &ScenarioController::stoppedChanged, this, [this] {
    panel_->setWork(controller_->isBusy(), controller_->isStopped());
    showDesk();
  });
  connect(source_, &ForecastSource::earlyFrame, controller_, &ScenarioController::takeEarlyFrame);
  connect(source_, &ForecastSource::progress, this, [this](double share) {
    if (controller_->isBusy()) wall_->setWork(share);
  });
  connect(source_, &ForecastSource::deterministicReady, this,
          [this](const QString& hash, const QString& model,
                 std::shared_ptr<const DeterministicForecast> forecast) {
            forecastsBeside(hash.toStdString()).deterministic[model.toStdString()] = std::move(forecast);
            onForecastBeside(hash.toStdString());
          });
  connect(source_, &ForecastSource::stochasticReady, this,
          [this](const QString& hash, std::shared_ptr<const ScenarioForecast> forecast) {
            forecastsBeside(hash.toStdString()).stochastic = std::move(forecast);
            onForecastBeside(hash.toStdString());
          });
  connect(source_, &ForecastSource::deterministicFailed, this,
          [this](const QString& hash, const QString& model, const QString& sentence) {
            if (desk_.context && hash.toStdString() == desk_.context->hash)
              explain(model, sentence);
          });
  connect(wall_, &MapWall::cursorMoved, this, [this](int pane, double lon, double lat) {
    showCursor(pane, {lon, lat});
  });
  connect(wall_, &MapWall::cursorLeft, this, [this] {
    for (int i = 0; i < wall_->count(); ++i) wall_->scene(i).setCursor(std::nullopt);
    readout_->clear();
    wall_->update();
  });
  connect(&playing_, &QTimer::timeout, this, [this] { step(1); });
  lightsTimer_.setSingleShot(true);
  lightsTimer_.setInterval(kLightsMilliseconds);
  connect(&lightsTimer_, &QTimer::timeout, this, [this] {
    showLights();
    exports_->deskChanged();
    if (drawer_->isShowing(Drawer::Page::Scores)) showScores();
  });
  connect(drawer_, &Drawer::scoresAsked, this, &MainWindow::showScores);
  connect(&scoring_, &QFutureWatcher<std::vector<ScoreRow>>::finished, this,
          [this] { drawer_->setScores(scoring_.result(), tr("Nothing to score.")); });
}

void MainWindow::explain(const QString& model, const QString& sentence) {
  desk_.failures[model.toStdString()] = sentence.toStdString();
  banner_->say(model == "scenario" ? tr("No scenario: %1").arg(sentence)
                                   : tr("No %1 forecast: %2").arg(model, sentence));
  if (desk_.observed) showDesk();
}

void MainWindow::rebuildTimes() {
  std::vector<TimeCell> cells;
  std::vector<ValidTime> leads;
  if (!desk_.observed || desk_.observed->frames.empty()) return;
  const ValidTime now =
      desk_.context ? desk_.context->runTime : desk_.observed->frames.back().validTime;
  for (int i = 0; desk_.context && i < desk_.context->grid.targetFrames; ++i)
    leads.push_back(desk_.timeOfFrame(i));
  for (const Frame& frame : desk_.observed->frames) {
    const bool covered =
        !leads.empty() && frame.validTime > now && frame.validTime <= leads.back() + seconds(60);
    if (!covered)
      cells.push_back({frame.validTime, desk_.observed->provenance == Provenance::Forecast,
                       desk_.observed->synthetic, frame.stillFraction});
  }
  for (const ValidTime time : leads) cells.push_back({time, true, false, 0.0});
  std::ranges::sort(cells, {}, &TimeCell::time);
  times_->setCells(std::move(cells), now);
  const auto& shown = times_->cells();
  const auto nearest = std::ranges::min_element(shown, {}, [this](const TimeCell& cell) {
    return std::abs((cell.time - desk_.time).count());
  });
  seek(int(nearest - shown.begin()), false);
}

void MainWindow::seek(int index, bool byHand) {
  if (times_->cells().empty()) return;
  index = std::clamp(index, 0, int(times_->cells().size()) - 1);
  times_->setCurrent(index);
  desk_.time = times_->cells()[std::size_t(index)].time;
  showDesk();
  if (!byHand || playing_.isActive()) return;
  DeskState next = desk_.state;
  next.time = desk_.time;
  next.look = lookOfDesk();
  const QString label = tr("Time %1").arg(QString::fromStdString(clockText(desk_.time)));
  const bool newStep = history_.record(label.toStdString(), next, "time");
  desk_.state = next;
  keepInJournal(newStep);
  showChoices();
}

void MainWindow::step(int by) {
  const int count = int(times_->cells().size());
  if (count == 0) return;
  int next = times_->current() + by;
  if (playing_.isActive() && next >= count) {
    if (!looping_) return play(false);
    next = 0;
  }
  seek(next, !firstForecast_);
}

void MainWindow::play(bool on) {
  playButton_->setText(on ? tr("Pause") : tr("Play"));
  if (on)
    playing_.start(1000 / std::max(1, speed_->currentData().toInt()));
  else
    playing_.stop();
}

std::shared_ptr<const MapGround> MainWindow::groundOf(const GeoReference& geo) {
  for (const auto& ground : grounds_)
    if (ground->frame.geo() == geo) return ground;
  if (baseMap_.empty()) baseMap_ = loadBaseMap();
  grounds_.push_back(makeMapGround(baseMap_, geo, places_));
  return grounds_.back();
}

// Near the box all panes lie on its plane, whatever projection their grids have, and of a large
// observation the cells around it are drawn as they are; far out the observation's own plane is
// taken, and the rest of the world is drawn coarser.
void MainWindow::chooseObservation() {
  const auto view = wall_->view();
  desk_.wide = false;
  if (!view || !desk_.context) return;
  const MapFrame box(desk_.context->frames.geo);
  const MapPoint center = box.mapFromLonLat(view->center);
  const bool aside =
      std::abs(center.east) > 0.6 * box.widthKm() || std::abs(center.north) > 0.6 * box.heightKm();
  desk_.wide = aside || !std::isfinite(center.east) ||
               view->kmPerPixel * wall_->paneRect(0).width() > 2.2 * box.widthKm();
}

bool MainWindow::isOnLight() const { return Theme::of(*this).ground.lightness() > 128; }

const GeoReference& MainWindow::plane() const {
  return desk_.context && !desk_.wide ? desk_.context->frames.geo : desk_.drawn->geo;
}

bool MainWindow::isBoxOutOfSight() const {
  const auto view = wall_->view();
  if (!view || !desk_.context) return false;
  const MapFrame box(desk_.context->frames.geo);
  const MapPoint center = box.mapFromLonLat(view->center);
  const QRect pane = wall_->paneRect(0);
  return std::abs(center.east) > 0.5 * (box.widthKm() + view->kmPerPixel * pane.width()) ||
         std::abs(center.north) > 0.5 * (box.heightKm() + view->kmPerPixel * pane.height());
}

void MainWindow::showPanes() {
  chooseObservation();
  const auto panes = desk_.state.layout.panes();
  shown_.resize(panes.size());
  std::vector<PictureNote> notes;
  for (const DeskNote& note : desk_.state.notes)
    if (note.time == desk_.time) notes.push_back({note.place, note.text});
  std::optional<GeoReference> box;
  if (desk_.context) {  // under the hand it is ahead of the context
    const GeoReference& geo = desk_.context->frames.geo;
    box = desk_.state.box ? boxMovedTo(geo, *desk_.state.box) : geo;
  }
  const auto ground = groundOf(plane());
  const bool onLight = isOnLight();
  const MapRegion& region = desk_.state.region;
  const std::string place = region.isPlace() ? nameOf(region.outline.front()).toStdString() : "";
  std::vector<const ColorTable*> legends;
  for (std::size_t i = panes.size(); i-- > 0;) {
    PanePicture picture = pictures_.make(panes[i], desk_);
    if (!picture.grid) continue;
    RadarScene& scene = wall_->scene(int(i));
    const ColorTable& table = fieldTable(picture.kind, picture.sequence->quantity,
                                         {desk_.state.safeColors, desk_.seenBy, onLight});
    scene.setGround(ground);
    scene.setTownsShown(desk_.state.towns);
    scene.setBox(box);
    scene.setFrame(picture.grid, picture.sequence->geo, table, legendTitle(picture));
    scene.setSigns(picture.signs);
    scene.setRegion(region, place);
    scene.setControlArea(desk_.controlMask ? desk_.state.within : MapRegion());
    scene.setNotes(notes);
    scene.setCaption(picture.caption);
    // One legend for each table, in the last pane that has it.
    const bool explained = std::ranges::find(legends, &table) != legends.end();
    scene.setLegendShown(!explained);
    if (!explained) legends.push_back(&table);
    shown_[i] = std::move(picture);
  }
  wall_->refit();
  wall_->sayCursorAgain();
}

void MainWindow::showDesk() {
  if (!desk_.observed) return;
  controller_->setLeadShown(leadShown());
  showPanes();
  showFacts();
  showPanel();
  showPlace();
  showAlongDial();
  lightsTimer_.start();
}

void MainWindow::showFacts() {
  const Theme& theme = Theme::of(*this);
  const FrameSequence& observed = *desk_.observed;
  eventText_->setFacts(productName(observed),
                       (observed.synthetic ? tr("synthetic, ") : QString()) + cellText(observed),
                       observed.synthetic ? theme.synthetic : theme.quiet);
  eventText_->setToolTip(productName(observed) + ", " + cellText(observed));
  runText_->setText(
      desk_.context
          ? tr("run %1 %2 UTC")
                .arg(QString::fromStdString(isoText(desk_.context->runTime).substr(0, 10)),
                     QString::fromStdString(clockText(desk_.context->runTime)))
          : QString());
  validText_->setText(QString::fromStdString(clockText(desk_.time)) + " UTC");
  const bool forecast = desk_.isForecastTime();
  kindText_->show();
  kindText_->setText(
      desk_.isBeyondForecast()
          ? colored(theme.quiet, tr("beyond the forecast, which ends at +%1 min")
                                     .arg(desk_.context->grid.stepMinutes * desk_.context->grid.targetFrames))
      : forecast           ? colored(theme.forecast,
                                     tr("forecast %1 min").arg(signedText(double(desk_.leadMinutes()), 0)))
      : observed.synthetic ? colored(theme.synthetic, tr("observed (synthetic)"))
      : observed.provenance == Provenance::Forecast
          ? colored(theme.forecast, tr("forecast as received"))
          : colored(theme.observed, tr("observed")));
  const auto early = controller_->earlyForDial();
  const bool earlyIsShown =
      early && nearestFrame(early->members.front().frames, desk_.time, seconds(60)).has_value();
  const auto dial = earlyIsShown ? early : controller_->forDial();  // what the frame on the screen is of
  const bool preview = dial && dial->request.quality == Quality::Preview;
  if (dial) lastDevice_ = QString::fromStdString(dial->device);
  setChip(
      modelChip_,
      dial ? tr("PreDiff %1 steps, %2").arg(dial->steps).arg(preview ? tr("preview") : tr("full"))
      : desk_.failures.contains("scenario") ? tr("no PreDiff")
      : controller_->isBusy()               ? tr("PreDiff: computing")
      : controller_->isStopped()            ? tr("PreDiff: stopped")
                                            : tr("PreDiff: none yet"));
  setChip(seedChip_, tr("Seed %1").arg(desk_.state.seed));
  // A blend of two others took no time worth a number.
  const QString& device = lastDevice_;
  setChip(deviceChip_, dial && dial->secondsTaken > 0.0
                           ? tr("%1, %2 s").arg(device).arg(dial->secondsTaken, 0, 'f', 2)
                           : device);
  dialChip_->setText(desk_.state.bend.empty() ? tr("n %1 σ").arg(signedText(desk_.state.nSigma))
                                              : tr("n bent"));
  arrange();
  fromHere_->setEnabled(!forecast);
  words_->setText(lookNow());
  wall_->setAccessibleDescription(words_->text());
}

QString MainWindow::lookNow() const {
  const auto pane = std::size_t(wall_->activePane());
  if (pane >= shown_.size() || !shown_[pane].grid) return {};
  const PanePicture& picture = shown_[pane];
  const QString title = QString::fromStdString(picture.caption.title);
  if (picture.kind != FieldKind::Radar || picture.sequence->quantity != Quantity::VilDigital)
    return tr("%1, %2").arg(title, QString::fromStdString(picture.caption.validTime));
  // The picture may stand for another time, or be the one before: its caption says so.
  if (picture.caption.dimmed)
    return tr("%1: %2").arg(title, QString::fromStdString(picture.caption.lead));
  const bool isForecast = picture.caption.kind == PictureCaption::Kind::Forecast ||
                          picture.caption.kind == PictureCaption::Kind::Preview;
  const auto lead =
      isForecast && desk_.isForecastTime() ? std::optional(desk_.leadMinutes()) : std::nullopt;
  const QString when = lead ? QString() : ", " + QString::fromStdString(picture.caption.validTime);
  return title + when + ": " +
         QString::fromStdString(frameWords(*picture.grid, desk_.state.threshold, lead));
}

/// Index of the forecast frame shown; -1: an observed time.
int MainWindow::leadShown() const {
  if (!desk_.isForecastTime()) return -1;
  return int(std::ranges::count_if(
             times_->cells(),
             [this](const TimeCell& cell) { return cell.forecast && cell.time <= desk_.time; })) -
         1;
}

void MainWindow::showPanel() {
  PanelContent content;
  content.context = desk_.context;
  content.forecast = controller_->forDial();
  content.ensemble = desk_.state.members > 1 ? controller_->ensemble() : nullptr;
  if (desk_.state.showTruth && desk_.truth && !desk_.truth->frames.empty())
    content.truth = desk_.truth;
  std::vector<ScenarioMember> sweep;
  for (const auto& forecast : controller_->sweep())
    if (forecast->request.quality == Quality::Full) sweep.push_back(forecast->members.front());
  if (content.forecast) content.reach = dialReach(sweep, content.forecast->anticipated);
  if (content.forecast && content.forecast->request.quality == Quality::Full)
    content.notReached = QString::fromStdString(
        unreachedSentence(content.forecast->members.front(), content.forecast->anticipated,
                          desk_.context->grid.stepMinutes));
  content.secondsPerMember = controller_->secondsPerMember();
  content.lead = leadShown();
  panel_->setContent(std::move(content));
}

// Only for the exact forecast: a preview is no reason to believe anything.
void MainWindow::showLights() {
  const auto dial = controller_->forDial();
  if (!desk_.context || !dial || dial->members.empty()) {
    lightsOf_.clear();
    return panel_->setNoLights(desk_.failures.contains("scenario")
                                   ? tr("There is no scenario to judge. The banner says why.")
                                   : tr("The reasons come with the first forecast."));
  }
  if (dial->request.quality == Quality::Preview) {
    lightsOf_.clear();  // the reasons of another n would be believed of this one
    return panel_->setNoLights(
        controller_->isStopped()
            ? tr("What is drawn is a preview, and the full forecast was stopped.")
            : tr("What is drawn is a preview. The reasons come with the full forecast."));
  }
  const QString about = QString("%1/%2/%3/%4")
                            .arg(QString::fromStdString(desk_.context->hash))
                            .arg(dial->id)
                            .arg(dial->request.nSigma.front())
                            .arg(Theme::of(*this).dark);
  if (about == lightsOf_) return;
  lightsOf_ = about;
  panel_->setLights(
      plausibilityOf(*desk_.context, dial->members.front(), dial->anticipated, dial->trained));
}

void MainWindow::showScores() {
  if (!desk_.context || !desk_.truth || desk_.truth->frames.empty())
    return drawer_->setScores(
        {},
        tr("Nothing was observed after the run time yet, so there is nothing to compare with."));
  if (!desk_.state.showTruth)
    return drawer_->setScores(
        {}, tr("What was observed afterwards is hidden. Show it (T) to see the scores."));
  if (scoring_.isRunning()) return;
  std::vector<std::pair<QString, ResultFile>> asked;
  for (const PaneSpec& pane : desk_.state.layout.panes()) {
    if (pane.content.source == PaneSource::Observed ||
        pane.content.source == PaneSource::Disagreement)
      continue;
    const auto [members, standIn] = pictures_.forecastsOf(pane.content, desk_);
    QString name = QString::fromStdString(contentTitle(
        pane.content, standIn ? standIn->nSigma : desk_.state.nSigma, desk_.state.threshold));
    const auto dial = controller_->forDial();
    const bool ofDial = pane.content.source == PaneSource::Scenario && !pane.content.nSigma;
    if (standIn)
      name += standIn->bent ? tr(", bent as before") : tr(", as before");
    else if (ofDial && !desk_.dialCommand().empty())
      name += tr(", bent");
    if (ofDial && !standIn && dial && dial->request.quality == Quality::Preview) name += tr(", preview");
    const bool known =
        std::ranges::any_of(asked, [&](const auto& one) { return one.first == name; });
    if (!members.empty() && !known)
      asked.emplace_back(
          name, asResult(pane.content, members, desk_.context->runTime,
                         standIn ? standIn->nSigma : desk_.state.nSigma));
  }
  scoring_.setFuture(QtConcurrent::run([asked = std::move(asked), truth = desk_.truth] {
    std::vector<ScoreRow> rows;
    for (const auto& [name, result] : asked) {
      ScoreRow row{name, {}};
      for (LeadScores& lead : verifyForecast(result, *truth))
        if (lead.member == 0) row.leads.push_back(std::move(lead));
      rows.push_back(std::move(row));
    }
    return rows;
  }));
}

/// Kept for the last contexts: whoever goes back to one finds what was forecast beside the scenarios.
MainWindow::ForecastsBeside& MainWindow::forecastsBeside(const std::string& context) {
  constexpr std::size_t kKept = 6;
  for (auto& [hash, forecasts] : beside_)
    if (hash == context) return forecasts;
  if (beside_.size() == kKept) beside_.pop_front();
  return beside_.emplace_back(context, ForecastsBeside{}).second;
}

void MainWindow::takeForecastsBeside() {
  const ForecastsBeside& known = forecastsBeside(desk_.context->hash);
  desk_.deterministic = known.deterministic;
  desk_.stochastic = known.stochastic;
}

void MainWindow::onForecastBeside(const std::string& context) {
  if (!desk_.context || context != desk_.context->hash) return;
  takeForecastsBeside();
  showDesk();
}

void MainWindow::showCursor(int pane, LonLat place) {
  cursor_ = place;
  for (int i = 0; i < int(shown_.size()) && i < wall_->count(); ++i)
    wall_->scene(i).setCursor(place,
                              readoutText(shown_[std::size_t(i)], place, false).toStdString());
  if (pane < int(shown_.size()))
    readout_->setText(readoutText(shown_[std::size_t(pane)], place, true) +
                      townText(places_, place));
  wall_->update();
}

}  // namespace stormloom
