#include "core/map_data.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "core/base_map.h"
#include "core/place_names.h"
#include "core/sha256.h"

namespace stormloom {

std::string mapDataHash() {
  static const std::string hash = [] {
    std::string hashes;
    for (const auto& file : {findBaseMap(), findPlaceNames()})
      if (file) hashes += sha256OfFile(file->string());
    if (hashes.empty()) return hashes;
    Sha256 together;
    together.add(std::as_bytes(std::span(hashes)));
    return together.hex();
  }();
  return hash;
}

bool drawsMaps(const std::string& command) {
  constexpr std::array<std::string_view, 4> kDrawing = {"attention", "figure", "render", "report"};
  return std::ranges::find(kDrawing, command) != kDrawing.end();
}

}  // namespace stormloom
