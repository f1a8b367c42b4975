#include "models/earthformer/cuboid_transformer_model.h"
#include "models/engine/autocast_scope.h"
#include "models/engine/intensity_calibration.h"
#include "models/training/forecast_figures.h"
#include "models/training/forecast_teacher.h"
#include "models/training/initial_weights.h"
#include "models/training/training_task.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::int64_t kScoredAtOnce = 20;
constexpr std::int64_t kShownWindows = 4;

/// Earthformer reads seven frames and six extrapolated ones and corrects the latter. With a teacher it learns what that
/// one expects as well as what came: expectations are far less noisy, and there are as many as windows can be made.
class EarthformerTask : public TrainingTask {
public:
  explicit EarthformerTask(const TrainingMaterial& material)
      : material_(material),
        network_(cuboidTransformerOptionsFromJson(material.recipe.architecture)),
        pool_(material.corpus, material.recipe.pool, teacherOf(material)),
        teacherShare_(material.teacher.empty() ? 0.0
                                               : material.recipe.own.value("teacher_share", 0.5)),
        intensityWeight_(material.recipe.own.value("intensity_weight", 0.0)),
        absoluteWeight_(material.recipe.own.value("absolute_weight", 0.0)) {
    initialiseWeights(*network_, Beginning::Earthformer);
    network_->to(material.device);
  }

  torch::nn::Module& network() override { return *network_; }
  void prepare(std::int64_t steps) override {
    pool_.fill(steps, material_.recipe.replacedEachStep);
  }
  void refresh() override { pool_.replaceSome(material_.recipe.replacedEachStep); }

  Tensor loss() override {
    const WindowBatch windows = pool_.draw(material_.recipe.batch);
    const Tensor future = windows.future();
    const Tensor forecast = forecastOf(windows);
    const Tensor error = forecast - future;
    const Tensor weight = windows.futureMeasured() * (1.0 + intensityWeight_ * future);
    const Tensor fromTruth = (weight * (error.square() + absoluteWeight_ * error.abs())).sum() /
                             windows.futureMeasured().sum();
    if (!windows.taught.defined()) return fromTruth;
    const Tensor fromTeacher = (forecast - windows.taught).square().mean();
    return (1.0 - teacherShare_) * fromTruth + teacherShare_ * fromTeacher;
  }

  Json validate() override {
    const torch::NoGradGuard noGradient;
    const WindowBatch windows = validationWindows(material_.corpus, kAllValidationWindows);
    const IntensityCalibration calibration =
        IntensityCalibration::fromJson(calibrationOfRecipe(), kTargetFrames);
    ForecastFigures corrected, calibrated, extrapolated;
    for (std::int64_t i = 0; i < windows.frames.size(0); i += kScoredAtOnce) {
      const WindowBatch some{windows.frames.slice(0, i, i + kScoredAtOnce),
                             windows.measured.slice(0, i, i + kScoredAtOnce),
                             windows.extrapolated.slice(0, i, i + kScoredAtOnce),
                             {}};
      const Tensor forecast = forecastOf(some).clamp(0.0, 1.0);
      corrected.add(forecast.unsqueeze(1), some.future(), some.futureMeasured());
      calibrated.add(calibration(forecast, some.extrapolated).unsqueeze(1), some.future(),
                     some.futureMeasured());
      extrapolated.add(some.extrapolated.unsqueeze(1), some.future(), some.futureMeasured());
    }
    Json json = corrected.toJson();
    json.set("calibrated", calibrated.toJson());
    json.set("extrapolation", extrapolated.toJson());
    return json;
  }

  Json use() override {
    return Json::object({{"context_frames", kContextFrames},
                         {"extrapolated_frames", kTargetFrames},
                         {"output", "correction"},
                         {"calibration", calibrationOfRecipe()}});
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
  Json calibrationOfRecipe() const {
    return material_.recipe.own.value("calibration", Json::object({}));
  }
  static WindowTeacher teacherOf(const TrainingMaterial& material) {
    if (material.teacher.empty()) return {};
    return forecastTeacher(material.teacher, material.device, material.bf16);
  }

  Tensor forecastOf(const WindowBatch& windows) {
    const auto rounded = roundedProducts(material_.bf16, material_.device);
    const Tensor given = torch::cat({windows.past(), windows.extrapolated}, 1).unsqueeze(-1);
    return windows.extrapolated + network_->forward(given).squeeze(-1).to(torch::kFloat32);
  }

  TrainingMaterial material_;
  CuboidTransformerModel network_;
  WindowPool pool_;
  double teacherShare_, intensityWeight_, absoluteWeight_;
};

}  // namespace

std::unique_ptr<TrainingTask> earthformerTask(const TrainingMaterial& material) {
  return std::make_unique<EarthformerTask>(material);
}

}  // namespace stormloom
