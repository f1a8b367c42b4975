#include "core/color_vision.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace stormloom {
namespace {

using Linear = std::array<double, 3>;
using Matrix = std::array<std::array<double, 3>, 3>;

constexpr Matrix kDeuteranopia{{{0.367322, 0.860646, -0.227968},
                                {0.280085, 0.672501, 0.047413},
                                {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix kProtanopia{{{0.152286, 1.052583, -0.204868},
                              {0.114503, 0.786281, 0.099216},
                              {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix kTritanopia{{{1.255528, -0.076749, -0.178779},
                              {-0.078411, 0.930809, 0.147602},
                              {0.004733, 0.691367, 0.303900}}};

double linearFromByte(std::uint8_t byte) {
  const double s = byte / 255.0;
  return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
}

std::uint8_t byteFromLinear(double linear) {
  const double c = std::clamp(linear, 0.0, 1.0);
  return std::uint8_t(
      std::lround(255.0 * (c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(c, 1 / 2.4) - 0.055)));
}

Linear linearOf(Rgb color) {
  return {linearFromByte(color.red), linearFromByte(color.green), linearFromByte(color.blue)};
}

Linear labOf(Rgb color) {
  const Linear c = linearOf(color);
  const double x = (0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2]) / 0.95047;
  const double y = 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
  const double z = (0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2]) / 1.08883;
  const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116.0; };
  return {116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))};
}

const Matrix& matrixOf(ColorVision vision) {
  switch (vision) {
    case ColorVision::Protanopia:
      return kProtanopia;
    case ColorVision::Tritanopia:
      return kTritanopia;
    default:
      return kDeuteranopia;
  }
}

}  // namespace

Rgb seenColor(Rgb color, ColorVision vision) {
  if (vision == ColorVision::Usual) return color;
  const Linear c = linearOf(color);
  const Matrix& m = matrixOf(vision);
  const auto row = [&](int i) {
    return byteFromLinear(m[i][0] * c[0] + m[i][1] * c[1] + m[i][2] * c[2]);
  };
  return {row(0), row(1), row(2)};
}

double colorDistance(Rgb a, Rgb b) {
  const Linear p = labOf(a), q = labOf(b);
  return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

ClosestSteps closestSteps(const ColorTable& table, ColorVision vision) {
  ClosestSteps closest{0, 0, 1e9};
  const auto& steps = table.steps();
  for (std::size_t i = 1; i < steps.size(); ++i) {
    const double distance =
        colorDistance(seenColor(steps[i - 1].color, vision), seenColor(steps[i].color, vision));
    if (distance < closest.distance) closest = {steps[i - 1].level, steps[i].level, distance};
  }
  return closest;
}

}  // namespace stormloom
