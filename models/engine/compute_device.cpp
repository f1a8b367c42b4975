#include "models/engine/compute_device.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "core/errors.h"
#include "models/engine/patient_threads.h"

namespace stormloom {
namespace {

constexpr int kBackgroundNiceness = 10;

/// Names of the GPUs as the driver lists them; empty where it does not.
std::vector<std::string> gpuNames() {
  std::vector<std::filesystem::path> folders;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", failure))
    folders.push_back(entry.path());
  std::ranges::sort(folders);
  std::vector<std::string> names;
  for (const auto& folder : folders) {
    std::ifstream information(folder / "information");
    for (std::string line; std::getline(information, line);) {
      if (!line.starts_with("Model:")) continue;
      const auto start = line.find_first_not_of(" \t", 6);
      names.push_back(start == std::string::npos ? "" : line.substr(start));
    }
  }
  return names;
}

ComputeDevice cpu(int threads) {
  const int cores = std::max(1, int(std::thread::hardware_concurrency()));
  const int used = threads > 0 ? threads : cores;
  at::set_num_threads(used);
  letWaitingThreadsSleep();
  return {torch::kCPU, "CPU, " + std::to_string(used) + (used == 1 ? " thread" : " threads")};
}

int gpuIndex(const std::string& asked) {
  if (asked == "cuda") return 0;
  int index = -1;
  const char* end = asked.data() + asked.size();
  const bool named = asked.starts_with("cuda:");
  if (named && std::from_chars(asked.data() + 5, end, index).ptr == end && index >= 0) return index;
  throw UsageError("The device \"" + asked + "\" is unknown. Use auto, cpu, cuda, cuda:NUMBER or several with commas between.");
}

}  // namespace

ComputeDevice chooseDevice(const std::string& asked, int threads) {
  if (asked == "cpu") return cpu(threads);
  const int count = torch::cuda::is_available() ? int(torch::cuda::device_count()) : 0;
  if (asked == "auto" && count == 0) return cpu(threads);
  const int index = asked == "auto" ? 0 : gpuIndex(asked);
  if (index >= count)
    throw DeviceError("The device \"" + asked + "\" was asked for, but " +
                      (count == 0 ? std::string("no NVIDIA GPU with its driver was found")
                                  : "only " + std::to_string(count) + " are there") +
                      ". Use --device auto or cpu.");
  cpu(threads);
  const std::vector<std::string> names = gpuNames();
  const bool known = std::size_t(index) < names.size() && !names[std::size_t(index)].empty();
  return {torch::Device(torch::kCUDA, at::DeviceIndex(index)),
          known ? names[std::size_t(index)] : "NVIDIA GPU " + std::to_string(index)};
}

std::vector<ComputeDevice> chooseDevices(const std::string& asked, int threads) {
  std::vector<ComputeDevice> devices;
  if (asked == "auto" || asked == "cuda") {
    devices.push_back(chooseDevice(asked, threads));
    const int count = devices.front().device.is_cuda() ? int(torch::cuda::device_count()) : 1;
    for (int index = 1; index < count; ++index)
      devices.push_back(chooseDevice("cuda:" + std::to_string(index), threads));
    return devices;
  }
  std::istringstream list(asked);
  for (std::string name; std::getline(list, name, ',');) {
    devices.push_back(chooseDevice(name, threads));
    if (devices.back().device.type() != devices.front().device.type())
      throw UsageError("The devices " + asked +
                       " are of two kinds, whose numbers differ. Name GPUs alone or cpu alone.");
  }
  if (devices.empty()) devices.push_back(chooseDevice(asked, threads));
  return devices;
}

std::string nameOf(const std::vector<ComputeDevice>& devices) {
  const std::string& name = devices.front().name;
  const bool alike = std::ranges::all_of(
      devices, [&](const ComputeDevice& device) { return device.name == name; });
  if (devices.size() == 1) return name;
  if (alike) return std::to_string(devices.size()) + " x " + name;
  std::string names = name;
  for (std::size_t i = 1; i < devices.size(); ++i) names += ", " + devices[i].name;
  return names;
}

void setPrecision(const std::string& precision) {
  if (precision != "fp32" && precision != "tf32" && precision != "bf16" && precision != "fp16")
    throw UsageError("The precision \"" + precision +
                     "\" is unknown. Use fp32, tf32, bf16 or fp16.");
  const bool tf32 = precision != "fp32";
  at::globalContext().setAllowTF32CuBLAS(tf32);
  at::globalContext().setAllowTF32CuDNN(tf32);
}

torch::ScalarType productsOf(const std::string& precision, const torch::Device& device) {
  if (!device.is_cuda()) return torch::kFloat32;
  return precision == "bf16"   ? torch::kBFloat16
         : precision == "fp16" ? torch::kHalf
                               : torch::kFloat32;
}

void requireSameBits() {
  at::globalContext().setBenchmarkCuDNN(false);
  at::globalContext().setDeterministicCuDNN(true);
}

void runInBackground() { setpriority(PRIO_PROCESS, 0, kBackgroundNiceness); }

}  // namespace stormloom
