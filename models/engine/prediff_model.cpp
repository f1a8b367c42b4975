#include "models/engine/prediff_model.h"

#include <algorithm>
#include <filesystem>

#include "core/errors.h"
#include "models/engine/autocast_scope.h"
#include "models/engine/compute_device.h"
#include "models/engine/network_loading.h"
#include "models/kernels/device_program.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/kept_memory.h"
#include "models/prediff/alignment_guidance.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kSharpest = 0.5;  // cells

Tensor perChannel(const ModelCard& card, const char* key, std::int64_t channels,
                  const torch::Device& device) {
  const auto values = card.use.at(key).as<std::vector<double>>();
  if (std::int64_t(values.size()) != channels)
    throw ModelError(card.path + ": " + key + " needs one number for each of " +
                     std::to_string(channels) + " latent channels.");
  return torch::tensor(values, torch::kFloat64).to(torch::kFloat32).to(device);
}

void keepChannelsLast(Tensor& weights) {
  if (weights.dim() == 4) weights.set_data(weights.contiguous(at::MemoryFormat::ChannelsLast));
  if (weights.dim() == 5) weights.set_data(weights.contiguous(at::MemoryFormat::ChannelsLast3d));
}

}  // namespace

PreDiffModel::PreDiffModel(const std::string& folder, torch::Device device,
                           torch::ScalarType products)
    : device_(device), products_(products) {
  const ModelCard vae = cardOf(folder, "vae");
  const ModelCard denoiser = cardOf(folder, "denoiser");
  const std::string process = denoiser.use.value("process", "flow-matching");
  try {
    vae_ = AutoencoderKL(autoencoderKLOptionsFromJson(vae.architecture));
    denoiser_ = CuboidTransformerUNet(cuboidTransformerUNetOptionsFromJson(denoiser.architecture));
    const FieldShape& target = denoiser_->options().targetShape;
    latentShape_ = {target.thw[0], target.thw[1], target.thw[2], target.channels};
    statistics_ = IntensityStatistics::fromJson(denoiser.use.at("statistics"));
    trainedRange_ = denoiser.trainedRange();
    contextFrames_ = denoiser.use.at("context_frames").asInt();
    const Json& defaults = denoiser.use.at("defaults");
    sampler_ = defaults.at("sampler").asString();
    steps_ = defaults.value("steps", steps_);
    previewSteps_ = defaults.value("preview_steps", previewSteps_);
    if (process == "diffusion")
      readDiffusionCards(folder, denoiser);
    else
      readFlowCards(vae, denoiser);
  } catch (const IoError& error) {
    throw ModelError(folder + ": a model card lacks something. " + error.what());
  }
  if (process != "diffusion" && process != "flow-matching")
    throw ModelError(denoiser.path + ": the process \"" + process +
                     "\" is unknown; known are flow-matching and diffusion.");
  requireTogether(folder);
  loadForInference(*vae_, vae, device);
  loadForInference(*denoiser_, denoiser, device);
  if (device.is_cpu()) {  // tokens lie channels last already: convolutions need no copies then
    for (torch::Tensor& weights : vae_->parameters()) keepChannelsLast(weights);
    for (torch::Tensor& weights : denoiser_->parameters()) keepChannelsLast(weights);
  }
  if (networksFuse(device, products_)) recordNetworks();
  name_ = denoiser.name;
  weightsHash_ = denoiser.sha256;
}

void PreDiffModel::recordNetworks() {
  denoising_ = recordedNetwork(products_, [network = denoiser_](const std::vector<Tensor>& in) mutable {
    return network->forward(in[0], in[1], in[2], in.size() > 3 ? in[3] : Tensor());
  });
  decoding_ = recordedNetwork(products_, [network = vae_](const std::vector<Tensor>& in) mutable {
    return network->decode(in[0]);
  });
  encoding_ = recordedNetwork(products_, [network = vae_](const std::vector<Tensor>& in) mutable {
    return network->encodeField(in[0]);
  });
  growing_.emplace([this](const std::vector<Tensor>& in) {
    // Gradients are too small for half precision; bfloat16 has the range.
    const FusedScope fused(true, torch::kBFloat16);
    const KeptMemoryScope memory;
    const ExtrapolatedPart part =
        in.size() > 2 ? ExtrapolatedPart{in[2], in[3]} : ExtrapolatedPart{};
    const FramesAndGradient made = recordedGradient(
        [this, &part](const Tensor& z) { return decode(z, part); }, in[0], in[1]);
    return std::vector<Tensor>{made.frames, made.gradient};
  });
  if (device_.is_cpu() || !diffusion_ || diffusion_->alignment.is_empty()) return;
  const AlignmentGuidance guidance(diffusion_->alignment, diffusion_->guideScale,
                                   GuidanceNorm::EachAlone);
  const torch::Device device = device_;
  diffusion_->aligning =
      std::make_shared<RecordedCall>([guidance, device](const std::vector<Tensor>& in) {
        const auto rounded = roundedProducts(true, device);
        return std::vector<Tensor>{guidance.evaluate(in[0], in[1], in[2]).gradient};
      });
}

void PreDiffModel::readFlowCards(const ModelCard& vae, const ModelCard& denoiser) {
  const std::int64_t channels = vae_->options().latentChannels;
  mean_ = perChannel(vae, "latent_mean", channels, device_);
  deviation_ = perChannel(vae, "latent_deviation", channels, device_);
  extrapolates_ = denoiser.use.value("extrapolated_frames", 1) > 0;
  const Json& defaults = denoiser.use.at("defaults");
  flowTiming_.noiseScale = defaults.value("noise_scale", flowTiming_.noiseScale);
  flowTiming_.timeShift = defaults.value("time_shift", flowTiming_.timeShift);
  sharpening_.strength = defaults.value("sharpness", sharpening_.strength);
  sharpening_.cells = std::max(defaults.value("sharpness_cells", sharpening_.cells), kSharpest);
  extrapolatedShare_ = defaults.value("extrapolated_share", extrapolatedShare_);
  for (const double share : extrapolatedShare_)
    if (!(share >= 0.0 && share < 1.0))
      throw ModelError(denoiser.path + ": each extrapolated_share must be from 0 to less than 1.");
}

void PreDiffModel::readDiffusionCards(const std::string& folder, const ModelCard& denoiser) {
  const DiffusionOptions options = diffusionOptionsFromJson(denoiser.use.at("diffusion"));
  scaleFactor_ = options.scaleFactor;
  extrapolates_ = denoiser.use.value("extrapolated_frames", 0) > 0;
  diffusion_.emplace(OfficialDiffusion{NoiseSchedule(options, device_)});
  diffusion_->guideScale = denoiser.use.value("guide_scale", diffusion_->guideScale);
  if (!std::filesystem::exists(folder + "/alignment.json")) return;
  const ModelCard card = cardOf(folder, "alignment");
  if (card.use.value("process", "") != "diffusion") return;
  NoisyCuboidTransformerEncoder network(
      noisyCuboidTransformerEncoderOptionsFromJson(card.architecture));
  loadForInference(*network, card, device_);
  diffusion_->alignment = network;
}

void PreDiffModel::requireTogether(const std::string& folder) const {
  const FieldShape& given = denoiser_->options().inputShape;
  bool fit = latentShape_[3] == vae_->options().latentChannels &&
             std::int64_t(statistics_.a.size()) == latentShape_[0] &&
             (extrapolatedShare_.empty() ||
              std::int64_t(extrapolatedShare_.size()) == latentShape_[0]) &&
             given.thw[0] == contextFrames_ + (extrapolates_ ? latentShape_[0] : 0);
  if (diffusion_ && !diffusion_->alignment.is_empty()) {
    const FieldShape& aligned = diffusion_->alignment->options().inputShape;
    fit = fit && aligned.thw == denoiser_->options().targetShape.thw &&
          aligned.channels == latentShape_[3];
  }
  if (!fit)
    throw ModelError(folder +
                     ": VAE, denoiser, alignment network and their cards do not belong "
                     "together.");
}

Tensor PreDiffModel::condition(const ContextEncoding& encoding) {
  return condition(encoding.past.unsqueeze(0), encoding.extrapolated.unsqueeze(0));
}

Tensor PreDiffModel::condition(const Tensor& past, const Tensor& extrapolated) {
  const torch::NoGradGuard noGradient;
  const std::int64_t side = std::int64_t(1) << (vae_->options().blockOutChannels.size() - 1);
  const std::int64_t rows = latentShape_[1] * side, columns = latentShape_[2] * side;
  if (past.size(1) < contextFrames_ || past.size(2) != rows || past.size(3) != columns ||
      (extrapolates_ && extrapolated.size(1) != latentShape_[0]))
    throw UsageError(name_ + " takes " + std::to_string(contextFrames_) + " frames of " +
                     std::to_string(rows) + " x " + std::to_string(columns) + ", but there are " +
                     std::to_string(past.size(1)) + " of " + std::to_string(past.size(2)) + " x " +
                     std::to_string(past.size(3)) + "; --grid sevir-lr gives 7 of 128 x 128.");
  const auto rounded = roundedProducts(products_, device_);
  const Tensor lately = past.slice(1, past.size(1) - contextFrames_);
  const Tensor frames = extrapolates_ ? torch::cat({lately, extrapolated}, 1) : lately;
  const Tensor field = frames.unsqueeze(-1);
  const Tensor latents =
      encoding_ ? (*encoding_)({field})[0] : vae_->encodeField(field).to(torch::kFloat32);
  return mean_.defined() ? (latents - mean_) / deviation_ : latents;  // quirk Q10: not scaled
}

Tensor PreDiffModel::denoise(const Tensor& z, const Tensor& time, const Tensor& condition,
                             const Tensor& control) {
  if (!denoising_) return denoiseByLayers(z, time, condition, control);
  std::vector<Tensor> inputs = {z, time, condition.expand({z.size(0), -1, -1, -1, -1})};
  if (control.defined()) inputs.push_back(control);
  return (*denoising_)(inputs)[0];
}

Tensor PreDiffModel::denoiseByLayers(const Tensor& z, const Tensor& time, const Tensor& condition,
                                     const Tensor& control) {
  const torch::NoGradGuard noGradient;
  const auto rounded = roundedProducts(products_, device_);
  const Tensor given = condition.expand({z.size(0), -1, -1, -1, -1});
  return denoiser_->forward(z, time, given, control).to(torch::kFloat32);
}

Tensor PreDiffModel::decode(const Tensor& latents, const ExtrapolatedPart& part) {
  const Tensor own = mean_.defined() ? latents * deviation_ + mean_ : latents / scaleFactor_;
  const Tensor frames = sharpening_(decoded(own.permute({0, 3, 1, 2}).contiguous()).squeeze(1));
  return part(frames).clamp(0.0, 1.0);
}

FrameDecoder PreDiffModel::frameDecoder(const ExtrapolatedPart& part) {
  FrameDecoder decoder{[this, part](const Tensor& latents) { return decode(latents, part); },
                       [this, part](const Tensor& latents, const Tensor& seen) {
                         return decodedWithGradient(latents, seen, part);
                       }};
  if (part.defined())
    decoder.only = [this, part](const Tensor& rows) { return frameDecoder(part.only(rows)); };
  return decoder;
}

FramesAndGradient PreDiffModel::decodedWithGradient(const Tensor& latents, const Tensor& seen,
                                                    const ExtrapolatedPart& part) {
  if (!growing_)
    return recordedGradient([this, &part](const Tensor& z) { return decode(z, part); }, latents,
                            seen);
  std::vector<Tensor> given = {latents, seen};
  if (part.defined()) given.insert(given.end(), {part.kept, part.rain});
  const std::vector<Tensor> made = (*growing_)(given);
  return {made[0], made[1]};
}

Tensor PreDiffModel::decoded(const Tensor& frames) {
  const bool wantsGradient = torch::GradMode::is_enabled();
  if (decoding_ && !wantsGradient) return (*decoding_)({frames})[0];
  const auto rounded = roundedProducts(products_ != torch::kFloat32 && !growing_, device_);
  return vae_->decode(frames).to(torch::kFloat32);
}

}  // namespace stormloom
