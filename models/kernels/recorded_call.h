#pragma once

#include <torch/torch.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stormloom {

/// A computation recorded once for each shape of its inputs as a CUDA graph, and replayed: hundreds
/// of kernels cost one launch. On the CPU, and where recording is not wanted, it is simply called.
///
/// The oldest shapes are forgotten when there are more than kMostRecordings. What is recorded must
/// not wait for the device nor read anything from it; what it allocates belongs to the graph.
/// Called by one thread at a time.
class RecordedCall {
public:
  using Function = std::function<std::vector<torch::Tensor>(const std::vector<torch::Tensor>&)>;

  explicit RecordedCall(Function function);
  ~RecordedCall();
  RecordedCall(RecordedCall&&) noexcept;
  RecordedCall& operator=(RecordedCall&&) noexcept;

  /// Inputs are copied into the graph's own; the results are copies, so that the next call does not
  /// change them.
  std::vector<torch::Tensor> operator()(const std::vector<torch::Tensor>& inputs);

private:
  struct Recording;
  static constexpr std::size_t kMostRecordings = 16;

  Recording& recordingOf(const std::vector<torch::Tensor>& inputs);

  Function function_;
  std::map<std::string, std::unique_ptr<Recording>> recordings_;
  std::deque<std::string> order_;  // of the recordings, the oldest first
};

/// A network's fused path (fused_scope.h) as a recorded call; results in float32.
RecordedCall recordedNetwork(
    torch::ScalarType products,
    std::function<torch::Tensor(const std::vector<torch::Tensor>&)> network);

/// Two computations that do not need one another, on a GPU each on a stream of its own; the
/// caller's stream goes on when both are done. May be recorded. The results of the first, then
/// those of the second.
std::vector<torch::Tensor> sideBySide(const torch::Device& device,
                                      const std::function<std::vector<torch::Tensor>()>& first,
                                      const std::function<std::vector<torch::Tensor>()>& second);

}  // namespace stormloom
