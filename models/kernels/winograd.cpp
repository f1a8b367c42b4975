#include "models/kernels/winograd.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "models/kernels/over_threads.h"
#include "models/kernels/processor_kernels.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::int64_t kLanesOfKernels = 16;
constexpr std::int64_t kFewestChannels = 32;  // below, the products are not what takes the time
constexpr std::int64_t kFewestTiles = 48;     // of a part, so that the weights are worth reading
constexpr std::int64_t kNearBytes = std::int64_t(1) << 20;    // of a part over frames: stays near
constexpr std::int64_t kFieldBytes = std::int64_t(32) << 20;  // of a part over fields

std::int64_t partOf(std::int64_t cells, std::int64_t channels) {
  const std::int64_t bytes = cells == 16 ? kNearBytes : kFieldBytes;
  return std::max(kFewestTiles, bytes / (cells * channels * std::int64_t(sizeof(float))));
}

/// All parts of one convolution.
class Tiles {
public:
  Tiles(const Tensor& tokens, const Tensor& spread, const Tensor& bias, const Tensor& result)
      : spread_(spread), part_(partOf(spread.size(0), spread.size(1))) {
    given_.x = tokens.data_ptr<float>();
    given_.y = result.data_ptr<float>();
    given_.bias = bias.defined() ? bias.data_ptr<float>() : nullptr;
    given_.alongTime = tokens.dim() == 5;
    const std::int64_t frames = given_.alongTime ? tokens.size(1) : 1;
    const std::int64_t rows = tokens.size(-3), columns = tokens.size(-2);
    given_.sides[0] = frames;
    given_.sides[1] = rows;
    given_.sides[2] = columns;
    given_.channelsIn = spread.size(1);
    given_.channelsOut = spread.size(2);
    all_ = tokens.size(0) * ((frames + 1) / 2) * ((rows + 1) / 2) * ((columns + 1) / 2);
  }

  void convolve() const {
    const std::int64_t parts = (all_ + part_ - 1) / part_;
    const auto these = [&](std::int64_t first, std::int64_t last) { convolve(first, last); };
    if (parts >= 2 * at::get_num_threads())
      overThreads(parts, 1, these);  // each thread its own parts
    else
      these(0, parts);  // all threads at one part
  }

private:
  void convolve(std::int64_t first, std::int64_t last) const {
    const torch::NoGradGuard noGradient;
    const auto options = torch::dtype(torch::kFloat32);
    const std::int64_t most = std::min(part_, all_);
    Tensor tokens = torch::empty({spread_.size(0) * most * given_.channelsIn}, options);
    Tensor products = torch::empty({spread_.size(0) * most * given_.channelsOut}, options);
    for (std::int64_t part = first; part < last; ++part) {
      ProcessorWinograd here = given_;
      here.firstTile = part * part_;
      here.tiles = std::min(part_, all_ - here.firstTile);
      const auto shaped = [&](const Tensor& room, std::int64_t channels) {
        return room.narrow(0, 0, spread_.size(0) * here.tiles * channels)
            .view({spread_.size(0), here.tiles, channels});
      };
      Tensor given = shaped(tokens, here.channelsIn), made = shaped(products, here.channelsOut);
      here.spread = given.data_ptr<float>();
      here.products = made.data_ptr<float>();
      overThreads(here.tiles, 8, [&](std::int64_t from, std::int64_t to) {
        processorKernels().spreadTiles(here, from, to);
      });
      at::bmm_out(made, given, spread_);
      overThreads(here.tiles, 8, [&](std::int64_t from, std::int64_t to) {
        processorKernels().gatherTiles(here, from, to);
      });
    }
  }

  ProcessorWinograd given_;
  Tensor spread_;
  std::int64_t part_, all_ = 0;
};

}  // namespace

bool canSpread(const Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding) {
  const auto all = [](at::IntArrayRef values, std::int64_t wanted) {
    return std::ranges::all_of(values, [=](std::int64_t value) { return value == wanted; });
  };
  return weight.is_cpu() && weight.dim() >= 4 && all(weight.sizes().slice(2), 3) &&
         all(stride, 1) && all(padding, 1) && weight.size(0) % kLanesOfKernels == 0 &&
         weight.size(1) % kLanesOfKernels == 0 && weight.size(0) >= kFewestChannels &&
         weight.size(1) >= kFewestChannels;
}

Tensor spreadWeights(const Tensor& weight) {
  const Tensor spreading =
      torch::tensor({1.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0.0, 0.0, 1.0}, torch::kFloat64)
          .view({4, 3});
  Tensor spread = weight.detach().to(torch::kFloat64);  // (out,in,3,3[,3])
  for (std::int64_t axis = 2; axis < weight.dim(); ++axis)
    spread = torch::matmul(spread.movedim(axis, -1), spreading.t()).movedim(-1, axis);
  return spread.flatten(2).permute({2, 1, 0}).to(torch::kFloat32).contiguous();
}

Tensor convolvedByTiles(const Tensor& tokens, const Tensor& spread, const Tensor& bias) {
  std::vector<std::int64_t> shape(tokens.sizes().begin(), tokens.sizes().end());
  shape.back() = spread.size(2);
  const Tensor given = tokens.contiguous(), result = torch::empty(shape, tokens.options());
  Tiles(given, spread, bias, result).convolve();
  return result;
}

}  // namespace stormloom
