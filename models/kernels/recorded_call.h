#pragma once

#include <torch/torch.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stormloom {

/// A computation recorded once for each shape of its inputs as a CUDA graph, and replayed: hundreds of kernels cost
/// one launch. On the CPU, and where recording is not wanted, it is simply called.
///
/// What is recorded must not wait for the device nor read anything from it; what it allocates belongs to the graph.
/// Called by one thread at a time.
class RecordedCall {
public:
  using Function = std::function<std::vector<torch::Tensor>(const std::vector<torch::Tensor>&)>;

  explicit RecordedCall(Function function);
  ~RecordedCall();
  RecordedCall(RecordedCall&&) noexcept;
  RecordedCall& operator=(RecordedCall&&) noexcept;

  /// Inputs are copied into the graph's own; the results are copies, so that the next call does not change them.
  std::vector<torch::Tensor> operator()(const std::vector<torch::Tensor>& inputs);
  /// Bytes of device memory the recorded graphs hold.
  std::int64_t bytes() const;
  void forget();

private:
  struct Recording;
  Function function_;
  std::map<std::string, std::unique_ptr<Recording>> recordings_;
};

}  // namespace stormloom
