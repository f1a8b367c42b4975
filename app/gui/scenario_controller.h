#pragma once

#include <QObject>
#include <QTimer>
#include <functional>
#include <memory>

#include "core/latest_wins_worker.h"

namespace stormloom {

/// Turns the slider into numbered requests: previews while it moves, full quality when it has rested, and answers
/// back on the GUI thread. Knows no engine, only the function that answers.
class ScenarioController : public QObject {
  Q_OBJECT
 public:
  static constexpr int kRestMilliseconds = 250;

  explicit ScenarioController(LatestWinsWorker::Generate generate, QObject* parent = nullptr);
  ~ScenarioController() override;

  void setContext(std::shared_ptr<const ModelContext> context);
  void setIntensity(double nSigma);
  void setSeed(quint64 seed);
  void cancel();
  bool isBusy() const { return busy_; }
  double intensity() const { return nSigma_; }
  quint64 seed() const { return seed_; }

 Q_SIGNALS:
  void forecastReady(std::shared_ptr<const stormloom::ScenarioForecast> forecast);
  void failed(const QString& sentence);
  void busyChanged(bool busy);

 private:
  void ask(Quality quality);
  void previewThenFull();
  void onForecast(std::shared_ptr<const ScenarioForecast> forecast);
  void onFailure(std::uint64_t id, const QString& sentence);
  void setBusy(bool busy);

  std::shared_ptr<const ModelContext> context_;
  double nSigma_ = 0.0;
  quint64 seed_ = 1;
  std::uint64_t latestId_ = 0;
  std::uint64_t shownId_ = 0;
  bool busy_ = false;
  QTimer rest_;
  std::unique_ptr<LatestWinsWorker> worker_;
};

}  // namespace stormloom
