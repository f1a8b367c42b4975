#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

namespace stormloom {

/// Where an engine computes.
struct ComputeDevice {
  torch::Device device = torch::kCPU;
  std::string name;  ///< "CPU, 2 threads", "NVIDIA H200"
};

/// `asked`: "auto", "cpu", "cuda", "cuda:K". DeviceError when a GPU is demanded and not there,
/// UsageError for other words. Sets how many threads LibTorch uses (0: one for each core).
ComputeDevice chooseDevice(const std::string& asked, int threads);

/// The devices that share the members of an ensemble: every GPU of the host for "auto" and "cuda", or
/// those of a list with commas, as "cuda:0,cuda:1"; else the one. Lists are of one kind.
std::vector<ComputeDevice> chooseDevices(const std::string& asked, int threads);
/// "NVIDIA H200", "2 x NVIDIA H200".
std::string nameOf(const std::vector<ComputeDevice>& devices);

/// "fp32", "tf32", "bf16", "fp16": whether products may be rounded to TF32, for the whole process.
/// UsageError for other words.
void setPrecision(const std::string& precision);
/// What products are rounded to under a precision: float32, on a GPU also bfloat16 or half.
torch::ScalarType productsOf(const std::string& precision, const torch::Device& device);

/// Convolutions by algorithms that give the same bits every time, chosen by rule and not by trying.
void requireSameBits();

/// Lets this thread, and those it starts, run only where others leave time: a window stays quick
/// beside it.
void runInBackground();

}  // namespace stormloom
