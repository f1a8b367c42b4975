#include "models/training/training_recipe.h"

#include "core/errors.h"

namespace stormloom {
namespace {

void require(bool holds, const char* what) {
  if (!holds) throw ModelError(std::string("The training recipe is wrong: ") + what);
}

WindowAugmentationOptions augmentationFromJson(const Json& json) {
  WindowAugmentationOptions options;
  options.warpedShare = json.value("warped_share", options.warpedShare);
  options.nearest = json.value("nearest", options.nearest);
  options.farthest = json.value("farthest", options.farthest);
  options.stretch = json.value("stretch", options.stretch);
  options.turn = json.value("turn", options.turn);
  options.drift = json.value("drift", options.drift);
  options.gamma = json.value("gamma", options.gamma);
  options.mixedShare = json.value("mixed_share", options.mixedShare);
  require(options.nearest >= 1.0 && options.farthest >= 1.0,
          "nearest and farthest of the augmentation must be at least 1.");
  return options;
}

}  // namespace

TrainingRecipe recipeFromJson(const Json& json) {
  TrainingRecipe recipe;
  recipe.network = json.at("network").asString();
  recipe.name = json.value("name", recipe.network);
  recipe.architecture = json.at("architecture");
  recipe.own = json;
  recipe.steps = json.value("steps", recipe.steps);
  recipe.batch = json.value("batch", recipe.batch);
  recipe.accumulate = json.value("accumulate", recipe.accumulate);
  recipe.rate.rate = json.value("rate", recipe.rate.rate);
  recipe.rate.warmUpShare = json.value("warm_up_share", recipe.rate.warmUpShare);
  recipe.rate.finalRatio = json.value("final_ratio", recipe.rate.finalRatio);
  recipe.optimiser.weightDecay = json.value("weight_decay", recipe.optimiser.weightDecay);
  recipe.optimiser.beta2 = json.value("beta2", recipe.optimiser.beta2);
  recipe.optimiser.clip = json.value("clip", recipe.optimiser.clip);
  recipe.optimiser.averageDecay = json.value("average_decay", recipe.optimiser.averageDecay);
  recipe.seed = json.value("seed", recipe.seed);
  recipe.pool.size = json.value("pool", recipe.pool.size);
  recipe.pool.syntheticShare = json.value("synthetic_share", recipe.pool.syntheticShare);
  recipe.pool.intensitySpread = json.value("intensity_spread", recipe.pool.intensitySpread);
  recipe.pool.otherStrideShare = json.value("other_stride_share", recipe.pool.otherStrideShare);
  recipe.pool.seed = recipe.seed;
  recipe.pool.augmentation = augmentationFromJson(json.value("augmentation", Json::object()));
  recipe.replacedEachStep = json.value("replaced_each_step", recipe.replacedEachStep);
  recipe.events = json.value("events", recipe.events);
  recipe.pictures = json.value("pictures", recipe.pictures);
  recipe.logEvery = json.value("log_every", recipe.logEvery);
  recipe.validateEvery = json.value("validate_every", recipe.validateEvery);
  require(recipe.steps > 0 && recipe.batch > 0 && recipe.accumulate > 0 && recipe.logEvery > 0,
          "steps, batch, accumulate and log_every must be at least 1.");
  require(recipe.rate.rate > 0.0 && recipe.rate.warmUpShare > 0.0 && recipe.rate.warmUpShare < 1.0,
          "rate must be positive and warm_up_share between 0 and 1.");
  require(recipe.pool.size >= 1 && recipe.pool.syntheticShare >= 0.0 &&
              recipe.pool.syntheticShare <= 1.0,
          "pool must be at least 1 and synthetic_share between 0 and 1.");
  return recipe;
}

}  // namespace stormloom
