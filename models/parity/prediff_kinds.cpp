// Golden kinds of PreDiff's networks and their parts (spec 6, 7, 9).
#include "models/parity/parity_case.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/prediff/cuboid_transformer_unet.h"

namespace stormloom {
using torch::Tensor;
namespace {

std::int64_t number(const ParityCase& parity, const char* key) {
  return parity.config().at(key).asInt();
}

/// Official blocks work on (B,C,T,H,W), ours on fields (B,T,H,W,C).
Tensor fieldFromChannelsFirst(const Tensor& x) { return x.permute({0, 2, 3, 4, 1}); }
Tensor channelsFirstFromField(const Tensor& x) { return x.permute({0, 4, 1, 2, 3}); }

ParityAnswer timestep(const ParityCase& parity) {
  return {{{"out", timestepEmbedding(parity.input("t"), number(parity, "dim"))}}, {}};
}

ParityAnswer timeEmbed(const ParityCase& parity) {
  const std::int64_t base = number(parity, "base_channels");
  TimeEmbedLayer layer(base, number(parity, "time_embed_channels"));
  parity.prepare(*layer);
  const Tensor embedding = timestepEmbedding(parity.input("t"), base).to(parity.type);
  return {{{"out", layer->forward(embedding)}}, {}};
}

ParityAnswer timeEmbedResBlock(const ParityCase& parity) {
  const Json& config = parity.config();
  TimeEmbedResBlockOptions options;
  options.channels = number(parity, "channels");
  options.outChannels = number(parity, "out_channels");
  options.embedChannels = config.value("use_embed", true) ? number(parity, "emb_channels") : 0;
  options.useScaleShiftNorm = config.value("use_scale_shift_norm", false);
  options.useConv = config.value("use_conv", false);
  TimeEmbedResBlock block(options);
  parity.prepare(*block);
  const Tensor field = fieldFromChannelsFirst(parity.input("x"));
  return {{{"out", channelsFirstFromField(block->forward(field, parity.inputIfAny("emb")))}}, {}};
}

ParityAnswer vaeResnet(const ParityCase& parity) {
  return outOf(parity, VaeResnetBlock(number(parity, "in_channels"), number(parity, "out_channels"),
                                      number(parity, "groups")));
}

ParityAnswer vaeAttention(const ParityCase& parity) {
  return outOf(parity,
               VaeAttentionBlock(number(parity, "channels"), number(parity, "norm_num_groups")));
}

ParityAnswer vaeDownsample(const ParityCase& parity) {
  return outOf(parity, VaeDownsample(number(parity, "channels")));
}

ParityAnswer vaeUpsample(const ParityCase& parity) {
  return outOf(parity, VaeUpsample(number(parity, "channels")));
}

ParityAnswer vaeMidBlock(const ParityCase& parity) {
  return outOf(parity, VaeMidBlock(number(parity, "in_channels"), number(parity, "resnet_groups")));
}

ParityAnswer vae(const ParityCase& parity) {
  AutoencoderKL network(autoencoderKLOptionsFromJson(parity.config()));
  parity.prepare(*network);
  ParityAnswer answer;
  if (parity.has("x")) {
    const Tensor moments = network->moments(parity.input("x"));
    const DiagonalGaussian posterior = gaussianFromMoments(moments);
    answer.outputs = {{"moments", moments},
                      {"mean", posterior.mean},
                      {"logvar", posterior.logvar},
                      {"kl", posterior.kl()}};
    if (parity.has("noise")) answer.outputs["sample"] = posterior.sample(parity.input("noise"));
    if (parity.wants("recon")) answer.outputs["recon"] = network->decode(posterior.mean);
  }
  if (parity.has("z")) answer.outputs["decoded"] = network->decode(parity.input("z"));
  return answer;
}

ParityAnswer denoiser(const ParityCase& parity) {
  CuboidTransformerUNet network(cuboidTransformerUNetOptionsFromJson(parity.config()));
  parity.prepare(*network);
  return {{{"eps", network->forward(parity.input("zt"), parity.input("t"), parity.input("zc"))}},
          {}};
}

}  // namespace

void addPrediffKinds(ParityKinds& kinds) {
  kinds["timestep_embedding"] = timestep;
  kinds["time_embed"] = timeEmbed;
  kinds["time_embed_res_block"] = timeEmbedResBlock;
  kinds["vae_resnet_block"] = vaeResnet;
  kinds["vae_attention_block"] = vaeAttention;
  kinds["vae_downsample"] = vaeDownsample;
  kinds["vae_upsample"] = vaeUpsample;
  kinds["vae_mid_block"] = vaeMidBlock;
  kinds["vae"] = vae;
  kinds["denoiser"] = denoiser;
}

}  // namespace stormloom
