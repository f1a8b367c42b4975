#include "models/training/run_description.h"

#include <filesystem>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr const char* kRun = "run";

struct NamedPlace {
  const char* key;
  std::string TrainingRequest::*place;
};
constexpr NamedPlace kPlaces[] = {{"data", &TrainingRequest::data},
                                  {"vae", &TrainingRequest::vae},
                                  {"start", &TrainingRequest::start},
                                  {"teacher", &TrainingRequest::teacher}};

}  // namespace

Json recipeAlone(const TrainingRecipe& recipe) {
  Json alone = Json::object({});
  for (const auto& [key, value] : recipe.own.items())
    if (key != kRun) alone.set(key, value);
  return alone;
}

Json runDescription(const TrainingRequest& request, const TrainingRecipe& recipe) {
  Json run = Json::object({});
  for (const NamedPlace& each : kPlaces)
    if (const std::string& place = request.*each.place; !place.empty())
      run.set(each.key, std::filesystem::absolute(place).string());
  run.set("precision", request.precision);
  if (request.maxMinutes > 0.0) run.set("minutes", request.maxMinutes);
  Json description = recipeAlone(recipe);
  description.set(kRun, run);
  return description;
}

TrainingRequest completedBy(const TrainingRecipe& recipe, TrainingRequest request) {
  const Json run = recipe.own.value(kRun, Json::object({}));
  for (const NamedPlace& each : kPlaces)
    if (std::string& place = request.*each.place; place.empty())
      place = run.value(each.key, std::string());
  if (request.precision.empty()) request.precision = run.value("precision", std::string("bf16"));
  if (request.maxMinutes <= 0.0) request.maxMinutes = run.value("minutes", 0.0);
  if (request.data.empty())
    throw UsageError("No training corpus is named. Give it with --data FILE.");
  return request;
}

}  // namespace stormloom
