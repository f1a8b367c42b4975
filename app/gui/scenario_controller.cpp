#include "app/gui/scenario_controller.h"

#include <algorithm>
#include <cmath>

#include "core/receipt.h"
#include "core/scenario_blend.h"

namespace stormloom {
namespace {

const std::vector<int> kSweep{-40, -30, -20, -10, 0, 10, 20, 30, 40};

/// Full sweeps leave no gap wider than this between two neighbours of a blend.
constexpr double kWidestGap = 1.05;

bool spans(const std::vector<std::shared_ptr<const ScenarioForecast>>& sweep, double nSigma) {
  double below = -99, above = 99;
  for (const auto& forecast : sweep) {
    const double n = forecast->request.nSigma.front();
    if (n <= nSigma) below = std::max(below, n);
    if (n >= nSigma) above = std::min(above, n);
  }
  return above - below <= kWidestGap;
}

}  // namespace

ScenarioController::ScenarioController(LatestWinsWorker::Generate generate, QObject* parent)
    : QObject(parent) {
  rest_.setSingleShot(true);
  rest_.setInterval(kRestMilliseconds);
  connect(&rest_, &QTimer::timeout, this, &ScenarioController::askNext);
  worker_ = std::make_unique<LatestWinsWorker>(
      [this, generate = std::move(generate)](const ScenarioRequest& request, std::stop_token stop) {
        auto forecast = generate(request, stop);
        if (!forecast)
          QMetaObject::invokeMethod(
              this, [this, id = request.id] { onAnswered(id); }, Qt::QueuedConnection);
        return forecast;
      },
      [this](std::shared_ptr<const ScenarioForecast> forecast) {
        QMetaObject::invokeMethod(
            this, [this, forecast] { onForecast(forecast); }, Qt::QueuedConnection);
      },
      [this](std::uint64_t id, const std::string& sentence) {
        const QString text = QString::fromStdString(sentence);
        QMetaObject::invokeMethod(
            this, [this, id, text] { onFailure(id, text); }, Qt::QueuedConnection);
      });
}

ScenarioController::~ScenarioController() { worker_.reset(); }

void ScenarioController::setContext(std::shared_ptr<const ModelContext> context) {
  context_ = std::move(context);
  blend_.reset();
  lastForDial_.reset();
  lastEnsemble_.reset();
  stopped_ = failed_ = false;
  rest_.stop();
  dropRunning();  // it is about another context
  setBusy(false);
  if (context_) askNext();
}

void ScenarioController::setWishes(const ScenarioWishes& wishes) {
  if (wishes == wishes_) return;
  const bool moved = wishes.nSigma != wishes_.nSigma || wishes.curve != wishes_.curve;
  const bool otherDice = wishes.seed != wishes_.seed || wishes.region != wishes_.region;
  // What failed is not tried again at every move of the dial, only when something else is asked
  // for.
  ScenarioWishes sameDial = wishes;
  sameDial.nSigma = wishes_.nSigma;
  sameDial.curve = wishes_.curve;
  if (!failed_ || sameDial != wishes_) stopped_ = failed_ = false;
  if (wishes.region != wishes_.region)
    area_ = wishes.region ? regionHash(*wishes.region) : std::string();
  wishes_ = wishes;
  if (otherDice) {
    blend_.reset();
    lastForDial_.reset();
    lastEnsemble_.reset();
    dropRunning();
  }
  if (moved) rest_.start();
  askNext();
}

void ScenarioController::setHandOnDial(bool down) {
  handDown_ = down;
  if (!down && !rest_.isActive()) askNext();
}

void ScenarioController::cancel() {
  stopped_ = stopped_ || !wants().empty();
  rest_.stop();
  dropRunning();
  setBusy(false);
  Q_EMIT stoppedChanged();
}

void ScenarioController::goOn() {
  if (!stopped_) return;
  stopped_ = failed_ = false;
  askNext();
  Q_EMIT stoppedChanged();
}

void ScenarioController::dropRunning() {
  ++latestId_;
  early_.reset();
  running_.reset();
  worker_->cancel();
}

ScenarioKey ScenarioController::keyOf(int tenths, Quality quality) const {
  return {context_ ? context_->hash : std::string(), wishes_.seed, tenths, quality, {}, area_};
}

ScenarioKey ScenarioController::dialKey(Quality quality) const {
  ScenarioKey key = keyOf(tenthsOf(wishes_.nSigma), quality);
  key.curve = tenthsOf(wishes_.curve);
  return key;
}

/// Full quality serves whoever asks for a preview.
bool ScenarioController::has(ScenarioKey key, int members) const {
  if (store_.find(key, members)) return true;
  if (key.quality == Quality::Full) return false;
  key.quality = Quality::Full;
  return store_.find(key, members) != nullptr;
}

/// Whether every n of the dial's command lies between two neighbours of the sweep.
bool ScenarioController::spansDial(Quality quality) const {
  const auto known = store_.all(keyOf(0, quality));
  if (wishes_.curve.empty()) return spans(known, wishes_.nSigma);
  return std::ranges::all_of(wishes_.curve, [&](double n) { return spans(known, n); });
}

void ScenarioController::addMissing(std::vector<Want>& wants, const std::vector<int>& tenths,
                                    Quality quality, int members) const {
  Want want{{}, members, quality};
  for (const int n : tenths)
    if (!has(keyOf(n, quality), members)) want.tenths.push_back(n);
  if (!want.tenths.empty()) wants.push_back(std::move(want));
}

void ScenarioController::addDial(std::vector<Want>& wants, Quality quality, int members) const {
  const ScenarioKey key = dialKey(quality);
  if (!has(key, members)) wants.push_back({{key.tenths}, members, quality, key.curve});
}

std::vector<ScenarioController::Want> ScenarioController::wants() const {
  std::vector<Want> wants;
  if (!context_ || stopped_) return wants;
  if (!spansDial(Quality::Full)) addDial(wants, Quality::Preview, 1);
  if (rest_.isActive()) return wants;
  addDial(wants, Quality::Full, 1);
  if (handDown_) return wants;
  std::vector<int> fixed;
  for (const double n : wishes_.fixed) fixed.push_back(tenthsOf(n));
  addMissing(wants, kSweep, Quality::Preview, 1);
  addMissing(wants, fixed, Quality::Full, wishes_.fixedMembers);
  addDial(wants, Quality::Full, wishes_.members);
  addMissing(wants, {-40, -20, 0, 20, 40}, Quality::Full, 1);
  for (const int n : {0, 20, -20, 40, -40})  // one after the other: each shows as it comes
    if (wishes_.alongDial) addMissing(wants, {n}, Quality::Full, wishes_.members);
  addMissing(wants, {-30, -10, 10, 30}, Quality::Full, 1);
  return wants;
}

// What runs goes on while it is still the first thing wanted, or a preview that is soon done.
void ScenarioController::askNext() {
  const std::vector<Want> next = wants();
  if (next.empty()) {
    if (!running_) setBusy(false);
    return;
  }
  if (running_) {
    const bool shortPreview = running_->quality == Quality::Preview && running_->tenths.size() == 1;
    if (shortPreview || *running_ == next.front()) return;
    worker_->cancel();
  }
  submit(next.front());
}

void ScenarioController::submit(const Want& want) {
  ScenarioRequest request;
  request.id = ++latestId_;
  request.context = context_;
  request.nSigma.clear();
  for (const int tenths : want.tenths) request.nSigma.push_back(tenths / 10.0);
  for (const int tenths : want.curve) request.nSigmaByLead.push_back(tenths / 10.0);
  request.region = wishes_.region;
  request.seed = wishes_.seed;
  request.members = want.members;
  request.quality = want.quality;
  if (want.tenths.size() == 1 && want.members > 1) {  // an ensemble grows by what it lacks
    ScenarioKey key = keyOf(want.tenths.front(), want.quality);
    key.curve = want.curve;
    if (const auto known = store_.find(key)) {
      request.firstMember = int(known->members.size());
      request.members -= request.firstMember;
    }
  }
  early_.reset();
  earlyOf_ = keyOf(want.tenths.front(), want.quality);
  earlyOf_.curve = want.curve;
  const bool ofDial = want.quality == Quality::Full && earlyOf_ == dialKey(Quality::Full);
  if (ofDial && request.firstMember == 0) request.firstLead = leadShown_;
  running_ = want;
  setBusy(true);
  worker_->submit(std::move(request));
}

void ScenarioController::takeEarlyFrame(std::shared_ptr<const ScenarioForecast> forecast) {
  if (forecast->id != latestId_ || !running_) return;
  early_ = std::move(forecast);
  Q_EMIT forecastsChanged();
}

std::shared_ptr<const ScenarioForecast> ScenarioController::earlyForDial() const {
  return early_ && earlyOf_ == dialKey(Quality::Full) ? early_ : nullptr;
}

// Every answer is kept: it is as true for undo and the slider as on the day it was asked for.
void ScenarioController::onForecast(std::shared_ptr<const ScenarioForecast> forecast) {
  store_.add(*forecast);
  blend_.reset();
  if (forecast->request.quality == Quality::Full && !forecast->members.empty())
    secondsPerMember_ = forecast->secondsTaken / double(forecast->members.size());
  onAnswered(forecast->id);
  Q_EMIT forecastsChanged();
}

void ScenarioController::onAnswered(std::uint64_t id) {
  if (id != latestId_) return;
  early_.reset();  // the rest has come with it
  running_.reset();
  askNext();
}

void ScenarioController::onFailure(std::uint64_t id, const QString& sentence) {
  if (id != latestId_) return;
  stopped_ = failed_ = true;
  running_.reset();
  rest_.stop();
  setBusy(false);
  Q_EMIT failed(sentence);
}

std::shared_ptr<const ScenarioForecast> ScenarioController::forDial() const {
  if (!context_) return nullptr;
  auto found = findForDial();
  if (found) lastForDial_ = found;
  return found;
}

std::shared_ptr<const ScenarioForecast> ScenarioController::findForDial() const {
  if (auto exact = store_.find(dialKey(Quality::Full))) return exact;
  for (const auto quality : {Quality::Full, Quality::Preview}) {
    if (quality == Quality::Preview)
      if (auto preview = store_.find(dialKey(quality))) return preview;
    if (!spansDial(quality)) continue;
    const auto known = store_.all(keyOf(0, quality));
    const bool made =
        blend_ && tenthsOf(blend_->request.nSigma.front()) == tenthsOf(wishes_.nSigma) &&
        blend_->request.nSigmaByLead == wishes_.curve && blend_->steps == known.front()->steps;
    if (!made) blend_ = blendedScenario(known, wishes_.nSigma, wishes_.curve);
    if (blend_) return blend_;
  }
  return nullptr;
}

std::shared_ptr<const ScenarioForecast> ScenarioController::best(ScenarioKey key,
                                                                 int members) const {
  if (!context_) return nullptr;
  for (const auto quality : {Quality::Full, Quality::Preview}) {
    key.quality = quality;
    for (const int wanted : {members, 1})
      if (auto found = store_.find(key, wanted)) return found;
  }
  return nullptr;
}

std::shared_ptr<const ScenarioForecast> ScenarioController::forFixed(double nSigma,
                                                                     int members) const {
  return best(keyOf(tenthsOf(nSigma), Quality::Full), members);
}

std::shared_ptr<const ScenarioForecast> ScenarioController::ensemble() const {
  auto found = best(dialKey(Quality::Full), wishes_.members);
  if (found && found->members.size() > 1) lastEnsemble_ = found;
  return found;
}

std::vector<std::shared_ptr<const ScenarioForecast>> ScenarioController::sweep() const {
  std::vector<std::shared_ptr<const ScenarioForecast>> all;
  if (!context_) return all;
  for (const int tenths : kSweep)
    if (auto found = forFixed(tenths / 10.0)) all.push_back(std::move(found));
  return all;
}

void ScenarioController::setBusy(bool busy) {
  if (busy == busy_) return;
  busy_ = busy;
  Q_EMIT busyChanged(busy);
}

}  // namespace stormloom
