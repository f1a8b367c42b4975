#include "models/training/forecast_teacher.h"

#include "core/errors.h"
#include "models/engine/prediff_model.h"
#include "models/sampling/flow_sampler.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::int64_t kTaughtAtOnce = 32;

Tensor expectationOf(PreDiffModel& model, const Tensor& past, const Tensor& extrapolated) {
  const Tensor condition = model.condition(past, extrapolated);
  std::vector<std::int64_t> shape = model.latentShape().vec();
  shape.insert(shape.begin(), past.size(0));
  const Tensor begins = torch::full({past.size(0)}, embeddedFlowTime(1.0), condition.options());
  const Tensor silent = torch::zeros({past.size(0), 3}, condition.options());
  const Tensor noise = torch::randn(shape, condition.options());
  Tensor sum;
  for (const Tensor& start : {noise, -noise}) {  // what the noise still does cancels
    const Tensor clean = start - model.denoise(start, begins, condition, silent);
    const Tensor frames = model.decode(clean.flatten(0, 1));
    sum = sum.defined() ? sum + frames : frames;
  }
  return (0.5 * sum).unflatten(0, {past.size(0), shape[1]});
}

}  // namespace

WindowTeacher forecastTeacher(const std::string& modelFolder, torch::Device device, bool bf16) {
  const auto model = std::make_shared<PreDiffModel>(
      modelFolder, device, bf16 && device.is_cuda() ? torch::kBFloat16 : torch::kFloat32);
  if (model->diffusion())
    throw UsageError(modelFolder + ": only a PreDiff that follows a flow can teach.");
  return [model](const WindowBatch& windows) {
    const torch::NoGradGuard noGradient;
    std::vector<Tensor> taught;
    for (std::int64_t i = 0; i < windows.frames.size(0); i += kTaughtAtOnce)
      taught.push_back(expectationOf(*model, windows.past().slice(0, i, i + kTaughtAtOnce),
                                     windows.extrapolated.slice(0, i, i + kTaughtAtOnce)));
    return torch::cat(taught);
  };
}

}  // namespace stormloom
