#include "models/engine/autocast_scope.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/training/forecast_figures.h"
#include "models/training/latent_frames.h"
#include "models/training/training_task.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::int64_t kStatisticsWindows = 512;
constexpr std::int64_t kShownFrames = 6;

/// Frames to latents and back: absolute and squared error of measured cells and a small divergence,
/// all summed over a frame. One frame in seven is an extrapolated one, as the denoiser's condition
/// has them.
class VaeTask : public TrainingTask {
public:
  explicit VaeTask(const TrainingMaterial& material)
      : material_(material),
        vae_(autoencoderKLOptionsFromJson(material.recipe.architecture)),
        pool_(material.corpus, material.recipe.pool),
        klWeight_(material.recipe.own.value("kl_weight", 1e-4)),
        squareWeight_(material.recipe.own.value("square_weight", 4.0)),
        posteriorNoise_(material.recipe.own.value("posterior_noise", 1.0)),
        edgeWeight_(material.recipe.own.value("edge_weight", 0.0)) {
    vae_->to(material.device);
  }

  torch::nn::Module& network() override { return *vae_; }
  void prepare(std::int64_t steps) override {
    pool_.fill(steps, material_.recipe.replacedEachStep);
  }
  void refresh() override { pool_.replaceSome(material_.recipe.replacedEachStep); }

  Tensor loss() override {
    const auto [frames, measured] = drawnFrames();
    Tensor decoded, divergence;
    {
      const auto rounded = roundedProducts(material_.bf16, material_.device);
      const DiagonalGaussian posterior = vae_->encode(frames);
      const Tensor mean = posterior.mean.to(torch::kFloat32);
      const Tensor logvar = posterior.logvar.to(torch::kFloat32);
      const DiagonalGaussian precise{mean, logvar};
      divergence = precise.kl();
      decoded = vae_->decode(precise.sample(posteriorNoise_ * torch::randn_like(mean)))
                    .to(torch::kFloat32);
    }
    const Tensor error = (decoded - frames) * measured;
    Tensor each = (error.abs() + squareWeight_ * error.square()).sum({1, 2, 3});
    if (edgeWeight_ > 0.0) each = each + edgeWeight_ * edges(error);
    return (each + klWeight_ * divergence).mean() / double(frames[0].numel());
  }

  Json validate() override {
    const WindowBatch windows = validationWindows(material_.corpus, kAllValidationWindows);
    ForecastFigures figures;
    double absolute = 0.0, cells = 0.0;
    for (std::int64_t i = 0; i < windows.frames.size(0); i += 16) {
      const Tensor frames = windows.future().slice(0, i, i + 16);
      const Tensor measured = windows.futureMeasured().slice(0, i, i + 16);
      const Tensor again =
          decodedFrames(vae_, meanLatents(vae_, frames, material_.bf16), material_.bf16);
      figures.add(again.unsqueeze(1), frames, measured);
      absolute += ((again - frames).abs() * measured).sum(torch::kFloat64).item<double>();
      cells += measured.sum(torch::kFloat64).item<double>();
    }
    Json json = figures.toJson();
    json.set("mae_x1000", 1000.0 * absolute / cells);
    return json;
  }

  Json use() override {
    if (encoderStays()) return readModelCard(cardPathOf(material_.start)).use;
    const WindowBatch windows =
        pool_.draw(std::min(kStatisticsWindows, material_.recipe.pool.size));
    std::vector<Tensor> latents;
    for (std::int64_t i = 0; i < windows.frames.size(0); i += 32)
      latents.push_back(
          meanLatents(vae_, windows.future().slice(0, i, i + 32), material_.bf16).flatten(0, 3));
    const Tensor all = torch::cat(latents);
    const auto numbers = [](const Tensor& values) {
      const Tensor onCpu = values.to(torch::kCPU, torch::kFloat64).contiguous();
      return std::vector<double>(onCpu.data_ptr<double>(),
                                 onCpu.data_ptr<double>() + onCpu.numel());
    };
    return Json::object(
        {{"latent_mean", numbers(all.mean(0))}, {"latent_deviation", numbers(all.std(0))}});
  }

  Tensor pictures() override {
    const Tensor frames =
        validationWindows(material_.corpus, kShownFrames).frames.select(1, -1).unsqueeze(1);
    const Tensor again =
        decodedFrames(vae_, meanLatents(vae_, frames, material_.bf16), material_.bf16);
    return torch::stack({frames.squeeze(1), again.squeeze(1)});
  }

private:
  /// Only the decoder is trained on: the latents, and what was trained on them, keep their meaning.
  bool encoderStays() const {
    return !material_.start.empty() && material_.recipe.own.contains("frozen");
  }

  /// (B,1,H,W), values and which of them were measured.
  std::pair<Tensor, Tensor> drawnFrames() const {
    const WindowBatch windows = pool_.draw(material_.recipe.batch);
    const std::int64_t count = material_.recipe.batch;
    const Tensor frames = torch::cat({windows.frames, windows.extrapolated}, 1);
    const Tensor measured =
        torch::cat({windows.measured, torch::ones_like(windows.extrapolated)}, 1);
    const auto whole = torch::TensorOptions(torch::kInt64).device(frames.device());
    const Tensor carried = torch::rand({count}, frames.options()) < 1.0 / 7.0;
    const Tensor which = torch::where(
        carried, torch::randint(kWindowFrames, kWindowFrames + kTargetFrames, {count}, whole),
        torch::randint(kWindowFrames, {count}, whole));
    const Tensor rows = torch::arange(count, whole);
    return {frames.index({rows, which}).unsqueeze(1), measured.index({rows, which}).unsqueeze(1)};
  }

  /// Absolute differences of neighbouring cells' errors: what blurs edges costs more.
  static Tensor edges(const Tensor& error) {
    return (error.slice(-1, 1) - error.slice(-1, 0, -1)).abs().sum({1, 2, 3}) +
           (error.slice(-2, 1) - error.slice(-2, 0, -1)).abs().sum({1, 2, 3});
  }

  TrainingMaterial material_;
  AutoencoderKL vae_;
  WindowPool pool_;
  double klWeight_, squareWeight_, posteriorNoise_, edgeWeight_;
};

}  // namespace

std::unique_ptr<TrainingTask> vaeTask(const TrainingMaterial& material) {
  return std::make_unique<VaeTask>(material);
}

}  // namespace stormloom
