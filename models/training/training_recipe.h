#pragma once

#include <string>

#include "core/json.h"
#include "models/training/averaged_adamw.h"
#include "models/training/window_pool.h"

namespace stormloom {

/// One file says everything a run needs to be repeated; keys that are absent take these defaults.
struct TrainingRecipe {
  std::string network;
  std::string name;   ///< of the model, for people
  Json architecture;  ///< official configuration keys of the network's class
  Json own;           ///< the whole file, for keys that one network alone knows

  std::int64_t steps = 1000;
  std::int64_t batch = 32;
  std::int64_t accumulate = 1;  ///< batches whose gradients make one step
  RateSchedule rate;
  AveragedAdamWOptions optimiser;
  std::uint64_t seed = 1;
  WindowPoolOptions pool;
  std::int64_t replacedEachStep = 4;  ///< windows of the pool
  std::vector<std::string> events;    ///< of the corpus that are trained on; empty: all
  bool pictures = true;               ///< samples and the loss curve, with every validation
  std::int64_t logEvery = 50;         ///< steps
  std::int64_t validateEvery = 0;     ///< steps; 0: only at the end
};

TrainingRecipe recipeFromJson(const Json& json);  ///< ModelError for a value that makes no sense
/// The recipe that the shipped network was trained with.
Json shippedRecipe(const std::string& network);

}  // namespace stormloom
