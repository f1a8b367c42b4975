#include "models/kernels/frame_kernels.h"

#include <algorithm>

#include "models/kernels/device_program.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;
namespace {

// As in frame_kernels.cu.
struct FrameArguments {
  const void* x = nullptr;
  const void* weight = nullptr;
  const void* update = nullptr;
  const void* bias = nullptr;
  void* y = nullptr;
  long long pieces = 0;
  int height = 0, width = 0;
};

// As in patch_norm.cu.
struct PatchArguments {
  const void* x = nullptr;
  const void* gamma = nullptr;
  const void* beta = nullptr;
  void* normed = nullptr;
  long long rows = 0;
  int frames = 0, height = 0, width = 0;
  float eps = 0.0f;
};

constexpr long long kMostBlocks = 132 * 16;  // each then walks on

LaunchShape overPieces(long long pieces) {
  TORCH_CHECK(pieces < (1ll << 31), "frames of ", pieces, " times eight values are too many");
  return {unsigned(std::clamp<long long>((pieces + 255) / 256, 1, kMostBlocks)), 1, 1, 256};
}

}  // namespace

Tensor upsampledFrames(const Tensor& frames, std::int64_t rows, std::int64_t columns) {
  const std::int64_t n = frames.size(0), h = frames.size(1), w = frames.size(2), c = frames.size(3);
  const std::int64_t down = rows / h, across = columns / w;
  TORCH_CHECK(down * h == rows && across * w == columns,
              "frames are repeated a whole number of times");
  if (!frames.is_cuda() || c % 8 != 0)
    return frames.view({n, h, 1, w, 1, c})
        .expand({n, h, down, w, across, c})
        .reshape({n, rows, columns, c});
  const Tensor y = torch::empty({n, rows, columns, c}, frames.options());
  FrameArguments given;
  given.x = frames.data_ptr();
  given.y = y.data_ptr();
  given.pieces = y.numel() / 8;
  given.height = int(h);
  given.width = int(w);
  DeviceKernel::get("frame_kernels.cu", "upsampleFrames",
                    {{"CHANNELS", c}, {"FACTOR_H", down}, {"FACTOR_W", across}}, frames.device())
      .launch(overPieces(given.pieces), given);
  return y;
}

namespace {

/// y = x + update + bias, the last two where defined.
void addPending(const Tensor& x, const Tensor& update, const Tensor& bias, const Tensor& y) {
  FrameArguments given;
  given.x = x.data_ptr();
  given.update = update.defined() ? update.data_ptr() : nullptr;
  given.bias = bias.defined() ? bias.data_ptr() : nullptr;
  given.y = y.data_ptr();
  given.pieces = y.numel() / 8;
  DeviceKernel::get("frame_kernels.cu", "addPending",
                    {{"CHANNELS", y.size(-1)}, {"ADD_PENDING", 1}}, y.device())
      .launch(overPieces(given.pieces), given);
}

}  // namespace

Tensor withBias(Tensor tokens, const Tensor& bias) {
  if (!tokens.is_cuda() || tokens.size(-1) % 8 != 0) return tokens + bias.to(tokens.scalar_type());
  addPending(tokens, {}, bias, tokens);
  return tokens;
}

Tensor settledFrames(const ResidualStream& stream) {
  if (stream.x.size(-1) % 8 != 0) return settledReference(stream).to(stream.x.scalar_type());
  const Tensor x = stream.x.contiguous();
  const Tensor update = stream.update.defined() ? stream.update.contiguous() : Tensor();
  const Tensor y = torch::empty_like(x);
  addPending(x, update, stream.updateBias, y);
  return y;
}

Tensor framesFromPhases(const Tensor& phases, const Tensor& bias) {
  const std::int64_t height = phases.size(1) - 1, width = phases.size(2) - 1,
                     channels = phases.size(3) / 4;
  const Tensor y =
      torch::empty({phases.size(0), 2 * height, 2 * width, channels}, phases.options());
  FrameArguments given;
  given.x = phases.data_ptr();
  given.bias = bias.defined() ? bias.data_ptr() : nullptr;
  given.y = y.data_ptr();
  given.pieces = y.numel() / 8;
  given.height = int(height);
  given.width = int(width);
  DeviceKernel::get("frame_kernels.cu", "putPhases", {{"CHANNELS", channels}, {"PHASES", 1}},
                    y.device())
      .launch(overPieces(given.pieces), given);
  return y;
}

Tensor convolvedFew(const Tensor& frames, const Tensor& weight, const Tensor& bias) {
  const std::int64_t channels = frames.size(3), out = weight.size(3);
  TORCH_CHECK(channels <= kFewChannels && out % 8 == 0 && weight.is_contiguous(),
              "not a convolution of few channels");
  const Tensor y =
      torch::empty({frames.size(0), frames.size(1), frames.size(2), out}, frames.options());
  FrameArguments given;
  given.x = frames.data_ptr();
  given.weight = weight.data_ptr();
  given.bias = bias.defined() ? bias.data_ptr() : nullptr;
  given.y = y.data_ptr();
  given.pieces = y.numel() / 8;
  given.height = int(frames.size(1));
  given.width = int(frames.size(2));
  DeviceKernel::get("frame_kernels.cu", "convolveFew", {{"CHANNELS", channels}, {"OUT", out}},
                    frames.device())
      .launch(overPieces(given.pieces), given);
  return y;
}

Tensor mergedReference(const Tensor& x, const std::array<std::int64_t, 3>& factors) {
  const auto [ft, fh, fw] = factors;
  const std::int64_t t = x.size(1) / ft, h = x.size(2) / fh, w = x.size(3) / fw, c = x.size(4);
  // The merged channel index runs over (it, ih, iw, c), c fastest.
  return x.reshape({x.size(0), t, ft, h, fh, w, fw, c})
      .permute({0, 1, 3, 5, 2, 4, 6, 7})
      .reshape({x.size(0), t, h, w, ft * fh * fw * c});
}

Tensor mergedAndNormed(const Tensor& x, const std::array<std::int64_t, 3>& factors,
                       const NormWeights& norm) {
  const auto [ft, fh, fw] = factors;
  const std::int64_t channels = x.size(4), merged = ft * fh * fw * channels;
  constexpr std::int64_t kWidestMerged = 4096;  // kept in registers
  if (!x.is_cuda() || channels % 4 != 0 || merged > kWidestMerged) {
    ResidualStream stream{mergedReference(x, factors).to(torch::kFloat32), {}, {}};
    return settleAndNorm(stream, norm);
  }
  const Tensor field = x.contiguous();
  const Tensor y = torch::empty({x.size(0), x.size(1) / ft, x.size(2) / fh, x.size(3) / fw, merged},
                                x.options().dtype(productType(x.device())));
  PatchArguments given;
  given.x = field.data_ptr();
  given.gamma = norm.gamma.data_ptr();
  given.beta = norm.beta.data_ptr();
  given.normed = y.data_ptr();
  given.rows = y.numel() / merged;
  given.frames = int(y.size(1));
  given.height = int(y.size(2));
  given.width = int(y.size(3));
  given.eps = float(norm.eps);
  const bool wide = x.scalar_type() == torch::kFloat32;
  DeviceKernel::get(
      "patch_norm.cu", "mergeAndNorm",
      {{"CHANNELS", channels}, {"FT", ft}, {"FH", fh}, {"FW", fw}, {"X_FLOAT", wide ? 1 : 0}},
      x.device())
      .launch({unsigned((given.rows + 7) / 8), 1, 1, 256}, given);
  return y;
}

}  // namespace stormloom
