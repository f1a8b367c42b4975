#pragma once

#include "models/training.h"
#include "models/training/training_recipe.h"

namespace stormloom {

/// The whole description of a run: its recipe and, under "run", the files, the time and the precision that it was
/// started with. What is written beside the weights as STEM.run.json is itself a recipe that repeats the run.
Json runDescription(const TrainingRequest& request, const TrainingRecipe& recipe);

/// A request whose files and precision are those of the recipe's "run" wherever it names none itself. UsageError when
/// no data are named by either.
TrainingRequest completedBy(const TrainingRecipe& recipe, TrainingRequest request);

/// The recipe without "run", which names places on one machine.
Json recipeAlone(const TrainingRecipe& recipe);

}  // namespace stormloom
