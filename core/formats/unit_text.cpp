#include "core/formats/unit_text.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <utility>
#include <vector>

namespace stormloom {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// "mm h^-1", "mm hr-1" and "[mm/hr]" become "mm/h".
std::string plainUnit(const std::string& unit) {
  std::string text = lower(unit);
  std::erase_if(text, [](char c) {
    return c == ' ' || c == '[' || c == ']' || c == '^' || c == '*' || c == '.' || c == '_';
  });
  static const std::vector<std::pair<std::string, std::string>> kSpellings = {
      {"millimetres", "mm"}, {"millimeters", "mm"}, {"millimetre", "mm"}, {"millimeter", "mm"},
      {"perhour", "/h"}, {"hours", "h"}, {"hour", "h"}, {"hr", "h"},  {"h-1", "/h"}, {"s-1", "/s"},
      {"m-2", "/m2"}, {"//", "/"},   {"sec", "s"}, {"perh", "/h"}};
  for (const auto& [from, to] : kSpellings) {
    for (std::size_t at; (at = text.find(from)) != std::string::npos;)
      text.replace(at, from.size(), to);
  }
  return text;
}

/// "mm/5min", "mm/(10minutes)" and "mm(10min)-1": over how many minutes; 0 for other units.
double minutesOf(const std::string& plain) {
  for (const char* pattern : {"mm/%d%nmin", "mm/(%d%nmin", "mm(%d%nmin"}) {
    int minutes = 0, used = 0;
    if (std::sscanf(plain.c_str(), pattern, &minutes, &used) != 1) continue;
    if (plain.compare(std::size_t(used), 3, "min") == 0 && minutes >= 1 && minutes <= 60) return minutes;
  }
  return 0.0;
}

bool containsAny(const std::string& text, std::initializer_list<const char*> words) {
  return std::ranges::any_of(
      words, [&](const char* word) { return text.find(word) != std::string::npos; });
}

}  // namespace

std::optional<UnitMeaning> meaningOfUnit(const std::string& unit, const std::string& names) {
  const std::string u = plainUnit(unit);
  const std::string n = lower(names);
  // Snow, qualities, variances and probabilities come in the same units.
  if (containsAny(n, {"quality", "error", "variance", "probability", "count", "height"})) return {};
  if (u == "dbz" || (u == "db" && containsAny(n, {"reflectivity", "dbz"}))) return UnitMeaning{Quantity::Reflectivity};
  if (const double minutes = minutesOf(u); minutes > 0.0)
    return UnitMeaning{Quantity::RainRate, 60.0 / minutes};
  if (u == "mm/h" || u == "kg/m2/h") return UnitMeaning{Quantity::RainRate};
  if (u == "kg/m2/s" || u == "kg/(m2s)" || u == "mm/s") return UnitMeaning{Quantity::RainRate, 3600.0};
  if (u == "m/s" && containsAny(n, {"rain", "precip"}))
    return UnitMeaning{Quantity::RainRate, 3.6e6};
  const bool vil = containsAny(n, {"vil", "vertically integrated liquid", "liquid_water_content"});
  if (vil && (u == "kg/m2" || u == "mm")) return UnitMeaning{Quantity::VilMass};
  const bool rain = containsAny(n, {"rain", "precip", "accum", "acrr", "depth"});
  if (rain && (u == "kg/m2" || u == "mm"))
    return UnitMeaning{.quantity = Quantity::RainRate, .accumulated = true};
  if (rain && u == "m")
    return UnitMeaning{.quantity = Quantity::RainRate, .factor = 1000.0, .accumulated = true};
  return {};
}

}  // namespace stormloom
