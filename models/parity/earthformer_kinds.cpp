// Golden kinds of Earthformer's stages and whole networks (spec 1.10, 3, 5).
#include "models/cuboid/cuboid_json.h"
#include "models/earthformer/conv_stages.h"
#include "models/earthformer/cuboid_transformer_aux_model.h"
#include "models/earthformer/cuboid_transformer_model.h"
#include "models/parity/layer_options.h"
#include "models/parity/parity_case.h"

namespace stormloom {
using torch::Tensor;
namespace {

using Numbers = std::vector<std::int64_t>;

ParityAnswer initialEncoder(const ParityCase& parity) {
  const Json& config = parity.config();
  InitialEncoderOptions options;
  options.dim = config.at("dim").asInt();
  options.outDim = config.at("out_dim").asInt();
  options.downsampleScale = scaleFromJson(config.at("downsample_scale"));
  options.numConvLayers = config.at("num_conv_layers").asInt();
  options.activation = config.value("activation", "leaky");
  options.padding = paddingTypeFromName(config.value("padding_type", "zeros"));
  return outOf(parity, InitialEncoder(options));
}

ParityAnswer finalDecoder(const ParityCase& parity) {
  const Json& config = parity.config();
  FinalDecoderOptions options;
  options.target = thwFromJson(config.at("target_thw"));
  options.dim = config.at("dim").asInt();
  options.numConvLayers = config.at("num_conv_layers").asInt();
  options.activation = config.value("activation", "leaky");
  return outOf(parity, FinalDecoder(options));
}

ParityAnswer stackInitialEncoder(const ParityCase& parity) {
  const Json& config = parity.config();
  InitialStackOptions options;
  options.dim = config.at("in_dim").asInt();
  options.outDims = config.at("out_dim_list").as<Numbers>();
  options.scales = config.at("downsample_scale_list").as<Numbers>();
  options.convs = config.at("num_conv_per_merge_list").as<Numbers>();
  options.activation = config.value("activation", "leaky");
  options.padding = paddingTypeFromName(config.value("padding_type", "zeros"));
  return outOf(parity, InitialStackPatchMergingEncoder(options));
}

ParityAnswer stackFinalDecoder(const ParityCase& parity) {
  const Json& config = parity.config();
  FinalStackOptions options;
  options.dim = config.at("in_dim").asInt();
  for (const Json& shape : config.at("target_shape_list")) {
    options.targets.push_back({shape.at(0).asInt(), shape.at(1).asInt(), shape.at(2).asInt()});
    options.outDims.push_back(shape.at(3).asInt());
  }
  options.convs = config.at("num_conv_per_up_list").as<Numbers>();
  options.activation = config.value("activation", "leaky");
  return outOf(parity, FinalStackUpsamplingDecoder(options));
}

ParityAnswer encoder(const ParityCase& parity) {
  CuboidTransformerEncoder network(encoderOf(parity.config()));
  parity.prepare(*network);
  const auto memory = network->forward(parity.input("x"), parity.inputIfAny("global_vectors"));
  ParityAnswer answer;
  for (std::size_t i = 0; i < memory.fields.size(); ++i) {
    answer.outputs["mem." + std::to_string(i)] = memory.fields[i];
    answer.outputs["global_mem." + std::to_string(i)] = memory.globals[i];
  }
  return answer;
}

ParityAnswer earthformer(const ParityCase& parity) {
  CuboidTransformerModel network(cuboidTransformerOptionsFromJson(parity.config()));
  parity.prepare(*network);
  return {{{"y", network->forward(parity.input("x"))}}, {}};
}

ParityAnswer earthformerWithAuxiliaryInput(const ParityCase& parity) {
  CuboidTransformerAuxModel network(cuboidTransformerOptionsFromJson(parity.config()));
  parity.prepare(*network);
  return {{{"y",
            network->forward(parity.input("x"), parity.input("aux_enc"), parity.input("aux_dec"))}},
          {}};
}

}  // namespace

void addEarthformerKinds(ParityKinds& kinds) {
  kinds["initial_encoder"] = initialEncoder;
  kinds["final_decoder"] = finalDecoder;
  kinds["stack_initial_encoder"] = stackInitialEncoder;
  kinds["stack_final_decoder"] = stackFinalDecoder;
  kinds["encoder"] = encoder;
  kinds["earthformer"] = earthformer;
  kinds["earthformer_aux"] = earthformerWithAuxiliaryInput;
}

}  // namespace stormloom
