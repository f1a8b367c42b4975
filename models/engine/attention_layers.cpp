#include "models/engine/attention_layers.h"

#include <map>
#include <sstream>

#include "core/errors.h"
#include "models/cuboid/cuboid_cross_attention.h"
#include "models/cuboid/cuboid_self_attention.h"
#include "models/engine/tensor_numbers.h"

namespace stormloom {
namespace {

/// "decoder.cross_blocks.1.0.attn_l.2" -> "decoder, cross-attention" and the numbers 1, 0, 2.
struct PathParts {
  std::string place;
  std::vector<int> numbers;
};

PathParts partsOf(const std::string& path) {
  static const std::pair<const char*, const char*> kPlaces[] = {
      {"encoder.blocks", "encoder"},
      {"decoder.self_blocks", "decoder"},
      {"decoder.cross_blocks", "decoder, cross-attention"},
      {"down_self_blocks", "down"},
      {"up_self_blocks", "up"}};
  PathParts parts;
  for (const auto& [start, place] : kPlaces)
    if (path.starts_with(start)) parts.place = place;
  std::istringstream words(path);
  for (std::string word; std::getline(words, word, '.');)
    if (!word.empty() && word.find_first_not_of("0123456789") == std::string::npos)
      parts.numbers.push_back(std::stoi(word));
  return parts;
}

std::string wordsOf(const AttentionLayer& layer) {
  const PathParts parts = partsOf(layer.path);
  if (parts.place.empty() || parts.numbers.size() != 3) return layer.path;
  const auto numbered = [&parts](const char* what, std::size_t i) {
    return std::string(", ") + what + " " + std::to_string(parts.numbers[i] + 1);
  };
  return parts.place + numbered("level", 0) + numbered("block", 1) + numbered("layer", 2) + ": " +
         cuboidWords(layer.attended);
}

/// Frames of a level that has fewer than the network was given stand for the last of their group.
std::vector<LevelFrame> framesAt(const std::vector<LevelFrame>& roles, std::int64_t count) {
  std::vector<LevelFrame> frames;
  for (std::int64_t t = 0; t < count && !roles.empty(); ++t)
    frames.push_back(roles[std::size_t((t + 1) * std::int64_t(roles.size()) / count - 1)]);
  return frames;
}

AttentionLayer described(const std::string& path, torch::nn::Module& module,
                         const AttentionInputs& given, const FrameRoles& roles) {
  AttentionLayer layer;
  layer.path = path;
  const bool decodes = path.starts_with("decoder.");
  if (given.globals.defined()) layer.globalVectors = int(given.globals.size(1));
  if (auto* self = module.as<CuboidSelfAttentionLayer>()) {
    layer.heads = int(self->options().numHeads);
    layer.padding = self->options().padding;
    layer.query = layer.attended = self->mapOf(given);
  } else {
    auto* cross = module.as<CuboidCrossAttentionLayer>();
    layer.heads = int(cross->options().numHeads);
    layer.cross = true;
    layer.padding = PaddingType::Ignore;
    const CrossCuboidMaps maps = cross->mapsOf(given);
    layer.query = maps.x;
    layer.attended = maps.mem;
    layer.attended.data[0] = given.memory.size(1);  // frames it does not look at count as well
  }
  layer.queryFrames = framesAt(decodes ? roles.decoder : roles.encoder, layer.query.data[0]);
  layer.attendedFrames =
      framesAt(decodes && !layer.cross ? roles.decoder : roles.encoder, layer.attended.data[0]);
  layer.words = wordsOf(layer);
  return layer;
}

Thw placeOf(std::int64_t flat, const Thw& shape) {
  return {flat / (shape[1] * shape[2]), flat / shape[2] % shape[1], flat % shape[2]};
}

}  // namespace

std::vector<AttentionLayer> describeLayers(const torch::nn::Module& network,
                                           const AttentionRecorder& recorder,
                                           const FrameRoles& roles) {
  std::vector<AttentionLayer> layers;
  for (const std::string& path : attentionLayers(network)) {
    const auto found = recorder.probes().find(path);
    if (found == recorder.probes().end() || !found->second.inputs.x.defined()) continue;
    layers.push_back(described(path, recorder.layer(path), found->second.inputs, roles));
  }
  return layers;
}

AttentionView viewOf(const AttentionLayer& layer, const QueryWeights& weights, const Thw& query,
                     int head) {
  if (head != kMeanOfHeads && (head < 0 || head >= layer.heads))
    throw UsageError("There is no head " + std::to_string(head) + "; the layer has " +
                     std::to_string(layer.heads) + ", counted from 0, and their mean.");
  const auto ofHead = [head](const torch::Tensor& perHead) {
    const torch::Tensor exact = perHead.to(torch::kFloat64);
    return numbersOf(head == kMeanOfHeads ? exact.mean(0) : exact.select(0, head));
  };
  AttentionView view{.layer = layer, .geo = GeoReference("", 0, 0, 1, 1, 1, 1)};
  view.head = head;
  view.query = query;
  const std::vector<double> local = ofHead(weights.local);
  std::map<std::int64_t, double> cells;  // nearest padding shows a cell several times
  for (std::size_t i = 0; i < weights.keys.size(); ++i) {
    if (weights.keys[i] < 0)
      view.padding += local[i];
    else
      cells[weights.keys[i]] += local[i];
  }
  for (const auto& [flat, weight] : cells)
    view.cells.push_back({placeOf(flat, layer.attended.data), weight});
  view.globals.assign(local.begin() + std::ptrdiff_t(weights.keys.size()), local.end());
  if (weights.global.defined()) view.drawnByGlobals = ofHead(weights.global);
  return view;
}

}  // namespace stormloom
