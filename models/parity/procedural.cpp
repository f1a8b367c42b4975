#include "models/parity/procedural.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "core/errors.h"
#include "models/checkpoint/state_dict.h"
#include "models/kernels/over_threads.h"

namespace stormloom {
using torch::Tensor;
namespace {

bool endsWith(std::string_view name, std::string_view end) {
  return name.size() >= end.size() && name.substr(name.size() - end.size()) == end;
}

struct WeightRule {
  double offset;
  double scale;
};

/// The first rule that fits, as the table of the recipe lists them.
WeightRule weightRule(std::string_view name, at::IntArrayRef shape) {
  if (endsWith(name, "relative_position_bias_table")) return {0.0, 0.2};
  if (endsWith(name, "init_global_vectors")) return {0.0, 0.5};
  if (endsWith(name, "_embed.weight") || endsWith(name, "positional_embedding")) return {0.0, 0.1};
  if (endsWith(name, "running_mean")) return {0.0, 0.1};
  if (endsWith(name, "running_var")) return {1.0, 0.25};
  if (shape.size() >= 2) {
    double fanIn = 1.0;
    for (std::size_t axis = 1; axis < shape.size(); ++axis) fanIn *= double(shape[axis]);
    return {0.0, std::sqrt(3.0 / fanIn)};
  }
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return shape.size() == 1 && last == "weight" ? WeightRule{1.0, 0.1} : WeightRule{0.0, 0.05};
}

/// Computes every element of a float32 tensor from its flat index.
Tensor filled(at::IntArrayRef shape, const std::function<double(std::int64_t)>& element) {
  const Tensor out = torch::empty(shape, torch::kFloat32);
  float* values = out.mutable_data_ptr<float>();
  overThreads(out.numel(), 1 << 15, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) values[i] = float(element(i));
  });
  return out;
}

double normalElement(const ProceduralNumbers& numbers, std::int64_t i) {
  double sum = 0.0;
  for (std::int64_t k = 0; k < 12; ++k) sum += numbers.uniform(std::uint64_t(12 * i + k));
  return 0.5 * sum;
}

/// Six moving cells per sample and channel, with a little noise.
Tensor radarInput(std::uint64_t seed, const std::string& key, at::IntArrayRef shape) {
  if (shape.size() != 5) throw IoError("The recipe \"radar\" needs the shape (B,T,H,W,C).");
  const ProceduralNumbers cells(seed, key + ":cells");
  const ProceduralNumbers noise(seed, key + ":noise");
  const auto frames = shape[1], rows = shape[2], cols = shape[3], channels = shape[4];
  const double h = double(rows);
  const double w = double(cols);
  return filled(shape, [&, frames, rows, cols, channels](std::int64_t i) {
    const std::int64_t c = i % channels;
    const double x = double(i / channels % cols);
    const double y = double(i / channels / cols % rows);
    const double t = double(i / channels / cols / rows % frames);
    const std::int64_t b = i / channels / cols / rows / frames;
    double f = 0.0;
    for (std::int64_t k = 0; k < 6; ++k) {
      const auto p = [&](std::int64_t j) {
        return cells.uniform(std::uint64_t((b * channels + c) * 36 + 6 * k + j));
      };
      const double cy = h * (0.5 + 0.4 * p(0)) + t * (h / 40) * p(2);
      const double cx = w * (0.5 + 0.4 * p(1)) + t * (w / 40) * p(3);
      const double r = (0.5 * (h + w)) * (0.2 + 0.1 * p(4));
      const double a = 0.55 + 0.45 * p(5);
      const double q = std::max(0.0, 1 - ((y - cy) * (y - cy) + (x - cx) * (x - cx)) / (r * r));
      f = f + a * (q * q);
    }
    return std::min(1.0, f + 0.01 * (noise.uniform(std::uint64_t(i)) + 1));
  });
}

}  // namespace

std::uint64_t fnv1a64(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes)
    hash = (hash ^ std::uint64_t(static_cast<unsigned char>(c))) * 0x100000001b3;
  return hash;
}

std::uint64_t ProceduralNumbers::bits(std::uint64_t index) const {
  std::uint64_t z = state_ + (index + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

double ProceduralNumbers::uniform(std::uint64_t index) const {
  return double(bits(index) >> 11) * 0x1p-52 - 1.0;
}

Tensor proceduralWeight(std::uint64_t seed, const std::string& name, at::IntArrayRef shape) {
  const WeightRule rule = weightRule(name, shape);
  const ProceduralNumbers numbers(seed, name);
  return filled(shape, [&](std::int64_t i) {
    return rule.offset + rule.scale * numbers.uniform(std::uint64_t(i));
  });
}

void fillProcedural(torch::nn::Module& network, std::uint64_t seed, const std::string& prefix) {
  const torch::NoGradGuard noGrad;
  for (NamedTensor& entry : stateDict(network))
    if (entry.tensor.is_floating_point())
      entry.tensor.copy_(proceduralWeight(seed, prefix + entry.name, entry.tensor.sizes()));
}

Tensor proceduralInput(const std::string& recipe, std::uint64_t seed, const std::string& name,
                       at::IntArrayRef shape) {
  const std::string key = "input:" + name;
  const ProceduralNumbers numbers(seed, key);
  const auto uniform01 = [&](std::int64_t i) {
    return (numbers.uniform(std::uint64_t(i)) + 1) * 0.5;
  };
  if (recipe == "uniform")
    return filled(shape, [&](std::int64_t i) { return numbers.uniform(std::uint64_t(i)); });
  if (recipe == "uniform01") return filled(shape, uniform01);
  if (recipe == "normal")
    return filled(shape, [&](std::int64_t i) { return normalElement(numbers, i); });
  if (recipe == "radar") return radarInput(seed, key, shape);
  if (recipe == "texture") {
    const Tensor radar = radarInput(seed, key, shape);
    const float* cells = radar.const_data_ptr<float>();
    return filled(shape, [&](std::int64_t i) {
      return 0.5 * double(cells[i]) + 0.5 * double(float(uniform01(i)));
    });
  }
  throw IoError("The input recipe \"" + recipe +
                "\" is unknown; known are uniform, uniform01, normal, radar and texture.");
}

std::vector<std::int64_t> probedElements(std::uint64_t seed, const std::string& output,
                                         std::int64_t count, std::int64_t numel) {
  const ProceduralNumbers numbers(seed, "probe:" + output);
  std::vector<std::int64_t> elements(std::size_t(count), 0);
  for (std::size_t j = 0; j < elements.size(); ++j)
    elements[j] = std::int64_t(numbers.bits(j) % std::uint64_t(numel));
  return elements;
}

}  // namespace stormloom
