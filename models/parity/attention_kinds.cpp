// Golden kind of the attention weights of all cuboid layers of whole networks (spec 1.7, 1.9, 3).
#include "models/cuboid/attention_recorder.h"
#include "models/earthformer/cuboid_transformer_model.h"
#include "models/parity/parity_case.h"
#include "models/prediff/cuboid_transformer_unet.h"
#include "models/prediff/noisy_cuboid_transformer_encoder.h"

namespace stormloom {
namespace {

/// Weights of every layer during one pass, which `pass` makes.
ParityAnswer recorded(const torch::nn::Module& network, const std::function<void()>& pass) {
  const AttentionRecorder recorder(network);
  pass();
  ParityAnswer answer;
  for (const auto& [path, probe] : recorder.probes()) {
    answer.outputs["attn." + path] = probe.local;
    if (probe.global.defined()) answer.outputs["attn_global." + path] = probe.global;
  }
  return answer;
}

ParityAnswer modelAttention(const ParityCase& parity) {
  const std::string name = parity.config().at("network").asString();
  const Json& model = parity.config().at("model");
  if (name == "earthformer") {
    CuboidTransformerModel network(cuboidTransformerOptionsFromJson(model));
    parity.prepare(*network);
    return recorded(*network, [&] { network->forward(parity.input("x")); });
  }
  if (name == "denoiser") {
    CuboidTransformerUNet network(cuboidTransformerUNetOptionsFromJson(model));
    parity.prepare(*network);
    return recorded(*network, [&] {
      network->forward(parity.input("zt"), parity.input("t"), parity.input("zc"));
    });
  }
  if (name == "alignment") {
    NoisyCuboidTransformerEncoder network(noisyCuboidTransformerEncoderOptionsFromJson(model));
    parity.prepare(*network);
    return recorded(*network, [&] { network->forward(parity.input("zt"), parity.input("t")); });
  }
  throw UnknownToThisVersion("the network \"" + name + "\" is unknown to this version");
}

}  // namespace

void addAttentionKinds(ParityKinds& kinds) { kinds["model_attention"] = modelAttention; }

}  // namespace stormloom
