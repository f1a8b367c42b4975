#include "app/gui/scenario_controller.h"

namespace stormloom {

ScenarioController::ScenarioController(LatestWinsWorker::Generate generate, QObject* parent) : QObject(parent) {
  rest_.setSingleShot(true);
  rest_.setInterval(kRestMilliseconds);
  connect(&rest_, &QTimer::timeout, this, [this] { ask(Quality::Full); });
  worker_ = std::make_unique<LatestWinsWorker>(
      std::move(generate),
      [this](std::shared_ptr<const ScenarioForecast> forecast) {
        QMetaObject::invokeMethod(this, [this, forecast] { onForecast(forecast); }, Qt::QueuedConnection);
      },
      [this](std::uint64_t id, const std::string& sentence) {
        const QString text = QString::fromStdString(sentence);
        QMetaObject::invokeMethod(this, [this, id, text] { onFailure(id, text); }, Qt::QueuedConnection);
      });
}

ScenarioController::~ScenarioController() { worker_.reset(); }

void ScenarioController::setContext(std::shared_ptr<const ModelContext> context) {
  cancel();
  context_ = std::move(context);
  shownId_ = latestId_;  // nothing asked about another context may be shown any more
  if (context_) previewThenFull();
}

void ScenarioController::setIntensity(double nSigma) {
  if (nSigma == nSigma_) return;
  nSigma_ = nSigma;
  if (context_) previewThenFull();
}

void ScenarioController::setSeed(quint64 seed) {
  if (seed == seed_) return;
  seed_ = seed;
  if (context_) previewThenFull();
}

void ScenarioController::cancel() {
  rest_.stop();
  worker_->cancel();
  setBusy(false);
}

void ScenarioController::previewThenFull() {
  ask(Quality::Preview);
  rest_.start();
}

void ScenarioController::ask(Quality quality) {
  ScenarioRequest request;
  request.id = ++latestId_;
  request.context = context_;
  request.nSigma = {nSigma_};
  request.seed = seed_;
  request.quality = quality;
  setBusy(true);
  worker_->submit(std::move(request));
}

// A preview of a moment ago is still news while the slider moves on; a full answer to an old question is not.
void ScenarioController::onForecast(std::shared_ptr<const ScenarioForecast> forecast) {
  const bool full = forecast->request.quality == Quality::Full;
  if (forecast->id <= shownId_ || (full && forecast->id != latestId_)) return;
  shownId_ = forecast->id;
  if (full) setBusy(false);
  Q_EMIT forecastReady(std::move(forecast));
}

void ScenarioController::onFailure(std::uint64_t id, const QString& sentence) {
  if (id != latestId_ || rest_.isActive()) return;  // the full answer, asked in a moment, will say so
  setBusy(false);
  Q_EMIT failed(sentence);
}

void ScenarioController::setBusy(bool busy) {
  if (busy == busy_) return;
  busy_ = busy;
  Q_EMIT busyChanged(busy);
}

}  // namespace stormloom
