#include "models/kernels/group_norm.h"

#include <algorithm>

#include "models/kernels/device_program.h"
#include "models/kernels/fused_scope.h"

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

}  // namespace

Tensor groupNormed(const Tensor& x, const GroupNormStep& step) {
  if (!x.is_cuda()) return groupNormedReference(x, step).to(productType(x.device()));
  ResidualStream stream{x, {}, {}};
  return normOnDevice(stream, step);
}

Tensor settleAndGroupNorm(ResidualStream& stream, const GroupNormStep& step) {
  if (stream.x.is_cuda()) return normOnDevice(stream, step);
  settle(stream);
  return groupNormedReference(stream.x, step);
}

}  // namespace stormloom
