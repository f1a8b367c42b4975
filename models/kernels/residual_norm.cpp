#include "models/kernels/residual_norm.h"

#include "models/kernels/device_program.h"
#include "models/kernels/frame_kernels.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/kept_values.h"
#include "models/kernels/over_threads.h"
#include "models/kernels/processor_kernels.h"

namespace stormloom {
using torch::Tensor;
namespace {

// As in residual_norm.cu.
struct ResidualArguments {
  const void* x = nullptr;
  const void* update = nullptr;
  const void* updateBias = nullptr;
  const void* gamma = nullptr;
  const void* beta = nullptr;
  void* sum = nullptr;
  void* normed = nullptr;
  long long rows = 0;
  float eps = 0.0f;
};

constexpr std::int64_t kRowsOfBlock = 8;
constexpr std::int64_t kWidestRow = 4096;  // kept in registers

const void* contiguousData(const Tensor& tensor, torch::ScalarType type) {
  if (!tensor.defined()) return nullptr;
  TORCH_CHECK(tensor.is_contiguous() && tensor.scalar_type() == type,
              "a residual sum reads contiguous rows");
  return tensor.data_ptr();
}

/// One launch over the whole stream: writes the sum where an addition is pending, the norm where
/// one is wanted.
Tensor addAndNorm(ResidualStream& stream, const NormWeights* norm) {
  const std::int64_t channels = stream.x.size(-1);
  TORCH_CHECK(channels <= kWidestRow, "rows of ", channels, " values are wider than the kernel's ",
              kWidestRow);
  if (!stream.x.is_contiguous()) stream.x = stream.x.contiguous();
  if (stream.update.defined()) stream.update = stream.update.contiguous();
  ResidualArguments given;
  given.x = contiguousData(stream.x, torch::kFloat32);
  given.update = contiguousData(stream.update, productType(stream.x.device()));
  given.updateBias = contiguousData(stream.updateBias, torch::kFloat32);
  given.rows = stream.x.numel() / channels;
  Tensor sum = stream.x, normed;
  if (given.update || given.updateBias) {
    sum = torch::empty_like(stream.x);
    given.sum = sum.data_ptr();
  }
  if (norm) {
    normed = torch::empty_like(stream.x, productType(stream.x.device()));
    given.gamma = contiguousData(norm->gamma, torch::kFloat32);
    given.beta = contiguousData(norm->beta, torch::kFloat32);
    given.normed = normed.data_ptr();
    given.eps = float(norm->eps);
  }
  const auto& kernel = DeviceKernel::get(
      "residual_norm.cu", "addAndNorm",
      {{"CHANNELS", channels}, {"VECTOR", channels % 4 == 0 ? 4 : 1}}, stream.x.device());
  kernel.launch(
      {unsigned((given.rows + kRowsOfBlock - 1) / kRowsOfBlock), 1, 1, unsigned(32 * kRowsOfBlock)},
      given);
  stream = {sum, {}, {}};
  return normed;
}

const float* floatsOf(const Tensor& tensor) {
  return static_cast<const float*>(contiguousData(tensor, torch::kFloat32));
}

/// The same on a processor, some rows a thread at a time.
Tensor addAndNormOnProcessor(ResidualStream& stream, const NormWeights* norm) {
  constexpr std::int64_t kValuesAtLeast = 16384;  // that make a thread worth waking
  stream.x = stream.x.contiguous();
  if (stream.update.defined()) stream.update = stream.update.contiguous();
  ProcessorResidual given;
  given.x = floatsOf(stream.x);
  given.update = floatsOf(stream.update);
  given.updateBias = floatsOf(stream.updateBias);
  given.channels = stream.x.size(-1);
  Tensor sum = stream.x, normed;
  if (given.update || given.updateBias) {
    sum = torch::empty_like(stream.x);
    given.sum = sum.data_ptr<float>();
  }
  if (norm) {
    normed = torch::empty_like(stream.x);
    given.gamma = floatsOf(norm->gamma);
    given.beta = floatsOf(norm->beta);
    given.normed = normed.data_ptr<float>();
    given.eps = float(norm->eps);
  }
  overThreads(stream.x.numel() / given.channels, kValuesAtLeast / given.channels + 1,
              [&](std::int64_t first, std::int64_t last) {
                processorKernels().addAndNorm(given, first, last);
              });
  stream = {sum, {}, {}};
  return normed;
}

}  // namespace

const Tensor& settle(ResidualStream& stream) {
  if (!stream.update.defined() && !stream.updateBias.defined()) return stream.x;
  if (stream.x.is_cuda() && stream.x.scalar_type() != torch::kFloat32 &&
      !recordsGradients(stream.x))
    stream = {settledFrames(stream), {}, {}};
  else if (stream.x.scalar_type() != torch::kFloat32 || recordsGradients(stream.x))
    stream = {settledReference(stream).to(stream.x.scalar_type()), {}, {}};
  else if (stream.x.is_cuda())
    addAndNorm(stream, nullptr);
  else
    addAndNormOnProcessor(stream, nullptr);
  return stream.x;
}

Tensor settleAndNorm(ResidualStream& stream, const NormWeights& norm) {
  return stream.x.is_cuda() ? addAndNorm(stream, &norm) : addAndNormOnProcessor(stream, &norm);
}

}  // namespace stormloom
