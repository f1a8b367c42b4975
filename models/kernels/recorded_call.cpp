#include "models/kernels/recorded_call.h"

#include "models/kernels/fused_scope.h"
#include "models/kernels/kept_memory.h"

#ifdef STORMLOOM_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace stormloom {
using torch::Tensor;

#ifdef STORMLOOM_CUDA
namespace {

constexpr int kWarmUps =
    2;  // kernels are compiled, tables made and algorithms chosen before anything is recorded

std::string signatureOf(const std::vector<Tensor>& inputs) {
  std::string signature;
  for (const Tensor& input : inputs)
    signature += input.device().str() + c10::str(input.scalar_type(), input.sizes()) + " ";
  return signature;
}

std::vector<Tensor> copiesOf(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> copies;
  for (const Tensor& tensor : tensors)
    copies.push_back(tensor.clone(torch::MemoryFormat::Contiguous));
  return copies;
}

}  // namespace

struct RecordedCall::Recording {
  std::vector<Tensor> inputs, outputs;
  at::cuda::CUDAGraph graph;
};
#else
struct RecordedCall::Recording {};
#endif

RecordedCall::RecordedCall(Function function) : function_(std::move(function)) {}
RecordedCall::~RecordedCall() = default;
RecordedCall::RecordedCall(RecordedCall&&) noexcept = default;
RecordedCall& RecordedCall::operator=(RecordedCall&&) noexcept = default;

#ifdef STORMLOOM_CUDA
RecordedCall::Recording& RecordedCall::recordingOf(const std::vector<Tensor>& inputs) {
  const std::string signature = signatureOf(inputs);
  const auto known = recordings_.find(signature);
  if (known != recordings_.end()) return *known->second;
  if (order_.size() >= kMostRecordings) {
    recordings_.erase(order_.front());
    order_.pop_front();
  }
  const auto device = inputs.front().device().index();
  auto made = std::make_unique<Recording>();
  made->inputs = copiesOf(inputs);
  at::cuda::getCurrentCUDAStream(device).synchronize();
  const auto side = at::cuda::getStreamFromPool(/*isHighPriority=*/false, device);
  {
    const c10::cuda::CUDAStreamGuard onSide(side);
    for (int i = 0; i < kWarmUps; ++i) function_(made->inputs);
    side.synchronize();
    // Other threads may use other GPUs meanwhile.
    made->graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    made->outputs = function_(made->inputs);
    made->graph.capture_end();
    side.synchronize();
  }
  order_.push_back(signature);
  return *(recordings_[signature] = std::move(made));
}
#endif

std::vector<Tensor> RecordedCall::operator()(const std::vector<Tensor>& inputs) {
#ifdef STORMLOOM_CUDA
  if (!inputs.empty() && inputs.front().is_cuda()) {
    const c10::cuda::CUDAGuard guard(inputs.front().device());
    Recording& recording = recordingOf(inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i) recording.inputs[i].copy_(inputs[i]);
    recording.graph.replay();
    return copiesOf(recording.outputs);
  }
#endif
  return function_(inputs);
}

RecordedCall recordedNetwork(torch::ScalarType products,
                             std::function<Tensor(const std::vector<Tensor>&)> network) {
  return RecordedCall([products, network = std::move(network)](const std::vector<Tensor>& in) {
    const torch::NoGradGuard noGradient;
    const FusedScope fused(true, products);
    const KeptMemoryScope memory;
    return std::vector<Tensor>{network(in).to(torch::kFloat32)};
  });
}

std::vector<Tensor> sideBySide(const torch::Device& device,
                               const std::function<std::vector<Tensor>()>& first,
                               const std::function<std::vector<Tensor>()>& second) {
#ifdef STORMLOOM_CUDA
  if (device.is_cuda()) {
    const auto here = at::cuda::getCurrentCUDAStream(device.index());
    const auto beside = at::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index());
    at::cuda::CUDAEvent given, done;
    given.record(here);
    given.block(beside);
    std::vector<Tensor> others;
    {
      const c10::cuda::CUDAStreamGuard onOther(beside);
      others = second();
      done.record(beside);
    }
    std::vector<Tensor> results = first();
    done.block(here);
    for (const Tensor& other : others) {
      other.record_stream(here);
      results.push_back(other);
    }
    return results;
  }
#endif
  std::vector<Tensor> results = first();
  for (const Tensor& other : second()) results.push_back(other);
  return results;
}

}  // namespace stormloom
