#include "models/kernels/device_products.h"

#include "core/errors.h"
#include "models/kernels/kept_values.h"

#ifdef STORMLOOM_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAGuard.h>
#include <cublasLt.h>
#include <cuda_runtime.h>

#include <array>
#include <map>
#include <mutex>
#include <tuple>
#endif

namespace stormloom {
using torch::Tensor;

#ifdef STORMLOOM_CUDA
namespace {

constexpr std::size_t kWorkspace = std::size_t(4) << 20;

void require(bool done, const char* what) {
  if (!done)
    throw DeviceError(std::string("A product on the GPU failed: ") + what +
                      ". --precision fp32 computes without own products.");
}
void require(cublasStatus_t status, const char* what) {
  require(status == CUBLAS_STATUS_SUCCESS, what);
}
void require(cudaError_t status, const char* what) { require(status == cudaSuccess, what); }

/// A product as the library wants it described: its matrices' columns are our rows.
class Description {
public:
  Description(const Tensor& rows, const Tensor& weight, const Tensor& bias, bool gelu) {
    const cudaDataType_t type = rows.scalar_type() == torch::kHalf ? CUDA_R_16F : CUDA_R_16BF;
    const auto m = std::uint64_t(rows.size(0)), k = std::uint64_t(rows.size(1)),
               n = std::uint64_t(weight.size(0));
    require(cublasLtMatmulDescCreate(&product, CUBLAS_COMPUTE_32F, CUDA_R_32F), "its description");
    require(cublasLtMatrixLayoutCreate(&weights, type, k, n, std::int64_t(k)), "its weights");
    require(cublasLtMatrixLayoutCreate(&factors, type, k, m, std::int64_t(k)), "its rows");
    require(cublasLtMatrixLayoutCreate(&result, type, n, m, std::int64_t(n)), "its result");
    set(CUBLASLT_MATMUL_DESC_TRANSA, CUBLAS_OP_T);
    set(CUBLASLT_MATMUL_DESC_EPILOGUE, gelu             ? CUBLASLT_EPILOGUE_GELU_BIAS
                                       : bias.defined() ? CUBLASLT_EPILOGUE_BIAS
                                                        : CUBLASLT_EPILOGUE_DEFAULT);
    if (!bias.defined()) return;
    set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, static_cast<const void*>(bias.data_ptr()));
    set(CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, type);
  }
  ~Description() {
    if (product) cublasLtMatmulDescDestroy(product);
    for (const cublasLtMatrixLayout_t layout : {weights, factors, result})
      if (layout) cublasLtMatrixLayoutDestroy(layout);
  }
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;

  cublasLtMatmulDesc_t product = nullptr;
  cublasLtMatrixLayout_t weights = nullptr, factors = nullptr, result = nullptr;

private:
  template <class Value>
  void set(cublasLtMatmulDescAttributes_t attribute, const Value& value) {
    require(cublasLtMatmulDescSetAttribute(product, attribute, &value, sizeof value),
            "an attribute");
  }
};

/// One product, ready to be computed in several ways.
class Product {
public:
  Product(const Tensor& rows, const Tensor& weight, const Tensor& bias, bool gelu)
      : rows_(rows),
        weight_(weight),
        description_(rows, weight, bias, gelu),
        workspace_(torch::empty({std::int64_t(kWorkspace)}, rows.options().dtype(torch::kByte))) {}

  Tensor emptyResult() const {
    return torch::empty({rows_.size(0), weight_.size(0)}, rows_.options());
  }
  bool compute(const cublasLtMatmulAlgo_t& way, const Tensor& result, cudaStream_t stream) const {
    const float one = 1.0f, zero = 0.0f;
    return cublasLtMatmul(at::cuda::getCurrentCUDABlasLtHandle(), description_.product, &one,
                          weight_.data_ptr(), description_.weights, rows_.data_ptr(),
                          description_.factors, &zero, result.data_ptr(), description_.result,
                          result.data_ptr(), description_.result, &way, workspace_.data_ptr(),
                          kWorkspace, stream) == CUBLAS_STATUS_SUCCESS;
  }
  /// What the library proposes, the likely best first.
  std::vector<cublasLtMatmulAlgo_t> proposals() const {
    constexpr int kMost = 16;
    std::array<cublasLtMatmulHeuristicResult_t, kMost> found;
    cublasLtMatmulPreference_t preference = nullptr;
    require(cublasLtMatmulPreferenceCreate(&preference), "its preferences");
    cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                         &kWorkspace, sizeof kWorkspace);
    int count = 0;
    const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
        at::cuda::getCurrentCUDABlasLtHandle(), description_.product, description_.weights,
        description_.factors, description_.result, description_.result, preference, kMost,
        found.data(), &count);
    cublasLtMatmulPreferenceDestroy(preference);
    require(status, "no way to compute it");
    std::vector<cublasLtMatmulAlgo_t> ways;
    for (int i = 0; i < count; ++i) ways.push_back(found[std::size_t(i)].algo);
    require(!ways.empty(), "no way to compute it");
    return ways;
  }

private:
  Tensor rows_, weight_;
  Description description_;
  Tensor workspace_;
};

/// Milliseconds of several products one behind the other, recorded so that starting them does not
/// count.
float millisecondsOf(const Product& product, const cublasLtMatmulAlgo_t& way,
                     const Tensor& result) {
  constexpr int kCalls = 16, kRuns = 4;
  const auto stream = at::cuda::getStreamFromPool(false, result.device().index());
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t recorded = nullptr;
  cudaEvent_t start = nullptr, end = nullptr;
  require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "it was not recorded");
  bool all = true;
  for (int i = 0; i < kCalls; ++i) all = product.compute(way, result, stream) && all;
  require(cudaStreamEndCapture(stream, &graph), "it was not recorded");
  require(cudaGraphInstantiate(&recorded, graph, 0), "it was not recorded");
  require(cudaEventCreate(&start), "no clock");
  require(cudaEventCreate(&end), "no clock");
  float best = INFINITY;
  for (int run = 0; run < kRuns && all; ++run) {
    cudaEventRecord(start, stream);
    cudaGraphLaunch(recorded, stream);
    cudaEventRecord(end, stream);
    float milliseconds = INFINITY;
    require(cudaEventSynchronize(end), "it was not computed");
    cudaEventElapsedTime(&milliseconds, start, end);
    best = std::min(best, milliseconds);
  }
  cudaEventDestroy(start);
  cudaEventDestroy(end);
  cudaGraphExecDestroy(recorded);
  cudaGraphDestroy(graph);
  return best;
}

/// The quickest proposal that gives the bits of the first.
cublasLtMatmulAlgo_t quickest(const Product& product) {
  constexpr float kWorthIt = 0.97f;  // of the first one's time
  const std::vector<cublasLtMatmulAlgo_t> ways = product.proposals();
  const Tensor expected = product.emptyResult(), result = product.emptyResult();
  const auto stream = at::cuda::getCurrentCUDAStream(result.device().index());
  require(product.compute(ways.front(), expected, stream), "it was not computed");
  stream.synchronize();
  float best = kWorthIt * millisecondsOf(product, ways.front(), result);
  std::size_t chosen = 0;
  for (std::size_t i = 1; i < ways.size(); ++i) {
    if (!product.compute(ways[i], result, stream)) continue;
    if (!torch::equal(result.view(torch::kShort), expected.view(torch::kShort))) continue;
    const float milliseconds = millisecondsOf(product, ways[i], result);
    if (milliseconds < best) best = milliseconds, chosen = i;
  }
  return ways[chosen];
}

bool isRecording(cudaStream_t stream) {
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
  return cudaStreamIsCapturing(stream, &status) != cudaSuccess ||
         status != cudaStreamCaptureStatusNone;
}

/// How products of these shapes are computed, chosen once.
cublasLtMatmulAlgo_t wayOf(const Product& product, const Tensor& rows, const Tensor& weight,
                           bool hasBias, bool gelu, cudaStream_t stream) {
  using Key = std::tuple<int, torch::ScalarType, std::int64_t, std::int64_t, std::int64_t, int>;
  static std::mutex mutex;
  static std::map<Key, cublasLtMatmulAlgo_t> chosen;
  const std::lock_guard lock(mutex);
  const Key key{rows.device().index(), rows.scalar_type(), rows.size(0),
                rows.size(1),          weight.size(0),     gelu ? 2 : hasBias ? 1 : 0};
  const auto known = chosen.find(key);
  if (known != chosen.end()) return known->second;
  if (isRecording(stream)) return product.proposals().front();
  return chosen[key] = quickest(product);
}

}  // namespace

bool deviceProductTakes(const Tensor& rows, const Tensor& weight) {
  const auto isReady = [](const Tensor& t) {
    return t.is_cuda() && t.is_contiguous() && t.size(1) % 8 == 0 &&
           reinterpret_cast<std::uintptr_t>(t.data_ptr()) % 16 == 0 &&
           (t.scalar_type() == torch::kBFloat16 || t.scalar_type() == torch::kHalf);
  };
  return rows.numel() > 0 && isReady(rows) && isReady(weight) && weight.size(0) % 8 == 0 &&
         rows.scalar_type() == weight.scalar_type() && !recordsGradients(rows);
}

Tensor deviceProduct(const Tensor& rows, const Tensor& weight, const Tensor& bias, bool gelu) {
  const c10::cuda::CUDAGuard guard(rows.device());
  const auto stream = at::cuda::getCurrentCUDAStream(rows.device().index());
  const Product product(rows, weight, bias, gelu);
  const Tensor result = product.emptyResult();
  const auto way = wayOf(product, rows, weight, bias.defined(), gelu, stream);
  require(product.compute(way, result, stream), "it was not computed");
  return result;
}

#else

bool deviceProductTakes(const Tensor&, const Tensor&) { return false; }
Tensor deviceProduct(const Tensor&, const Tensor&, const Tensor&, bool) {
  throw DeviceError("This program was built without CUDA, so there are no products on a GPU.");
}

#endif

}  // namespace stormloom
