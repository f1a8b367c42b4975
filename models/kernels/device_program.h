#pragma once

#include <torch/torch.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stormloom {

/// Values the preprocessor puts into a kernel's source: what is known when a network is built.
using KernelDefines = std::map<std::string, std::int64_t>;

/// A kernel as text became machine code for one kind of GPU. No GPU is needed to compile.
/// `source` is a file of models/kernels, `architecture` 80, 86, 89, 90, 100, ...
/// Throws ModelError with the compiler's words.
std::string compiledKernel(const std::string& source, const KernelDefines& defines,
                           int architecture);

/// The text of a kernel with what it includes, and the compiler's version: what machine code
/// depends on.
std::string kernelText(const std::string& source);
std::string compilerVersion();

/// Whether this build has kernels and the device the instructions they use (compute capability 8.0
/// or later).
bool kernelsRunOn(const torch::Device& device);
/// Whether the device has wgmma, which compute capability 9.0 alone has.
bool wgmmaRunsOn(const torch::Device& device);
/// Whether blocks can be launched in clusters (compute capability 9.0 or later).
bool clustersRunOn(const torch::Device& device);

struct LaunchShape {
  unsigned gridX = 1, gridY = 1, gridZ = 1;
  unsigned threads = 32;
  unsigned cluster = 1;      ///< blocks of a cluster, along x
  unsigned sharedBytes = 0;  ///< of shared memory beside what the kernel declares
};

/// One kernel on one device, compiled at its first use and kept for the life of the program.
class DeviceKernel {
public:
  /// The kernel `function` of `source`, for the device of the current thread's choice `device`.
  static const DeviceKernel& get(const std::string& source, const std::string& function,
                                 const KernelDefines& defines, const torch::Device& device);
  /// Launches on LibTorch's current stream of the device. `arguments` is the kernel's one
  /// parameter, by value.
  template <class Arguments>
  void launch(const LaunchShape& shape, const Arguments& arguments) const {
    static_assert(std::is_trivially_copyable_v<Arguments>);
    launchWith(shape, &arguments);
  }

  /// How many clusters of this shape the device computes at the same time.
  std::int64_t clustersAtOnce(const LaunchShape& shape) const;

private:
  DeviceKernel(void* kernel, torch::Device device) : kernel_(kernel), device_(device) {}
  void launchWith(const LaunchShape& shape, const void* arguments) const;
  void* kernel_;
  torch::Device device_;
};

}  // namespace stormloom
