#include "models/parity/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "models/parity/procedural.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Tolerance {
  double atol;
  double rtol;
};

double ratioOf(double error, double allowed) {
  if (error == 0.0) return 0.0;
  return allowed > 0.0 ? error / allowed : kInfinity;
}

/// All arguments flat float64 on the CPU.
void compareElements(const Tensor& got, const Tensor& expected, const Tolerance& tolerance,
                     Comparison& result) {
  const double* a = got.const_data_ptr<double>();
  const double* b = expected.const_data_ptr<double>();
  for (std::int64_t i = 0; i < got.numel(); ++i) {
    const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
    double error = same ? 0.0 : std::abs(a[i] - b[i]);
    if (std::isnan(error)) error = kInfinity;
    const double allowed = tolerance.atol + tolerance.rtol * (std::isfinite(b[i]) ? std::abs(b[i]) : 0.0);
    if (error > result.maxAbsError) {
      result.maxAbsError = error;
      result.allowed = allowed;
    }
    result.ratio = std::max(result.ratio, ratioOf(error, allowed));
  }
}

/// Mean, population standard deviation and sum of absolute values of the whole output.
void compareStatistics(const Tensor& got, const Tensor& expected, double atol, Comparison& result) {
  const double own[3] = {got.mean().item<double>(), got.std(/*unbiased=*/false).item<double>(),
                         got.abs().sum().item<double>()};
  const double allowed[3] = {atol, atol, atol * double(got.numel())};
  const double* reference = expected.const_data_ptr<double>();
  for (int s = 0; s < 3; ++s) {
    const double error = std::abs(own[s] - reference[s]);
    result.ratio =
        std::max(result.ratio, std::isnan(error) ? kInfinity : ratioOf(error, allowed[s]));
  }
}

Tensor flatDouble(const Tensor& tensor) {
  return tensor.detach().to(torch::kCPU, torch::kDouble).contiguous().flatten();
}

}  // namespace

Comparison compareOutput(const std::string& name, const Json& entry, const TensorFile& reference,
                         const Tensor& got, double relativeTolerance) {
  Comparison result;
  const auto shape = entry.at("shape").as<std::vector<std::int64_t>>();
  if (!got.defined() || got.sizes() != at::IntArrayRef(shape)) {
    std::ostringstream sentence;
    sentence << "the output has the shape " << (got.defined() ? got.sizes() : at::IntArrayRef{})
             << " instead of " << at::IntArrayRef(shape);
    result.note = sentence.str();
    return result;
  }
  const std::string type = entry.at("dtype").asString();
  const bool exact = type == "int64" || type == "bool";
  Tolerance tolerance{exact ? 0.0 : entry.value("atol", 0.0),
                      exact ? 0.0 : entry.value("rtol", 0.0)};
  if (!exact && relativeTolerance > 0.0)
    tolerance.atol = std::max(tolerance.atol, relativeTolerance * entry.value("max_abs", 0.0));
  result.allowed = tolerance.atol;

  const Tensor values = flatDouble(got);
  const Tensor expected = flatDouble(reference.at(name));
  const Json* probe = entry.find("probe");
  if (!probe || probe->isNull()) {
    TORCH_CHECK(expected.numel() == values.numel(), "the reference of ", name, " has ",
                expected.numel(), " elements");
    compareElements(values, expected, tolerance, result);
    return result;
  }
  const auto elements =
      probedElements(probe->at("seed").asUint(), name, probe->at("count").asInt(), values.numel());
  TORCH_CHECK(expected.numel() == std::int64_t(elements.size()), "the probe of ", name, " has ",
              expected.numel(), " elements");
  compareElements(values.index_select(0, torch::tensor(elements)), expected, tolerance, result);
  compareStatistics(values, flatDouble(reference.at(name + ".stats")), tolerance.atol, result);
  return result;
}

}  // namespace stormloom
