#pragma once

#include <cstdint>
#include <cstring>

// Sixteen floats that are computed with together. The file that includes this is compiled once for
// each set of instructions (CMakeLists.txt), so the same text becomes one 512-bit, two 256-bit or
// four 128-bit operations. Everything is inline and in a namespace of that set, so that no wide
// instruction is called from elsewhere.
namespace stormloom::STORMLOOM_INSTRUCTIONS {

constexpr int kLanes = 16;
using Lanes = float __attribute__((vector_size(64)));
using LaneNumbers = std::int32_t __attribute__((vector_size(64)));
using LanesInMemory = float __attribute__((vector_size(64), aligned(4), may_alias));

#define STORMLOOM_INLINE __attribute__((always_inline)) static inline

STORMLOOM_INLINE Lanes load(const float* from) {
  return *reinterpret_cast<const LanesInMemory*>(from);
}
STORMLOOM_INLINE void store(float* to, Lanes x) { *reinterpret_cast<LanesInMemory*>(to) = x; }
STORMLOOM_INLINE Lanes all(float x) { return Lanes{} + x; }

/// The first `count` < 16 values, zeros behind them.
STORMLOOM_INLINE Lanes loadSome(const float* from, int count) {
  float whole[kLanes] = {};
  std::memcpy(whole, from, std::size_t(count) * sizeof(float));
  return load(whole);
}
STORMLOOM_INLINE void storeSome(float* to, Lanes x, int count) {
  float whole[kLanes];
  store(whole, x);
  std::memcpy(to, whole, std::size_t(count) * sizeof(float));
}

STORMLOOM_INLINE Lanes larger(Lanes a, Lanes b) { return a > b ? a : b; }
STORMLOOM_INLINE Lanes smaller(Lanes a, Lanes b) { return a < b ? a : b; }

STORMLOOM_INLINE float sumOf(Lanes x) {
  float values[kLanes];
  store(values, x);
  for (int half = kLanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) values[i] += values[i + half];
  return values[0];
}
STORMLOOM_INLINE float largestOf(Lanes x) {
  float values[kLanes];
  store(values, x);
  for (int half = kLanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i)
      values[i] = values[i] > values[i + half] ? values[i] : values[i + half];
  return values[0];
}

/// e^x to two units of the last digit; below e^-87 it is zero. x = n ln 2 + r, |r| <= ln 2 / 2, and
/// e^r by its Taylor polynomial up to r^7 (the next term is below 1e-9).
STORMLOOM_INLINE Lanes exponential(Lanes x) {
  const Lanes kept = smaller(larger(x, all(-87.0f)), all(88.0f));
  const Lanes kRound = all(12582912.0f);  // 1.5 * 2^23: adding it leaves whole numbers
  const Lanes n = (kept * 1.44269504f + kRound) - kRound;
  const Lanes r = (kept - n * 0.693359375f) - n * -2.12194440e-4f;  // ln 2 in two parts
  Lanes p = all(1.0f / 5040.0f);
  for (const float term :
       {1.0f / 720.0f, 1.0f / 120.0f, 1.0f / 24.0f, 1.0f / 6.0f, 0.5f, 1.0f, 1.0f})
    p = p * r + term;
  const LaneNumbers power = (__builtin_convertvector(n, LaneNumbers) + 127) << 23;
  Lanes scale;
  std::memcpy(&scale, &power, sizeof scale);
  return x < -87.0f ? Lanes{} : p * scale;
}

/// The error function within 3e-7: Abramowitz and Stegun, 7.1.26.
STORMLOOM_INLINE Lanes errorFunction(Lanes x) {
  const Lanes size = larger(x, -x);
  const Lanes t = 1.0f / (1.0f + 0.3275911f * size);
  Lanes p = all(1.061405429f);
  for (const float term : {-1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f})
    p = p * t + term;
  const Lanes y = 1.0f - p * t * exponential(-size * size);
  return x < 0.0f ? -y : y;
}

STORMLOOM_INLINE Lanes sigmoid(Lanes x) { return 1.0f / (1.0f + exponential(-x)); }

}  // namespace stormloom::STORMLOOM_INSTRUCTIONS
