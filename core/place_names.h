#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/geo_reference.h"

namespace stormloom {

/// A town: what people call the place they ask about.
struct PlaceName {
  std::string name;
  LonLat at;
  int population = 0;
};

/// Towns of the world, largest first, as packaging/make_place_names.py lists them at set-up. Empty
/// where the list is not there: maps work without.
std::vector<PlaceName> loadPlaceNames();
std::optional<std::filesystem::path> findPlaceNames();
/// One town a line: name;longitude;latitude;population. Lines with # are remarks. IoError for a
/// line that is none.
std::vector<PlaceName> readPlaceNames(const std::string& path);

/// Kilometres on the sphere.
double kilometresBetween(LonLat a, LonLat b);

/// The town that a place is told by: the nearest, but a larger one a little farther goes first.
/// Nothing within `mostKm`.
const PlaceName* placeNear(const std::vector<PlaceName>& places, LonLat at, double mostKm = 40.0);
/// The largest town whose name begins with these letters, small and large alike; else the largest
/// that has them anywhere. Those within `around` first.
const PlaceName* placeNamed(const std::vector<PlaceName>& places, const std::string& text,
                            const std::optional<LonLatBox>& around = std::nullopt);

/// "Utrecht", "6 km NE of Utrecht".
std::string placeWords(const PlaceName& place, LonLat at);

}  // namespace stormloom
