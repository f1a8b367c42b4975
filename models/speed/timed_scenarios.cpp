#include "models/speed/timed_scenarios.h"

#include "core/model_grid.h"
#include "core/synthetic_event.h"
#include "models/checkpoint/state_dict.h"
#include "models/engine/autocast_scope.h"
#include "models/engine/compute_device.h"
#include "models/kernels/device_program.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/recorded_call.h"
#include "models/nowcast_engine.h"
#include "models/prediff/alignment_guidance.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/prediff/cuboid_transformer_unet.h"
#include "models/prediff/official_prediff.h"
#include "models/sampling/noise_schedule.h"
#include "models/speed/stop_watch.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kScenarioStepGigaflop = 672.0;  // denoiser and alignment with its gradient
constexpr double kDecodedFramesGigaflop = 930.0;

/// Random official networks and the recordings that a scenario is made of.
class OfficialScenario {
public:
  explicit OfficialScenario(const torch::Device& device)
      : device_(device),
        denoiser_(cuboidTransformerUNetOptionsFromJson(prediffSevirLr().denoiser)),
        alignment_(noisyCuboidTransformerEncoderOptionsFromJson(prediffSevirLr().alignment)),
        vae_(autoencoderKLOptionsFromJson(prediffSevirLr().vae)),
        schedule_(diffusionOptionsFromJson(prediffSevirLr().diffusion), device),
        step_([this](const std::vector<Tensor>& in) { return guidedStep(in); }),
        decode_([this](const std::vector<Tensor>& in) {
          const FusedScope fused;
          return std::vector<Tensor>{vae_->decode(in[0])};
        }) {
    for (torch::nn::Module* network : {static_cast<torch::nn::Module*>(denoiser_.get()),
                                       static_cast<torch::nn::Module*>(alignment_.get()),
                                       static_cast<torch::nn::Module*>(vae_.get())}) {
      network->eval();
      for (Tensor& parameter : network->parameters()) parameter.set_requires_grad(false);
      moveNetwork(*network, device, torch::kFloat32);
    }
  }

  /// From noise to frames.
  void run(int steps, int items) {
    DdimTables tables = ddimTables(schedule_, "uniform", steps, 0.0);
    for (Tensor* table : {&tables.timesteps, &tables.alphas, &tables.alphasPrev}) *table = table->cpu();
    const auto options = torch::dtype(torch::kFloat32).device(device_);
    Tensor z = torch::randn({items, 6, 16, 16, 64}, options);
    const Tensor condition = torch::zeros({items, 7, 16, 16, 64}, options);
    const Tensor wanted = torch::full({items, 1}, 0.1, options);
    const std::int64_t count = tables.timesteps.size(0);
    for (std::int64_t i = count; i-- > 0;) {
      const Tensor numbers = torch::stack({tables.alphas[i], tables.alphasPrev[i]}).to(torch::kFloat32);
      const Tensor time = torch::full({items}, double(tables.timesteps[i].item<std::int64_t>()), options);
      z = step_({z, time, condition, wanted, numbers.to(device_, /*non_blocking=*/true)})[0];
    }
    decode_({z.flatten(0, 1).permute({0, 3, 1, 2})});
  }

private:
  /// zt, t, zc, wanted mean, (alphaBar, alphaBar of the next step) -> the latents of the next step.
  std::vector<Tensor> guidedStep(const std::vector<Tensor>& in) {
    const Tensor &zt = in[0], &t = in[1];
    const auto both = sideBySide(
        device_,
        [&] {
          const FusedScope fused;
          return std::vector<Tensor>{denoiser_->forward(zt, t, in[2])};
        },
        [&] {
          const auto rounded = roundedProducts(true, device_);
          const AlignmentGuidance guidance(alignment_, 50.0, GuidanceNorm::EachAlone);
          return std::vector<Tensor>{guidance.meanShift(guidance.evaluate(zt, t, in[3]).gradient)};
        });
    const Tensor bar = in[4][0], next = in[4][1];
    const Tensor z0 = (zt - (1.0 - bar).sqrt() * both[0]) / bar.sqrt() - (1.0 - bar).sqrt() * both[1];
    const Tensor eps = (zt - bar.sqrt() * z0) / (1.0 - bar).sqrt();
    return {next.sqrt() * z0 + (1.0 - next).sqrt() * eps};
  }

  torch::Device device_;
  CuboidTransformerUNet denoiser_;
  NoisyCuboidTransformerEncoder alignment_;
  AutoencoderKL vae_;
  NoiseSchedule schedule_;
  RecordedCall step_, decode_;
};

}  // namespace

void timeOfficialScenarios(const SpeedRequest& request, std::stop_token stop, const EachFigure& eachFigure) {
  const std::string name = "prediff-sevirlr guided scenario";
  const ComputeDevice chosen = chooseDevice(request.device, 0);
  if (!kernelsRunOn(chosen.device) || name.find(request.networks) == std::string::npos) return;
  const torch::NoGradGuard noGradient;
  OfficialScenario scenario(chosen.device);
  for (const int items : {1, 9, 32})
    for (const int steps : {1, 4, 20, 50}) {
      if (stop.stop_requested()) return;
      if (items > 9 && steps > 20) continue;  // seconds a call
      const double ms = medianMilliseconds(chosen.device, request.seconds, [&] { scenario.run(steps, items); });
      eachFigure({name + ", " + std::to_string(steps) + " steps, decoded", "fused bf16, recorded", items, ms,
                  items * (steps * kScenarioStepGigaflop + kDecodedFramesGigaflop)});
    }
}

void timeShippedScenarios(const SpeedRequest& request, std::stop_token stop, const EachFigure& eachFigure) {
  const std::string name = "shipped scenario";
  if (name.find(request.networks) == std::string::npos) return;
  const ComputeDevice chosen = chooseDevice(request.device, 0);
  const FrameSequence event = syntheticEvent();
  const auto context = std::make_shared<const ModelContext>(
      cutContext(event, {.grid = sevirLrGrid(), .runTime = event.frames[6].validTime}));
  const std::vector<std::string> precisions =
      chosen.device.is_cuda() ? std::vector<std::string>{"fp32", "bf16", "fp16"} : std::vector<std::string>{"fp32"};
  for (const std::string& precision : precisions) {
    NowcastEngine engine({.device = request.device, .precision = precision, .modelFolder = request.modelFolder});
    ScenarioRequest question{.context = context};
    const auto timed = [&](const std::string& what, std::vector<double> n, Quality quality, int members) {
      if (stop.stop_requested()) return;
      question.nSigma = std::move(n);
      question.quality = quality;
      question.members = members;
      const double ms = medianMilliseconds(torch::kCPU, request.seconds, [&] {
        ++question.seed;  // nothing is known from before
        engine.generate(question, stop);
      });
      eachFigure({name + ", " + what, precision, int(question.nSigma.size()) * members, ms, 0.0});
    };
    timed("preview", {1.3}, Quality::Preview, 1);
    timed("full quality", {1.3}, Quality::Full, 1);
    timed("sweep of nine n, previews", {-4, -3, -2, -1, 0, 1, 2, 3, 4}, Quality::Preview, 1);
    if (chosen.device.is_cuda()) timed("32 members, full quality", {1.3}, Quality::Full, 32);
  }
}

}  // namespace stormloom
