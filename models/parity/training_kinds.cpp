// Golden kinds of training (spec 11).
#include "models/checkpoint/state_dict.h"
#include "models/earthformer/cuboid_transformer_model.h"
#include "models/official_training/optimisation_rules.h"
#include "models/official_training/prediff_losses.h"
#include "models/official_training/vae_gan_loss.h"
#include "models/parity/parity_case.h"
#include "models/prediff/alignment_guidance.h"
#include "models/prediff/cuboid_transformer_unet.h"

namespace stormloom {
using torch::Tensor;
namespace {

Tensor one(const Tensor& scalar) { return scalar.detach().reshape({1}); }
Tensor one(double scalar) { return torch::full({1}, scalar); }

ParityAnswer rates(const ParityCase& parity) {
  const Json& config = parity.config();
  OfficialRateOptions options;
  options.rate = config.at("lr").asDouble();
  options.totalSteps = config.at("total_num_steps").asInt();
  options.warmUpShare = config.at("warmup_percentage").asDouble();
  options.warmUpStartRatio = config.at("warmup_min_lr_ratio").asDouble();
  options.finalRatio = config.at("min_lr_ratio").asDouble();
  std::vector<double> rates;
  for (std::int64_t step = 0; step < options.totalSteps; ++step)
    rates.push_back(officialLearningRate(options, step));
  return {{{"lr", torch::tensor(rates, torch::kFloat64)}}, {}};
}

ParityAnswer average(const ParityCase& parity) {
  const Tensor& w = parity.input("w");
  Tensor shadow = w[0];
  std::vector<Tensor> shadows;
  for (std::int64_t n = 1; n < w.size(0); ++n) {
    updateOfficialAverage(shadow, w[n], n, parity.config().at("decay").asDouble());
    shadows.push_back(shadow);
  }
  return {{{"shadow", torch::stack(shadows)}}, {}};
}

ParityAnswer decayGroups(const ParityCase& parity) {
  CuboidTransformerModel network(cuboidTransformerOptionsFromJson(parity.config()));
  const DecayGroups groups = officialDecayGroups(*network);
  const Json& expect = parity.description.at("expect");
  ParityAnswer answer;
  if (groups.decay != expect.at("decay").as<std::vector<std::string>>())
    answer.complaints.push_back("other parameters decay");
  if (groups.noDecay != expect.at("no_decay").as<std::vector<std::string>>())
    answer.complaints.push_back("other parameters do not decay");
  return answer;
}

ParityAnswer denoiserLossOf(const ParityCase& parity) {
  torch::AutoGradMode withGradient(true);
  const NoiseSchedule schedule(diffusionOptionsFromJson(parity.config().at("diffusion")),
                               parity.device);
  CuboidTransformerUNet network(
      cuboidTransformerUNetOptionsFromJson(parity.config().at("denoiser")));
  parity.prepare(*network, "denoiser.");
  Tensor logvar = parity.weight("logvar", {schedule.options().timesteps}).requires_grad_(true);
  const Tensor &z0 = parity.input("z0"), &t = parity.input("t"), &noise = parity.input("noise");
  const Tensor predicted = network->forward(schedule.noised(z0, t, noise), t, parity.input("zc"));
  const bool eps = schedule.options().parameterization == Parameterization::Eps;
  const DenoiserLoss loss = denoiserLoss(schedule, logvar, eps ? noise : z0, predicted, t);
  loss.loss.backward();
  return {{{"loss", one(loss.loss)},
           {"loss_per_sample", loss.perSample.detach()},
           {"loss_vlb", one(loss.bound)},
           {"grad_logvar_at_t", logvar.grad().index_select(0, t)}},
          {}};
}

ParityAnswer alignmentLoss(const ParityCase& parity) {
  NoisyCuboidTransformerEncoder network(
      noisyCuboidTransformerEncoderOptionsFromJson(parity.config().at("alignment")));
  parity.prepare(*network);
  const Tensor predicted = network->forward(parity.input("zt"), parity.input("t"));
  const Tensor target = alignmentTarget(parity.input("x"));
  return {{{"target", target},
           {"loss", one(torch::mse_loss(predicted, target))},
           {"mae", one((predicted - target).abs().mean())}},
          {}};
}

ParityAnswer vaeGan(const ParityCase& parity) {
  torch::AutoGradMode withGradient(true);
  const Json& config = parity.config();
  VaeGanOptions options;
  options.klWeight = config.at("kl_weight").asDouble();
  options.discriminatorWeight = config.at("disc_weight").asDouble();
  options.discriminatorFactor = config.at("disc_factor").asDouble();
  options.discriminatorStart = config.at("disc_start").asInt();
  AutoencoderKL vae(autoencoderKLOptionsFromJson(config.at("vae")));
  parity.prepare(*vae, "vae.");
  DiscriminatorOptions patches;
  patches.layers = config.at("disc_num_layers").asInt();
  NLayerDiscriminator discriminator(patches);
  parity.prepare(*discriminator, "discriminator.");
  discriminator->train();  // batch statistics
  const Tensor &x = parity.input("x"), &noise = parity.input("noise");
  const std::int64_t step = config.at("global_step").asInt();
  if (config.at("optimizer_idx").asInt() == 1) {
    const Tensor decoded = vae->decode(vae->encode(x).sample(noise));
    const auto loss = discriminatorLoss(discriminator, x, decoded, step, options);
    return {{{"loss", one(loss.loss)},
             {"disc_loss", one(loss.loss)},
             {"logits_real", one(loss.logitsReal)},
             {"logits_fake", one(loss.logitsFake)}},
            {}};
  }
  const auto loss = generatorLoss(vae, discriminator, x, noise, step, options);
  return {{{"loss", one(loss.loss)},
           {"total_loss", one(loss.loss)},
           {"kl_loss", one(loss.kl)},
           {"nll_loss", one(loss.nll)},
           {"rec_loss", one(loss.reconstruction)},
           {"d_weight", one(loss.adversarialWeight)},
           {"disc_factor", one(loss.factor)},
           {"g_loss", one(loss.adversarial)}},
          {}};
}

/// Loss and gradients; a parameter the case lists no gradient for must have none.
ParityAnswer gradientsOf(const ParityCase& parity, const torch::nn::Module& network,
                         const Tensor& loss) {
  loss.backward();
  ParityAnswer answer{{{"loss", one(loss)}}, {}};
  for (const auto& parameter : network.named_parameters()) {
    const Tensor gradient = parameter.value().grad();
    if (!gradient.defined()) continue;
    const std::string name = "grad." + parameter.key();
    answer.outputs[name] = gradient;
    if (!parity.wants(name)) answer.complaints.push_back(parameter.key() + " has a gradient");
  }
  return answer;
}

ParityAnswer earthformerGradients(const ParityCase& parity) {
  torch::AutoGradMode withGradient(true);
  CuboidTransformerModel network(cuboidTransformerOptionsFromJson(parity.config()));
  parity.prepare(*network);
  return gradientsOf(parity, *network,
                     torch::mse_loss(network->forward(parity.input("x")), parity.input("y")));
}

ParityAnswer denoiserGradients(const ParityCase& parity) {
  torch::AutoGradMode withGradient(true);
  CuboidTransformerUNet network(cuboidTransformerUNetOptionsFromJson(parity.config()));
  parity.prepare(*network);
  const Tensor predicted =
      network->forward(parity.input("zt"), parity.input("t"), parity.input("zc"));
  return gradientsOf(parity, *network, torch::mse_loss(predicted, parity.input("noise")));
}

ParityAnswer alignmentGradients(const ParityCase& parity) {
  torch::AutoGradMode withGradient(true);
  NoisyCuboidTransformerEncoder network(
      noisyCuboidTransformerEncoderOptionsFromJson(parity.config()));
  parity.prepare(*network);
  const Tensor predicted = network->forward(parity.input("zt"), parity.input("t"));
  return gradientsOf(parity, *network, torch::mse_loss(predicted, parity.input("target")));
}

ParityAnswer adamwSteps(const ParityCase& parity) {
  torch::AutoGradMode withGradient(true);
  const Json& config = parity.config();
  CuboidTransformerModel network(cuboidTransformerOptionsFromJson(config.at("model")));
  parity.prepare(*network);
  OfficialAdamWOptions options;
  options.rate = config.at("lr").asDouble();
  options.beta1 = config.at("betas").at(0).asDouble();
  options.beta2 = config.at("betas").at(1).asDouble();
  options.eps = config.at("eps").asDouble();
  options.weightDecay = config.at("weight_decay").asDouble();
  auto optimizer = officialAdamW(*network, options);
  std::vector<double> losses, norms;
  const auto lossNow = [&] {
    const Tensor loss = torch::mse_loss(network->forward(parity.input("x")), parity.input("y"));
    losses.push_back(loss.item<double>());
    return loss;
  };
  for (std::int64_t step = 0; step < config.at("steps").asInt(); ++step) {
    optimizer.zero_grad();
    lossNow().backward();
    norms.push_back(torch::nn::utils::clip_grad_norm_(network->parameters(),
                                                      config.at("gradient_clip").asDouble()));
    optimizer.step();
  }
  lossNow();
  ParityAnswer answer{{{"loss", torch::tensor(losses)}, {"grad_norm", torch::tensor(norms)}}, {}};
  for (const auto& parameter : network->named_parameters())
    answer.outputs["param." + parameter.key()] = parameter.value().detach();
  return answer;
}

}  // namespace

void addTrainingKinds(ParityKinds& kinds) {
  kinds["lr_schedule"] = rates;
  kinds["ema"] = average;
  kinds["weight_decay_groups"] = decayGroups;
  kinds["denoiser_loss"] = denoiserLossOf;
  kinds["alignment_loss"] = alignmentLoss;
  kinds["vae_gan_loss"] = vaeGan;
  kinds["earthformer_gradients"] = earthformerGradients;
  kinds["denoiser_gradients"] = denoiserGradients;
  kinds["alignment_gradients"] = alignmentGradients;
  kinds["adamw_steps"] = adamwSteps;
}

}  // namespace stormloom
