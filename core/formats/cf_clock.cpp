#include "core/formats/cf_clock.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace stormloom {
namespace {

/// Date and clock of "since ...", any parts of the clock left out; zones other than UTC are taken
/// off.
std::optional<ValidTime> originFrom(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, used = 0;
  double second = 0.0;
  const int found = std::sscanf(text.c_str(), "%4d-%2d-%2d%n%*[T ]%2d:%2d%n:%lf%n", &year, &month,
                                &day, &used, &hour, &minute, &used, &second, &used);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  if (found < 3 || !date.ok() || hour < 0 || hour > 24 || minute < 0 || minute > 59 ||
      !(second >= 0.0) || second > 60.0) {
    return {};
  }
  const auto zone =
      zoneFrom(std::string_view(text).substr(std::min(std::size_t(used), text.size())));
  if (!zone) return {};
  return timeFromCalendar(year, month, day, hour, minute, int(second)) - *zone;
}

}  // namespace

double secondsInUnit(const std::string& text) {
  std::string unit = text;
  std::ranges::transform(unit, unit.begin(), [](unsigned char c) { return char(std::tolower(c)); });

  struct Unit {
    const char* start;
    double seconds;
  };
  for (const Unit& known : {Unit{"msec", 1e-3}, Unit{"milli", 1e-3}, Unit{"s", 1.0},
                            Unit{"min", 60.0}, Unit{"h", 3600.0}, Unit{"d", 86400.0}}) {
    if (unit.starts_with(known.start)) return known.seconds;
  }
  return 0.0;
}

std::optional<ValidTime> CfClock::at(double value) const {
  const double offset = std::round(value * secondsAUnit);
  if (!(std::abs(offset) < 1e11)) return {};
  const ValidTime time = origin + seconds(std::int64_t(offset));
  if (time < timeFromCalendar(1950, 1, 1, 0, 0, 0) || time > timeFromCalendar(2200, 1, 1, 0, 0, 0))
    return {};
  return time;
}

std::optional<CfClock> cfClockFrom(const std::string& units) {
  std::size_t since = units.find(" since ");
  if (since == std::string::npos) since = units.find(" Since ");
  if (since == std::string::npos) return {};
  const double unit = secondsInUnit(units.substr(0, since));
  const auto origin = originFrom(units.substr(since + 7));
  if (unit == 0.0 || !origin) return {};
  return CfClock{*origin, unit};
}

}  // namespace stormloom
