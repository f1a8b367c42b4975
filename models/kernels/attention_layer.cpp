#include "models/kernels/attention_layer.h"

#include "models/kernels/device_program.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;
namespace {

// As in attention_layer.cu.
struct LayerArguments {
  const void* x = nullptr;
  const void* update = nullptr;
  const void* updateBias = nullptr;
  const void* gamma = nullptr;
  const void* beta = nullptr;
  const void* weights = nullptr;
  const void* packedBias = nullptr;
  const void* lastBias = nullptr;
  const void* bias = nullptr;
  const void* index = nullptr;
  const void* nextGamma = nullptr;
  const void* nextBeta = nullptr;
  void* sum = nullptr;
  void* normed = nullptr;
  long long tokens = 0;
  float eps = 0.0f, nextEps = 0.0f, scale = 1.0f;
  int cuboids = 0;
};

constexpr std::int64_t kLayerHeads = 4, kLayerWidth = 64,
                       kClusterRows = 128;  // of a cluster: heads, their width, rows

const void* rowsAt(const Tensor& tensor) {
  TORCH_CHECK(!tensor.defined() || tensor.is_contiguous(),
              "a layer of attention reads contiguous rows");
  return tensor.defined() ? tensor.data_ptr() : nullptr;
}

/// Shared memory beside what the kernel declares: weights of a head, and rows whose pieces lie
/// apart.
constexpr unsigned kLayerSharedBytes = 2 * (4 * kLayerWidth * kLayerHeads * kLayerWidth +
                                            kClusterRows * kLayerHeads * kLayerWidth / 8 * 9);

/// Cuboids that a cluster holds.
std::int64_t cuboidsOfCluster(std::int64_t volume) {
  const std::int64_t ofTile = 16 / volume;  // that attention takes together
  return ((kClusterRows - 16) / (ofTile * volume) + 1) * ofTile;
}

/// (rows,columns) in pieces of 8 x 8, along a row of pieces first.
Tensor inPieces(const Tensor& matrix) {
  return matrix.reshape({matrix.size(0) / 8, 8, matrix.size(1) / 8, 8}).transpose(1, 2).flatten();
}

/// The kernel for a field and its grid.
struct LayerLaunch {
  LayerLaunch(const Tensor& x, const CuboidTables& tables)
      : LayerLaunch(x, tables.query.size(0), tables.query.size(1)) {}

  LaunchShape shape;
  const DeviceKernel& kernel;

private:
  LayerLaunch(const Tensor& x, std::int64_t cuboids, std::int64_t volume)
      : kernel(DeviceKernel::get("attention_layer.cu", "attendLayer", {{"VOLUME", volume}},
                                 x.device())) {
    const std::int64_t ofCluster = cuboidsOfCluster(volume);
    shape = {unsigned((cuboids + ofCluster - 1) / ofCluster * kLayerHeads), unsigned(x.size(0)), 1,
             256};
    shape.cluster = unsigned(kLayerHeads);
    shape.sharedBytes = kLayerSharedBytes;
  }
};

}  // namespace

AttentionLayerWeights attentionLayerWeights(const NormWeights& norm, const FusedLinear& packed,
                                            const FusedLinear& last) {
  AttentionLayerWeights made{norm, packed, last, {}};
  const std::int64_t channels = kLayerHeads * kLayerWidth;
  if (!packed.weight.is_cuda() || packed.weight.size(0) != 3 * channels ||
      packed.weight.size(1) != channels)
    return made;
  std::vector<Tensor> pieces;
  for (std::int64_t head = 0; head < kLayerHeads; ++head) {
    for (std::int64_t part = 0; part < 3; ++part)
      pieces.push_back(
          inPieces(packed.weight.narrow(0, part * channels + head * kLayerWidth, kLayerWidth)));
    pieces.push_back(inPieces(last.weight.narrow(0, head * kLayerWidth, kLayerWidth)));
  }
  made.pieces = torch::cat(pieces).view({kLayerHeads, -1});
  return made;
}

bool attendsLayerAtOnce(const Tensor& x, const AttentionLayerWeights& weights,
                        const CuboidTables& tables, std::int64_t heads) {
  const bool can = weights.pieces.defined() && heads == kLayerHeads && wgmmaRunsOn(x.device()) &&
                   tables.query.size(1) <= 16 && !tables.mask.defined() &&
                   x.scalar_type() == torch::kFloat32;
  if (!can) return false;
  const LayerLaunch launch(x, tables);
  const std::int64_t clusters = launch.shape.gridX / launch.shape.cluster * x.size(0);
  return clusters <= launch.kernel.clustersAtOnce(launch.shape);
}

Tensor attendLayer(ResidualStream& stream, const AttentionLayerWeights& weights,
                   const CuboidTables& tables, double scale, const NormWeights* next) {
  const Tensor x = stream.x.contiguous(), sum = torch::empty_like(x);
  const std::int64_t channels = x.size(-1), batch = x.size(0);
  Tensor normed;
  LayerArguments given;
  if (stream.update.defined()) stream.update = stream.update.contiguous();
  given.x = rowsAt(x);
  given.update = rowsAt(stream.update);
  given.updateBias = rowsAt(stream.updateBias);
  given.gamma = rowsAt(weights.norm.gamma);
  given.beta = rowsAt(weights.norm.beta);
  given.weights = rowsAt(weights.pieces);
  given.packedBias = rowsAt(weights.packed.bias);
  given.lastBias = rowsAt(weights.last.bias);
  given.bias = rowsAt(tables.bias);
  given.index = rowsAt(tables.query);
  given.sum = sum.data_ptr();
  given.tokens = x.numel() / (batch * channels);
  given.eps = float(weights.norm.eps);
  given.scale = float(scale);
  given.cuboids = int(tables.query.size(0));
  if (next) {
    normed = torch::empty_like(x, productType(x.device()));
    given.nextGamma = rowsAt(next->gamma);
    given.nextBeta = rowsAt(next->beta);
    given.nextEps = float(next->eps);
    given.normed = normed.data_ptr();
  }
  const LayerLaunch launch(x, tables);
  launch.kernel.launch(launch.shape, given);
  stream = {sum, {}, {}};
  return normed;
}

}  // namespace stormloom
