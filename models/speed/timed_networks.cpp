#include "models/speed/timed_networks.h"

#include "models/earthformer/cuboid_transformer_model.h"
#include "models/earthformer/official_configurations.h"
#include "models/engine/autocast_scope.h"
#include "models/kernels/recorded_call.h"
#include "models/prediff/alignment_guidance.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/prediff/cuboid_transformer_unet.h"
#include "models/prediff/official_prediff.h"

namespace stormloom {
using torch::Tensor;
namespace {

// Arithmetic of one item, in GFLOP, counted from the shapes.
constexpr double kDenoiserGigaflop = 645.0;
constexpr double kAlignmentGigaflop = 27.0;
constexpr double kDecodeGigaflop = 930.0;  // six frames
constexpr double kEncodeGigaflop = 470.0;  // seven frames

TimedNetwork earthformer(const std::string& name, int items, double gigaflop) {
  const CuboidTransformerOptions options =
      cuboidTransformerOptionsFromJson(earthformerConfig(name));
  CuboidTransformerModel network(options);
  const FieldShape& in = options.inputShape;
  TimedNetwork timed{name, items, gigaflop * items, network.ptr(), {}, {}, false};
  timed.call = [network](const std::vector<Tensor>& given) mutable {
    return std::vector<Tensor>{network->forward(given[0])};
  };
  timed.inputs = {torch::rand({items, in.thw[0], in.thw[1], in.thw[2], in.channels})};
  return timed;
}

/// Noisy latents, times and a condition of the official denoiser.
std::vector<Tensor> latentInputs(const CuboidTransformerUNetOptions& options, int items) {
  const FieldShape &in = options.inputShape, &out = options.targetShape;
  return {torch::randn({items, out.thw[0], out.thw[1], out.thw[2], out.channels}),
          torch::full({items}, 500.0f),
          torch::randn({items, in.thw[0], in.thw[1], in.thw[2], in.channels})};
}

TimedNetwork denoiser(int items) {
  const auto options = cuboidTransformerUNetOptionsFromJson(prediffSevirLr().denoiser);
  CuboidTransformerUNet network(options);
  TimedNetwork timed{
      "prediff-sevirlr denoiser", items, kDenoiserGigaflop * items, network.ptr(), {}, {}, false};
  timed.call = [network](const std::vector<Tensor>& given) mutable {
    return std::vector<Tensor>{network->forward(given[0], given[1].to(torch::kFloat32), given[2])};
  };
  timed.inputs = latentInputs(options, items);
  return timed;
}

TimedNetwork alignment(int items) {
  const auto options = noisyCuboidTransformerEncoderOptionsFromJson(prediffSevirLr().alignment);
  NoisyCuboidTransformerEncoder network(options);
  TimedNetwork timed{"prediff-sevirlr alignment and gradient",
                     items,
                     kAlignmentGigaflop * items,
                     network.ptr(),
                     {},
                     {},
                     true};
  const AlignmentGuidance guidance(network, 50.0, GuidanceNorm::EachAlone);
  timed.call = [guidance](const std::vector<Tensor>& given) {
    return std::vector<Tensor>{
        guidance.evaluate(given[0], given[1].to(torch::kFloat32), given[2]).gradient};
  };
  const FieldShape& in = options.inputShape;
  timed.inputs = {torch::randn({items, in.thw[0], in.thw[1], in.thw[2], in.channels}),
                  torch::full({items}, 500.0f), torch::full({items, 1}, 0.1f)};
  return timed;
}

/// What a guided step computes: the predicted noise and the alignment's gradient, which do not need
/// one another.
TimedNetwork guidedStep(int items) {
  TimedNetwork noise = denoiser(items), pull = alignment(items);
  struct Both : torch::nn::Module {
    Both(std::shared_ptr<torch::nn::Module> denoiser,
         std::shared_ptr<torch::nn::Module> alignment) {
      register_module("denoiser", std::move(denoiser));
      register_module("alignment", std::move(alignment));
    }
  };
  TimedNetwork timed{"prediff-sevirlr guided step",
                     items,
                     noise.gigaflop + pull.gigaflop,
                     std::make_shared<Both>(noise.network, pull.network),
                     {},
                     noise.inputs,
                     false};
  timed.inputs.push_back(pull.inputs[2]);
  timed.call = [predict = noise.call, align = pull.call](const std::vector<Tensor>& given) {
    return sideBySide(
        given[0].device(),
        [&] {
          return predict({given[0], given[1], given[2]});
        },
        [&] {
          const auto rounded = roundedProducts(given[0].is_cuda(), given[0].device());
          return align({given[0], given[1], given[3]});
        });
  };
  return timed;
}

TimedNetwork vae(bool encodes, int frames) {
  AutoencoderKL network(autoencoderKLOptionsFromJson(prediffSevirLr().vae));
  TimedNetwork timed{encodes ? "prediff-sevirlr VAE, encoding" : "prediff-sevirlr VAE, decoding",
                     frames,
                     encodes ? kEncodeGigaflop * frames / 7 : kDecodeGigaflop * frames / 6,
                     network.ptr(),
                     {},
                     {},
                     false};
  timed.call = [network, encodes](const std::vector<Tensor>& given) mutable {
    return std::vector<Tensor>{encodes ? network->moments(given[0]) : network->decode(given[0])};
  };
  timed.inputs = {encodes ? torch::rand({frames, 1, 128, 128})
                          : torch::randn({frames, 64, 16, 16})};
  return timed;
}

}  // namespace

std::vector<NetworkRecipe> officialNetworks(const torch::Device& device) {
  std::vector<NetworkRecipe> recipes;
  for (const int items : device.is_cpu() ? std::vector{1} : std::vector{1, 9})
    recipes.push_back({"prediff-sevirlr denoiser", [items] { return denoiser(items); }});
  recipes.push_back({"prediff-sevirlr alignment", [] { return alignment(1); }});
  recipes.push_back({"prediff-sevirlr guided step", [] { return guidedStep(1); }});
  recipes.push_back({"prediff-sevirlr VAE, decoding", [] { return vae(false, 6); }});
  recipes.push_back({"prediff-sevirlr VAE, encoding", [] { return vae(true, 7); }});
  const std::vector<std::pair<std::string, double>> earthformers = {
      {"earthformer-sevir", 447.0}, {"earthformer-sevirlr", 27.8}, {"earthformer-enso", 13.4}};
  for (const auto& [name, gigaflop] : earthformers)
    recipes.push_back({name, [name, gigaflop] { return earthformer(name, 1, gigaflop); }});
  return recipes;
}

}  // namespace stormloom
