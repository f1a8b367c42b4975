#include "models/engine/attention_rollout.h"

#include <algorithm>

#include "core/errors.h"
#include "models/cuboid/cuboid_cross_attention.h"
#include "models/cuboid/cuboid_self_attention.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::int64_t kRowsAtOnce = 8192;  // query elements whose weights are computed together

/// The numbers of "start.level.k." in a path; k counts stacks.
bool isOf(const std::string& path, const std::string& start, std::size_t level, std::size_t stack) {
  return path.starts_with(start + "." + std::to_string(level) + "." + std::to_string(stack) + ".");
}

std::vector<std::string> stackOf(const std::vector<std::string>& paths, const std::string& start,
                                 std::size_t level, std::size_t stack) {
  std::vector<std::string> found;
  for (const std::string& path : paths)
    if (isOf(path, start, level, stack)) found.push_back(path);
  return found;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& some) {
  to.insert(to.end(), some.begin(), some.end());
}

/// All stacks of every level, one after the other.
std::vector<std::vector<std::string>> levelsOf(const std::vector<std::string>& paths,
                                               const std::string& start) {
  std::vector<std::vector<std::string>> levels;
  for (std::size_t level = 0;; ++level) {
    std::vector<std::string> layers;
    for (std::size_t k = 0;; ++k) {
      const auto stack = stackOf(paths, start, level, k);
      if (stack.empty()) break;
      append(layers, stack);
    }
    if (layers.empty()) return levels;
    levels.push_back(layers);
  }
}

std::size_t stacksOf(const std::vector<std::string>& paths, const std::string& start,
                     std::size_t level) {
  std::size_t stacks = 0;
  while (!stackOf(paths, start, level, stacks).empty()) ++stacks;
  return stacks;
}

/// A decoder level: self- and cross-attention in turn; where a self-attention stack is missing,
/// cross-attention comes first (spec 3, step 4).
std::vector<std::string> decoderLevel(const std::vector<std::string>& paths, std::size_t level,
                                      std::size_t crossLevel, bool hasCross) {
  const std::size_t self = stacksOf(paths, "decoder.self_blocks", level);
  const std::size_t cross = hasCross ? stacksOf(paths, "decoder.cross_blocks", crossLevel) : 0;
  const std::size_t depth = std::max(self, cross), missing = depth - self;
  std::vector<std::string> layers;
  for (std::size_t k = 0; k < depth; ++k) {
    if (k >= missing) append(layers, stackOf(paths, "decoder.self_blocks", level, k - missing));
    if (hasCross) append(layers, stackOf(paths, "decoder.cross_blocks", crossLevel, k));
  }
  return layers;
}

/// Weights on the cells of a field, (T,H,W) flat.
struct Field {
  Thw shape = {0, 0, 0};
  Tensor weights;
};

Field zeros(const Thw& shape) { return {shape, torch::zeros({volumeOf(shape)}, torch::kFloat64)}; }

/// Every cell of `from` gives its weight to the cell of a coarser field that holds it, or in equal
/// parts to the cells of a finer one that lie in it.
Field resampled(const Field& from, const Thw& shape) {
  if (from.shape == shape) return from;
  Field to = zeros(shape);
  const double* given = from.weights.data_ptr<double>();
  double* got = to.weights.data_ptr<double>();
  const bool finer = volumeOf(shape) > volumeOf(from.shape);
  const Thw& fine = finer ? shape : from.shape;
  const Thw& coarse = finer ? from.shape : shape;
  const double share = double(volumeOf(coarse)) / double(volumeOf(fine));
  for (std::int64_t t = 0; t < fine[0]; ++t)
    for (std::int64_t h = 0; h < fine[1]; ++h)
      for (std::int64_t w = 0; w < fine[2]; ++w) {
        const std::int64_t small = flatIndex({t, h, w}, fine);
        const std::int64_t large = flatIndex(
            {t * coarse[0] / fine[0], h * coarse[1] / fine[1], w * coarse[2] / fine[2]}, coarse);
        if (finer)
          got[small] += given[large] * share;
        else
          got[large] += given[small];
      }
  return to;
}

/// A recorded layer as something weights flow through.
class Flow {
public:
  Flow(const AttentionRecorder& recorder, const std::string& path)
      : module_(recorder.layer(path)), given_(recorder.probes().at(path).inputs) {
    if (!given_.x.defined())
      throw UsageError("The attention layer \"" + path + "\" does not run in this network.");
    if (auto* self = module_.as<CuboidSelfAttentionLayer>()) {
      padding_ = self->options().padding;
      query_ = attended_ = self->mapOf(given_);
    } else {
      auto* cross = module_.as<CuboidCrossAttentionLayer>();
      const CrossCuboidMaps maps = cross->mapsOf(given_);
      query_ = maps.x;
      attended_ = maps.mem;
      skipped_ = cross->skippedFrames(given_.memory) * attended_.data[1] * attended_.data[2];
    }
  }

  bool isCross() const { return given_.memory.defined(); }
  const Thw& queryShape() const { return query_.data; }
  Thw attendedShape() const {
    Thw shape = attended_.data;
    if (isCross()) shape[0] = given_.memory.size(1);
    return shape;
  }

  /// Where weights on the asking field were looking: on the attended field.
  Field lookedAt(const Field& asking) const {
    Field out = zeros(attendedShape());
    const Tensor queries = inCuboidOrder(asking);  // (K,V)
    const std::int64_t atOnce = std::max<std::int64_t>(1, kRowsAtOnce / query_.volume());
    for (std::int64_t first = 0; first < query_.cuboids(); first += atOnce) {
      const CuboidRange some = {first, std::min(atOnce, query_.cuboids() - first)};
      const Tensor asked = queries.narrow(0, some.first, some.count);
      if (!asked.any().item<bool>()) continue;
      const Tensor weights = meanWeights(some);  // (K',V,Vm)
      const Tensor drawn = torch::matmul(asked.unsqueeze(1), weights).flatten();
      addTo(out, drawn, sourceIndex(attended_, padding_, some));
    }
    return out;
  }

private:
  Tensor inCuboidOrder(const Field& asking) const {
    Tensor queries = torch::zeros({query_.cuboids() * query_.volume()}, torch::kFloat64);
    double* to = queries.data_ptr<double>();
    const double* from = asking.weights.data_ptr<double>();
    for (std::int64_t i = 0; i < volumeOf(asking.shape); ++i) {
      if (from[i] == 0.0) continue;
      const Thw& s = asking.shape;
      const auto at =
          queryElement(query_, {i / (s[1] * s[2]), i / s[2] % s[1], i % s[2]}, padding_);
      to[at.cuboid * query_.volume() + at.element] += from[i];
    }
    return queries.reshape({query_.cuboids(), query_.volume()});
  }

  Tensor meanWeights(const CuboidRange& some) const {
    const QueryRange all = {0, query_.volume()};
    auto* self = module_.as<CuboidSelfAttentionLayer>();
    const Tensor weights =
        self ? self->weightsOf(given_, 0, some, all)
             : module_.as<CuboidCrossAttentionLayer>()->weightsOf(given_, 0, some, all);
    return weights.squeeze(0)
        .mean(1)
        .narrow(-1, 0, attended_.volume())
        .to(torch::kCPU, torch::kFloat64);
  }

  void addTo(Field& out, const Tensor& drawn, const std::vector<std::int64_t>& sources) const {
    const double* amount = drawn.data_ptr<double>();
    double* to = out.weights.data_ptr<double>();
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (sources[i] >= 0) to[sources[i] + skipped_] += amount[i];
  }

  torch::nn::Module& module_;
  const AttentionInputs& given_;
  PaddingType padding_ = PaddingType::Ignore;
  CuboidMap query_, attended_;
  std::int64_t skipped_ = 0;
};

/// What each level of the way down gets from cross-attention and skip connections.
class Collected {
public:
  void add(std::size_t level, const Field& field) {
    if (fields_.size() <= level) fields_.resize(level + 1);
    Field& there = fields_[level];
    if (!there.weights.defined())
      there = field;
    else
      there.weights = there.weights + resampled(field, there.shape).weights;
  }
  bool has(std::size_t level) const {
    return level < fields_.size() && fields_[level].weights.defined();
  }
  const Field& at(std::size_t level) const { return fields_[level]; }

private:
  std::vector<Field> fields_;
};

Field halved(const Field& field) { return {field.shape, field.weights * 0.5}; }

/// Back through one layer; what went to another field is collected for its level.
void goBack(const AttentionRecorder& recorder, const std::string& path, std::size_t level,
            Field& field, Collected& collected) {
  const Flow flow(recorder, path);
  field = resampled(field, flow.queryShape());
  const Field half = halved(field);
  const Field looked = flow.lookedAt(half);
  if (flow.isCross())
    collected.add(level, looked);
  else
    field.weights = half.weights + looked.weights;
  if (flow.isCross()) field = half;
}

}  // namespace

LayerChain layerChain(const std::vector<std::string>& paths) {
  LayerChain chain;
  chain.down = levelsOf(paths, "encoder.blocks");
  if (chain.down.empty()) {
    chain.down = levelsOf(paths, "down_self_blocks");
    chain.up = levelsOf(paths, "up_self_blocks");
    chain.skips = true;
    return chain;
  }
  std::size_t crossLevels = 0;
  while (stacksOf(paths, "decoder.cross_blocks", crossLevels) > 0) ++crossLevels;
  const std::size_t levels = chain.down.size();
  const std::size_t firstCross = levels - std::min(levels, crossLevels);
  for (std::size_t level = 0; level < levels; ++level)
    chain.up.push_back(
        decoderLevel(paths, level, level - std::min(level, firstCross), level >= firstCross));
  return chain;
}

RolledOut rollOut(const AttentionRecorder& recorder, const LayerChain& chain, const Thw& start) {
  const torch::NoGradGuard noGradient;
  if (chain.up.empty() || chain.up[0].empty() || chain.down.empty() || chain.down[0].empty())
    throw UsageError("Attention can be followed back only through a network that gives frames.");
  Field field = zeros(Flow(recorder, chain.up[0].back()).queryShape());
  field.weights[flatIndex(start, field.shape)] = 1.0;
  Collected collected;
  for (std::size_t level = 0; level < chain.up.size(); ++level) {
    for (auto path = chain.up[level].rbegin(); path != chain.up[level].rend(); ++path)
      goBack(recorder, *path, level, field, collected);
    if (!chain.skips || level + 1 == chain.up.size()) continue;
    collected.add(level, halved(field));
    field = halved(field);
  }
  // A decoder starts from a state of its own; a way up from the coarsest level of the way down.
  if (!chain.skips) field.weights = torch::zeros_like(field.weights);
  for (std::size_t level = chain.down.size(); level-- > 0;) {
    field = resampled(field, Flow(recorder, chain.down[level].back()).queryShape());
    if (collected.has(level))
      field.weights = field.weights + resampled(collected.at(level), field.shape).weights;
    for (auto path = chain.down[level].rbegin(); path != chain.down[level].rend(); ++path)
      goBack(recorder, *path, level, field, collected);
  }
  const double kept = field.weights.sum().item<double>();
  return {field.weights.reshape({field.shape[0], field.shape[1], field.shape[2]}),
          std::max(0.0, 1.0 - kept)};
}

}  // namespace stormloom
