// Golden kinds of the knowledge alignment network and its guidance (spec 9).
#include "models/parity/parity_case.h"
#include "models/prediff/alignment_guidance.h"

namespace stormloom {
using torch::Tensor;
namespace {

ParityAnswer attentionPool(const ParityCase& parity) {
  const Json& config = parity.config();
  AttentionPoolOptions options;
  options.tokens = config.at("data_dim").asInt();
  options.embedDim = config.at("embed_dim").asInt();
  options.headChannels = options.embedDim / config.at("num_heads").asInt();
  options.outputDim = config.at("output_dim").asInt();
  AttentionPool3D pool(options);
  parity.prepare(*pool);
  return {{{"out", pool->forward(parity.input("x"))}}, {}};
}

NoisyCuboidTransformerEncoder networkOf(const ParityCase& parity, const Json& config) {
  NoisyCuboidTransformerEncoder network(noisyCuboidTransformerEncoderOptionsFromJson(config));
  parity.prepare(*network);
  return network;
}

ParityAnswer alignment(const ParityCase& parity) {
  auto network = networkOf(parity, parity.config());
  return {{{"pred", network->forward(parity.input("zt"), parity.input("t"))}}, {}};
}

ParityAnswer guidance(const ParityCase& parity) {
  const AlignmentGuidance guidance(networkOf(parity, parity.config().at("alignment")),
                                   parity.config().value("guide_scale", 50.0));
  const AlignmentValue value =
      guidance.evaluate(parity.input("zt"), parity.input("t"), parity.input("avg_x_gt"));
  ParityAnswer answer;
  answer.outputs = {
      {"pred", value.prediction}, {"value", value.value.view({1})}, {"gradient", value.gradient}};
  if (!parity.has("mean")) return answer;
  const Tensor shift = guidance.meanShift(value.gradient);
  answer.outputs["mean_shift"] = shift;
  answer.outputs["aligned_mean"] =
      alignedMean(parity.input("mean"), parity.input("log_variance"), shift);
  return answer;
}

ParityAnswer target(const ParityCase& parity) {
  return {{{"target", alignmentTarget(parity.input("x"))}}, {}};
}

}  // namespace

void addAlignmentKinds(ParityKinds& kinds) {
  kinds["attention_pool"] = attentionPool;
  kinds["alignment"] = alignment;
  kinds["guidance"] = guidance;
  kinds["alignment_target"] = target;
}

}  // namespace stormloom
