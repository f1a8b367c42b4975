#include <algorithm>

#include "models/kernels/activation.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/group_norm_kinds.h"
#include "models/kernels/over_threads.h"
#include "models/kernels/processor_kernels.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::int64_t kRowsOfMoments = 64;

/// What many rows of a group are known by: how many values, their mean, their squared distances.
struct Moments {
  double count = 0.0, mean = 0.0, squares = 0.0;
  void add(double otherCount, double otherMean, double otherSquares) {
    const double all = count + otherCount, apart = otherMean - mean;
    squares += otherSquares + apart * apart * count * otherCount / all;
    mean += apart * otherCount / all;
    count = all;
  }
};

/// For each group of one item; the sums of rows in floats, those of blocks of rows in doubles.
std::vector<Moments> momentsOfGroups(const ProcessorGroupNorm& given, std::int64_t rows,
                                     std::int64_t groups) {
  const std::int64_t blocks = (rows + kRowsOfMoments - 1) / kRowsOfMoments, c = given.channels;
  std::vector<float> means(std::size_t(blocks * c)), squares(means.size());
  overThreads(blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block)
      processorKernels().channelMoments(given, block * kRowsOfMoments,
                                        std::min(rows, (block + 1) * kRowsOfMoments),
                                        means.data() + block * c, squares.data() + block * c);
  });
  std::vector<Moments> moments(static_cast<std::size_t>(groups));
  for (std::int64_t block = 0; block < blocks; ++block) {
    const auto count =
        double(std::min(rows, (block + 1) * kRowsOfMoments) - block * kRowsOfMoments);
    for (std::int64_t k = 0; k < c; ++k) {
      const auto at = std::size_t(block * c + k);
      moments[std::size_t(k / (c / groups))].add(count, double(means[at]), double(squares[at]));
    }
  }
  return moments;
}

const float* rowOfItem(const Tensor& values, std::int64_t item) {
  const auto [base, row] = perItemRows(values);
  return base ? static_cast<const float*>(base) + item * row : nullptr;
}

/// The norm of each channel of an item: h = x * factor + term, the shift before and the scale behind
/// it included; normed before weights, x * spread + centre.
struct ChannelNorms {
  std::vector<float> factor, term, spread, centre;
};

ChannelNorms channelNorms(const ProcessorGroupNorm& given, const GroupNormStep& step,
                          std::int64_t item, std::int64_t rows) {
  const auto c = std::size_t(given.channels);
  const std::vector<Moments> moments = momentsOfGroups(given, rows, step.groups);
  const float *gamma = step.gamma.data_ptr<float>(), *beta = step.beta.data_ptr<float>();
  const float *scale = rowOfItem(step.scale, item), *offset = rowOfItem(step.offset, item);
  ChannelNorms norms{std::vector<float>(c), std::vector<float>(c), std::vector<float>(c),
                     std::vector<float>(c)};
  for (std::size_t k = 0; k < c; ++k) {
    const Moments& group = moments[k / (c / std::size_t(step.groups))];
    const double spread = 1.0 / std::sqrt(group.squares / group.count + step.eps);
    const double behind = scale ? 1.0 + double(scale[k]) : 1.0;
    const double centre = (given.shift ? double(given.shift[k]) : 0.0) - group.mean;
    const double slope = spread * double(gamma[k]) * behind;
    norms.factor[k] = float(slope);
    norms.term[k] =
        float(centre * slope + double(beta[k]) * behind + (offset ? double(offset[k]) : 0.0));
    norms.spread[k] = float(spread);
    norms.centre[k] = float(centre * spread);
  }
  return norms;
}

bool isOfKernels(const std::string& activation) {
  return activation == "silu" || activation == "leaky" || activation == "none";
}

ProcessorActivation kernelActivation(const std::string& activation) {
  return activation == "silu"    ? ProcessorActivation::Silu
         : activation == "leaky" ? ProcessorActivation::Leaky
                                 : ProcessorActivation::None;
}

/// Tokens of every item: where it begins.
class Items {
public:
  explicit Items(const Tensor& tokens)
      : items(tokens.size(0)),
        channels(tokens.size(-1)),
        rows(tokens.numel() / (items * channels)) {}
  float* of(const Tensor& tokens, std::int64_t item) const {
    return tokens.data_ptr<float>() + item * rows * channels;
  }
  ProcessorGroupNorm item(const Tensor& tokens, const GroupNormStep& step, std::int64_t item) const {
    ProcessorGroupNorm given;
    given.x = of(tokens, item);
    given.shift = rowOfItem(step.shift, item);
    given.channels = channels;
    return given;
  }
  const std::int64_t items, channels, rows;
};

/// Gradient of one item.
void gradientOfItem(const ProcessorNormGradient& given, const GroupNormStep& step,
                    std::int64_t rows) {
  const ProcessorActivation activation = kernelActivation(step.activation);
  const std::int64_t c = given.channels, blocks = (rows + kRowsOfMoments - 1) / kRowsOfMoments;
  std::vector<float> sums(std::size_t(blocks * c)), normedSums(sums.size());
  overThreads(blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block)
      processorKernels().normGradientSums(given, activation, block * kRowsOfMoments,
                                          std::min(rows, (block + 1) * kRowsOfMoments),
                                          sums.data() + block * c, normedSums.data() + block * c);
  });
  const std::int64_t width = c / step.groups;
  std::vector<float> means(static_cast<std::size_t>(c)), normedMeans(means.size());
  for (std::int64_t group = 0; group < step.groups; ++group) {
    double sum = 0.0, normedSum = 0.0;
    for (std::int64_t block = 0; block < blocks; ++block)
      for (std::int64_t k = group * width; k < (group + 1) * width; ++k) {
        sum += double(sums[std::size_t(block * c + k)]);
        normedSum += double(normedSums[std::size_t(block * c + k)]);
      }
    const double share = 1.0 / double(rows * width);
    std::fill_n(means.begin() + group * width, width, float(sum * share));
    std::fill_n(normedMeans.begin() + group * width, width, float(normedSum * share));
  }
  overThreads(rows, kRowsOfMoments, [&](std::int64_t first, std::int64_t last) {
    processorKernels().normGradientRows(given, activation, means.data(), normedMeans.data(), first,
                                        last);
  });
}

}  // namespace

Tensor groupNormedOnProcessor(const Tensor& x, const GroupNormStep& step) {
  if (x.scalar_type() != torch::kFloat32)
    return groupNormedReference(x, step).to(productType(x.device()));
  const Tensor tokens = x.contiguous(), y = torch::empty_like(tokens);
  const Items items(tokens);
  for (std::int64_t item = 0; item < items.items; ++item) {
    ProcessorGroupNorm given = items.item(tokens, step, item);
    given.y = items.of(y, item);
    const ChannelNorms norms = channelNorms(given, step, item, items.rows);
    overThreads(items.rows, kRowsOfMoments, [&](std::int64_t first, std::int64_t last) {
      processorKernels().scaleRows(given, norms.factor.data(), norms.term.data(),
                                   kernelActivation(step.activation), first, last);
    });
  }
  return isOfKernels(step.activation) ? y : activate(step.activation, y);
}

Tensor groupNormGradientOnProcessor(const Tensor& x, const GroupNormStep& step,
                                    const Tensor& ofResult) {
  if (!isOfKernels(step.activation) || x.scalar_type() != torch::kFloat32)
    return groupNormGradientReference(x, step, ofResult).to(x.scalar_type());
  const Tensor tokens = x.contiguous(), dy = ofResult.contiguous(), dx = torch::empty_like(tokens);
  const Items items(tokens);
  for (std::int64_t item = 0; item < items.items; ++item) {
    const ChannelNorms norms =
        channelNorms(items.item(tokens, step, item), step, item, items.rows);
    gradientOfItem({items.of(tokens, item), items.of(dy, item), items.of(dx, item),
                    norms.factor.data(), norms.term.data(), norms.spread.data(),
                    norms.centre.data(), items.channels},
                   step, items.rows);
  }
  return dx;
}

}  // namespace stormloom
