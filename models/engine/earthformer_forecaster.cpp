#include "models/engine/earthformer_forecaster.h"

#include "core/errors.h"
#include "core/sha256.h"
#include "models/checkpoint/network_tensors.h"
#include "models/earthformer/official_configurations.h"
#include "models/engine/autocast_scope.h"
#include "models/engine/network_loading.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr const char* kOfficial = "earthformer-sevirlr";

}  // namespace

EarthformerForecaster::EarthformerForecaster(const std::string& folder, const std::string& weights,
                                             torch::Device device, bool bf16)
    : bf16_(bf16 && device.is_cuda()) {
  if (weights.empty()) {
    const ModelCard card = cardOf(folder, "earthformer");
    network_ = CuboidTransformerModel(cuboidTransformerOptionsFromJson(card.architecture));
    corrects_ = card.use.value("output", "correction") == "correction";
    loadForInference(*network_, card, device);
    name_ = card.name;
    weightsHash_ = card.sha256;
    return;
  }
  const TensorFile file = readTensorFile(weights);
  network_ = CuboidTransformerModel(cuboidTransformerOptionsFromJson(earthformerConfig(kOfficial)));
  corrects_ = !compareTensors(stateDict(*network_), networkTensors(file, "")).fits();
  if (corrects_)  // then it must be one like the shipped one
    network_ = CuboidTransformerModel(
        cuboidTransformerOptionsFromJson(cardOf(folder, "earthformer").architecture));
  loadInto(*network_, file);
  moveNetwork(*network_, device, torch::kFloat32);
  network_->eval();
  name_ = corrects_ ? "Earthformer of your own" : "Earthformer, official SEVIR-LR configuration";
  weightsHash_ = sha256OfFile(weights);
}

Tensor EarthformerForecaster::forecast(const ContextEncoding& encoding) {
  const torch::NoGradGuard noGradient;
  const auto rounded = roundedProducts(bf16_, encoding.past.device());
  const Tensor given =
      corrects_ ? torch::cat({encoding.past, encoding.extrapolated}) : encoding.past;
  const Tensor out = network_->forward(given.unsqueeze(0).unsqueeze(-1));  // (1,leads,H,W,1)
  const Tensor frames = out.squeeze(0).squeeze(-1).to(torch::kFloat32);
  return (corrects_ ? encoding.extrapolated + frames : frames).clamp(0.0, 1.0);
}

}  // namespace stormloom
