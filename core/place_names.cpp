#include "core/place_names.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

#include "core/errors.h"
#include "core/program_folder.h"

namespace stormloom {
namespace {

constexpr double kRadians = 3.14159265358979 / 180.0;
constexpr double kEarthKm = 6371.0;
constexpr double kInTown = 3.0;  ///< km from its middle
constexpr std::size_t kMostPlaces = 200'000;

template <class Number>
bool readNumber(std::string_view& rest, Number& number) {
  const std::size_t end = std::min(rest.find(';'), rest.size());
  const auto read = std::from_chars(rest.data(), rest.data() + end, number);
  const bool whole = read.ec == std::errc() && read.ptr == rest.data() + end;
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return whole;
}

std::optional<PlaceName> placeOf(std::string_view line) {
  const std::size_t end = line.find(';');
  if (end == 0 || end == std::string_view::npos) return std::nullopt;
  PlaceName place{std::string(line.substr(0, end)), {}, 0};
  line.remove_prefix(end + 1);
  const bool sound = readNumber(line, place.at.lon) && readNumber(line, place.at.lat) &&
                     readNumber(line, place.population) && std::abs(place.at.lon) <= 180 &&
                     std::abs(place.at.lat) <= 90;
  return sound ? std::optional(place) : std::nullopt;
}

std::string folded(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return text;
}

bool isIn(const LonLatBox& box, LonLat at) {
  return at.lon >= box.west && at.lon <= box.east && at.lat >= box.south && at.lat <= box.north;
}

const char* compassPoint(LonLat from, LonLat to) {
  const double east = (to.lon - from.lon) * std::cos(from.lat * kRadians),
               north = to.lat - from.lat;
  const char* const points[] = {"E", "NE", "N", "NW", "W", "SW", "S", "SE"};
  const int eighth = int(std::lround(std::atan2(north, east) / (45 * kRadians)));
  return points[(eighth + 8) % 8];
}

}  // namespace

std::optional<std::filesystem::path> findPlaceNames() {
  for (const char* place : {"share/stormloom/places.csv", ".deps/base_map/places.csv"})
    if (auto found = findAboveProgram(place)) return found;
  return std::nullopt;
}

std::vector<PlaceName> loadPlaceNames() {
  const auto file = findPlaceNames();
  return file ? readPlaceNames(file->string()) : std::vector<PlaceName>();
}

std::vector<PlaceName> readPlaceNames(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw IoError(path + ": the names of towns cannot be read.");
  std::vector<PlaceName> places;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    auto place = placeOf(line);
    if (!place || places.size() >= kMostPlaces)
      throw IoError(path + ": \"" + line.substr(0, 60) +
                    "\" is no town. Lines are name;longitude;latitude;population.");
    places.push_back(std::move(*place));
  }
  return places;
}

double kilometresBetween(LonLat a, LonLat b) {
  const double dLat = (b.lat - a.lat) * kRadians / 2, dLon = (b.lon - a.lon) * kRadians / 2;
  const double h = std::sin(dLat) * std::sin(dLat) + std::cos(a.lat * kRadians) *
                                                         std::cos(b.lat * kRadians) *
                                                         std::sin(dLon) * std::sin(dLon);
  return 2 * kEarthKm * std::asin(std::sqrt(std::clamp(h, 0.0, 1.0)));
}

const PlaceName* placeNear(const std::vector<PlaceName>& places, LonLat at, double mostKm) {
  const PlaceName* nearest = nullptr;
  double least = mostKm;
  for (const PlaceName& place : places) {
    if (std::abs(place.at.lat - at.lat) > mostKm / 110) continue;
    const double km = kilometresBetween(place.at, at);
    if (km > mostKm) continue;
    // Ten times as many people count for 4 km.
    const double distance = km - 4.0 * std::log10(std::max(1.0, place.population / 20'000.0));
    if (distance >= least) continue;
    least = distance;
    nearest = &place;
  }
  return nearest;
}

const PlaceName* placeNamed(const std::vector<PlaceName>& places, const std::string& text,
                            const std::optional<LonLatBox>& around) {
  const std::string wanted = folded(text);
  if (wanted.empty()) return nullptr;
  const PlaceName* found = nullptr;
  int best = 0;
  for (const PlaceName& place : places) {  // largest first
    const std::size_t where = folded(place.name).find(wanted);
    if (where == std::string::npos) continue;
    const int rank = 1 + (where == 0 ? 2 : 0) + (around && isIn(*around, place.at) ? 4 : 0);
    if (rank <= best) continue;
    best = rank;
    found = &place;
  }
  return found;
}

std::string placeWords(const PlaceName& place, LonLat at) {
  const double km = kilometresBetween(place.at, at);
  if (km < kInTown) return place.name;
  return std::to_string(std::lround(km)) + " km " + compassPoint(place.at, at) + " of " +
         place.name;
}

}  // namespace stormloom
