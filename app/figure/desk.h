#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/desk_state.h"
#include "core/field_tables.h"
#include "core/picture_caption.h"
#include "core/picture_signs.h"
#include "core/scenario.h"

namespace stormloom {

/// Where panes find scenarios: what there is of them by now.
class ScenarioSource {
public:
  virtual ~ScenarioSource() = default;
  /// The best there is for the dial, bent or not.
  virtual std::shared_ptr<const ScenarioForecast> forDial() const = 0;
  /// What the dial showed last, while nothing of its present command is there.
  virtual std::shared_ptr<const ScenarioForecast> lastForDial() const = 0;
  /// One exact frame of the dial's command while the rest of it is still computed.
  virtual std::shared_ptr<const ScenarioForecast> earlyForDial() const { return nullptr; }
  /// Of a fixed n, not bent: full, else preview, else nothing.
  virtual std::shared_ptr<const ScenarioForecast> forFixed(double nSigma, int members) const = 0;
  /// The ensemble of the dial, however many members of it there are.
  virtual std::shared_ptr<const ScenarioForecast> ensemble() const = 0;
  /// The dial's last ensemble, while the present command has none.
  virtual std::shared_ptr<const ScenarioForecast> lastEnsemble() const { return nullptr; }
};

/// The extrapolation with members that every desk has.
inline constexpr int kStochasticMembers = 16;
inline constexpr std::uint64_t kStochasticSeed = 1;

/// Everything panes may show, owned by the window or by a command; nothing in it changes once it is
/// set, it is replaced.
struct Desk {
  std::shared_ptr<const FrameSequence> observed;
  std::shared_ptr<const FrameSequence> drawn;  ///< observed, coarser where it is too large to draw
  std::shared_ptr<const FrameSequence> near;   ///< of a large one, the cells around the models' box
  bool wide = false;                           ///< the map shows more than what is near
  std::shared_ptr<const ModelContext> context;
  std::shared_ptr<const FrameSequence>
      truth;  ///< observed after the run time, on the models' box; may have no frames
  std::map<std::string, std::shared_ptr<const DeterministicForecast>> deterministic;
  std::shared_ptr<const ScenarioForecast> stochastic;  ///< extrapolation with members
  std::map<std::string, std::string> failures;             ///< why a model has no forecast
  const ScenarioSource* scenarios = nullptr;
  DeskState state;
  ValidTime time{};
  /// Cells the control is limited to; null: everywhere.
  std::shared_ptr<const std::vector<std::uint8_t>> controlMask;
  ColorVision seenBy = ColorVision::Usual;

  const FrameSequence& shownObservation() const { return near && !wide ? *near : *drawn; }
  std::string modelOf(
      PaneSource source) const;  ///< "earthformer"; empty for what is no single model
  bool isForecastTime() const { return context && time > context->runTime; }
  bool isBeyondForecast(ValidTime when) const;
  bool isBeyondForecast() const { return isBeyondForecast(time); }
  long leadMinutes() const;
  /// n of each lead time of the dial's command, where it is bent.
  std::vector<double> dialCommand() const;
  ValidTime timeOfFrame(int frame) const;  ///< 0: the first lead time, -1: the run time
};

/// What one pane draws at one time.
struct PanePicture {
  const FrameSequence* sequence = nullptr;  ///< whose grid and quantity it has
  std::shared_ptr<const RadarGrid> grid;
  FieldKind kind = FieldKind::Radar;
  /// What was measured, where `grid` holds it on the models' scale.
  std::shared_ptr<const RadarGrid> measured = nullptr;
  Quantity measuredAs = Quantity::VilDigital;
  PictureCaption caption;
  PictureSigns signs;
};

/// Makes pictures of panes; remembers ensemble fields while they are looked at again and again.
class PanePictures {
public:
  PanePicture make(const PaneSpec& pane, const Desk& desk);
  /// The command of a scenario that is shown until the dial's own is there.
  struct StandIn {
    double nSigma = 0.0;
    bool bent = false;
  };
  struct Forecasts {
    std::vector<const FrameSequence*> members;  ///< none: there is no forecast
    std::optional<StandIn> standIn;             ///< whoever shows them says so
  };
  /// One frame after another of what a pane shows over all lead times.
  Forecasts forecastsOf(const PaneContent& content, const Desk& desk) const;

private:
  struct Source {
    std::vector<const FrameSequence*> members;
    std::shared_ptr<const ScenarioForecast> scenario;  ///< keeps the members alive
    bool preview = false;
    std::optional<StandIn> standIn;
    std::size_t count = 1;            ///< of all members, where one is shown
    std::string name;                 ///< tells ensembles apart
  };
  Source sourceOf(const PaneContent& content, const Desk& desk) const;
  Source scenarioOf(const PaneContent& content, const Desk& desk) const;
  PanePicture observedPicture(const Desk& desk, ValidTime time);
  /// An observed picture in the colours of the forecasts that stand beside it.
  void putOnModelScale(PanePicture& picture);
  PanePicture contextPicture(const Desk& desk, ValidTime time, const std::string& title) const;
  PanePicture forecastPicture(const PaneSpec& pane, const Desk& desk, ValidTime time);
  std::shared_ptr<const RadarGrid> fieldAt(const PaneContent& content, const Desk& desk,
                                           ValidTime time, bool* preview);
  /// What a pane shows of the dial's exact command while the rest of it is computed.
  std::shared_ptr<const RadarGrid> earlyFieldAt(const PaneContent& content, const Desk& desk,
                                                ValidTime time) const;
  std::string disagreeing(const Desk& desk, ValidTime time);
  std::shared_ptr<const RadarGrid> disagreementAt(const Desk& desk, ValidTime time);
  std::shared_ptr<const RadarGrid> productOf(const PaneContent& content, const Source& source,
                                             std::size_t lead, double threshold);
  struct GridFacts {
    std::weak_ptr<const RadarGrid> grid;
    std::string without;  ///< "3.1 % missing"
    std::vector<std::vector<CellPoint>> coverage;
  };
  const GridFacts& factsOf(const std::shared_ptr<const RadarGrid>& grid);
  std::shared_ptr<const RadarGrid> nothingKnown(const Desk& desk);
  void addSigns(PanePicture& picture, const PaneSpec& pane, const Desk& desk, ValidTime time);

  std::map<const RadarGrid*, GridFacts> facts_;  ///< of grids that are still there
  std::deque<FrameSequence> onModelScale_;       ///< without frames: pictures point to them
  struct Converted {
    std::weak_ptr<const RadarGrid> from;
    std::shared_ptr<const RadarGrid> to;
  };
  std::deque<Converted> converted_;  ///< the last few
  std::map<std::string, std::shared_ptr<const RadarGrid>> products_;
  std::shared_ptr<const RadarGrid> nothing_;
};

/// n of the scenarios that a layout fixes, by the order of its panes, and the members they need.
struct FixedScenarios {
  std::vector<double> nSigma;
  int members = 1;
};
FixedScenarios fixedScenariosOf(const DeskState& state);

}  // namespace stormloom
