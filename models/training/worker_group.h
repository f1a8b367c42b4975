#pragma once

#include <torch/torch.h>

#include <memory>
#include <vector>

namespace stormloom {

/// The processes that train one network together, one a GPU, as the usual launchers start them:
/// RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT; or Open MPI's and Slurm's variables for
/// the first three. Alone where none is set.
class WorkerGroup {
public:
  /// `device`: sets the GPU of this process where there are several. DeviceError.
  explicit WorkerGroup(torch::Device& device);
  ~WorkerGroup();

  int rank() const { return rank_; }
  int size() const { return size_; }
  bool leads() const { return rank_ == 0; }
  /// Every tensor becomes its mean over all processes.
  void average(std::vector<torch::Tensor>& tensors) const;
  /// The first process' values everywhere.
  void shareFirst(std::vector<torch::Tensor>& tensors) const;

private:
  struct Connection;
  int rank_ = 0, size_ = 1;
  std::unique_ptr<Connection> connection_;
};

}  // namespace stormloom
