// What the dial's panel says about the forecast it is given.
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <cmath>

#include "app/gui/command_chart.h"
#include "app/gui/intensity_dial.h"
#include "app/gui/scenario_panel.h"
#include "app/gui/theme.h"
#include "core/box_mean.h"
#include "core/control_command.h"

namespace stormloom {
namespace {

using Curve = ChartContent::Curve;
constexpr double kScale = 255.0;  ///< frame means come in [0, 1]

std::vector<QPointF> pointsOf(const std::vector<double>& means, double step, double anchor) {
  std::vector<QPointF> points{{0, anchor}};
  for (std::size_t i = 0; i < means.size(); ++i)
    points.emplace_back(step * double(i + 1), kScale * means[i]);
  return points;
}

std::vector<double> commandedMeans(const AnticipatedIntensity& expected, double n) {
  std::vector<double> means;
  for (std::size_t i = 0; i < expected.mu.size(); ++i)
    means.push_back(expected.commanded(int(i), n));
  return means;
}

std::vector<QPointF> observedPoints(const FrameSequence& frames, ValidTime runTime) {
  std::vector<QPointF> points;
  for (const Frame& frame : frames.frames)
    points.emplace_back(double((frame.validTime - runTime).count()) / 60.0, meanOfBox(*frame.grid));
  return points;
}

void addFan(ChartContent& chart, const AnticipatedIntensity& expected, double step, double anchor) {
  for (const double n : {4.0, 2.0, 1.0})
    chart.bands.push_back({pointsOf(commandedMeans(expected, n), step, anchor),
                           pointsOf(commandedMeans(expected, -n), step, anchor)});
  chart.curves.push_back(
      {pointsOf(commandedMeans(expected, 0), step, anchor), Curve::Color::Quiet, 1, true});
  chart.highest =
      std::max(chart.highest, 1.05 * kScale * expected.commanded(int(expected.mu.size()) - 1, 4.0));
}

}  // namespace

double ScenarioPanel::intensity() const { return slider_->value() / 10.0; }

void ScenarioPanel::setIntensity(double nSigma) {
  const QSignalBlocker quiet(slider_);
  slider_->setValue(int(std::lround(nSigma * 10)));
  slider_->update();
  showWords();
}

void ScenarioPanel::setControl(const std::vector<double>& bend, bool limited) {
  bend_ = bend;
  limited_ = limited;
  straighten_->setEnabled(!bend.empty());
  inside_->setChecked(limited);
  QStringList how;
  if (limited) how << tr("Only inside the drawn area.");
  if (!bend.empty()) how << tr("Bent by hand; double-click a dot to put it back.");
  control_->setText(how.join(' '));
  control_->setVisible(!how.isEmpty());
  showWords();
}

double ScenarioPanel::commandAt(int lead) const {
  const auto command = bentCommand(intensity(), bend_, std::size_t(lead) + 1);
  return command.empty() ? intensity() : command.back();
}

void ScenarioPanel::bendTo(int lead, double nSigma) {
  const double to = std::round(10 * std::clamp(nSigma, -4.0, 4.0)) / 10;
  if (to != commandAt(lead)) Q_EMIT leadBent(lead, to);
}

void ScenarioPanel::setChoices(quint64 seed, int members, double threshold) {
  const QSignalBlocker quietSeed(seed_), quietMembers(members_), quietThreshold(threshold_);
  if (!isTyping(seed_)) seed_->setValue(int(seed));
  if (!isTyping(threshold_)) threshold_->setValue(threshold);
  if (isTyping(members_)) return;
  members_->setValue(members);
  showMembers(members);
}

void ScenarioPanel::onSlider(int tenths) {
  showWords();
  showNumbers();
  showChart();
  Q_EMIT intensityChanged(tenths / 10.0);
}

void ScenarioPanel::showWords() {
  const double n = intensity();
  big_->setText(signedText(n) + " σ");
  QString words = QString::fromStdString(intensityWords(n));
  if (!bend_.empty()) {
    QStringList each;
    const std::vector<double> command = bentCommand(n, bend_, bend_.size());
    for (const double lead : command) each << signedText(lead);
    const auto [least, most] = std::ranges::minmax(command);
    words = tr("bent by hand\n%1 to %2 σ").arg(signedText(least), signedText(most));
    chart_->setAccessibleDescription(tr("Bent command in sigma: %1").arg(each.join(", ")));
  } else {
    chart_->setAccessibleDescription(tr("The same command for all lead times"));
  }
  if (bend_.empty() && n == 0.0) words += tr("\nnothing is commanded");
  words_->setText(words.replace(", about", "\nabout").remove(" forecasts"));
  words_->setToolTip(tr("How rare such rain is among the forecasts that the models were trained on"));
  slider_->setAccessibleDescription(signedText(n) + tr(" sigma, ") + words);
}

// What is expected depends on the context alone: fan and handles stay while a command is computed.
void ScenarioPanel::setContent(PanelContent content) {
  ofThisCommand_ = content.forecast != nullptr;
  const bool sameContext =
      content.context && content_.context && content.context->hash == content_.context->hash;
  if (!content.forecast && sameContext) content.forecast = content_.forecast;
  content_ = std::move(content);
  slider_->setReach(content_.reach.lowest, content_.reach.highest);
  showNumbers();
  showChart();
  showMade();
}

void ScenarioPanel::showNumbers() {
  const QString none = QStringLiteral("–");
  QString asked = none, got = none;
  std::optional<double> achieved;
  bool isFree = false;  // 0 sigma: nothing is pulled
  if (content_.forecast && !content_.forecast->members.empty() &&
      !content_.forecast->members.front().achieved.empty()) {
    const ScenarioMember& member = content_.forecast->members.front();
    const AnticipatedIntensity& expected = content_.forecast->anticipated;
    const int last = int(std::min(member.achieved.size(), expected.mu.size())) - 1;
    const int lead = content_.lead >= 0 && content_.lead <= last ? content_.lead : last;
    if (lead >= 0) {
      // Inside an area alone the command is about its cells; the engine says what that makes of
      // all.
      const double mean = member.achieved[std::size_t(lead)];
      isFree = !limited_ && commandAt(lead) == 0.0;
      const double whole = !limited_ ? expected.commanded(lead, commandAt(lead))
                           : ofThisCommand_ && std::size_t(lead) < member.commanded.size()
                               ? member.commanded[std::size_t(lead)]
                               : NAN;
      if (std::isfinite(whole)) asked = QString::number(kScale * whole, 'f', 1);
      if (ofThisCommand_) got = QString::number(kScale * mean, 'f', 1);
      if (!limited_ && ofThisCommand_) achieved = expected.nSigmaOf(lead, mean);
    }
  }
  commanded_->setText((isFree ? tr("Expected <b>%1</b>") : tr("Commanded <b>%1</b>")).arg(asked));
  commanded_->setToolTip(
      isFree ? tr("0 σ commands nothing: the forecast is left as the model draws it.") : QString());
  // A preview is made to have the intensity; whether the model achieves it is not known yet.
  const bool preview =
      ofThisCommand_ && content_.forecast && content_.forecast->request.quality == Quality::Preview;
  achieved_->setText(
      (preview ? tr("Preview <b>%1</b>%2") : tr("Achieved <b>%1</b>%2"))
          .arg(got, achieved ? QString(" (%1 σ)").arg(signedText(*achieved)) : QString()));
  slider_->setAchieved(achieved);
  QString reach = bend_.empty() && !limited_ ? QString::fromStdString(content_.reach.sentence)
                                             : content_.notReached;
  if (reach.isEmpty()) reach = content_.notReached;
  reach_->setText(reach);
  reach_->setVisible(!reach.isEmpty());
}

void ScenarioPanel::addCommand(ChartContent& chart, double step, double anchor) const {
  const AnticipatedIntensity& expected = content_.forecast->anticipated;
  std::vector<double> command;
  for (int lead = 0; lead < int(expected.mu.size()); ++lead)
    command.push_back(expected.commanded(lead, commandAt(lead)));
  const auto points = pointsOf(command, step, anchor);
  const bool thin = limited_ || (bend_.empty() && intensity() == 0.0);  // no command for all of it
  chart.curves.push_back({points, Curve::Color::Forecast, thin ? 1.0 : 3.0, thin});
  if (limited_ && ofThisCommand_)
    chart.curves.push_back({pointsOf(content_.forecast->members.front().commanded, step, anchor),
                            Curve::Color::Forecast, 3});
  chart.handles.assign(points.begin() + 1, points.end());
  if (!ofThisCommand_) return;
  const auto& members = content_.ensemble ? content_.ensemble->members : content_.forecast->members;
  for (const ScenarioMember& member : members)
    chart.curves.push_back({pointsOf(member.achieved, step, anchor), Curve::Color::Text, 1});
}

void ScenarioPanel::showChart() {
  ChartContent chart;
  chart.title = limited_ ? tr("mean of the box, 0–254; control inside the area")
                         : tr("mean intensity of the box, 0–254");
  if (content_.context) {
    const double step = content_.context->grid.stepMinutes;
    chart.firstMinute = -step * double(content_.context->frames.frames.size() - 1);
    chart.lastMinute = step * content_.context->grid.targetFrames;
    const auto past = observedPoints(content_.context->frames, content_.context->runTime);
    const double anchor = past.back().y();
    chart.highest = 10.0;
    for (const QPointF& point : past) chart.highest = std::max(chart.highest, 1.4 * point.y());
    if (content_.forecast && !content_.forecast->anticipated.mu.empty()) {
      if (const auto& trained = content_.forecast->trained) {
        chart.greyAbove = kScale * trained->highestMean;
        chart.greyBelow = kScale * trained->lowestMean;
      }
      addFan(chart, content_.forecast->anticipated, step, anchor);
      addCommand(chart, step, anchor);
    }
    chart.curves.push_back({past, Curve::Color::Observed, 2});
    if (content_.truth)
      chart.curves.push_back({observedPoints(*content_.truth, content_.context->runTime),
                              Curve::Color::Observed, 1.5, true});
    if (content_.lead >= 0) chart.minuteShown = step * (content_.lead + 1);
  }
  chart_->setContent(std::move(chart));
}

void ScenarioPanel::showMembers(int members) {
  const double cost = content_.secondsPerMember * members;
  // One member keeps six frames of 128 x 128 values and their states.
  const double megabytes = content_.context
                               ? members * content_.context->grid.targetFrames * 5.0 *
                                     content_.context->grid.size * content_.context->grid.size / 1e6
                               : 0.0;
  const QString size = QString::number(megabytes, 'f', 1);
  budget_->setText(cost > 0 ? tr("%1 members take about %2 s and %3 MB.")
                                  .arg(members)
                                  .arg(cost, 0, 'f', cost < 10 ? 1 : 0)
                                  .arg(size)
                            : tr("%1 members take %2 MB; how long is known after the first full forecast.")
                                  .arg(members)
                                  .arg(size));
  budget_->setVisible(members > 1);
  if (!isTyping(members_)) members_->setSuffix(members == 1 ? tr(" member") : tr(" members"));
}

void ScenarioPanel::showMade() {
  if (!isTyping(members_)) showMembers(members_->value());
  if (!content_.forecast || !ofThisCommand_) {
    made_->setText(stopped_           ? tr("Stopped; no scenario of this command.")
                   : content_.context ? tr("No scenario of this command yet.")
                                    : tr("No forecast from here yet."));
    return;
  }
  const ScenarioForecast& forecast = *content_.forecast;
  made_->setText(tr("%1, %2 steps, %3, %4 s")
                     .arg(QString::fromStdString(forecast.model))
                     .arg(forecast.steps)
                     .arg(QString::fromStdString(forecast.device))
                     .arg(forecast.secondsTaken, 0, 'f', 2));
}

void ScenarioPanel::setLights(const std::vector<PlausibilityLight>& lights) {
  lights_->setLights(lights);
  QStringList doubted;
  bool warned = false;
  for (const PlausibilityLight& light : lights) {
    if (light.level != PlausibilityLight::Level::Good) doubted << QString::fromStdString(light.name);
    warned = warned || light.level == PlausibilityLight::Level::Warning;
  }
  const Theme& theme = Theme::of(*this);
  doubts_->setText(doubted.isEmpty() ? tr("● the checks find nothing unusual")
                   : warned          ? tr("■ doubts: %1").arg(doubted.join(", "))
                                     : tr("▲ doubts: %1").arg(doubted.join(", ")));
  doubts_->setStyleSheet(
      QString("color: %1").arg((warned ? theme.failed : theme.quiet).name()));
  doubts_->setVisible(!lights.empty());
}

void ScenarioPanel::setNoLights(const QString& why) {
  lights_->say(why);
  doubts_->hide();
}

void ScenarioPanel::setPlace(const QString& heading, const QString& words,
                             const ChartContent& chart) {
  placeHeading_->setText(heading);
  placeWords_->setText(words);
  placeChart_->setContent(chart);
  place_->show();
}

void ScenarioPanel::clearPlace() { place_->hide(); }

void ScenarioPanel::setAlongDial(const QString& words, const ChartContent& chart) {
  alongDial_->setChecked(true);
  chanceWords_->setText(words);
  chanceChart_->setContent(chart);
  chances_->show();
}

void ScenarioPanel::clearAlongDial() {
  alongDial_->setChecked(false);
  chances_->hide();
}

void ScenarioPanel::setWork(bool busy, bool stopped) {
  stopped_ = stopped && !busy;
  stop_->setText(stopped_ ? tr("Go on") : tr("Stop"));
  stop_->setToolTip(stopped_ ? tr("Compute what was stopped (Ctrl+G)") : tr("Stop computing (Esc)"));
  stop_->setVisible(busy || stopped_);
  showMade();
}

void ScenarioPanel::setUndo(bool possible, const QString& what) {
  undo_->setEnabled(possible);
  undo_->setToolTip(possible ? tr("Undo: %1 (Ctrl+Z)").arg(what) : tr("Nothing to undo"));
}

}  // namespace stormloom
