#include "models/cuboid/cuboid_json.h"

#include "core/errors.h"

namespace stormloom {
namespace {

template <std::size_t count>
std::array<std::int64_t, count> numbersFromJson(const Json& json) {
  if (json.size() != count)
    throw ModelError("A configuration holds " + json.dump() + " where " + std::to_string(count) +
                     " numbers belong.");
  std::array<std::int64_t, count> numbers;
  for (std::size_t i = 0; i < count; ++i) numbers[i] = json.at(i).asInt();
  return numbers;
}

void requireSameLength(const Json& sizes, const Json& others) {
  if (sizes.size() != others.size() || sizes.size() == 0)
    throw ModelError("Explicit cuboids need as many strategies and shifts as sizes, at least one.");
}

}  // namespace

Thw thwFromJson(const Json& threeNumbers) { return numbersFromJson<3>(threeNumbers); }

std::array<std::int64_t, 2> hwFromJson(const Json& twoNumbers) {
  return numbersFromJson<2>(twoNumbers);
}

CuboidStrategy strategyFromJson(const Json& threeLetters) {
  CuboidStrategy strategy;
  for (std::size_t a = 0; a < 3; ++a) {
    const std::string& letter = threeLetters.at(a).asString();
    if (letter != "l" && letter != "d")
      throw ModelError("The cuboid strategy \"" + letter + "\" is unknown; use l or d.");
    strategy[a] = letter == "l" ? Locality::Local : Locality::Dilated;
  }
  return strategy;
}

Thw scaleFromJson(const Json& scale) {
  if (scale.isInteger()) return {1, scale.asInt(), scale.asInt()};
  if (scale.size() != 2) return thwFromJson(scale);
  const auto [h, w] = hwFromJson(scale);
  return {1, h, w};
}

std::vector<CuboidShape> selfLayersFromJson(const Json& sizes, const Json& strategies,
                                            const Json& shifts) {
  requireSameLength(sizes, strategies);
  requireSameLength(sizes, shifts);
  std::vector<CuboidShape> layers;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    layers.push_back(
        {thwFromJson(sizes.at(i)), strategyFromJson(strategies.at(i)), thwFromJson(shifts.at(i))});
  return layers;
}

std::vector<CrossCuboidShape> crossLayersFromJson(const Json& hw, const Json& strategies,
                                                  const Json& shifts, const Json& nTemporal) {
  requireSameLength(hw, strategies);
  requireSameLength(hw, shifts);
  requireSameLength(hw, nTemporal);
  std::vector<CrossCuboidShape> layers;
  for (std::size_t i = 0; i < hw.size(); ++i)
    layers.push_back({hwFromJson(hw.at(i)), hwFromJson(shifts.at(i)),
                      strategyFromJson(strategies.at(i)), nTemporal.at(i).asInt()});
  return layers;
}

}  // namespace stormloom
