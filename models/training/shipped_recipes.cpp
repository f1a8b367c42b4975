#include "core/errors.h"
#include "core/program_folder.h"
#include "models/training/training_recipe.h"

namespace stormloom {

Json shippedRecipe(const std::string& network) {
  for (const char* place : {"share/stormloom/recipes/", "resources/recipes/"})
    if (const auto found = findAboveProgram(place + network + ".json"))
      return readJsonFile(found->string());
  throw IoError("resources/recipes/" + network + ".json is missing. Name a recipe with --recipe.");
}

}  // namespace stormloom
