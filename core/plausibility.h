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

/// Lights for one member: does it move as the rain moved, is there a jump into the first picture,
/// is it as strong as something the models have seen and did they follow the command, is it their
/// radar. `trained`: none when the model does not say what it was trained on.
std::vector<PlausibilityLight> plausibilityOf(const ModelContext& context,
                                              const ScenarioMember& member,
                                              const AnticipatedIntensity& anticipated,
                                              const std::optional<TrainedRange>& trained);

/// What the dial can reach, from a sweep over n.
struct DialReach {
  double lowest = -4.0;
  double highest = 4.0;
  std::string sentence;  ///< empty when all of it is reached
};
/// Where one member stays behind its command, in a sentence: "At +50 and +60 min it stays up to
/// 0.8 σ below the command." Empty where it follows within half a sigma everywhere.
std::string unreachedSentence(const ScenarioMember& member, const AnticipatedIntensity& anticipated,
                              double stepMinutes);

/// A command is followed when what came out lies within half a sigma of it, averaged over lead
/// times.
DialReach dialReach(const std::vector<ScenarioMember>& sweep,
                    const AnticipatedIntensity& anticipated);

}  // namespace stormloom
