#include "models/engine/autocast_scope.h"
#include "models/prediff/noisy_cuboid_transformer_encoder.h"
#include "models/sampling/flow_sampler.h"
#include "models/training/initial_weights.h"
#include "models/training/intensity_fit.h"
#include "models/training/latent_pool.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::int64_t kAlignmentWindows = 60;

/// The network of knowledge alignment: from noised latents to the mean intensity of every frame
/// (spec section 9), along the flow that the denoiser follows.
class AlignmentTask : public TrainingTask {
public:
  explicit AlignmentTask(const TrainingMaterial& material)
      : material_(material),
        space_(latentSpaceOf(material)),
        statistics_(fitIntensityStatistics(material.corpus)),
        network_(noisyCuboidTransformerEncoderOptionsFromJson(material.recipe.architecture)),
        pool_(material, space_, statistics_) {
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
    const std::int64_t count = material_.recipe.batch;
    const auto options = batch.target.options();
    const Tensor t =
        (torch::arange(count, options) + torch::rand({count}, options)) / double(count);
    return (meansOf(batch.target, t) - batch.means).square().mean();
  }

  Json validate() override {
    const torch::NoGradGuard noGradient;
    const WindowBatch windows = validationWindows(material_.corpus, kAlignmentWindows);
    const LatentBatch batch = pool_.encode(
        windows,
        torch::zeros({windows.frames.size(0)}, windows.frames.options().dtype(torch::kBool)));
    Json json = Json::object({});
    for (const double t : {0.0, 0.25, 0.5, 1.0}) {
      const Tensor times = torch::full({batch.target.size(0)}, t, batch.target.options());
      const Tensor error = (meansOf(batch.target, times) - batch.means).square().mean().sqrt();
      json.set("rms_error_at_t_" + std::to_string(t).substr(0, 4), error.item<double>());
    }
    return json;
  }

  Json use() override {
    return Json::object({{"process", "flow-matching"}, {"target", "mean intensity of each frame"}});
  }
  Tensor pictures() override { return validationWindows(material_.corpus, 2).future(); }

private:
  Tensor meansOf(const Tensor& z0, const Tensor& t) {
    const Tensor share = t.view({-1, 1, 1, 1, 1});
    const Tensor zt = (1.0 - share) * z0 + share * torch::randn_like(z0);
    const auto rounded = roundedProducts(material_.bf16, material_.device);
    return network_->forward(zt, embeddedFlowTime(1.0) * t).to(torch::kFloat32).squeeze(-1);
  }

  TrainingMaterial material_;
  LatentSpace space_;
  IntensityStatistics statistics_;
  NoisyCuboidTransformerEncoder network_;
  LatentPool pool_;
};

}  // namespace

std::unique_ptr<TrainingTask> alignmentTask(const TrainingMaterial& material) {
  return std::make_unique<AlignmentTask>(material);
}

}  // namespace stormloom
