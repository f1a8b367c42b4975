#include "core/cuboid_pattern.h"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "core/errors.h"

namespace stormloom {
namespace {

std::int64_t chosen(const std::string& digits, std::initializer_list<std::int64_t> allowed) {
  for (const std::int64_t value : allowed)
    if (digits == std::to_string(value)) return value;
  return 0;
}

/// What follows a prefix, or nothing when the name starts differently.
std::optional<std::string> after(const std::string& name, const std::string& prefix) {
  if (name.compare(0, prefix.size(), prefix) != 0) return std::nullopt;
  return name.substr(prefix.size());
}

[[noreturn]] void refuse(const std::string& name) {
  throw ModelError(
      "The attention pattern \"" + name +
      "\" is unknown; known are full, axial, divided_st, video_swin_PxM, spatial_lg_M, "
      "axial_space_dilate_K and cross_KxK, cross_KxK_lg, cross_KxK_heter.");
}

CuboidShape local(const Thw& size, const Thw& shift = {0, 0, 0}) { return {size, kLocal, shift}; }
CuboidShape dilated(const Thw& size) { return {size, kDilated, {0, 0, 0}}; }

/// `_PxM` after video_swin; without it P 2, M 4.
std::vector<CuboidShape> videoSwin(const std::string& name, const std::string& sizes,
                                   const Thw& shape) {
  std::int64_t p = 2;
  std::int64_t m = 4;
  if (!sizes.empty()) {
    const auto cross = sizes.find('x');
    if (sizes[0] != '_' || cross == std::string::npos) refuse(name);
    p = chosen(sizes.substr(1, cross - 1), {1, 2, 4, 8, 10});
    m = chosen(sizes.substr(cross + 1), {1, 2, 4, 8, 16, 32});
    if (p == 0 || m == 0) refuse(name);
  }
  p = std::min(p, shape[0]);
  m = std::min({m, shape[1], shape[2]});
  return {local({p, m, m}), local({p, m, m}, {p / 2, m / 2, m / 2})};
}

std::vector<CuboidShape> spatialLocalGlobal(const std::string& name, const std::string& size,
                                            const Thw& shape) {
  const std::int64_t m = size == "v1" ? 4 : chosen(size, {1, 2, 4, 8, 16, 32});
  if (m == 0) refuse(name);
  const auto [t, h, w] = shape;
  if (h <= m && w <= m) return {local({t, 1, 1}), local({1, h, w})};
  return {local({t, 1, 1}), local({1, m, m}), dilated({1, m, m})};
}

std::vector<CuboidShape> axialSpaceDilate(const std::string& name, const std::string& size,
                                          const Thw& shape) {
  std::int64_t k = chosen(size, {2, 4, 8});
  if (k == 0) refuse(name);
  const auto [t, h, w] = shape;
  k = std::min({k, h, w});
  return {local({t, 1, 1}), dilated({1, h / k, 1}), local({1, h / k, 1}), dilated({1, 1, w / k}),
          local({1, 1, w / k})};
}

}  // namespace

std::vector<CuboidShape> selfPattern(const std::string& name, const Thw& shape) {
  const auto [t, h, w] = shape;
  if (name == "full") return {local({t, h, w})};
  if (name == "axial") return {local({t, 1, 1}), local({1, h, 1}), local({1, 1, w})};
  if (name == "divided_st") return {local({t, 1, 1}), local({1, h, w})};
  if (const auto rest = after(name, "video_swin")) return videoSwin(name, *rest, shape);
  if (const auto rest = after(name, "spatial_lg_")) return spatialLocalGlobal(name, *rest, shape);
  if (const auto rest = after(name, "axial_space_dilate_"))
    return axialSpaceDilate(name, *rest, shape);
  refuse(name);
}

std::vector<CrossCuboidShape> crossPattern(const std::string& name, const Thw& memShape) {
  const auto sizes = after(name, "cross_");
  if (!sizes) refuse(name);
  const auto cross = sizes->find('x');
  if (cross == std::string::npos) refuse(name);
  const auto end = std::min(sizes->find('_'), sizes->size());
  std::int64_t k = chosen(sizes->substr(0, cross), {1, 2, 4, 8});
  const std::string variant = sizes->substr(end);
  if (k == 0 || end < cross || sizes->substr(cross + 1, end - cross - 1) != std::to_string(k))
    refuse(name);
  k = std::min({k, memShape[1], memShape[2]});
  const CrossCuboidShape near{{k, k}, {0, 0}, kLocal, 1};
  const CrossCuboidShape far{{k, k}, {0, 0}, kDilated, 1};
  const CrossCuboidShape moved{{k, k}, {k / 2, k / 2}, kLocal, 1};
  if (variant.empty()) return {near};
  if (variant == "_lg") return {near, far};
  if (variant == "_heter") return {near, far, moved};
  refuse(name);
}

}  // namespace stormloom
