#include "core/scenario_blend.h"

#include <cmath>

#include "core/ensemble_fields.h"

namespace stormloom {
namespace {

struct Neighbour {
  const ScenarioForecast* forecast = nullptr;
  const ScenarioMember* member = nullptr;
};

void keepNearer(Neighbour& kept, const Neighbour& other, double nSigma) {
  const auto distance = [&](const Neighbour& a) { return std::abs(a.member->nSigma - nSigma); };
  if (!kept.member || distance(other) < distance(kept)) kept = other;
}

std::vector<double> blendedValues(const std::vector<double>& a, const std::vector<double>& b,
                                  double weight) {
  std::vector<double> out;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    out.push_back(std::lerp(a[i], b[i], weight));
  return out;
}

ScenarioMember blendedMember(const ScenarioMember& a, const ScenarioMember& b, double nSigma,
                             double weight) {
  ScenarioMember member = a;
  member.nSigma = nSigma;
  member.frames.provenance = Provenance::Preview;
  for (std::size_t i = 0; i < std::min(a.frames.frames.size(), b.frames.frames.size()); ++i)
    member.frames.frames[i].grid = std::make_shared<const RadarGrid>(
        blendedField(*a.frames.frames[i].grid, *b.frames.frames[i].grid, weight));
  member.achieved = blendedValues(a.achieved, b.achieved, weight);
  return member;
}

}  // namespace

std::shared_ptr<const ScenarioForecast> blendedScenario(
    const std::vector<std::shared_ptr<const ScenarioForecast>>& sweep, double nSigma) {
  Neighbour below, above;
  for (const auto& forecast : sweep) {
    for (const ScenarioMember& member : forecast->members) {
      if (member.member != 0) continue;
      if (member.nSigma <= nSigma) keepNearer(below, {forecast.get(), &member}, nSigma);
      if (member.nSigma >= nSigma) keepNearer(above, {forecast.get(), &member}, nSigma);
    }
  }
  if (!below.member || !above.member) return nullptr;
  const double span = above.member->nSigma - below.member->nSigma;
  const double weight = span > 0 ? (nSigma - below.member->nSigma) / span : 0.0;
  auto blend = std::make_shared<ScenarioForecast>(*below.forecast);
  blend->request.nSigma = {nSigma};
  blend->request.members = 1;
  blend->request.quality = Quality::Preview;
  blend->members = {blendedMember(*below.member, *above.member, nSigma, weight)};
  auto& commanded = blend->members.front().commanded;
  for (std::size_t lead = 0; lead < commanded.size(); ++lead)
    commanded[lead] = blend->anticipated.commanded(int(lead), nSigma);
  blend->sampler = "blend of the sweep";
  return blend;
}

}  // namespace stormloom
