#include "app/cli/panes.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "app/cli/inputs.h"
#include "app/figure/desk_film.h"
#include "core/control_command.h"
#include "core/desk_journal.h"

namespace stormloom::cli {

namespace {

constexpr std::array kPresets{LayoutPreset::Single,      LayoutPreset::Compare,
                              LayoutPreset::Strip,       LayoutPreset::Stamps,
                              LayoutPreset::Difference,  LayoutPreset::Probability,
                              LayoutPreset::Figure};

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

/// A preset's name, the choices of a receipt, a layout alone, or a session file.
DeskState stateFrom(const std::string& text) {
  DeskState state;
  for (const LayoutPreset preset : kPresets)
    if (lowered(presetName(preset)) == lowered(text)) {
      state.layout = presetLayout(preset);
      return state;
    }
  if (!text.starts_with("{")) return readSessionFile(text);
  const Json json = Json::parse(text, {.maxDepth = 32}, "--layout");
  if (json.contains("layout")) return DeskState::fromJson(json);
  state.layout = PaneLayout::fromJson(json);
  return state;
}

/// The scenarios of one desk, all of them exact.
class ComputedScenarios final : public ScenarioSource {
public:
  std::shared_ptr<const ScenarioForecast> forDial() const override { return dial; }
  std::shared_ptr<const ScenarioForecast> lastForDial() const override { return dial; }
  std::shared_ptr<const ScenarioForecast> ensemble() const override { return dial; }
  std::shared_ptr<const ScenarioForecast> forFixed(double nSigma, int) const override {
    const auto found = fixed.find(signedNumber(nSigma));
    return found == fixed.end() ? nullptr : found->second;
  }

  std::shared_ptr<const ScenarioForecast> dial;
  std::map<std::string, std::shared_ptr<const ScenarioForecast>> fixed;
};

bool shows(const PaneLayout& layout, const std::function<bool(const PaneContent&)>& what) {
  return std::ranges::any_of(layout.panes(), [&](const PaneSpec& pane) {
    return what(pane.content) || (pane.minus && what(*pane.minus));
  });
}

/// What one desk's panes need of the models, computed.
class PaneForecasts {
public:
  PaneForecasts(const Session& session, Desk& desk)
      : session_(session), desk_(desk), engine_(session.bench.engine(engineOptionsFrom(session))) {}

  void compute(ComputedScenarios& scenarios) {
    for (const PaneSource source :
         {PaneSource::Persistence, PaneSource::Extrapolation, PaneSource::Earthformer})
      if (needs(source)) addDeterministic(desk_.modelOf(source));
    if (needs(PaneSource::Stochastic))
      desk_.stochastic = withProgress(session_, "Stochastic extrapolation", [&](const auto&) {
        return engine_.stochasticExtrapolation(desk_.context, kStochasticMembers, kStochasticSeed,
                                               session_.stop);
      });
    addScenarios(scenarios);
    desk_.scenarios = &scenarios;
  }

private:
  bool needs(PaneSource source) const {
    return shows(desk_.state.layout, [&](const PaneContent& content) {
      const bool compared = content.source == PaneSource::Disagreement &&
                            (source == PaneSource::Extrapolation ||
                             source == PaneSource::Earthformer || source == PaneSource::Scenario);
      return compared || content.source == source;
    });
  }

  void addDeterministic(const std::string& model) {
    desk_.deterministic[model] = withProgress(session_, model, [&](const EngineProgress& progress) {
      return engine_.forecast(*desk_.context, model, session_.stop, progress);
    });
  }

  std::shared_ptr<const ScenarioForecast> scenario(double nSigma, int members,
                                                   const std::vector<double>& curve) {
    ScenarioRequest request;
    request.context = desk_.context;
    request.nSigma = {nSigma};
    request.nSigmaByLead = curve;
    request.region = desk_.controlMask;
    request.seed = desk_.state.seed;
    request.members = members;
    return withProgress(session_, "Scenario " + sigmaText(nSigma),
                        [&](const EngineProgress& progress) {
                          return engine_.generate(request, session_.stop, progress);
                        });
  }

  /// One n of dial and panes is one ensemble, as in the window.
  void addScenarios(ComputedScenarios& scenarios) {
    const DeskState& state = desk_.state;
    const std::vector<double> curve = desk_.dialCommand();
    const bool dialShown = shows(state.layout, [](const PaneContent& content) {
      return content.source == PaneSource::Disagreement ||
             (content.source == PaneSource::Scenario && !content.nSigma);
    });
    if (dialShown) scenarios.dial = scenario(state.nSigma, state.members, curve);
    if (dialShown && curve.empty()) scenarios.fixed[signedNumber(state.nSigma)] = scenarios.dial;
    const FixedScenarios fixed = fixedScenariosOf(state);
    for (const double n : fixed.nSigma)
      if (auto& one = scenarios.fixed[signedNumber(n)]; !one)
        one = scenario(n, fixed.members, {});
  }

  const Session& session_;
  Desk& desk_;
  NowcastEngine& engine_;
};

/// What is said on the command line counts more than what a session says.
void takeArguments(const Arguments& arguments, DeskState& state) {
  if (arguments.has("--at")) state.runTime = arguments.time("--at");
  if (arguments.has("--box")) state.box = arguments.position("--box");
  if (arguments.has("--interpolate")) state.interpolate = true;
}

/// Choices instead of the name of a preset or of a session file, which may be gone one day.
void recordChoices(Receipt& receipt, const DeskState& asked) {
  const auto at = std::ranges::find(receipt.options, "--layout");
  if (at != receipt.options.end()) *(at + 1) = asked.pictureChoices().dump();
}

}  // namespace

std::vector<Option> paneOptions() {
  std::vector<Option> options = {
      {"--layout", "PANES",
       "Panes as in the window: single, compare, strip, stamps, difference, probability, figure, a "
       "session, or JSON.",
       ""}};
  for (const Option& option : contextOptions())
    if (option.name != "--grid") options.push_back(option);
  return options;
}

void refusePaneOptions(const Session& session) {
  for (const char* name : {"--at", "--box", "--interpolate", "--models"})
    if (session.arguments.has(name))
      throw UsageError(std::string(name) +
                       " says of what the panes of --layout are; without --layout there is no "
                       "forecast to make.");
}

PaneSubject panesFrom(const Session& session, const std::string& output) {
  DeskState state = stateFrom(session.arguments.text("--layout"));
  const DeskState asked = state;
  takeArguments(session.arguments, state);
  const auto files = readInputs(session);
  const FrameSequence& sequence = longestObserved(session, *files);
  const CutInput input = cutInput(
      session, sequence, {sevirLrGrid(), state.box, state.runTime, std::nullopt}, state.interpolate);
  Desk desk;
  desk.observed = std::shared_ptr<const FrameSequence>(files, &sequence);
  desk.drawn = desk.observed;
  desk.context = input.context;
  desk.truth = std::make_shared<const FrameSequence>(cutTruth(sequence, *input.context));
  desk.state = state;
  desk.time = input.context->runTime;
  if (state.within.isArea()) desk.controlMask = controlMask(state.within, input.context->frames.geo);
  ComputedScenarios scenarios;
  PaneForecasts(session, desk).compute(scenarios);
  DeskFilm film(desk);
  while (film.addNext()) stopHere(session);
  Receipt receipt = film.withModels(receiptFor(session, output, input));
  recordChoices(receipt, asked);
  return {film.film(), film.look(), receipt};
}

}  // namespace stormloom::cli
