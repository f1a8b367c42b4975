#include "models/engine/earthformer_forecaster.h"

#include "core/errors.h"
#include "core/sha256.h"
#include "models/checkpoint/known_networks.h"
#include "models/engine/autocast_scope.h"
#include "models/engine/compute_device.h"
#include "models/engine/network_loading.h"
#include "models/kernels/device_program.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;
namespace {

std::string framesText(const Thw& thw) {
  return std::to_string(thw[0]) + " frames of " + std::to_string(thw[1]) + " x " +
         std::to_string(thw[2]);
}

}  // namespace

EarthformerForecaster::EarthformerForecaster(const std::string& folder, const std::string& weights,
                                             torch::Device device, torch::ScalarType products)
    : products_(products) {
  if (weights.empty()) {
    const ModelCard card = cardOf(folder, "earthformer");
    network_ = CuboidTransformerModel(cuboidTransformerOptionsFromJson(card.architecture));
    corrects_ = card.use.value("output", "correction") == "correction";
    if (const Json* calibration = card.use.find("calibration"); calibration && corrects_)
      calibration_ =
          IntensityCalibration::fromJson(*calibration, network_->options().targetShape.thw[0]);
    loadForInference(*network_, card, device);
    name_ = card.name;
    weightsHash_ = card.sha256;
  } else {
    readWeights(weights, device);
  }
  if (!networksFuse(device, products_)) return;
  recorded_ =
      recordedNetwork(products_, [network = network_](const std::vector<Tensor>& in) mutable {
        return network->forward(in[0]);
      });
}

void EarthformerForecaster::readWeights(const std::string& weights, const torch::Device& device) {
  const TensorFile file = readTensorFile(weights);
  const std::string prefix = mainPrefix(file);
  const NetworkVerdict verdict = recognizeNetwork(networkTensors(file, prefix));
  if (verdict.family != "Earthformer" || !verdict.known())
    throw ModelError(weights +
                     ": these are not the weights of an Earthformer that can be told from "
                     "its names and shapes. stormloom-cli models check says what they are.");
  network_ = CuboidTransformerModel(cuboidTransformerOptionsFromJson(verdict.config));
  loadInto(*network_, file, prefix);
  moveNetwork(*network_, device, torch::kFloat32);
  network_->eval();
  name_ = verdict.official() ? verdict.architecture : "Earthformer of your own";
  weightsHash_ = sha256OfFile(weights);
  const CuboidTransformerOptions& options = network_->options();
  corrects_ = options.inputShape.thw[0] > options.targetShape.thw[0] + 1;
}

Tensor EarthformerForecaster::input(const Tensor& past, const Tensor& extrapolated) const {
  const Tensor given = corrects_ ? torch::cat({past, extrapolated}, 1) : past;
  const CuboidTransformerOptions& options = network_->options();
  const Thw there = {given.size(1), given.size(2), given.size(3)};
  if (there != options.inputShape.thw || options.inputShape.channels != 1 ||
      (corrects_ && extrapolated.size(1) != options.targetShape.thw[0]))
    throw UsageError(name_ + " takes " + framesText(options.inputShape.thw) + ", but there are " +
                     framesText(there) +
                     "; --grid sevir gives 13 frames of 384 x 384, --grid sevir-lr 7 frames of "
                     "128 x 128.");
  return given.unsqueeze(-1);
}

Tensor EarthformerForecaster::forecast(const ContextEncoding& encoding) {
  return forecast(encoding.past.unsqueeze(0), encoding.extrapolated.unsqueeze(0)).squeeze(0);
}

Tensor EarthformerForecaster::forecast(const Tensor& past, const Tensor& extrapolated) {
  const torch::NoGradGuard noGradient;
  const auto rounded = roundedProducts(products_, past.device());
  const Tensor given = input(past, extrapolated);
  const Tensor out =
      recorded_ ? (*recorded_)({given})[0] : network_->forward(given);  // (B,leads,H,W,1)
  const Tensor frames = out.squeeze(-1).to(torch::kFloat32);
  const Tensor forecast = (corrects_ ? extrapolated + frames : frames).clamp(0.0, 1.0);
  return calibration_ ? (*calibration_)(forecast, extrapolated) : forecast;
}

}  // namespace stormloom
