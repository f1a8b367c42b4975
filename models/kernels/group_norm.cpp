#include "models/kernels/group_norm.h"

#include <algorithm>

#include "models/kernels/activation.h"
#include "models/kernels/device_program.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/over_threads.h"
#include "models/kernels/processor_kernels.h"

namespace stormloom {
using torch::Tensor;
namespace {

// As in group_norm.cu.
struct GroupNormArguments {
  const void* x = nullptr;
  const void* update = nullptr;
  const void* updateBias = nullptr;
  void* sum = nullptr;
  const void* shift = nullptr;
  const void* gamma = nullptr;
  const void* beta = nullptr;
  const void* scale = nullptr;
  const void* offset = nullptr;
  long long scaleRow = 0;
  long long shiftRow = 0;
  void* partial = nullptr;
  void* y = nullptr;
  long long rows = 0;
  int runs = 1;
  float eps = 0.0f;
};

constexpr std::int64_t kBlocksWanted = 528;  // four for each multiprocessor of the largest chips
constexpr std::int64_t kMostRuns = 66;  // partial sums that every block behind them reads again
constexpr std::int64_t kMostApplyRuns = 1024;

std::int64_t activationNumber(const std::string& name) {
  const std::vector<std::string> names = {"none", "silu", "leaky", "gelu", "relu"};
  const auto found = std::ranges::find(names, name);
  TORCH_CHECK(found != names.end(), "the activation ", name, " is unknown to the group norm");
  return found - names.begin();
}

struct GroupNormShape {
  std::int64_t vector, threads, runs, applyRuns;
};

/// Channels read together: 16 bytes where pieces and groups divide one another.
std::int64_t vectorOf(std::int64_t channels, std::int64_t groups, bool wide) {
  const std::int64_t width = channels / groups;
  for (const std::int64_t vector : {8, 4})
    if ((vector == 4 || !wide) && channels % vector == 0 &&
        (width % vector == 0 || vector % width == 0))
      return vector;
  return 1;
}

GroupNormShape launchShapeOf(std::int64_t batch, std::int64_t rows, std::int64_t channels,
                             std::int64_t groups, bool wide) {
  const std::int64_t vector = vectorOf(channels, groups, wide), columns = channels / vector;
  TORCH_CHECK(columns <= 1024, "a group norm over ", channels, " channels in ", groups,
              " groups is too wide");
  const std::int64_t rowsAtOnce = std::max<std::int64_t>(1, 256 / columns);
  const std::int64_t useful =
      (rows + 2 * rowsAtOnce - 1) / (2 * rowsAtOnce);  // two rows a thread at least
  const auto runsUpTo = [&](std::int64_t blocks, std::int64_t most) {
    return std::clamp<std::int64_t>(blocks / batch, 1, std::min(useful, most));
  };
  return {vector, columns * rowsAtOnce, runsUpTo(kBlocksWanted, kMostRuns),
          runsUpTo(kBlocksWanted, kMostApplyRuns)};
}

/// (B,C) or (1,C) in float32 with contiguous rows: pointer and stride between items.
std::pair<const void*, long long> perItemRows(const Tensor& values) {
  if (!values.defined()) return {nullptr, 0};
  TORCH_CHECK(values.dim() == 2 && values.stride(1) == 1 && values.scalar_type() == torch::kFloat32,
              "shifts and scales of a group norm are float32 (B,C)");
  return {values.data_ptr(), values.size(0) == 1 ? 0 : values.stride(0)};
}

Tensor normOnDevice(ResidualStream& stream, const GroupNormStep& step) {
  const std::int64_t batch = stream.x.size(0), channels = stream.x.size(-1);
  stream.x = stream.x.contiguous();
  const bool wide = stream.x.scalar_type() == torch::kFloat32;
  const GroupNormShape shape =
      launchShapeOf(batch, stream.x.numel() / (batch * channels), channels, step.groups, wide);
  const Tensor y = torch::empty_like(stream.x, productType(stream.x.device()));
  const Tensor partial =
      torch::empty({batch, shape.runs, step.groups, 2}, stream.x.options().dtype(torch::kFloat32));
  GroupNormArguments given;
  given.x = stream.x.data_ptr();
  Tensor update, sum = stream.x;
  if (stream.update.defined() || stream.updateBias.defined()) {
    if (stream.update.defined()) update = stream.update.contiguous();
    given.update = update.defined() ? update.data_ptr() : nullptr;
    given.updateBias = stream.updateBias.defined() ? stream.updateBias.data_ptr() : nullptr;
    sum = torch::empty_like(stream.x);
    given.sum = sum.data_ptr();
  }
  std::tie(given.shift, given.shiftRow) = perItemRows(step.shift);
  std::tie(given.scale, given.scaleRow) = perItemRows(step.scale);
  given.offset = perItemRows(step.offset).first;
  given.gamma = step.gamma.data_ptr();
  given.beta = step.beta.data_ptr();
  given.partial = partial.data_ptr();
  given.y = y.data_ptr();
  given.rows = stream.x.numel() / (batch * channels);
  given.runs = int(shape.runs);
  given.eps = float(step.eps);
  const KernelDefines defines = {
      {"CHANNELS", channels},    {"GROUPS", step.groups},
      {"VECTOR", shape.vector},  {"THREADS", shape.threads},
      {"X_FLOAT", wide ? 1 : 0}, {"ACTIVATION", activationNumber(step.activation)}};
  const auto launch = [&](const char* kernel, std::int64_t runs) {
    DeviceKernel::get("group_norm.cu", kernel, defines, stream.x.device())
        .launch({unsigned(runs), unsigned(batch), 1, unsigned(shape.threads)}, given);
  };
  launch("sumGroups", shape.runs);
  launch("applyNorm", shape.applyRuns);
  stream = {sum, {}, {}};
  return y;
}

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

/// y = activation(x * factor + term): the norm, the shift before and the scale behind it in one.
void normItem(const ProcessorGroupNorm& given, const GroupNormStep& step, std::int64_t item,
              std::int64_t rows) {
  const std::int64_t c = given.channels;
  const std::vector<Moments> moments = momentsOfGroups(given, rows, step.groups);
  const float *gamma = step.gamma.data_ptr<float>(), *beta = step.beta.data_ptr<float>();
  const float *scale = rowOfItem(step.scale, item), *offset = rowOfItem(step.offset, item);
  std::vector<float> factor(static_cast<std::size_t>(c)), term(factor.size());
  for (std::int64_t k = 0; k < c; ++k) {
    const Moments& group = moments[std::size_t(k / (c / step.groups))];
    const double spread = 1.0 / std::sqrt(group.squares / group.count + step.eps);
    const double behind = scale ? 1.0 + double(scale[k]) : 1.0;
    const double before = given.shift ? double(given.shift[k]) : 0.0;
    const double slope = spread * double(gamma[k]) * behind;
    factor[std::size_t(k)] = float(slope);
    term[std::size_t(k)] = float((before - group.mean) * slope + double(beta[k]) * behind +
                                 (offset ? double(offset[k]) : 0.0));
  }
  const ProcessorActivation activation = step.activation == "silu"    ? ProcessorActivation::Silu
                                         : step.activation == "leaky" ? ProcessorActivation::Leaky
                                                                      : ProcessorActivation::None;
  overThreads(rows, kRowsOfMoments, [&](std::int64_t first, std::int64_t last) {
    processorKernels().scaleRows(given, factor.data(), term.data(), activation, first, last);
  });
}

Tensor normOnProcessor(const Tensor& x, const GroupNormStep& step) {
  if (x.scalar_type() != torch::kFloat32)
    return groupNormedReference(x, step).to(productType(x.device()));
  const Tensor tokens = x.contiguous();
  const std::int64_t batch = tokens.size(0), channels = tokens.size(-1);
  const std::int64_t rows = tokens.numel() / (batch * channels);
  const Tensor y = torch::empty_like(tokens);
  for (std::int64_t item = 0; item < batch; ++item) {
    ProcessorGroupNorm given;
    given.x = tokens.data_ptr<float>() + item * rows * channels;
    given.y = y.data_ptr<float>() + item * rows * channels;
    given.shift = rowOfItem(step.shift, item);
    given.channels = channels;
    normItem(given, step, item, rows);
  }
  const bool done = step.activation != "gelu" && step.activation != "relu";
  return done ? y : activate(step.activation, y);
}

}  // namespace

Tensor groupNormed(const Tensor& x, const GroupNormStep& step) {
  if (x.is_cpu()) return normOnProcessor(x, step);
  ResidualStream stream{x, {}, {}};
  return normOnDevice(stream, step);
}

Tensor settleAndGroupNorm(ResidualStream& stream, const GroupNormStep& step) {
  if (stream.x.is_cuda()) return normOnDevice(stream, step);
  return normOnProcessor(settle(stream), step);
}

}  // namespace stormloom
