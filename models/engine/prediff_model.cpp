#include "models/engine/prediff_model.h"

#include "core/errors.h"
#include "models/engine/autocast_scope.h"
#include "models/engine/network_loading.h"

namespace stormloom {
using torch::Tensor;
namespace {

Tensor perChannel(const ModelCard& card, const char* key, std::int64_t channels,
                  const torch::Device& device) {
  const auto values = card.use.at(key).as<std::vector<double>>();
  if (std::int64_t(values.size()) != channels)
    throw ModelError(card.path + ": " + key + " needs one number for each of " +
                     std::to_string(channels) + " latent channels.");
  return torch::tensor(values, torch::kFloat64).to(torch::kFloat32).to(device);
}

}  // namespace

PreDiffModel::PreDiffModel(const std::string& folder, torch::Device device, bool bf16)
    : device_(device), bf16_(bf16 && device.is_cuda()) {
  const ModelCard vae = cardOf(folder, "vae");
  const ModelCard denoiser = cardOf(folder, "denoiser");
  try {
    vae_ = AutoencoderKL(autoencoderKLOptionsFromJson(vae.architecture));
    denoiser_ = CuboidTransformerUNet(cuboidTransformerUNetOptionsFromJson(denoiser.architecture));
    const std::int64_t channels = vae_->options().latentChannels;
    mean_ = perChannel(vae, "latent_mean", channels, device);
    deviation_ = perChannel(vae, "latent_deviation", channels, device);
    statistics_ = IntensityStatistics::fromJson(denoiser.use.at("statistics"));
    contextFrames_ = denoiser.use.at("context_frames").asInt();
    const Json& defaults = denoiser.use.at("defaults");
    sampler_ = defaults.value("sampler", "flow-euler");
    steps_ = defaults.value("steps", steps_);
    previewSteps_ = defaults.value("preview_steps", previewSteps_);
    noiseScale_ = defaults.value("noise_scale", noiseScale_);
    timeShift_ = defaults.value("time_shift", timeShift_);
  } catch (const IoError& error) {
    throw ModelError(folder + ": a model card lacks something. " + error.what());
  }
  const FieldShape& target = denoiser_->options().targetShape;
  latentShape_ = {target.thw[0], target.thw[1], target.thw[2], target.channels};
  if (target.channels != vae_->options().latentChannels ||
      std::int64_t(statistics_.a.size()) != target.thw[0])
    throw ModelError(folder + ": VAE, denoiser and their cards do not belong together.");
  loadForInference(*vae_, vae, device);
  loadForInference(*denoiser_, denoiser, device);
  name_ = denoiser.name;
  weightsHash_ = denoiser.sha256;
}

Tensor PreDiffModel::condition(const ContextEncoding& encoding) {
  return condition(encoding.past.unsqueeze(0), encoding.extrapolated.unsqueeze(0));
}

Tensor PreDiffModel::condition(const Tensor& past, const Tensor& extrapolated) {
  const torch::NoGradGuard noGradient;
  const auto rounded = roundedProducts(bf16_, device_);
  const Tensor lately = past.slice(1, past.size(1) - contextFrames_);
  const Tensor frames = torch::cat({lately, extrapolated}, 1).unsqueeze(-1);
  const Tensor latents = vae_->encodeField(frames).to(torch::kFloat32);
  return (latents - mean_) / deviation_;
}

Tensor PreDiffModel::velocity(const Tensor& z, double t, const Tensor& condition,
                              const Tensor& control) {
  const torch::NoGradGuard noGradient;
  const auto rounded = roundedProducts(bf16_, device_);
  const Tensor time = torch::full({z.size(0)}, embeddedFlowTime(t), z.options());
  const Tensor given = condition.expand({z.size(0), -1, -1, -1, -1});
  return denoiser_->forward(z, time, given, control).to(torch::kFloat32);
}

Tensor PreDiffModel::sample(const Tensor& noise, const Tensor& condition, const Tensor& control,
                            FlowMethod method, int steps, std::stop_token stop,
                            const std::function<void()>& eachEvaluation) {
  const FlowVelocity follow = [&](const Tensor& z, double t) {
    if (stop.stop_requested()) throw Stopped();
    const Tensor v = velocity(z, t, condition, control);
    if (eachEvaluation) eachEvaluation();
    return v;
  };
  return sampleFlow(follow, noise * noiseScale_, steps, method, timeShift_);
}

Tensor PreDiffModel::decode(const Tensor& latents) {
  const auto rounded = roundedProducts(bf16_, device_);
  const Tensor frames = (latents * deviation_ + mean_).permute({0, 3, 1, 2}).contiguous();
  return vae_->decode(frames).squeeze(1).to(torch::kFloat32).clamp(0.0, 1.0);
}

}  // namespace stormloom
