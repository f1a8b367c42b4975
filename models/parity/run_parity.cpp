#include <ATen/Context.h>

#include <algorithm>
#include <chrono>

#include "core/errors.h"
#include "models/checkpoint/tensor_file.h"
#include "models/engine/autocast_scope.h"
#include "models/kernels/fused_scope.h"
#include "models/parity.h"
#include "models/parity/compare.h"
#include "models/parity/parity_case.h"

namespace stormloom {
namespace {

constexpr double kHalfPrecisionTolerance = 2e-2;  // of the output's largest magnitude

ParityKinds allKinds() {
  ParityKinds kinds;
  addCuboidKinds(kinds);
  addBlockKinds(kinds);
  addEarthformerKinds(kinds);
  addAttentionKinds(kinds);
  addPrediffKinds(kinds);
  addAlignmentKinds(kinds);
  addDiffusionKinds(kinds);
  addTrainingKinds(kinds);
  addCheckpointKinds(kinds);
  addMetricKinds(kinds);
  return kinds;
}

/// Reproducible float32: neither TF32 nor sums in reduced precision.
void useFullPrecision() {
  at::globalContext().setFloat32MatmulPrecision("highest");
  at::globalContext().setAllowTF32CuDNN(false);
}

torch::Device deviceFromName(const std::string& name) {
  const bool cuda = name.rfind("cuda", 0) == 0;
  if (cuda && !torch::cuda::is_available())
    throw DeviceError("No CUDA device was found; use --device cpu.");
  if (!cuda && name != "cpu" && name != "auto")
    throw UsageError("The device \"" + name + "\" is unknown; use auto, cpu or cuda:K.");
  if (name == "auto")
    return torch::cuda::is_available() ? torch::Device(torch::kCUDA) : torch::Device(torch::kCPU);
  return torch::Device(name);
}

/// How the networks of the cases compute.
struct Arithmetic {
  torch::ScalarType products = torch::kFloat32;  ///< 16 bits: judged by the tolerance for them
  bool fused = false;                            ///< through the fused path
  bool rounds() const { return products != torch::kFloat32; }
};

Arithmetic arithmeticOf(const std::string& precision, const torch::Device& device) {
  if (precision == "fp32") return {};
  if (precision == "bf16") return {torch::kBFloat16, device.is_cuda()};
  if (precision == "fp16") return {torch::kHalf, device.is_cuda()};
  if (precision == "fused") return {torch::kFloat32, true};
  throw UsageError("Parity can be computed in fp32, bf16, fp16 or fused, not in \"" + precision +
                   "\".");
}

/// One line without LibTorch's trace of where in its source an error arose.
std::string sentenceOf(const std::exception& error) {
  const auto* torchError = dynamic_cast<const c10::Error*>(&error);
  const std::string text = torchError ? torchError->what_without_backtrace() : error.what();
  return text.substr(0, text.find('\n'));
}

ParityResult describe(const std::filesystem::path& file) {
  ParityResult result;
  result.group = file.parent_path().filename().string();
  result.name = file.stem().string();
  try {
    const Json description = readJsonFile(file.string());
    result.group = description.value("group", result.group);
    result.name = description.value("name", result.name);
    result.kind = description.value("kind", "");
  } catch (const std::exception& error) {
    result.note = sentenceOf(error);
  }
  return result;
}

/// Keeps the output that is furthest from its reference.
void judgeOutputs(const ParityCase& parity, const ParityAnswer& answer, bool bf16,
                  ParityResult& result) {
  const Json* outputs = parity.description.find("outputs");
  if (!outputs || outputs->size() == 0) {
    if (parity.description.contains("expect")) return;  // judged by what it says of a file
    result.passed = false;
    result.note = "the case names no outputs that could be compared";
    return;
  }
  const double relative = bf16 ? kHalfPrecisionTolerance : 0.0;
  const auto tensors = std::filesystem::path(parity.file).replace_extension(".safetensors");
  const TensorFile reference = readSafetensors(tensors.string(), {.finite = false});
  double worst = -1.0;
  for (const auto& [name, entry] : outputs->items()) {
    const auto found = answer.outputs.find(name);
    Comparison comparison;
    if (found == answer.outputs.end())
      comparison.note = "the output was not computed";
    else
      comparison = compareOutput(name, entry, reference, found->second, relative);
    const double badness =
        comparison.note.empty() ? comparison.ratio : std::numeric_limits<double>::infinity();
    if (!comparison.passed()) result.passed = false;
    if (badness <= worst) continue;
    worst = badness;
    result.output = name;
    result.maxAbsError = comparison.maxAbsError;
    result.allowed = comparison.allowed;
    result.note = comparison.note;
  }
}

void compute(const std::filesystem::path& file, const ParityKind& kind, const torch::Device& device,
             const Arithmetic& arithmetic, ParityResult& result) {
  try {
    const ParityCase parity = readParityCase(file, device);
    ParityAnswer answer;
    {
      // Networks are trained through the plain path: gradients of weights do not pass the fused one.
      const FusedScope fused(arithmetic.fused && result.group != "training", arithmetic.products);
      const auto rounded = roundedProducts(arithmetic.products, device);
      answer = kind(parity);
    }
    result.passed = answer.complaints.empty();
    judgeOutputs(parity, answer, arithmetic.rounds(), result);
    if (!answer.complaints.empty()) result.note = answer.complaints.front();
  } catch (const UnknownToThisVersion& unknown) {
    result.skipped = true;
    result.note = unknown.what();
  } catch (const std::exception& error) {
    result.passed = false;
    result.note = sentenceOf(error);
  }
}

std::vector<std::pair<std::filesystem::path, ParityResult>> casesBelow(
    const ParityOptions& options) {
  namespace fs = std::filesystem;
  if (!fs::is_directory(options.reference))
    throw IoError(options.reference +
                  " is no folder; name the folder that holds the reference cases.");
  std::vector<std::pair<fs::path, ParityResult>> cases;
  for (const auto& entry : fs::recursive_directory_iterator(options.reference))
    if (entry.is_regular_file() && entry.path().extension() == ".json")
      cases.emplace_back(entry.path(), describe(entry.path()));
  if (cases.empty())
    throw IoError(options.reference + " holds no reference cases (*.json); choose another folder.");
  std::erase_if(cases, [&options](const auto& entry) {
    return (entry.second.group + "/" + entry.second.name).find(options.filter) == std::string::npos;
  });
  if (cases.empty())
    throw UsageError("None of the cases has \"" + options.filter + "\" in its group or name.");
  std::sort(cases.begin(), cases.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second.group, a.second.name) < std::tie(b.second.group, b.second.name);
  });
  return cases;
}

}  // namespace

std::vector<ParityResult> runParity(const ParityOptions& options,
                                    const std::function<void(const ParityResult&)>& eachCase) {
  const torch::Device device = deviceFromName(options.device);
  const Arithmetic arithmetic = arithmeticOf(options.precision, device);
  if (options.precision == "fused" && device.is_cuda())
    throw UsageError(
        "On a GPU the fused path computes in bf16 or fp16; use --precision bf16 or fp16.");
  const ParityKinds kinds = allKinds();
  const torch::NoGradGuard noGrad;
  useFullPrecision();

  std::vector<ParityResult> results;
  for (auto& [file, result] : casesBelow(options)) {
    const auto kind = kinds.find(result.kind);
    const auto start = std::chrono::steady_clock::now();
    if (kind != kinds.end()) {
      compute(file, kind->second, device, arithmetic, result);
    } else if (result.note.empty()) {
      result.skipped = true;
      result.note = "the kind \"" + result.kind + "\" is unknown to this version";
    }
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (eachCase) eachCase(result);
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace stormloom
