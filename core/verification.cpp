#include "core/verification.h"

#include <cmath>
#include <limits>

#include "core/errors.h"
#include "core/field_scores.h"
#include "core/resample.h"
#include "core/skill_scores.h"

namespace stormloom {
namespace {

constexpr double kNothingToSay = std::numeric_limits<double>::quiet_NaN();
constexpr float kDigitalScale = 255.0f;

/// Observed fields on the forecast's grid, one for each of its lead times; nullptr where nobody
/// looked.
using Observed = std::vector<std::shared_ptr<const RadarGrid>>;

Observed observedFor(const FrameSequence& forecast, const FrameSequence& observed) {
  const bool alike = observed.geo == forecast.geo && observed.quantity == Quantity::VilDigital;
  const auto tolerance = seconds(std::max(60L, std::lround(stepMinutes(forecast) * 30.0)));
  std::optional<Resampler> resampler;
  Observed fields;
  for (const Frame& frame : forecast.frames) {
    const auto found = nearestFrame(observed, frame.validTime, tolerance);
    if (!found) {
      fields.push_back(nullptr);
    } else if (alike) {
      fields.push_back(observed.frames[*found].grid);
    } else {
      if (!resampler) resampler.emplace(observed.geo, forecast.geo);
      fields.push_back(resampler->digitalVil(*observed.frames[*found].grid, observed.quantity));
    }
  }
  return fields;
}

bool haveValue(const RadarGrid& a, const RadarGrid& b, std::size_t cell) {
  return a.states()[cell] <= CellState::BelowDetection &&
         b.states()[cell] <= CellState::BelowDetection;
}

/// Both fields in [0, 1] where both have a value.
struct CommonCells {
  std::vector<float> said;
  std::vector<float> was;
};

CommonCells commonCells(const RadarGrid& forecast, const RadarGrid& observed) {
  CommonCells cells;
  for (std::size_t cell = 0; cell < forecast.size(); ++cell) {
    if (!haveValue(forecast, observed, cell)) continue;
    cells.said.push_back(forecast.values()[cell] / kDigitalScale);
    cells.was.push_back(observed.values()[cell] / kDigitalScale);
  }
  return cells;
}

void scoreFields(const RadarGrid& forecast, const RadarGrid& observed, LeadScores& scores) {
  for (const float threshold : kSevirThresholds) {
    scores.csi.push_back(
        countEvents(forecast.values(), observed.values(), threshold).criticalSuccessIndex());
    scores.fss.push_back(fractionsSkillScore(forecast.values(), observed.values(),
                                             forecast.height(), forecast.width(), threshold,
                                             kFssNeighbourhood));
  }
  const CommonCells cells = commonCells(forecast, observed);
  const bool any = !cells.said.empty();
  scores.mse = any ? meanSquaredError(cells.said, cells.was) : kNothingToSay;
  scores.mae = any ? meanAbsoluteError(cells.said, cells.was) : kNothingToSay;
}

bool sameScenario(const ScenarioMember& a, const ScenarioMember& b) {
  return a.nSigma == b.nSigma || (std::isnan(a.nSigma) && std::isnan(b.nSigma));
}

/// Mean over the cells where every member and the observation have a value.
double ensembleCrps(const std::vector<const RadarGrid*>& members, const RadarGrid& observed) {
  std::vector<float> here(members.size());
  double sum = 0.0;
  std::size_t cells = 0;
  for (std::size_t cell = 0; cell < observed.size(); ++cell) {
    bool known = true;
    for (std::size_t m = 0; m < members.size(); ++m) {
      known = known && haveValue(*members[m], observed, cell);
      here[m] = members[m]->values()[cell] / kDigitalScale;
    }
    if (!known) continue;
    sum += crps(here, observed.values()[cell] / kDigitalScale);
    ++cells;
  }
  return cells == 0 ? kNothingToSay : sum / double(cells);
}

/// For each lead time the CRPS of all members that were asked the same as `asked`.
std::vector<double> crpsOfScenario(const ResultFile& forecast, const ScenarioMember& asked,
                                   const Observed& observed) {
  std::vector<double> scores;
  for (std::size_t lead = 0; lead < observed.size(); ++lead) {
    std::vector<const RadarGrid*> members;
    for (const ScenarioMember& member : forecast.members) {
      if (sameScenario(member, asked)) members.push_back(member.frames.frames.at(lead).grid.get());
    }
    scores.push_back(observed[lead] ? ensembleCrps(members, *observed[lead]) : kNothingToSay);
  }
  return scores;
}

void scoreMember(const ResultFile& forecast, const ScenarioMember& member, const Observed& observed,
                 const std::vector<double>& crps, std::vector<LeadScores>& out) {
  for (std::size_t lead = 0; lead < observed.size(); ++lead) {
    if (!observed[lead]) continue;
    const Frame& frame = member.frames.frames.at(lead);
    LeadScores scores{
        .model = forecast.receipt.model, .nSigma = member.nSigma, .member = member.member};
    scores.leadMinutes = double((frame.validTime - forecast.runTime).count()) / 60.0;
    scores.crps = crps[lead];
    scoreFields(*frame.grid, *observed[lead], scores);
    out.push_back(std::move(scores));
  }
}

}  // namespace

FrameSequence observedOnGrid(const FrameSequence& observed, const FrameSequence& forecast) {
  FrameSequence out = observed;
  out.geo = forecast.geo;
  out.quantity = Quantity::VilDigital;
  out.frames.clear();
  const Observed fields = observedFor(forecast, observed);
  for (std::size_t k = 0; k < fields.size(); ++k)
    if (fields[k])
      out.frames.push_back({.validTime = forecast.frames[k].validTime, .grid = fields[k]});
  return out;
}

std::vector<LeadScores> verifyForecast(const ResultFile& forecast, const FrameSequence& observed) {
  if (forecast.members.empty()) {
    throw IoError("The result file holds no forecast; name one made by `forecast` or `scenario`.");
  }
  const Observed fields = observedFor(forecast.members.front().frames, observed);
  std::vector<LeadScores> scores;
  std::vector<double> crps;
  const ScenarioMember* previous = nullptr;
  for (const ScenarioMember& member : forecast.members) {
    if (!previous || !sameScenario(*previous, member))
      crps = crpsOfScenario(forecast, member, fields);
    previous = &member;
    scoreMember(forecast, member, fields, crps, scores);
  }
  if (scores.empty()) {
    throw IoError("No observed frame is near a valid time of the forecast that started at " +
                  isoText(forecast.runTime) + "; name radar files of the time after that.");
  }
  return scores;
}

}  // namespace stormloom
