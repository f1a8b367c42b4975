#include "models/sampling/counter_noise.h"

#include <array>
#include <cmath>
#include <numbers>

namespace stormloom {
namespace {

using Block = std::array<std::uint32_t, 4>;

/// Ten rounds of Philox 4x32 (Random123's constants).
Block philox(Block counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t(0xD2511F53u) * counter[0];
    const std::uint64_t b = std::uint64_t(0xCD9E8D57u) * counter[2];
    counter = {std::uint32_t(b >> 32) ^ counter[1] ^ key0, std::uint32_t(b),
               std::uint32_t(a >> 32) ^ counter[3] ^ key1, std::uint32_t(a)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

/// In (0, 1].
double unit(std::uint32_t bits) { return (double(bits) + 1.0) * 0x1.0p-32; }

}  // namespace

torch::Tensor counterNoise(const NoiseKey& key, at::IntArrayRef shape) {
  torch::Tensor noise = torch::empty(shape, torch::kFloat32);
  float* out = noise.data_ptr<float>();
  const std::int64_t count = noise.numel();
  for (std::int64_t i = 0; i < count; i += 4) {
    const Block bits = philox(
        {std::uint32_t(i / 4), std::uint32_t(std::uint64_t(i / 4) >> 32), key.member, key.step},
        std::uint32_t(key.seed), std::uint32_t(key.seed >> 32));
    for (int pair = 0; pair < 2; ++pair) {
      const double radius = std::sqrt(-2.0 * std::log(unit(bits[std::size_t(2 * pair)])));
      const double angle = 2.0 * std::numbers::pi * unit(bits[std::size_t(2 * pair + 1)]);
      if (i + 2 * pair < count) out[i + 2 * pair] = float(radius * std::cos(angle));
      if (i + 2 * pair + 1 < count) out[i + 2 * pair + 1] = float(radius * std::sin(angle));
    }
  }
  return noise;
}

}  // namespace stormloom
