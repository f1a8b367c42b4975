#pragma once

#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>
#include <vector>

#include "app/figure/desk.h"
#include "app/gui/scenario_store.h"
#include "core/latest_wins_worker.h"

namespace stormloom {

/// What the desk wants to see of the models at this moment.
struct ScenarioWishes {
  double nSigma = 0.0;             ///< of the dial
  std::vector<double> curve = {};  ///< the dial's command bent by hand, n of each lead time
  /// Cells that every command is limited to; null: all. The same cells come as the same pointer.
  std::shared_ptr<const std::vector<std::uint8_t>> region = nullptr;
  std::uint64_t seed = 1;
  int members = 1;            ///< at the dial's n
  std::vector<double> fixed;  ///< other n that panes show
  int fixedMembers = 1;
  bool alongDial = false;  ///< as many members of n = -4, -2, 0, 2, 4 as of the dial
  bool operator==(const ScenarioWishes&) const = default;
};

/// Decides what the models are asked next, keeps every answer and knows the best picture for the
/// dial now. While the slider moves: previews and blends of the sweep. When it has rested: the
/// exact n at full quality, then what the other panes need, the ensemble, and the sweep of nine n.
/// Knows no engine, only the function that answers.
class ScenarioController : public QObject, public ScenarioSource {
  Q_OBJECT
public:
  static constexpr int kRestMilliseconds = 200;

  explicit ScenarioController(LatestWinsWorker::Generate generate, QObject* parent = nullptr);
  ~ScenarioController() override;

  void setContext(std::shared_ptr<const ModelContext> context);
  void setWishes(const ScenarioWishes& wishes);
  const ScenarioWishes& wishes() const { return wishes_; }
  void setHandOnDial(bool down);  ///< nothing but previews while a finger is on it
  void setLeadShown(int lead) { leadShown_ = lead; }  ///< its exact frame comes first; -1: none
  void takeEarlyFrame(std::shared_ptr<const ScenarioForecast> forecast);
  void cancel();  ///< stops what runs; nothing new starts before something new is asked
  void goOn();    ///< with what was stopped or has failed
  bool isBusy() const { return busy_; }
  bool isStopped() const { return stopped_; }  ///< something wanted may be missing for good

  /// The best there is for the dial, bent or not: exact and full, between two full ones, exact
  /// preview, between two previews.
  std::shared_ptr<const ScenarioForecast> forDial() const override;
  /// What the dial showed last, while nothing of its present command is there; same context, dice
  /// and area. Its request says what it is of.
  std::shared_ptr<const ScenarioForecast> lastForDial() const override {
    return lastForDial_;
  }
  std::shared_ptr<const ScenarioForecast> earlyForDial() const override;
  std::shared_ptr<const ScenarioForecast> forFixed(double nSigma, int members = 1) const override;
  std::shared_ptr<const ScenarioForecast> ensemble() const override;
  std::shared_ptr<const ScenarioForecast> lastEnsemble() const override { return lastEnsemble_; }
  /// Every n of the sweep, full ones first choice.
  std::vector<std::shared_ptr<const ScenarioForecast>> sweep() const;
  double secondsPerMember() const {
    return secondsPerMember_;
  }  ///< of full quality, as last measured; 0: not yet

Q_SIGNALS:
  void forecastsChanged();
  void failed(const QString& sentence);
  void busyChanged(bool busy);
  void stoppedChanged();

private:
  struct Want {
    std::vector<int> tenths;
    int members = 1;
    Quality quality = Quality::Full;
    std::vector<int> curve = {};
    bool operator==(const Want&) const = default;
  };
  std::vector<Want> wants() const;
  void addDial(std::vector<Want>& wants, Quality quality, int members) const;
  void addMissing(std::vector<Want>& wants, const std::vector<int>& tenths, Quality quality,
                  int members) const;
  bool has(ScenarioKey key, int members) const;
  bool spansDial(Quality quality) const;
  void askNext();
  void submit(const Want& want);
  void onForecast(std::shared_ptr<const ScenarioForecast> forecast);
  void onAnswered(std::uint64_t id);
  void onFailure(std::uint64_t id, const QString& sentence);
  void setBusy(bool busy);
  void dropRunning();
  ScenarioKey keyOf(int tenths, Quality quality) const;
  ScenarioKey dialKey(Quality quality) const;
  std::shared_ptr<const ScenarioForecast> best(ScenarioKey key, int members) const;

  std::shared_ptr<const ModelContext> context_;
  ScenarioWishes wishes_;
  std::string area_;  ///< hash of the wished region
  ScenarioStore store_;
  std::uint64_t latestId_ = 0;
  std::optional<Want> running_;
  int leadShown_ = -1;
  std::shared_ptr<const ScenarioForecast> early_;
  ScenarioKey earlyOf_;
  bool handDown_ = false;
  bool stopped_ = false;  ///< by Esc or a failure, until something else is wished
  bool failed_ = false;
  bool busy_ = false;
  double secondsPerMember_ = 0.0;
  QTimer rest_;
  mutable std::shared_ptr<const ScenarioForecast> blend_;  ///< the last one made
  mutable std::shared_ptr<const ScenarioForecast> lastForDial_, lastEnsemble_;
  std::shared_ptr<const ScenarioForecast> findForDial() const;
  std::unique_ptr<LatestWinsWorker> worker_;
};

}  // namespace stormloom
