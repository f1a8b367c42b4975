#include "core/formats/cf_time.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/errors.h"
#include "core/formats/time_in_name.h"

namespace stormloom {
namespace {

double secondsIn(const std::string& unit) {
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

/// Date and clock of "since ...", any parts of the clock left out; zones other than UTC are taken
/// off.
std::optional<ValidTime> originFrom(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, zoneHour = 0, zoneMinute = 0, used = 0;
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
  ValidTime time = timeFromCalendar(year, month, day, hour, minute, int(second));
  const std::string rest = text.substr(std::min(std::size_t(used), text.size()));
  const std::size_t sign = rest.find_first_of("+-");
  if (sign != std::string::npos &&
      std::sscanf(rest.c_str() + sign + 1, "%2d:%2d", &zoneHour, &zoneMinute) >= 1 &&
      zoneHour >= 0 && zoneHour <= 14) {
    const minutes zone(60 * zoneHour + zoneMinute);
    time += rest[sign] == '+' ? -zone : zone;
  }
  return time;
}

/// A coordinate's values as times; empty where it is none of time.
std::vector<ValidTime> timesIn(const NetCdfSource& file, const std::string& name,
                               const std::string& units) {
  const std::optional<CfClock> clock = cfClockFrom(units);
  if (!clock) return {};
  std::vector<ValidTime> times;
  for (const double value : file.coordinate(name)) {
    const auto time = clock->at(value);
    if (!time) return {};
    times.push_back(*time);
  }
  return times;
}

std::vector<ValidTime> timesIn(const NetCdfSource& file, const std::string& name) {
  return file.find(name) ? timesIn(file, name, file.text(name, "units")) : std::vector<ValidTime>();
}

double minutesBetween(ValidTime from, ValidTime to) { return double((to - from).count()) / 60.0; }

/// Upper bounds are the valid times of accumulations, and the bounds' distance is what they add up
/// over.
void takeBounds(const NetCdfSource& file, const std::string& name, CfTimes& result) {
  const std::string bounds = file.text(name, "bounds");
  if (bounds.empty() || !file.find(bounds)) return;
  std::string units = file.text(bounds, "units");
  if (units.empty()) units = file.text(name, "units");
  const std::vector<ValidTime> edges = timesIn(file, bounds, units);
  if (edges.size() != 2 * result.times.size() || !(edges[1] > edges[0])) return;
  result.accumulationMinutes = minutesBetween(edges[0], edges[1]);
  for (std::size_t k = 0; k < result.times.size(); ++k) result.times[k] = edges[2 * k + 1];
}

/// "time: sum (interval: 5 minutes)".
double minutesOfCellMethods(const std::string& methods) {
  const std::size_t at = methods.find("interval:");
  double count = 0.0;
  char unit[16] = {};
  if (at == std::string::npos ||
      std::sscanf(methods.c_str() + at + 9, " %lf %15s", &count, unit) != 2)
    return 0.0;
  return count * secondsIn(unit) / 60.0;
}

/// A time without a dimension: the interval's end before its start.
CfTimes scalarTime(const NetCdfSource& file, const NetCdfVariable& variable) {
  std::vector<std::string> names = {"valid_time", "validity_time", "end_time", "time"};
  const std::string coordinates = file.text(variable.name, "coordinates") + " ";
  for (std::size_t from = 0, end; (end = coordinates.find(' ', from)) != std::string::npos;
       from = end + 1) {
    const std::string name = coordinates.substr(from, end - from);
    if (file.find(name) && file.text(name, "standard_name") == "time") names.push_back(name);
  }
  CfTimes result;
  for (const std::string& name : names) {
    result.times = timesIn(file, name);
    if (result.times.size() != 1) continue;
    takeBounds(file, name, result);
    const std::vector<ValidTime> start = timesIn(file, "start_time");
    if (start.size() == 1 && start[0] < result.times[0])
      result.accumulationMinutes = minutesBetween(start[0], result.times[0]);
    return result;
  }
  return {};
}

std::optional<ValidTime> timeOfFile(const NetCdfSource& file) {
  for (const char* attribute :
       {"time_coverage_end", "valid_time", "validity_time", "nominal_product_time"}) {
    std::string text = file.text("", attribute);
    text.resize(std::min(text.find('.'), text.size()));
    if (auto time = timeFromIso(text)) return time;
  }
  return timeInName(file.path());
}

}  // namespace

std::optional<ValidTime> CfClock::at(double value) const {
  const double offset = std::round(value * secondsAUnit);
  if (!(std::abs(offset) < 1e11)) return {};
  const ValidTime time = origin + seconds(std::int64_t(offset));
  if (time < timeFromCalendar(1950, 1, 1, 0, 0, 0) || time > timeFromCalendar(2200, 1, 1, 0, 0, 0))
    return {};
  return time;
}

std::optional<CfClock> cfClockFrom(const std::string& units) {
  const std::size_t since = units.find(" since ");
  if (since == std::string::npos) return {};
  const double unit = secondsIn(units.substr(0, since));
  const auto origin = originFrom(units.substr(since + 7));
  if (unit == 0.0 || !origin) return {};
  return CfClock{*origin, unit};
}

CfTimes cfTimesOf(const NetCdfSource& file, const NetCdfVariable& variable,
                  const std::string& timeDimension) {
  CfTimes result;
  if (timeDimension.empty()) {
    result = scalarTime(file, variable);
    if (result.times.empty()) {
      if (const auto time = timeOfFile(file)) result.times = {*time};
    }
  } else {
    result.times = timesIn(file, timeDimension);
    takeBounds(file, timeDimension, result);
  }
  if (result.times.empty()) {
    throw IoError(
        file.path() + ": its variable " + variable.name +
        " has no valid time (a time coordinate, or a time in the file's name). Fetch it again.");
  }
  if (result.accumulationMinutes == 0.0)
    result.accumulationMinutes = minutesOfCellMethods(file.text(variable.name, "cell_methods"));
  if (result.accumulationMinutes == 0.0 && result.times.size() > 1)
    result.accumulationMinutes = minutesBetween(result.times[0], result.times[1]);
  return result;
}

}  // namespace stormloom
