#include "models/engine/autocast_scope.h"
#include "models/prediff/cuboid_transformer_unet.h"
#include "models/sampling/flow_sampler.h"
#include "models/training/forecast_figures.h"
#include "models/training/initial_weights.h"
#include "models/training/intensity_fit.h"
#include "models/training/latent_pool.h"
#include "models/training/trained_range.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::int64_t kAtOnce = 6;  // windows, all members each

/// Flow matching: z = (1 - t) z0 + t eps, the network learns eps - z0.
class DenoiserTask : public TrainingTask {
public:
  explicit DenoiserTask(const TrainingMaterial& material)
      : material_(material),
        space_(latentSpaceOf(material)),
        statistics_(fitIntensityStatistics(material.corpus)),
        network_(cuboidTransformerUNetOptionsFromJson(material.recipe.architecture)),
        pool_(material, space_, statistics_),
        silentShare_(material.recipe.own.value("silent_share", 0.25)),
        validationWindows_(material.recipe.own.value("validation_windows", std::int64_t(24))),
        validationMembers_(material.recipe.own.value("validation_members", std::int64_t(4))) {
    initialiseWeights(*network_, Beginning::PreDiff);
    network_->to(material.device);
  }

  torch::nn::Module& network() override { return *network_; }
  void prepare(std::int64_t steps) override {
    pool_.fill(steps, material_.recipe.replacedEachStep);
  }
  void refresh() override { pool_.replaceSome(material_.recipe.replacedEachStep); }

  Tensor loss() override {
    const LatentBatch batch = pool_.draw(material_.recipe.batch);
    const auto options = batch.target.options();
    const std::int64_t count = material_.recipe.batch;
    // Stratified: every batch sees all of the flow.
    const Tensor t =
        (torch::arange(count, options) + torch::rand({count}, options)) / double(count);
    const Tensor silent = torch::logical_and(torch::rand({count}, options) < silentShare_,
                                             torch::logical_not(batch.told));
    const Tensor control = batch.control * torch::logical_not(silent).unsqueeze(1);
    const Tensor noise = torch::randn_like(batch.target);
    const Tensor share = t.view({-1, 1, 1, 1, 1});
    const Tensor zt = (1.0 - share) * batch.target + share * noise;
    const auto rounded = roundedProducts(material_.bf16, material_.device);
    const Tensor velocity =
        network_->forward(zt, embeddedFlowTime(1.0) * t, batch.condition, control);
    return (velocity.to(torch::kFloat32) - (noise - batch.target)).square().mean();
  }

  Json validate() override {
    Json json = Json::object({});
    for (const int steps : {4, 8})
      json.set("euler_" + std::to_string(steps), scored(steps).toJson());
    return json;
  }

  Json use() override {
    return Json::object(
        {{"process", "flow-matching"},
         {"statistics", statistics_.toJson()},
         {"trained_range", trainedRangeOf(material_.corpus)},
         {"context_frames", material_.recipe.own.value("context_frames", std::int64_t(3))},
         {"extrapolated_frames", kTargetFrames},
         {"control_features", "n / 2, 20 m, 1"},
         {"defaults",
          Json::object({{"sampler", "flow-ab2"}, {"steps", 8}, {"preview_steps", 2}})}});
  }

  Tensor pictures() override {
    const WindowBatch windows = validationWindows(material_.corpus, 3);
    const Tensor members = drawn(windows, 2, 8);  // (3,2,6,H,W)
    const Tensor rows =
        torch::stack({windows.future(), members.select(1, 0), members.select(1, 1)}, 1);
    return rows.flatten(0, 1);
  }

private:
  /// (B,M,6,H,W): members that nobody commands.
  Tensor drawn(const WindowBatch& windows, std::int64_t members, int steps) {
    const torch::NoGradGuard noGradient;
    const std::int64_t count = windows.frames.size(0);
    const Tensor nobody = torch::zeros({count}, windows.frames.options().dtype(torch::kBool));
    const LatentBatch batch = pool_.encode(windows, nobody);
    const Tensor condition = batch.condition.repeat_interleave(members, 0);
    const Tensor silent =
        torch::zeros({condition.size(0), batch.control.size(1)}, condition.options());
    std::vector<std::int64_t> shape = batch.target.sizes().vec();
    shape[0] = condition.size(0);
    const FlowVelocity velocity = [&](const Tensor& z, double t) {
      const auto rounded = roundedProducts(material_.bf16, material_.device);
      const Tensor time = torch::full({z.size(0)}, embeddedFlowTime(t), z.options());
      return network_->forward(z, time, condition, silent).to(torch::kFloat32);
    };
    const Tensor latents = sampleFlow(velocity, torch::randn(shape, condition.options()), steps);
    return space_.decode(latents).unflatten(0, {count, members});
  }

  ForecastFigures scored(int steps) {
    const WindowBatch windows = validationWindows(material_.corpus, validationWindows_);
    ForecastFigures figures;
    for (std::int64_t i = 0; i < windows.frames.size(0); i += kAtOnce) {
      const WindowBatch some{windows.frames.slice(0, i, i + kAtOnce),
                             windows.measured.slice(0, i, i + kAtOnce),
                             windows.extrapolated.slice(0, i, i + kAtOnce),
                             {}};
      figures.add(drawn(some, validationMembers_, steps), some.future(), some.futureMeasured());
    }
    return figures;
  }

  TrainingMaterial material_;
  LatentSpace space_;
  IntensityStatistics statistics_;
  CuboidTransformerUNet network_;
  LatentPool pool_;
  double silentShare_;
  std::int64_t validationWindows_, validationMembers_;
};

}  // namespace

std::unique_ptr<TrainingTask> denoiserTask(const TrainingMaterial& material) {
  return std::make_unique<DenoiserTask>(material);
}

}  // namespace stormloom
