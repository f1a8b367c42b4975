#include "core/field_scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr int kWindow = 11;
constexpr double kDeviation = 1.5;

void requireEqual(std::size_t a, std::size_t b) {
  if (a != b || a == 0) throw UsageError("Forecast and observation are empty or differ in size.");
}

std::array<double, kWindow> gaussianWindow() {
  std::array<double, kWindow> weights{};
  double sum = 0.0;
  for (int i = 0; i < kWindow; ++i) {
    const double distance = i - kWindow / 2;
    weights[std::size_t(i)] = std::exp(-distance * distance / (2.0 * kDeviation * kDeviation));
    sum += weights[std::size_t(i)];
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// Weighted mean in the window around every pixel that has a whole window: (height-10) x
/// (width-10).
std::vector<double> smooth(const std::vector<double>& field, std::int64_t height,
                           std::int64_t width) {
  static const auto weights = gaussianWindow();
  const std::int64_t columns = width - kWindow + 1;
  const std::int64_t rows = height - kWindow + 1;
  std::vector<double> across(std::size_t(height * columns), 0.0);
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < columns; ++x) {
      for (int k = 0; k < kWindow; ++k) {
        across[std::size_t(y * columns + x)] +=
            weights[std::size_t(k)] * field[std::size_t(y * width + x + k)];
      }
    }
  }
  std::vector<double> out(std::size_t(rows * columns), 0.0);
  for (std::int64_t y = 0; y < rows; ++y) {
    for (int k = 0; k < kWindow; ++k) {
      for (std::int64_t x = 0; x < columns; ++x) {
        out[std::size_t(y * columns + x)] +=
            weights[std::size_t(k)] * across[std::size_t((y + k) * columns + x)];
      }
    }
  }
  return out;
}

std::vector<double> product(std::span<const float> a, std::span<const float> b) {
  std::vector<double> out(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) out[i] = double(a[i]) * double(b[i]);
  return out;
}

double frameSimilarity(std::span<const float> p, std::span<const float> t, std::int64_t height,
                       std::int64_t width, double dataRange) {
  const double c1 = std::pow(0.01 * dataRange, 2);
  const double c2 = std::pow(0.03 * dataRange, 2);
  const auto meanP = smooth({p.begin(), p.end()}, height, width);
  const auto meanT = smooth({t.begin(), t.end()}, height, width);
  const auto squareP = smooth(product(p, p), height, width);
  const auto squareT = smooth(product(t, t), height, width);
  const auto cross = smooth(product(p, t), height, width);
  double sum = 0.0;
  for (std::size_t i = 0; i < meanP.size(); ++i) {
    const double varianceP = squareP[i] - meanP[i] * meanP[i];
    const double varianceT = squareT[i] - meanT[i] * meanT[i];
    const double covariance = cross[i] - meanP[i] * meanT[i];
    sum += (2.0 * meanP[i] * meanT[i] + c1) * (2.0 * covariance + c2) /
           ((meanP[i] * meanP[i] + meanT[i] * meanT[i] + c1) * (varianceP + varianceT + c2));
  }
  return sum / double(meanP.size());
}

double rangeOf(std::span<const float> values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return double(*high) - double(*low);
}

template <class Term>
double meanOf(std::span<const float> a, std::span<const float> b, Term&& term) {
  requireEqual(a.size(), b.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += term(double(a[i]) - double(b[i]));
  return sum / double(a.size());
}

}  // namespace

double meanSquaredError(std::span<const float> forecast, std::span<const float> observed) {
  return meanOf(forecast, observed, [](double error) { return error * error; });
}

double meanAbsoluteError(std::span<const float> forecast, std::span<const float> observed) {
  return meanOf(forecast, observed, [](double error) { return std::abs(error); });
}

void StructuralSimilarity::update(std::span<const float> forecast, std::span<const float> observed,
                                  std::int64_t height, std::int64_t width) {
  requireEqual(forecast.size(), observed.size());
  if (height < kWindow || width < kWindow || forecast.size() % std::size_t(height * width) != 0) {
    throw UsageError("Structural similarity needs whole frames of at least 11 x 11 pixels.");
  }
  const double dataRange = std::max(rangeOf(forecast), rangeOf(observed));
  const auto pixels = std::size_t(height * width);
  for (std::size_t begin = 0; begin < forecast.size(); begin += pixels) {
    sum_ += frameSimilarity(forecast.subspan(begin, pixels), observed.subspan(begin, pixels),
                            height, width, dataRange);
    ++frames_;
  }
}

double StructuralSimilarity::value() const {
  return frames_ == 0 ? std::numeric_limits<double>::quiet_NaN() : sum_ / double(frames_);
}

double crps(std::span<float> members, float observation) {
  if (members.empty()) throw UsageError("CRPS needs at least one member.");
  std::sort(members.begin(), members.end());
  const auto m = double(members.size());
  double distance = 0.0;
  double spread = 0.0;  // sum over pairs i < j of x_j - x_i, from the sorted members
  for (std::size_t i = 0; i < members.size(); ++i) {
    distance += std::abs(double(members[i]) - double(observation));
    spread += (2.0 * double(i) - m + 1.0) * double(members[i]);
  }
  return distance / m - spread / (m * m);
}

std::vector<float> crpsField(std::span<const float> members, std::span<const float> observation) {
  if (observation.empty() || members.empty() || members.size() % observation.size() != 0) {
    throw UsageError("CRPS needs members of the observation's size.");
  }
  const std::size_t pixels = observation.size();
  std::vector<float> out(pixels);
  std::vector<float> here(members.size() / pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t member = 0; member < here.size(); ++member)
      here[member] = members[member * pixels + i];
    out[i] = float(crps(here, observation[i]));
  }
  return out;
}

std::vector<float> persistenceForecast(std::span<const float> lastFrame, std::int64_t leads) {
  std::vector<float> out;
  out.reserve(lastFrame.size() * std::size_t(leads));
  for (std::int64_t lead = 0; lead < leads; ++lead)
    out.insert(out.end(), lastFrame.begin(), lastFrame.end());
  return out;
}

}  // namespace stormloom
