#include <algorithm>

#include "models/kernels/device_program.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/group_norm_kinds.h"

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
  const void* dy = nullptr;
  void* gradientPartial = nullptr;
  void* dx = nullptr;
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

/// How normAtOnce shares a field; no passes: it does not.
struct AtOnceShape {
  std::int64_t slice = 0, cluster = 1, passes = 0, blocks = 0;
};

/// The widest slices that give every multiprocessor a block, else those with the most blocks.
AtOnceShape atOnceShapeOf(std::int64_t batch, std::int64_t rows, std::int64_t channels,
                          std::int64_t groups) {
  constexpr std::int64_t kThreads = 256, kEnoughBlocks = 120, kMostPasses = 4, kMostNarrow = 264;
  const std::int64_t width = channels / groups;
  AtOnceShape best;
  if (width % 8 != 0 || batch > 65535) return best;
  for (const std::int64_t slice : {64, 32, 16})
    for (const std::int64_t cluster : {1, 2, 4, 8}) {
      if (slice % width != 0 || channels % slice != 0) continue;
      const std::int64_t rowsOfPass = kThreads / (slice / 8),
                         share = (rows + cluster - 1) / cluster;
      const std::int64_t needed = (share + rowsOfPass - 1) / rowsOfPass;
      const AtOnceShape one{slice, cluster, needed <= 2 ? 2 : 4,
                            batch * channels / slice * cluster};
      if (slice < 32 && one.blocks > kMostNarrow) continue;  // short reads are for small fields
      if (needed <= kMostPasses && best.blocks < kEnoughBlocks && one.blocks > best.blocks)
        best = one;
    }
  return best;
}

AtOnceShape atOnceShapeOf(const Tensor& x, std::int64_t groups) {
  if (!x.is_cuda() || !clustersRunOn(x.device())) return {};
  const std::int64_t batch = x.size(0), channels = x.size(-1);
  return atOnceShapeOf(batch, x.numel() / std::max<std::int64_t>(1, batch * channels), channels,
                       groups);
}

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

/// A group norm of one tensor on a GPU, ready to launch.
class GroupNormLaunch {
public:
  GroupNormLaunch(const Tensor& x, const GroupNormStep& step, bool ofGradient)
      : x_(x), groups_(step.groups), batch_(x.size(0)), channels_(x.size(-1)) {
    const bool wide = x.scalar_type() == torch::kFloat32;
    shape_ = launchShapeOf(batch_, x.numel() / (batch_ * channels_), channels_, groups_, wide);
    defines_ = {{"CHANNELS", channels_},         {"GROUPS", groups_},
                {"VECTOR", shape_.vector},       {"THREADS", shape_.threads},
                {"X_FLOAT", wide ? 1 : 0},       {"ACTIVATION", activationNumber(step.activation)},
                {"GRADIENT", ofGradient ? 1 : 0}};
    std::tie(given.shift, given.shiftRow) = perItemRows(step.shift);
    std::tie(given.scale, given.scaleRow) = perItemRows(step.scale);
    given.offset = perItemRows(step.offset).first;
    given.x = x_.data_ptr();
    given.gamma = step.gamma.data_ptr();
    given.beta = step.beta.data_ptr();
    given.rows = x.numel() / (batch_ * channels_);
    given.runs = int(shape_.runs);
    given.eps = float(step.eps);
  }

  Tensor partialSums() const {
    return torch::empty({batch_, shape_.runs, groups_, 2}, x_.options().dtype(torch::kFloat32));
  }
  void sums(const char* kernel) {
    if (!sums_.defined()) sums_ = partialSums();
    given.partial = sums_.data_ptr();
    launch(kernel, shape_.runs);
  }
  void apply(const char* kernel) const { launch(kernel, shape_.applyRuns); }

  void atOnce(const AtOnceShape& shape) const {
    KernelDefines defines = defines_;
    defines["VECTOR"] = 8;
    defines["THREADS"] = 256;
    for (const auto& [name, value] : KernelDefines{{"AT_ONCE", 1},
                                                   {"SLICE", shape.slice},
                                                   {"CLUSTER", shape.cluster},
                                                   {"PASSES", shape.passes}})
      defines[name] = value;
    LaunchShape launch{unsigned(channels_ / shape.slice * shape.cluster), unsigned(batch_), 1, 256};
    launch.cluster = unsigned(shape.cluster);
    DeviceKernel::get("group_norm.cu", "normAtOnce", defines, x_.device()).launch(launch, given);
  }

  GroupNormArguments given;

private:
  void launch(const char* kernel, std::int64_t runs) const {
    DeviceKernel::get("group_norm.cu", kernel, defines_, x_.device())
        .launch({unsigned(runs), unsigned(batch_), 1, unsigned(shape_.threads)}, given);
  }

  Tensor x_, sums_;
  std::int64_t groups_, batch_, channels_;
  GroupNormShape shape_;
  KernelDefines defines_;
};

}  // namespace

Tensor groupNormedOnDevice(ResidualStream& stream, const GroupNormStep& step) {
  stream.x = stream.x.contiguous();
  const AtOnceShape atOnce = atOnceShapeOf(stream.x, step.groups);
  GroupNormLaunch norm(stream.x, step, false);
  const Tensor y = torch::empty_like(stream.x, productType(stream.x.device()));
  Tensor update, sum = stream.x;
  if (stream.update.defined() || stream.updateBias.defined()) {
    if (stream.update.defined()) update = stream.update.contiguous();
    norm.given.update = update.defined() ? update.data_ptr() : nullptr;
    norm.given.updateBias = stream.updateBias.defined() ? stream.updateBias.data_ptr() : nullptr;
    sum = torch::empty_like(stream.x);
    norm.given.sum = sum.data_ptr();
  }
  norm.given.y = y.data_ptr();
  if (atOnce.passes > 0) {
    norm.atOnce(atOnce);
  } else {
    norm.sums("sumGroups");
    norm.apply("applyNorm");
  }
  stream = {sum, {}, {}};
  return y;
}

Tensor groupNormGradientOnDevice(const Tensor& x, const GroupNormStep& step,
                                 const Tensor& ofResult) {
  GroupNormLaunch norm(x, step, true);
  const Tensor dy = ofResult.contiguous(), dx = torch::empty_like(x), sums = norm.partialSums();
  norm.given.dy = dy.data_ptr();
  norm.given.gradientPartial = sums.data_ptr();
  norm.given.dx = dx.data_ptr();
  norm.sums("sumGroups");
  norm.sums("sumGradients");
  norm.apply("applyGradient");
  return dx;
}

}  // namespace stormloom
