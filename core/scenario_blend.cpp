#include "core/scenario_blend.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/ensemble_fields.h"

namespace stormloom {
namespace {

using Sweep = std::vector<std::shared_ptr<const ScenarioForecast>>;

/// Two members of a sweep and where n lies between them.
struct Between {
  const ScenarioForecast* forecast = nullptr;  ///< the lower one's
  const ScenarioMember* below = nullptr;
  const ScenarioMember* above = nullptr;
  double weight = 0.0;  ///< of the upper one
};

bool isNearer(const ScenarioMember& other, const ScenarioMember* kept, double nSigma) {
  return !kept || std::abs(other.nSigma - nSigma) < std::abs(kept->nSigma - nSigma);
}

std::optional<Between> neighboursOf(const Sweep& sweep, double nSigma) {
  Between found;
  for (const auto& forecast : sweep) {
    for (const ScenarioMember& member : forecast->members) {
      if (member.member != 0) continue;
      if (member.nSigma <= nSigma && isNearer(member, found.below, nSigma)) {
        found.below = &member;
        found.forecast = forecast.get();
      }
      if (member.nSigma >= nSigma && isNearer(member, found.above, nSigma)) found.above = &member;
    }
  }
  if (!found.below || !found.above) return std::nullopt;
  const double span = found.above->nSigma - found.below->nSigma;
  found.weight = span > 0 ? (nSigma - found.below->nSigma) / span : 0.0;
  return found;
}

/// The mean that was asked for; where nothing was, the one that came out freely.
double askedOf(const ScenarioMember& member, std::size_t lead) {
  const double asked = lead < member.commanded.size() ? member.commanded[lead] : NAN;
  return std::isfinite(asked) || lead >= member.achieved.size() ? asked : member.achieved[lead];
}

std::shared_ptr<const RadarGrid> blendedGrid(const Between& at, std::size_t lead) {
  return std::make_shared<const RadarGrid>(blendedField(
      *at.below->frames.frames[lead].grid, *at.above->frames.frames[lead].grid, at.weight));
}

}  // namespace

std::shared_ptr<const ScenarioForecast> blendedScenario(const Sweep& sweep, double nSigma,
                                                        const std::vector<double>& byLead) {
  const auto first = neighboursOf(sweep, byLead.empty() ? nSigma : byLead.front());
  if (!first) return nullptr;
  auto blend = std::make_shared<ScenarioForecast>(*first->forecast);
  blend->secondsTaken = 0.0;  // those were of another
  blend->request.nSigma = {nSigma};
  blend->request.nSigmaByLead = byLead;
  blend->request.members = 1;
  blend->request.quality = Quality::Preview;
  blend->sampler = "blend of the sweep";
  ScenarioMember member = *first->below;
  member.nSigma = nSigma;
  member.frames.provenance = Provenance::Preview;
  const std::size_t frames = member.frames.frames.size();
  for (std::size_t lead = 0; lead < std::max(frames, member.achieved.size()); ++lead) {
    const double n = lead < byLead.size() ? byLead[lead] : nSigma;
    const auto at = byLead.empty() ? first : neighboursOf(sweep, n);
    if (!at) return nullptr;
    if (lead < frames) member.frames.frames[lead].grid = blendedGrid(*at, lead);
    if (lead < member.achieved.size())
      member.achieved[lead] =
          std::lerp(at->below->achieved[lead], at->above->achieved[lead], at->weight);
    // Inside an area the command of the whole follows from the sweep's; elsewhere it is mu + n
    // sigma.
    if (lead < member.commanded.size())
      member.commanded[lead] =
          blend->request.region
              ? std::lerp(askedOf(*at->below, lead), askedOf(*at->above, lead), at->weight)
              : blend->anticipated.commanded(int(lead), n);
  }
  blend->members = {std::move(member)};
  return blend;
}

}  // namespace stormloom
