#include "core/formats/unit_text.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <string_view>
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

/// "0.1 mm/h": the number before a unit, which is taken off; 1 where there is none.
double takeFactor(std::string& unit) {
  char* end = nullptr;
  const double factor = std::strtod(unit.c_str(), &end);
  const std::size_t used = std::size_t(end - unit.c_str());
  if (used == 0 || !(factor > 0.0) || !(factor < 1e9)) return 1.0;
  unit.erase(0, used);
  return factor;
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

constexpr std::string_view kSumsOf = ", sums of ";

/// "60 min" and where a product's name says it, if anywhere.
struct SaidLength {
  std::string text;
  std::size_t at = std::string::npos;

  SaidLength(const std::string& product, double minutes) {
    char length[32];
    std::snprintf(length, sizeof length, "%g min", minutes);
    text = length;
    at = product.find(text);
    if (at != std::string::npos && at > 0 && std::isdigit(static_cast<unsigned char>(product[at - 1])))
      at = std::string::npos;
  }
};

}  // namespace

bool namesVil(const std::string& names) {
  const std::string text = lower(names);
  const auto isLower = [&](std::size_t k) { return std::islower(static_cast<unsigned char>(names[k])) != 0; };
  const auto isLetter = [&](std::size_t k) { return std::isalpha(static_cast<unsigned char>(names[k])) != 0; };
  for (std::size_t at = 0; (at = text.find("vil", at)) != std::string::npos; ++at) {
    const bool begins = at == 0 || !isLetter(at - 1) || (isLower(at - 1) && !isLower(at));
    const bool ends = at + 3 >= text.size() || !isLetter(at + 3) || (isLower(at + 2) && !isLower(at + 3));
    if (begins && ends) return true;
  }
  return false;
}

std::optional<UnitMeaning> meaningOfUnit(const std::string& written, const std::string& names) {
  std::string unit = written;
  if (const double factor = takeFactor(unit); factor != 1.0) {
    std::optional<UnitMeaning> meaning = meaningOfUnit(unit, names);
    if (!meaning || meaning->quantity == Quantity::Reflectivity) return {};
    meaning->factor *= factor;
    return meaning;
  }
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
  for (const auto& [other, factor] : {std::pair{"mm/d", 1.0 / 24.0}, {"mm/day", 1.0 / 24.0}, {"mmd-1", 1.0 / 24.0}, {"mm/min", 60.0}, {"mmmin-1", 60.0},
                                      {"mmday-1", 1.0 / 24.0}, {"in/h", 25.4}, {"inch/h", 25.4}, {"cm/h", 10.0}})
    if (u == other) return UnitMeaning{Quantity::RainRate, factor};
  const bool vil = namesVil(names) || containsAny(n, {"vertically integrated liquid", "liquid_water_content"});
  if (vil && (u == "kg/m2" || u == "mm")) return UnitMeaning{Quantity::VilMass};
  const bool rain = containsAny(n, {"rain", "precip", "accum", "acrr", "depth"});
  if (rain && (u == "kg/m2" || u == "mm"))
    return UnitMeaning{.quantity = Quantity::RainRate, .accumulated = true};
  if (rain && u == "m")
    return UnitMeaning{.quantity = Quantity::RainRate, .factor = 1000.0, .accumulated = true};
  return {};
}

std::string namedBySum(const std::string& product, double minutes) {
  const SaidLength said(product, minutes);
  return said.at != std::string::npos ? product : product + std::string(kSumsOf) + said.text;
}

std::string productBesideSum(std::string product, double minutes) {
  const SaidLength said(product, minutes);
  if (said.at != std::string::npos) product.erase(said.at, said.text.size());
  return product.ends_with(kSumsOf) ? product.substr(0, product.size() - kSumsOf.size()) : product;
}

}  // namespace stormloom
