#include "core/plausibility.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "core/box_mean.h"
#include "core/drift.h"

namespace stormloom {
namespace {

using Level = PlausibilityLight::Level;
constexpr double kFollowed =
    0.5;  ///< sigma between command and result that still counts as followed

constexpr double kPulled = 0.95;  ///< sigma from which on a command counts alone

std::string number(double value, int decimals = 0) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string sigmas(double n) {
  if (std::abs(n) < 0.05) return "0 σ";
  return (n < 0 ? "−" : "+") + number(std::abs(n), std::abs(n - std::round(n)) < 0.05 ? 0 : 1) +
         " σ";
}

double meanOf(const std::vector<double>& values) {
  return values.empty()
             ? NAN
             : std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

/// Mean asked of a lead time; NaN where nothing was.
double askedAt(const ScenarioMember& member, const AnticipatedIntensity& anticipated,
               std::size_t lead) {
  if (lead < member.commanded.size()) return member.commanded[lead];
  return member.nSigma == 0.0 ? NAN : anticipated.commanded(int(lead), member.nSigma);
}

/// How far what came out lies above what was asked, in sigma; NaN where nothing was, or so little
/// that the member's own mean counts as well.
double missAt(const ScenarioMember& member, const AnticipatedIntensity& anticipated,
              std::size_t lead) {
  const double asked = askedAt(member, anticipated, lead);
  const bool pulled = std::abs(anticipated.nSigmaOf(int(lead), asked)) > kPulled;
  return pulled ? (member.achieved[lead] - asked) / anticipated.sigma[lead] : NAN;
}

std::size_t leadsOf(const ScenarioMember& member, const AnticipatedIntensity& anticipated) {
  return std::min(member.achieved.size(), anticipated.sigma.size());
}

/// The same over the lead times that something was asked of; NaN without any.
double meanMiss(const ScenarioMember& member, const AnticipatedIntensity& anticipated) {
  std::vector<double> misses;
  for (std::size_t lead = 0; lead < leadsOf(member, anticipated); ++lead)
    if (const double miss = missAt(member, anticipated, lead); std::isfinite(miss))
      misses.push_back(miss);
  return meanOf(misses);
}

struct Motion {
  double east = 0.0, north = 0.0;  ///< km/h
  double likeness = 0.0;
};

Motion motionBetween(const Frame& from, const Frame& to, double cellKm) {
  const double hours = double((to.validTime - from.validTime).count()) / 3600.0;
  if (hours <= 0) return {};
  const Drift drift = driftBetween(*from.grid, *to.grid);
  return {drift.cols * cellKm / hours, -drift.rows * cellKm / hours, drift.likeness};
}

PlausibilityLight motionLight(const ModelContext& context, const FrameSequence& future) {
  const std::vector<Frame>& past = context.frames.frames;
  const double cellKm = context.frames.geo.cellWidth() / 1000.0;
  const auto unknown = PlausibilityLight{
      Level::Caution, "motion", "There is too little rain to compare its motion with the past."};
  if (past.size() < 3 || future.frames.size() < 2) return unknown;
  const Motion before = motionBetween(past[past.size() - 3], past.back(), cellKm);
  const Motion after = motionBetween(past.back(), future.frames[1], cellKm);
  if (before.likeness < 0.3 || after.likeness < 0.3) return unknown;
  const double apart = std::hypot(before.east - after.east, before.north - after.north);
  const double speed = std::hypot(before.east, before.north);
  const auto minutes = (past.back().validTime - past[past.size() - 3].validTime).count() / 60;
  const double allowed = std::max(15.0, 0.5 * speed);
  const Level level = apart <= allowed       ? Level::Good
                      : apart <= 2 * allowed ? Level::Caution
                                             : Level::Warning;
  const std::string how = level == Level::Good ? "Motion agrees with" : "Motion departs from";
  return {level, "motion",
          how + " the last " + std::to_string(minutes) + " min (" + number(apart) +
              " km/h apart, rain moves at " + number(speed) + " km/h)."};
}

PlausibilityLight jumpLight(const ModelContext& context, const FrameSequence& future) {
  const std::vector<Frame>& past = context.frames.frames;
  if (past.size() < 2 || future.frames.empty())
    return {Level::Caution, "first picture", "Nothing to compare."};
  const double last = meanOfBox(*past.back().grid), first = meanOfBox(*future.frames.front().grid);
  double usual = 0.0;
  for (std::size_t i = 1; i < past.size(); ++i)
    usual = std::max(usual, std::abs(meanOfBox(*past[i].grid) - meanOfBox(*past[i - 1].grid)));
  const double jump = std::abs(first - last), whole = std::max(last, 1.0);
  const Level level = jump <= std::max(1.5 * usual, 0.10 * whole)   ? Level::Good
                      : jump <= std::max(3.0 * usual, 0.25 * whole) ? Level::Caution
                                                                    : Level::Warning;
  const std::string how = level == Level::Good      ? "No jump: rain"
                          : level == Level::Caution ? "A larger step than usual: rain"
                                                    : "A jump: rain";
  return {level, "first picture",
          how + " in the box changes by " + number(100 * jump / whole) +
              " % from the last picture to the first forecast; it changed by up to " +
              number(100 * usual / whole) + " % a step before."};
}

PlausibilityLight intensityLight(const ScenarioMember& member,
                                 const AnticipatedIntensity& anticipated,
                                 const std::optional<TrainedRange>& known) {
  const TrainedRange trained = known.value_or(TrainedRange{});
  const double achieved = meanOf(member.achieved), mu = meanOf(anticipated.mu),
               sigma = meanOf(anticipated.sigma);
  if (!std::isfinite(achieved))
    return {Level::Caution, "intensity", "The mean intensity is not known."};
  if (achieved > trained.highestMean || achieved < trained.lowestMean) {
    const bool above = achieved > trained.highestMean;
    return {Level::Warning, "intensity",
            std::string(above ? "Stronger" : "Weaker") +
                " than anything the models were trained on: mean " + number(255 * achieved, 1) +
                ", trained " + number(255 * trained.lowestMean, 1) + " to " +
                number(255 * trained.highestMean, 1) + "."};
  }
  const double got = sigma > 0 ? (achieved - mu) / sigma : 0.0;
  const double miss = meanMiss(member, anticipated);
  if (std::abs(miss) > kFollowed)
    return {Level::Caution, "intensity",
            "The model does not follow: " + sigmas(got - miss) + " asked, " + sigmas(got) +
                " came out."};
  if (std::abs(got) >= 3.0)
    return {Level::Caution, "intensity",
            "Rarer than 1 in 700 of the forecasts the models know (" + sigmas(got) + ")."};
  if (!known)
    return {Level::Caution, "intensity",
            "This model does not say how strong the rain was that it was trained on."};
  return {Level::Good, "intensity",
          "Mean intensity " + number(255 * achieved, 1) +
              " lies inside what the models were trained on (" +
              number(255 * trained.lowestMean, 1) + " to " + number(255 * trained.highestMean, 1) +
              ")."};
}

bool isKnownNetwork(const std::string& product, const TrainedRange& trained) {
  return std::ranges::any_of(trained.radars, [&](const std::string& radar) {
    return product.find(radar) != std::string::npos;
  });
}

std::string networkWords(const std::string& product, const TrainedRange& trained) {
  if (trained.radars.empty()) return "This model does not say which radars it was trained on.";
  std::string known;
  for (const std::string& radar : trained.radars) {
    if (product.find(radar) != std::string::npos)
      return "The models were trained on pictures of this radar network (" + radar + ").";
    known += (known.empty() ? "" : ", ") + radar;
  }
  return "The models were trained on other radars (" + known + "), not on this one.";
}

PlausibilityLight radarLight(const ModelContext& context,
                             const std::optional<TrainedRange>& range) {
  const TrainedRange trained = range.value_or(TrainedRange{});
  const FrameSequence& frames = context.frames;
  if (frames.synthetic)
    return {Level::Caution, "radar",
            "A made-up event: fit for trying the program, not for judging it."};
  if (context.missingFraction > trained.mostMissing)
    return {Level::Warning, "radar",
            number(100 * context.missingFraction) +
                " % of the box is not seen by a radar; the models know at most " +
                number(100 * trained.mostMissing) + " %. " + networkWords(frames.product, trained)};
  if (!context.note.empty())
    return {Level::Caution, "radar", context.note + " " + networkWords(frames.product, trained)};
  return {isKnownNetwork(frames.product, trained) ? Level::Good : Level::Caution, "radar",
          networkWords(frames.product, trained)};
}

/// Share of the cells at the end of the scale, where how strong rain is can no longer be told.
double shareAtTheEnd(const FrameSequence& frames) {
  constexpr float kScaleEnds = 250.0f;
  double most = 0.0;
  for (const Frame& frame : frames.frames) {
    const auto values = frame.grid->values();
    const auto count = std::ranges::count_if(values, [](float value) { return value >= kScaleEnds; });
    most = std::max(most, double(count) / double(values.size()));
  }
  return most;
}

/// Nothing where the rain before was as strong.
std::optional<PlausibilityLight> peakLight(const ModelContext& context, const FrameSequence& future) {
  constexpr double kMoreThanBefore = 2.0, kWorthTelling = 0.0005;
  const double before = shareAtTheEnd(context.frames), most = shareAtTheEnd(future);
  if (most <= kMoreThanBefore * before + kWorthTelling) return std::nullopt;
  return PlausibilityLight{Level::Caution, "peaks",
                           "Up to " + number(100 * most, 1) +
                               " % of the cells stand at the end of the scale (254), " +
                               number(100 * before, 1) +
                               " % before: amounts of rain made of them are rough."};
}

struct Followed {
  double n, got;
};

/// How far the command was followed on one side of the dial, walking outward from 0.
double reachOn(std::vector<Followed> side, double sign, double& stuckAt) {
  std::ranges::sort(side,
                    [&](const Followed& a, const Followed& b) { return sign * a.n < sign * b.n; });
  double reach = 4.0;
  for (const Followed& at : side) {
    if (sign * (at.n - at.got) <= kFollowed) continue;
    reach = std::abs(at.n);
    stuckAt = at.got;
    break;
  }
  return sign * reach;
}

}  // namespace

std::vector<PlausibilityLight> plausibilityOf(const ModelContext& context,
                                              const ScenarioMember& member,
                                              const AnticipatedIntensity& anticipated,
                                              const std::optional<TrainedRange>& trained) {
  std::vector<PlausibilityLight> lights = {
      motionLight(context, member.frames), jumpLight(context, member.frames),
      intensityLight(member, anticipated, trained), radarLight(context, trained)};
  if (auto peak = peakLight(context, member.frames)) lights.insert(lights.begin() + 3, std::move(*peak));
  return lights;
}

std::string unreachedSentence(const ScenarioMember& member, const AnticipatedIntensity& anticipated,
                              double stepMinutes) {
  std::string leads;
  double worst = 0.0;
  for (std::size_t lead = 0; lead < leadsOf(member, anticipated); ++lead) {
    const double miss = missAt(member, anticipated, lead);
    if (!(std::abs(miss) > kFollowed)) continue;
    leads += (leads.empty() ? "+" : ", +") + number(stepMinutes * double(lead + 1));
    if (std::abs(miss) > std::abs(worst)) worst = miss;
  }
  if (leads.empty()) return {};
  return "The model does not reach the command at " + leads + " min: up to " +
         number(std::abs(worst), 1) + " σ " + (worst < 0 ? "below" : "above") + ".";
}

DialReach dialReach(const std::vector<ScenarioMember>& sweep,
                    const AnticipatedIntensity& anticipated) {
  DialReach reach;
  std::vector<Followed> weaker, stronger;
  for (const ScenarioMember& member : sweep) {
    const Followed at{member.nSigma, member.nSigma + meanMiss(member, anticipated)};
    if (!std::isfinite(at.got)) continue;
    if (at.n > 0) stronger.push_back(at);
    if (at.n < 0) weaker.push_back(at);
  }
  double stuckLow = 0.0, stuckHigh = 0.0;
  reach.highest = reachOn(stronger, 1.0, stuckHigh);
  reach.lowest = reachOn(weaker, -1.0, stuckLow);
  const bool high = reach.highest < 4.0 || (stuckHigh != 0.0);
  const bool low = reach.lowest > -4.0 || (stuckLow != 0.0);
  if (high)
    reach.sentence =
        "Cannot follow from " + sigmas(reach.highest) + " on: stays at " + sigmas(stuckHigh) + ". ";
  if (low)
    reach.sentence +=
        "Cannot follow below " + sigmas(reach.lowest) + ": stays at " + sigmas(stuckLow) + ".";
  return reach;
}

}  // namespace stormloom
