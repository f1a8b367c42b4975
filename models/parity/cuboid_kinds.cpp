// Golden kinds of the integer maps, the patterns and single attention layers (spec 1.5-1.7, 1.9,
// 2).
#include "models/cuboid/attention_parts.h"
#include "models/cuboid/cuboid_cross_attention.h"
#include "models/cuboid/cuboid_json.h"
#include "models/cuboid/cuboid_layout.h"
#include "core/cuboid_pattern.h"
#include "models/cuboid/cuboid_self_attention.h"
#include "models/parity/layer_options.h"
#include "models/parity/parity_case.h"

namespace stormloom {
using torch::Tensor;
namespace {

Tensor tensorOf(const std::vector<std::int64_t>& values, at::IntArrayRef shape) {
  return torch::tensor(values, torch::kLong).reshape(shape);
}

Tensor tensorOf(const Thw& thw) { return torch::tensor({thw[0], thw[1], thw[2]}, torch::kLong); }

Tensor orAllTrue(const Tensor& mask, at::IntArrayRef shape) {
  return mask.defined() ? mask : torch::ones(shape, torch::kBool);
}

ParityAnswer cuboidMap(const ParityCase& parity) {
  const Json& config = parity.config();
  const PaddingType padding = paddingTypeFromName(config.at("padding_type").asString());
  const CuboidShape shape{thwFromJson(config.at("cuboid_size")),
                          strategyFromJson(config.at("strategy")),
                          thwFromJson(config.at("shift_size"))};
  const CuboidMap map = fitCuboids(shape, thwFromJson(config.at("shape")));
  const std::int64_t k = map.cuboids();
  const std::int64_t v = map.volume();
  return {{{"effective_cuboid_size", tensorOf(map.size)},
           {"effective_shift_size", tensorOf(map.shift)},
           {"padded_shape", tensorOf(map.padded)},
           {"reorder_index", tensorOf(reorderIndex(map), {k, v})},
           {"inverse_index", tensorOf(inverseIndex(map), map.padded)},
           {"source_index", tensorOf(sourceIndex(map, padding), {k, v})},
           {"mask", orAllTrue(selfAttentionMask(map, padding), {k, v, v})},
           {"relative_position_index", relativePositionIndexTensor(shape.size)}},
          {}};
}

ParityAnswer cuboidCrossMap(const ParityCase& parity) {
  const Json& config = parity.config();
  const auto at = [&config](const char* key) { return config.at(key).asInt(); };
  const PaddingType padding = paddingTypeFromName(config.at("padding_type").asString());
  const CrossCuboidMaps maps = fitCrossCuboids(crossCuboidOf(config), {at("T_x"), at("H"), at("W")},
                                               {at("T_mem"), at("H"), at("W")});
  const std::int64_t k = maps.x.cuboids();
  const std::int64_t vx = maps.x.volume();
  const std::int64_t vm = maps.mem.volume();
  return {{{"x_source_index", tensorOf(sourceIndex(maps.x, padding), {k, vx})},
           {"mem_source_index", tensorOf(sourceIndex(maps.mem, padding), {k, vm})},
           {"mask", orAllTrue(crossAttentionMask(maps), {k, vx, vm})}},
          {}};
}

Tensor tensorOf(const CuboidStrategy& strategy) {
  return torch::tensor(
      {std::int64_t(strategy[0]), std::int64_t(strategy[1]), std::int64_t(strategy[2])});
}

void addPattern(const std::string& name, const std::vector<CuboidShape>& layers, TensorMap& out) {
  std::vector<Tensor> sizes, strategies, shifts;
  for (const CuboidShape& layer : layers) {
    sizes.push_back(tensorOf(layer.size));
    strategies.push_back(tensorOf(layer.strategy));
    shifts.push_back(tensorOf(layer.shift));
  }
  out[name + ".cuboid_size"] = torch::stack(sizes);
  out[name + ".strategy"] = torch::stack(strategies);
  out[name + ".shift_size"] = torch::stack(shifts);
}

void addPattern(const std::string& name, const std::vector<CrossCuboidShape>& layers,
                TensorMap& out) {
  std::vector<Tensor> sizes, strategies, shifts, temporal;
  for (const CrossCuboidShape& layer : layers) {
    sizes.push_back(torch::tensor({layer.hw[0], layer.hw[1]}, torch::kLong));
    shifts.push_back(torch::tensor({layer.shiftHw[0], layer.shiftHw[1]}, torch::kLong));
    strategies.push_back(tensorOf(layer.strategy));
    temporal.push_back(torch::tensor(layer.nTemporal, torch::kLong));
  }
  out[name + ".cuboid_hw"] = torch::stack(sizes);
  out[name + ".shift_hw"] = torch::stack(shifts);
  out[name + ".strategy"] = torch::stack(strategies);
  out[name + ".n_temporal"] = torch::stack(temporal);
}

ParityAnswer attentionPattern(const ParityCase& parity) {
  const Json& config = parity.config();
  const Json& shape = config.at("mem_shape");
  const Thw thw = {shape.at(0).asInt(), shape.at(1).asInt(), shape.at(2).asInt()};
  ParityAnswer answer;
  for (const Json& name : config.at("patterns")) {
    if (config.at("cross").asBool())
      addPattern(name.asString(), crossPattern(name.asString(), thw), answer.outputs);
    else
      addPattern(name.asString(), selfPattern(name.asString(), thw), answer.outputs);
  }
  return answer;
}

ParityAnswer selfAttention(const ParityCase& parity) {
  CuboidSelfAttentionLayer layer(selfAttentionOf(parity.config()));
  parity.prepare(*layer);
  AttentionProbe probe;
  layer->setProbe(&probe);
  ParityAnswer answer;
  if (parity.has("global_vectors")) {
    const auto [out, globals] = layer->forward(parity.input("x"), parity.input("global_vectors"));
    answer.outputs = {{"out", out}, {"out_global", globals}, {"attn_global", probe.global}};
  } else {
    answer.outputs = {{"out", layer->forward(parity.input("x"))}};
  }
  answer.outputs["attn_local"] = probe.local;
  return answer;
}

ParityAnswer crossAttention(const ParityCase& parity) {
  CuboidCrossAttentionLayer layer(crossAttentionOf(parity.config()));
  parity.prepare(*layer);
  AttentionProbe probe;
  layer->setProbe(&probe);
  const Tensor out = layer->forward(parity.input("x"), parity.input("mem"),
                                    parity.inputIfAny("mem_global_vectors"));
  return {{{"out", out}, {"attn_cross", probe.local}}, {}};
}

}  // namespace

void addCuboidKinds(ParityKinds& kinds) {
  kinds["cuboid_map"] = cuboidMap;
  kinds["cuboid_cross_map"] = cuboidCrossMap;
  kinds["attention_pattern"] = attentionPattern;
  kinds["cuboid_self_attention"] = selfAttention;
  kinds["cuboid_cross_attention"] = crossAttention;
}

}  // namespace stormloom
