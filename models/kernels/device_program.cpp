#include "models/kernels/device_program.h"

#include "core/errors.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/kernel_store.h"

#ifdef STORMLOOM_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime.h>
#include <nvrtc.h>

#include <mutex>
#endif

namespace stormloom {

#ifdef STORMLOOM_CUDA
namespace {

const std::map<std::string, std::string>& kernelSources() {
  static const std::map<std::string, std::string> sources = {
#include "kernel_sources.inc"
  };
  return sources;
}

void requireCuda(cudaError_t status, const std::string& what) {
  if (status != cudaSuccess)
    throw DeviceError(what + ": " + cudaGetErrorString(status) +
                      ". --precision fp32 computes without own kernels.");
}

/// Destroys the compiler's program when it is left.
struct Compilation {
  nvrtcProgram program = nullptr;
  ~Compilation() {
    if (program) nvrtcDestroyProgram(&program);
  }
  std::string log() const {
    std::size_t size = 0;
    nvrtcGetProgramLogSize(program, &size);
    std::string text(size, '\0');
    nvrtcGetProgramLog(program, text.data());
    return text.c_str();
  }
};

std::string keyOf(const std::string& source, const KernelDefines& defines) {
  std::string key = source;
  for (const auto& [name, value] : defines) key += " " + name + "=" + std::to_string(value);
  return key;
}

}  // namespace

std::string compiledKernel(const std::string& source, const KernelDefines& defines,
                           int architecture) {
  std::vector<std::string> options = {"--gpu-architecture=sm_" + std::to_string(architecture) +
                                          (architecture == 90 ? "a" : ""),  // with wgmma
                                      "--std=c++17", "-DINFINITY=__int_as_float(0x7f800000)"};
  for (const auto& [name, value] : defines)
    options.push_back("-D" + name + "=" + std::to_string(value));
  std::vector<const char*> given;
  for (const std::string& option : options) given.push_back(option.c_str());
  const char* header = kernelSources().at("half.cuh").c_str();
  const char* headerName = "half.cuh";
  Compilation compilation;
  const bool compiled =
      nvrtcCreateProgram(&compilation.program, kernelSources().at(source).c_str(), source.c_str(),
                         1, &header, &headerName) == NVRTC_SUCCESS &&
      nvrtcCompileProgram(compilation.program, int(given.size()), given.data()) == NVRTC_SUCCESS;
  if (!compiled)
    throw ModelError("The kernel " + keyOf(source, defines) +
                     " could not be compiled for compute capability " +
                     std::to_string(architecture) + ":\n" + compilation.log());
  std::size_t size = 0;
  nvrtcGetCUBINSize(compilation.program, &size);
  std::string code(size, '\0');
  nvrtcGetCUBIN(compilation.program, code.data());
  return code;
}

std::string kernelText(const std::string& source) {
  return kernelSources().at("half.cuh") + kernelSources().at(source);
}

std::string compilerVersion() {
  int major = 0, minor = 0;
  nvrtcVersion(&major, &minor);
  return std::to_string(major) + "." + std::to_string(minor);
}

bool kernelsRunOn(const torch::Device& device) {
  return device.is_cuda() && at::cuda::getDeviceProperties(device.index())->major >= 8;
}

bool wgmmaRunsOn(const torch::Device& device) {
  const cudaDeviceProp* properties =
      device.is_cuda() ? at::cuda::getDeviceProperties(device.index()) : nullptr;
  return properties && properties->major == 9 && properties->minor == 0;
}

bool clustersRunOn(const torch::Device& device) {
  return device.is_cuda() && at::cuda::getDeviceProperties(device.index())->major >= 9;
}

const DeviceKernel& DeviceKernel::get(const std::string& source, const std::string& function,
                                      const KernelDefines& values, const torch::Device& device) {
  KernelDefines defines = values;
  defines["FP16"] = productType(device) == torch::kHalf ? 1 : 0;
  static std::mutex mutex;
  static std::map<std::string, cudaLibrary_t> libraries;
  static std::map<std::string, DeviceKernel> kernels;
  const std::lock_guard lock(mutex);
  const c10::cuda::CUDAGuard guard(device);
  const cudaDeviceProp* properties = at::cuda::getDeviceProperties(device.index());
  const std::string code = keyOf(source, defines) + "@" + device.str();
  const std::string key = function + " of " + code;
  const auto known = kernels.find(key);
  if (known != kernels.end()) return known->second;
  cudaLibrary_t& library = libraries[code];
  if (!library) {
    const std::string cubin =
        storedKernel(source, defines, properties->major * 10 + properties->minor);
    requireCuda(
        cudaLibraryLoadData(&library, cubin.data(), nullptr, nullptr, 0, nullptr, nullptr, 0),
        "The kernel " + code + " could not be loaded");
  }
  cudaKernel_t kernel = nullptr;
  requireCuda(cudaLibraryGetKernel(&kernel, library, function.c_str()),
              "The kernel " + key + " was not found");
  return kernels.emplace(key, DeviceKernel(kernel, device)).first->second;
}

namespace {

/// A launch as CUDA wants it described.
struct LaunchConfig {
  LaunchConfig(const void* kernel, const LaunchShape& shape, const torch::Device& device) {
    constexpr unsigned kSharedAlways = 48 << 10;  // more must be asked for
    if (shape.sharedBytes > kSharedAlways)
      requireCuda(cudaKernelSetAttributeForDevice(cudaKernel_t(const_cast<void*>(kernel)),
                                                  cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                  int(shape.sharedBytes), device.index()),
                  "A kernel's shared memory was not given");
    attributes[0].id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attributes[0].val.programmaticStreamSerializationAllowed =
        1;  // kernels wait for what came before them
    attributes[1].id = cudaLaunchAttributeClusterDimension;
    attributes[1].val.clusterDim = {shape.cluster, 1, 1};
    config.gridDim = dim3(shape.gridX, shape.gridY, shape.gridZ);
    config.blockDim = dim3(shape.threads);
    config.dynamicSmemBytes = shape.sharedBytes;
    config.stream = at::cuda::getCurrentCUDAStream(device.index());
    config.attrs = attributes;
    config.numAttrs = !clustersRunOn(device) ? 0 : shape.cluster > 1 ? 2 : 1;
  }
  cudaLaunchAttribute attributes[2] = {};
  cudaLaunchConfig_t config = {};
};

}  // namespace

void DeviceKernel::launchWith(const LaunchShape& shape, const void* arguments) const {
  const c10::cuda::CUDAGuard guard(device_);
  void* given[] = {const_cast<void*>(arguments)};
  const LaunchConfig launch(kernel_, shape, device_);
  requireCuda(cudaLaunchKernelExC(&launch.config, static_cast<const void*>(kernel_), given),
              "A kernel could not be started");
}

std::int64_t DeviceKernel::clustersAtOnce(const LaunchShape& shape) const {
  const c10::cuda::CUDAGuard guard(device_);
  const LaunchConfig launch(kernel_, shape, device_);
  int clusters = 0;
  requireCuda(
      cudaOccupancyMaxActiveClusters(&clusters, static_cast<const void*>(kernel_), &launch.config),
      "A kernel's clusters could not be counted");
  return clusters;
}

#else

std::string compiledKernel(const std::string& source, const KernelDefines&, int) {
  throw ModelError("This program was built without CUDA's compiler, so " + source +
                   " cannot be compiled.");
}
std::string kernelText(const std::string&) { return {}; }
std::string compilerVersion() { return {}; }
bool kernelsRunOn(const torch::Device&) { return false; }
bool clustersRunOn(const torch::Device&) { return false; }
bool wgmmaRunsOn(const torch::Device&) { return false; }
const DeviceKernel& DeviceKernel::get(const std::string& source, const std::string&,
                                      const KernelDefines&, const torch::Device&) {
  throw DeviceError("This program was built without CUDA, so " + source + " cannot run on a GPU.");
}
void DeviceKernel::launchWith(const LaunchShape&, const void*) const {}
std::int64_t DeviceKernel::clustersAtOnce(const LaunchShape&) const { return 0; }

#endif

}  // namespace stormloom
