#include "models/earthformer/cuboid_transformer_model.h"
#include "models/engine/autocast_scope.h"
#include "models/training/forecast_figures.h"
#include "models/training/initial_weights.h"
#include "models/training/training_task.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::int64_t kScoredAtOnce = 20;
constexpr std::int64_t kShownWindows = 4;

/// Earthformer reads seven frames and six extrapolated ones and corrects the latter.
class EarthformerTask : public TrainingTask {
public:
  explicit EarthformerTask(const TrainingMaterial& material)
      : material_(material),
        network_(cuboidTransformerOptionsFromJson(material.recipe.architecture)),
        pool_(material.corpus, material.recipe.pool),
        intensityWeight_(material.recipe.own.value("intensity_weight", 0.0)),
        absoluteWeight_(material.recipe.own.value("absolute_weight", 0.0)) {
    initialiseWeights(*network_, Beginning::Earthformer);
    network_->to(material.device);
  }

  torch::nn::Module& network() override { return *network_; }
  void prepare() override { pool_.fill(); }
  void refresh() override { pool_.replaceSome(material_.recipe.replacedEachStep); }

  Tensor loss() override {
    const WindowBatch windows = pool_.draw(material_.recipe.batch);
    const Tensor future = windows.future();
    const Tensor error = forecastOf(windows) - future;
    const Tensor weight = windows.futureMeasured() * (1.0 + intensityWeight_ * future);
    return (weight * (error.square() + absoluteWeight_ * error.abs())).sum() /
           windows.futureMeasured().sum();
  }

  Json validate() override {
    const torch::NoGradGuard noGradient;
    const WindowBatch windows = validationWindows(material_.corpus, kAllValidationWindows);
    ForecastFigures corrected, extrapolated;
    for (std::int64_t i = 0; i < windows.frames.size(0); i += kScoredAtOnce) {
      const WindowBatch some{windows.frames.slice(0, i, i + kScoredAtOnce),
                             windows.measured.slice(0, i, i + kScoredAtOnce),
                             windows.extrapolated.slice(0, i, i + kScoredAtOnce)};
      corrected.add(forecastOf(some).clamp(0.0, 1.0).unsqueeze(1), some.future(),
                    some.futureMeasured());
      extrapolated.add(some.extrapolated.unsqueeze(1), some.future(), some.futureMeasured());
    }
    Json json = corrected.toJson();
    json.set("extrapolation", extrapolated.toJson());
    return json;
  }

  Json use() override {
    return Json::object({{"context_frames", kContextFrames},
                         {"extrapolated_frames", kTargetFrames},
                         {"output", "correction"}});
  }

  Tensor pictures() override {
    const torch::NoGradGuard noGradient;
    const WindowBatch windows = validationWindows(material_.corpus, kShownWindows);
    const Tensor forecast = forecastOf(windows).clamp(0.0, 1.0);
    return torch::cat({windows.future(), windows.extrapolated, forecast}, 1)
        .flatten(0, 1)
        .unflatten(0, {-1, kTargetFrames});
  }

private:
  Tensor forecastOf(const WindowBatch& windows) {
    const auto rounded = roundedProducts(material_.bf16, material_.device);
    const Tensor given = torch::cat({windows.past(), windows.extrapolated}, 1).unsqueeze(-1);
    return windows.extrapolated + network_->forward(given).squeeze(-1).to(torch::kFloat32);
  }

  TrainingMaterial material_;
  CuboidTransformerModel network_;
  WindowPool pool_;
  double intensityWeight_, absoluteWeight_;
};

}  // namespace

std::unique_ptr<TrainingTask> earthformerTask(const TrainingMaterial& material) {
  return std::make_unique<EarthformerTask>(material);
}

}  // namespace stormloom
