#include "models/engine/compute_device.h"
#include "models/speed.h"
#include "models/speed/stop_watch.h"

namespace stormloom {
using torch::Tensor;

MachineLimits machineLimits(const SpeedRequest& request) {
  const torch::NoGradGuard noGradient;
  const ComputeDevice chosen = chooseDevice(request.device, 0);
  const bool gpu = chosen.device.is_cuda();
  const std::int64_t side = gpu ? 8192 : 1024,
                     copied = gpu ? std::int64_t(1) << 31 : std::int64_t(1) << 28;  // bytes
  const auto type = torch::dtype(gpu ? torch::kBFloat16 : torch::kFloat32).device(chosen.device);
  const Tensor a = torch::randn({side, side}, type), b = torch::randn({side, side}, type);
  Tensor product = torch::empty({side, side}, type);
  const double productMs =
      medianMilliseconds(chosen.device, 0.3, [&] { torch::mm_out(product, a, b); });
  const Tensor from =
      torch::zeros({copied / 4}, torch::dtype(torch::kFloat32).device(chosen.device));
  Tensor to = torch::empty_like(from);
  const double copyMs = medianMilliseconds(chosen.device, 0.3, [&] { to.copy_(from); });
  return {chosen.name, 2.0 * double(side) * double(side) * double(side) / productMs * 1e-9,
          2.0 * double(copied) / copyMs * 1e-6};
}

}  // namespace stormloom
