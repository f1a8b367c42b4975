// What a place or an area may expect, and how likely it is along the dial.
#include <QAction>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/gui/actions.h"
#include "app/gui/curve_chart.h"
#include "app/gui/main_window.h"
#include "app/gui/map_wall.h"
#include "app/gui/overlays.h"
#include "app/gui/readout.h"
#include "app/gui/scenario_controller.h"
#include "app/gui/scenario_panel.h"
#include "core/model_box.h"

namespace stormloom {
namespace {

constexpr double kSweep[] = {-4, -3, -2, -1, 0, 1, 2, 3, 4};

std::vector<QPointF> highestPoints(const RegionSeries& series, ValidTime runTime) {
  std::vector<QPointF> points;
  for (const RegionMoment& moment : series)
    points.emplace_back(double((moment.time - runTime).count()) / 60.0, moment.highest);
  return points;
}

std::vector<const FrameSequence*> framesOf(const ScenarioForecast& forecast) {
  std::vector<const FrameSequence*> frames;
  for (const ScenarioMember& member : forecast.members) frames.push_back(&member.frames);
  return frames;
}

/// Room for all that is drawn and the threshold.
double highestShown(const ChartContent& chart, double threshold) {
  double highest = std::max(160.0, 1.15 * threshold);
  for (const ChartContent::Curve& curve : chart.curves)
    for (const QPointF& point : curve.points)
      if (std::isfinite(point.y())) highest = std::max(highest, 1.04 * point.y());
  return highest;
}

/// The cells asked about: those of the place or area, else all.
std::vector<std::size_t> cellsAskedAbout(const MapRegion& region, const GeoReference& geo) {
  if (!region.outline.empty()) return cellsInRegion(region, geo);
  std::vector<std::size_t> all(std::size_t(geo.width()) * std::size_t(geo.height()));
  std::iota(all.begin(), all.end(), std::size_t(0));
  return all;
}

}  // namespace

void MainWindow::showPlace() {
  const MapRegion& region = desk_.state.region;
  if (region.outline.empty() || !desk_.context) return panel_->clearPlace();
  using Curve = ChartContent::Curve;
  const ValidTime now = desk_.context->runTime;
  const auto cells = cellsInRegion(region, desk_.context->frames.geo);
  ChartContent chart;
  chart.title =
      region.isPlace() ? tr("value at the place, 0–254") : tr("strongest value in the area, 0–254");
  const double step = desk_.context->grid.stepMinutes;
  chart.firstMinute = -step * double(desk_.context->frames.frames.size() - 1);
  chart.lastMinute = step * desk_.context->grid.targetFrames;
  chart.level = desk_.state.threshold;
  chart.curves.push_back(
      {highestPoints(regionSeries(desk_.context->frames, cells), now), Curve::Color::Observed, 2});
  if (desk_.truth && desk_.state.showTruth)
    chart.curves.push_back(
        {highestPoints(regionSeries(*desk_.truth, cells), now), Curve::Color::Observed, 1.5, true});
  const auto extrapolated = pictures_.forecastsOf({PaneSource::Extrapolation}, desk_).members;
  for (const FrameSequence* forecast : extrapolated)
    chart.curves.push_back(
        {highestPoints(regionSeries(*forecast, cells), now), Curve::Color::Quiet, 1, true});
  const auto dial = controller_->forDial();
  auto forecasts = pictures_.forecastsOf({PaneSource::Scenario, PaneProduct::Mean}, desk_);
  const bool othersWait = desk_.state.members > 1 && (forecasts.members.empty() || forecasts.standIn);
  // One future of this command says more than many of another.
  if (forecasts.members.empty() || (forecasts.standIn && dial))
    forecasts = pictures_.forecastsOf({PaneSource::Scenario}, desk_);
  const auto& members = forecasts.members;
  const bool isPreview = members.size() == 1 && dial && dial->request.quality == Quality::Preview;
  const RegionForecast forecast = regionForecast(members, region, desk_.state.threshold);
  for (const RegionSeries& series : forecast.members)
    chart.curves.push_back(
        {highestPoints(series, now), Curve::Color::Forecast, members.size() > 1 ? 1.0 : 2.0});
  if (desk_.isForecastTime()) chart.minuteShown = double(desk_.leadMinutes());
  chart.highest = highestShown(chart, desk_.state.threshold);
  QString words;
  if (desk_.isForecastTime() && !desk_.isBeyondForecast())
    words = "<b>" + QString::fromStdString(regionWordsAt(forecast, desk_.time)).toHtmlEscaped() +
            (isPreview ? tr(" (preview)") : QString()) + "</b><br>";
  words = supposition(forecasts.standIn) + words;
  words += tr("Until +%1 min%2: %3")
               .arg(chart.lastMinute)
               .arg(isPreview ? tr(", preview") : QString())
               .arg(QString::fromStdString(regionWords(forecast)).toHtmlEscaped());
  if (othersWait && !controller_->isStopped())
    words += tr("<br>%1 members of this command are being computed.").arg(desk_.state.members);
  if (!extrapolated.empty())
    words += tr("<br>Extrapolation: %1")
                 .arg(QString::fromStdString(
                     regionWords(regionForecast(extrapolated, region, desk_.state.threshold))));
  const QString heading = region.isPlace() ? nameOf(region.outline.front()).toUpper()
                                           : tr("IN THE AREA, %1 CELLS").arg(cells.size());
  panel_->setPlace(heading, words, chart);
}

/// What the numbers of a place hold for; nothing where nothing is commanded.
QString MainWindow::supposition(const std::optional<PanePictures::StandIn>& standIn) const {
  if (standIn)
    return tr("<b>Still for %1</b>, until the command is computed:<br>")
        .arg(standIn->bent ? tr("the bend before") : signedText(standIn->nSigma) + " σ");
  const QString where = desk_.controlMask ? tr("the area") : tr("the box");
  if (!desk_.state.bend.empty()) return tr("Supposing %1 gets what the bent command says:<br>").arg(where);
  if (desk_.state.nSigma == 0.0) return {};
  return tr("Supposing %1 gets %2 (%3 σ):<br>")
      .arg(where, QString::fromStdString(intensityWords(desk_.state.nSigma)), signedText(desk_.state.nSigma));
}

QString MainWindow::nameOf(LonLat at) const {
  const PlaceName* near = placeNear(places_, at);
  return near ? QString::fromStdString(placeWords(*near, at)) : placeText(at);
}

void MainWindow::askAboutTown() {
  asker_->ask(tr("Name of a town"), [this](const QString& name) {
    const auto box =
        desk_.context ? std::optional(desk_.context->frames.geo.bounds()) : std::nullopt;
    const PlaceName* town = placeNamed(places_, name.trimmed().toStdString(), box);
    if (!town)
      return banner_->say(tr("No town of 30 000 people or more is called “%1”. Click on the map "
                             "instead.")
                              .arg(name));
    change(tr("Place %1").arg(QString::fromStdString(town->name)),
           [town](DeskState& state) { state.region = {{town->at}}; });
    if (desk_.context) showIfOutside(*town);
  });
}

bool MainWindow::isSeenByRadar(LonLat at) const {
  const FrameSequence& radar = *desk_.observed;
  const RadarGrid* newest = radar.frames.empty() ? nullptr : radar.frames.back().grid.get();
  if (!newest || !holds(radar.geo, at)) return false;
  const CellPoint cell = radar.geo.cellFromLonLat(at);
  return newest->state(int(cell.row), int(cell.col)) != CellState::OutsideCoverage;
}

/// A town that the models' box does not hold is shown, with the way to put the box there.
void MainWindow::showIfOutside(const PlaceName& town) {
  if (holds(desk_.context->frames.geo, town.at)) return;
  wall_->setView({town.at, wall_->scene(0).view().kmPerPixel});
  Q_EMIT wall_->viewChanged();
  if (!isSeenByRadar(town.at))
    return banner_->say(tr("No radar of these files sees %1: nothing can be said about it.")
                            .arg(QString::fromStdString(town.name)));
  banner_->tell(tr("%1 lies outside the models' box. %2 puts the box around it.")
                    .arg(QString::fromStdString(town.name),
                         actions_->find("boxPlace")->shortcut().toString()));
}

/// Chances of the threshold at the n that have an ensemble. Counted once: it takes longer than a
/// frame may while the dial moves.
const std::vector<MainWindow::DialChance>& MainWindow::chancesAlongDial() {
  std::vector<std::shared_ptr<const ScenarioForecast>> ensembles;
  QString about = QString("%1").arg(desk_.state.threshold);
  for (const LonLat& corner : desk_.state.region.outline)
    about += QString("/%1,%2").arg(corner.lon, 0, 'g', 10).arg(corner.lat, 0, 'g', 10);
  for (const double n : kSweep) {
    auto found = controller_->forFixed(n, desk_.state.members);
    if (!found || found->request.quality != Quality::Full || found->members.size() < 2) continue;
    about += QString("/%1:%2:%3").arg(found->id).arg(n).arg(found->members.size());
    ensembles.push_back(std::move(found));
  }
  if (about == chancesOf_) return chances_;
  chancesOf_ = about;
  chances_.clear();
  const auto cells = cellsAskedAbout(desk_.state.region, desk_.context->frames.geo);
  for (const auto& one : ensembles)
    chances_.push_back({one->request.nSigma.front(),
                        chanceOfReaching(framesOf(*one), cells, desk_.state.threshold),
                        int(one->members.size())});
  return chances_;
}

void MainWindow::showAlongDial() {
  if (!desk_.state.alongDial || !desk_.context) return panel_->clearAlongDial();
  ChartContent chart;
  const QString level = QString::number(desk_.state.threshold, 'f', 0);
  const MapRegion& region = desk_.state.region;
  const QString where = region.isPlace()  ? tr("at the place")
                        : region.isArea() ? tr("somewhere in the area")
                                          : tr("somewhere in the box");
  chart.title = tr("chance of %1 or more %2, at any time, %").arg(level, where);
  chart.firstMinute = -4;
  chart.lastMinute = 4;
  chart.highest = 100;
  chart.minuteShown = desk_.state.nSigma;
  for (int n = -4; n <= 4; n += 2)
    chart.ticks.push_back({double(n), signedText(n, 0) + (n == 0 ? " σ" : "")});
  ChartContent::Curve curve{{}, ChartContent::Curve::Color::Forecast, 2, false, true};
  QStringList words;
  int members = 0;
  for (const DialChance& chance : chancesAlongDial()) {
    curve.points.emplace_back(chance.nSigma, chance.percent);
    words << tr("%1 % at %2 σ").arg(chance.percent, 0, 'f', 0).arg(signedText(chance.nSigma, 0));
    members = members ? std::min(members, chance.members) : chance.members;
  }
  chart.curves.push_back(curve);
  QString text = tr("Two members or more are needed to speak of chances.");
  if (desk_.state.members >= 2)
    text = words.isEmpty() ? controller_->isStopped() ? tr("Stopped; nothing of it was computed yet.")
                                                      : tr("Being computed, one intensity after the other.")
                           : tr("%1 (%2 members each).").arg(words.join(", ")).arg(members);
  panel_->setAlongDial(text, chart);
}

}  // namespace stormloom
