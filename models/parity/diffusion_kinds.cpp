// Golden kinds of the diffusion and its samplers (spec 8, 9).
#include "models/parity/parity_case.h"
#include "models/prediff/alignment_guidance.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/prediff/cuboid_transformer_unet.h"
#include "models/sampling/ancestral_sampler.h"

namespace stormloom {
using torch::Tensor;
namespace {

ParityAnswer schedule(const ParityCase& parity) {
  const NoiseSchedule s(diffusionOptionsFromJson(parity.config()));
  return {{{"betas", s.betas},
           {"alphas_cumprod", s.alphasCumprod},
           {"alphas_cumprod_prev", s.alphasCumprodPrev},
           {"sqrt_alphas_cumprod", s.sqrtAlphasCumprod},
           {"sqrt_one_minus_alphas_cumprod", s.sqrtOneMinusAlphasCumprod},
           {"log_one_minus_alphas_cumprod", s.logOneMinusAlphasCumprod},
           {"sqrt_recip_alphas_cumprod", s.sqrtRecipAlphasCumprod},
           {"sqrt_recipm1_alphas_cumprod", s.sqrtRecipm1AlphasCumprod},
           {"posterior_variance", s.posteriorVariance},
           {"posterior_log_variance_clipped", s.posteriorLogVarianceClipped},
           {"posterior_mean_coef1", s.posteriorMeanCoef1},
           {"posterior_mean_coef2", s.posteriorMeanCoef2},
           {"lvlb_weights", s.lvlbWeights}},
          {}};
}

ParityAnswer ddim(const ParityCase& parity) {
  const Json& config = parity.config();
  const DdimTables tables = ddimTables(
      NoiseSchedule(diffusionOptionsFromJson(config)), config.at("ddim_discr_method").asString(),
      config.at("num_ddim_timesteps").asInt(), config.value("eta", 0.0));
  return {{{"timesteps", tables.timesteps},
           {"sigmas", tables.sigmas},
           {"alphas", tables.alphas},
           {"alphas_prev", tables.alphasPrev}},
          {}};
}

ParityAnswer forwardAndPosterior(const ParityCase& parity) {
  const NoiseSchedule s(diffusionOptionsFromJson(parity.config()), parity.device);
  const Tensor &z0 = parity.input("z0"), &zt = parity.input("zt"), &t = parity.input("t");
  const Tensor& noise = parity.input("noise");
  const Posterior posterior = s.posterior(z0, zt, t);
  return {{{"q_sample", s.noised(z0, t, noise)},
           {"predict_start", s.startFromNoise(zt, t, noise)},
           {"posterior_mean", posterior.mean},
           {"posterior_variance", posterior.variance},
           {"posterior_log_variance_clipped", posterior.logVariance}},
          {}};
}

/// The guide of the case's alignment network; none where it has none.
MeanGuide guideOf(const ParityCase& parity) {
  const Json* config = parity.config().find("alignment");
  if (!config || config->isNull() || !parity.has("avg_x_gt")) return {};
  NoisyCuboidTransformerEncoder network(noisyCuboidTransformerEncoderOptionsFromJson(*config));
  parity.prepare(*network, "alignment.");
  const AlignmentGuidance guidance(network, parity.config().value("guide_scale", 50.0));
  return [guidance, wanted = parity.input("avg_x_gt")](const Posterior& posterior, const Tensor& zt,
                                                       const Tensor& t) {
    const Tensor shift = guidance.meanShift(guidance.evaluate(zt, t, wanted).gradient);
    return alignedMean(posterior.mean, posterior.logVariance, shift);
  };
}

AncestralSampler samplerOf(const ParityCase& parity, const DiffusionOptions& diffusion,
                           const Tensor& zc) {
  CuboidTransformerUNet denoiser(
      cuboidTransformerUNetOptionsFromJson(parity.config().at("denoiser")));
  parity.prepare(*denoiser, "denoiser.");
  return AncestralSampler(
      NoiseSchedule(diffusion, parity.device),
      [denoiser, zc](const Tensor& zt, const Tensor& t) mutable {
        return denoiser->forward(zt, t, zc);
      },
      guideOf(parity));
}

ParityAnswer pSample(const ParityCase& parity) {
  const auto diffusion = diffusionOptionsFromJson(parity.config().at("diffusion"));
  const AncestralStep step =
      samplerOf(parity, diffusion, parity.input("zc"))
          .step(parity.input("zt"), parity.input("t"), parity.input("noise"));
  return {{{"eps", step.prediction},
           {"z0_recon", step.z0},
           {"mean", step.mean},
           {"z_prev", step.zPrev}},
          {}};
}

/// The whole way from z_T, and where it was after the first and the middle step.
TensorMap trajectory(const ParityCase& parity, const DiffusionOptions& diffusion,
                     const Tensor& zc) {
  TensorMap seen;
  const Tensor& noise = parity.input("noise");
  const auto last = samplerOf(parity, diffusion, zc)
                        .sample(
                            parity.input("z_T"), [&](std::int64_t k) { return noise[k]; }, {},
                            [&](std::int64_t k, const Tensor& z) {
                              if (k == 0) seen["z_after_first"] = z;
                              if (k == diffusion.timesteps / 2) seen["z_middle"] = z;
                            });
  seen["z_0"] = last.value();
  return seen;
}

ParityAnswer sampleLoop(const ParityCase& parity) {
  const auto diffusion = diffusionOptionsFromJson(parity.config().at("diffusion"));
  return {trajectory(parity, diffusion, parity.input("zc")), {}};
}

ParityAnswer pipeline(const ParityCase& parity) {
  const auto diffusion = diffusionOptionsFromJson(parity.config().at("diffusion"));
  AutoencoderKL vae(autoencoderKLOptionsFromJson(parity.config().at("vae")));
  parity.prepare(*vae, "vae.");
  const Tensor zc = vae->encodeField(parity.input("context"));
  ParityAnswer answer{trajectory(parity, diffusion, zc), {}};
  answer.outputs["zc"] = zc;
  answer.outputs["frames"] = vae->decodeField(answer.outputs["z_0"] / diffusion.scaleFactor);
  return answer;
}

}  // namespace

void addDiffusionKinds(ParityKinds& kinds) {
  kinds["diffusion_schedule"] = schedule;
  kinds["ddim_tables"] = ddim;
  kinds["diffusion_q"] = forwardAndPosterior;
  kinds["p_sample"] = pSample;
  kinds["sample_loop"] = sampleLoop;
  kinds["prediff_pipeline"] = pipeline;
}

}  // namespace stormloom
