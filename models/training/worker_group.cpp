#include "models/training/worker_group.h"

#include <cstdlib>
#include <string>

#include "core/errors.h"
#ifdef STORMLOOM_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif

namespace stormloom {
using torch::Tensor;
namespace {

constexpr int kUsualPort = 29500;

/// The first of some environment variables that is set, as a number.
int fromEnvironment(std::initializer_list<const char*> names, int otherwise) {
  for (const char* name : names)
    if (const char* value = std::getenv(name); value && *value) return std::atoi(value);
  return otherwise;
}

}  // namespace

#ifdef STORMLOOM_NCCL

namespace {

std::vector<Tensor> flattened(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> flat;
  for (const Tensor& tensor : tensors)
    flat.push_back(tensor.detach().reshape({-1}).to(torch::kFloat32));
  return {torch::cat(flat)};
}

void spread(const Tensor& flat, std::vector<Tensor>& tensors) {
  const torch::NoGradGuard noGradient;
  std::int64_t first = 0;
  for (Tensor& tensor : tensors) {
    tensor.copy_(flat.narrow(0, first, tensor.numel()).view_as(tensor));
    first += tensor.numel();
  }
}

}  // namespace

struct WorkerGroup::Connection {
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<c10d::ProcessGroupNCCL> group;
};

WorkerGroup::WorkerGroup(torch::Device& device)
    : rank_(fromEnvironment({"RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID"}, 0)),
      size_(fromEnvironment({"WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_NTASKS"}, 1)) {
  if (size_ <= 1) return;
  if (!device.is_cuda())
    throw DeviceError(
        "Several processes train together only on GPUs, one each. Start one process, or use "
        "--device cuda.");
  device = torch::Device(
      torch::kCUDA, c10::DeviceIndex(fromEnvironment(
                        {"LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID"}, rank_)));
  const char* address = std::getenv("MASTER_ADDR");
  c10d::TCPStoreOptions options;
  options.port = std::uint16_t(fromEnvironment({"MASTER_PORT"}, kUsualPort));
  options.isServer = rank_ == 0;
  options.numWorkers = std::size_t(size_);
  connection_ = std::make_unique<Connection>();
  connection_->store =
      c10::make_intrusive<c10d::TCPStore>(address && *address ? address : "127.0.0.1", options);
  connection_->group = c10::make_intrusive<c10d::ProcessGroupNCCL>(
      connection_->store, rank_, size_, c10d::ProcessGroupNCCL::Options::create());
}

void WorkerGroup::average(std::vector<Tensor>& tensors) const {
  if (size_ <= 1) return;
  std::vector<Tensor> flat = flattened(tensors);
  connection_->group->allreduce(flat)->wait();
  spread(flat[0] / double(size_), tensors);
}

void WorkerGroup::shareFirst(std::vector<Tensor>& tensors) const {
  if (size_ <= 1) return;
  std::vector<Tensor> flat = flattened(tensors);
  connection_->group->broadcast(flat)->wait();
  spread(flat[0], tensors);
}

#else

struct WorkerGroup::Connection {};

WorkerGroup::WorkerGroup(torch::Device&) {
  if (fromEnvironment({"WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_NTASKS"}, 1) > 1)
    throw DeviceError(
        "This build trains with one process only: NCCL's headers were not found when it was "
        "built.");
}
void WorkerGroup::average(std::vector<Tensor>&) const {}
void WorkerGroup::shareFirst(std::vector<Tensor>&) const {}

#endif

WorkerGroup::~WorkerGroup() = default;

}  // namespace stormloom
