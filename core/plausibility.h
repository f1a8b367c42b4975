#pragma once

#include <string>
#include <vector>

#include "core/scenario.h"

namespace stormloom {

/// One reason to believe a forecast or to doubt it, with the numbers it rests on.
struct PlausibilityLight {
  enum class Level { Good, Caution, Warning };
  Level level = Level::Good;
  std::string name;  ///< "motion", "first picture", "intensity", "radar"
  std::string sentence;
};

/// What the shipped models have seen (data/train/README.md, windows whose weights may be shipped).
struct TrainedRange {
  double lowestMean = 0.0055;  ///< frame means of the futures, [0, 1]
  double highestMean = 0.1709;
  double mostMissing = 0.35;
  std::vector<std::string> radars = {"MRMS", "KNMI", "FMI"};
};

/// Lights for one member: does it move as the rain moved, is there a jump into the first picture,
/// is it as strong as something the models have seen and did they follow the command, is it their
/// radar.
std::vector<PlausibilityLight> plausibilityOf(const ModelContext& context,
                                              const ScenarioMember& member,
                                              const AnticipatedIntensity& anticipated,
                                              const TrainedRange& trained = {});

/// What the dial can reach, from a sweep over n.
struct DialReach {
  double lowest = -4.0;
  double highest = 4.0;
  std::string sentence;  ///< empty when all of it is reached
};
/// A command is followed when what came out lies within half a sigma of it, averaged over lead
/// times.
DialReach dialReach(const std::vector<ScenarioMember>& sweep,
                    const AnticipatedIntensity& anticipated);

}  // namespace stormloom
