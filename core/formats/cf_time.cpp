#include "core/formats/cf_time.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "core/errors.h"
#include "core/formats/packed_file.h"
#include "core/formats/time_in_name.h"

namespace stormloom {
namespace {

/// Calendars that no radar keeps would put every frame on another day. IMERG writes "julian" and means everybody's.
void requireCalendar(const NetCdfSource& file, const std::string& name) {
  std::string calendar = file.text(name, "calendar");
  std::ranges::transform(calendar, calendar.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  for (const char* usual : {"", "standard", "gregorian", "proleptic_gregorian", "julian", "none"})
    if (calendar == usual) return;
  throw IoError(file.path() + ": its times (" + name + ") are counted in the calendar \"" + calendar +
                "\", as models of climate do. Choose a product with real dates.");
}

/// "20190610.5": CDO's absolute times.
std::optional<ValidTime> timeFromAbsolute(double value) {
  const double day = std::floor(value);
  if (!(day > 19500000.0) || !(day < 22000000.0)) return {};
  char digits[32];
  std::snprintf(digits, sizeof digits, "%08.0f0000", day);
  const auto midnight = timeFromDigits(digits);
  if (!midnight) return {};
  return *midnight + seconds(std::llround((value - day) * 86400.0));
}

/// A coordinate's values as times, nothing for each that is none.
using MaybeTimes = std::vector<std::optional<ValidTime>>;

/// Without any time there are none.
MaybeTimes orEmpty(MaybeTimes times) {
  if (std::ranges::none_of(times, [](const auto& time) { return time.has_value(); })) times.clear();
  return times;
}

/// "2019-06-10_12:00:00" for each frame, as WRF and others write it.
MaybeTimes timesInTexts(const NetCdfSource& file, const std::string& name) {
  MaybeTimes times;
  for (std::string text : file.texts(name)) {
    std::ranges::replace(text, '_', 'T');
    times.push_back(timeFromIso(text));
  }
  return orEmpty(std::move(times));
}

/// Empty where the coordinate is none of time.
MaybeTimes timesIn(const NetCdfSource& file, const std::string& name, const std::string& units) {
  const bool absolute = units.starts_with("day as %Y%m%d");
  const std::optional<CfClock> clock = absolute ? std::nullopt : cfClockFrom(units);
  if (!absolute && !clock) return timesInTexts(file, name);
  if (clock) requireCalendar(file, name);
  MaybeTimes times;
  for (const double value : file.coordinate(name))
    times.push_back(clock ? clock->at(value) : timeFromAbsolute(value));
  return orEmpty(std::move(times));
}

MaybeTimes timesIn(const NetCdfSource& file, const std::string& name) {
  return file.find(name) ? timesIn(file, name, file.text(name, "units")) : MaybeTimes();
}

/// The time of a variable that has a single one.
std::optional<ValidTime> onlyTime(const MaybeTimes& times) { return times.size() == 1 ? times.front() : std::nullopt; }

/// Whether a unit alone counts time: "hours", but not "degrees_north".
bool isSpanOfTime(const std::string& unit) {
  static const std::set<std::string> kUnits = {"s",  "sec", "second", "seconds", "min",  "minute", "minutes",
                                               "h",  "hr",  "hour",   "hours",   "d",    "day",    "days"};
  return kUnits.contains(unit);
}

/// Leads ("hours" behind one reference time): the run's time and each step.
MaybeTimes timesOfLeads(const NetCdfSource& file, const std::string& name,
                        std::optional<ValidTime>* itsRun = nullptr) {
  const std::string written = file.find(name) ? file.text(name, "units") : "";
  if (!isSpanOfTime(written)) return {};
  const double unit = secondsInUnit(written);
  for (const NetCdfVariable& other : file.variables()) {
    const std::string last = other.name.substr(other.name.rfind('/') + 1);
    const bool reference = file.text(other.name, "standard_name") == "forecast_reference_time" ||
                           last == "forecast_reference_time" || last == "reftime" || last == "time";
    const auto run = reference ? onlyTime(timesIn(file, other.name)) : std::nullopt;
    if (!run) continue;
    if (itsRun != nullptr) *itsRun = run;
    MaybeTimes times;
    for (const double lead : file.coordinate(name)) {
      const bool usable = std::abs(lead * unit) < 1e8;
      times.push_back(usable ? std::optional(*run + seconds(std::llround(lead * unit))) : std::nullopt);
    }
    return orEmpty(std::move(times));
  }
  return {};
}

/// The usable ones, and where they stand.
void take(const MaybeTimes& times, CfTimes& result) {
  for (std::size_t k = 0; k < times.size(); ++k) {
    if (!times[k]) continue;
    result.times.push_back(*times[k]);
    result.entries.push_back(k);
  }
  result.leftOut = times.size() - result.times.size();
}

double minutesBetween(ValidTime from, ValidTime to) { return double((to - from).count()) / 60.0; }

/// Upper bounds are the valid times of accumulations, and the bounds' distance is what each adds up
/// over; an empty one, as sums since a start begin with, is none. Others are valid when their coordinate says.
void takeBounds(const NetCdfSource& file, const std::string& name, CfTimes& result) {
  const std::string bounds = file.meantBy(name, file.text(name, "bounds"));
  if (bounds.empty()) return;
  std::string units = file.text(bounds, "units");
  if (units.empty()) units = file.text(name, "units");
  const MaybeTimes edges = timesIn(file, bounds, units);
  if (edges.size() != 2 * (result.times.size() + result.leftOut)) return;
  CfTimes summed{.times = {}, .entries = {}, .leftOut = result.leftOut, .accumulationMinutes = {}};
  std::optional<std::size_t> before;
  for (const std::size_t k : result.entries) {
    const auto from = edges[2 * k], until = edges[2 * k + 1];
    if (from && until && *until < *from) return;
    if (!from || !until || *until == *from) {
      ++summed.leftOut;
      continue;
    }
    const bool sameStart = before && edges[2 * *before] == from && edges[2 * *before + 1] != until;
    summed.runningSums = summed.runningSums || sameStart;
    summed.times.push_back(*until);
    summed.entries.push_back(k);
    summed.accumulationMinutes.push_back(minutesBetween(*from, *until));
    before = k;
  }
  summed.run = result.run;
  if (!summed.times.empty()) result = summed;
}

/// "time: sum (interval: 5 minutes)".
double minutesOfCellMethods(const std::string& methods) {
  const std::size_t at = methods.find("interval:");
  double count = 0.0;
  char unit[16] = {};
  if (at == std::string::npos ||
      std::sscanf(methods.c_str() + at + 9, " %lf %15s", &count, unit) != 2)
    return 0.0;
  return count * secondsInUnit(unit) / 60.0;
}

/// A time without a dimension: the interval's end before its start.
CfTimes scalarTime(const NetCdfSource& file, const NetCdfVariable& variable, bool sums) {
  std::vector<std::string> names = {"valid_time", "validity_time", "end_time", "time"};
  const std::string coordinates = file.text(variable.name, "coordinates") + " ";
  for (std::size_t from = 0, end; (end = coordinates.find(' ', from)) != std::string::npos;
       from = end + 1) {
    const std::string name = file.meantBy(variable.name, coordinates.substr(from, end - from));
    if (!name.empty() && file.text(name, "standard_name") == "time") names.push_back(name);
  }
  CfTimes result;
  for (const std::string& written : names) {
    const std::string name = file.meantBy(variable.name, written);
    const auto time = onlyTime(timesIn(file, name));
    if (!time) continue;
    take({time}, result);
    if (sums) takeBounds(file, name, result);
    const auto start = onlyTime(timesIn(file, file.meantBy(name, "start_time")));
    if (start && *start < result.times[0]) result.accumulationMinutes = {minutesBetween(*start, result.times[0])};
    return result;
  }
  return {};
}

/// The usual distance of frames; 0 for one alone. Not `usual` where half of them are others: what
/// is rare are pauses.
double stepOf(std::vector<ValidTime> times, bool& usual) {
  std::ranges::sort(times);
  std::vector<double> steps;
  for (std::size_t k = 1; k < times.size(); ++k)
    if (times[k] > times[k - 1]) steps.push_back(minutesBetween(times[k - 1], times[k]));
  usual = true;
  if (steps.empty()) return 0.0;
  const auto middle = steps.begin() + std::ptrdiff_t(steps.size() / 2);
  std::ranges::nth_element(steps, middle);
  const double step = *middle;
  const auto like = std::ranges::count_if(steps, [&](double other) { return std::abs(other - step) < 0.1 * step; });
  usual = 2 * std::size_t(like) > steps.size();
  return step;
}

/// A run's time before the frames'.
std::optional<ValidTime> runBefore(const NetCdfSource& file, const std::vector<ValidTime>& times) {
  for (const NetCdfVariable& variable : file.variables()) {
    if (file.text(variable.name, "standard_name") != "forecast_reference_time") continue;
    const MaybeTimes runs = timesIn(file, variable.name);
    if (!runs.empty() && runs.front() && *runs.front() < times.back()) return runs.front();
  }
  return {};
}

std::optional<ValidTime> timeOfFile(const NetCdfSource& file) {
  for (const char* attribute :
       {"time_coverage_end", "valid_time", "validity_time", "nominal_product_time"}) {
    if (auto time = timeFromIso(file.text("", attribute))) return time;
  }
  return timeInName(fileNameOf(file.path()));
}

}  // namespace

std::string cfTimeCoordinate(const NetCdfSource& file, const std::string& dimension) {
  std::string found;
  for (const NetCdfVariable& variable : file.variables()) {
    if (variable.dimensions.empty() || variable.dimensions.front() != dimension) continue;
    if (variable.dimensions.size() > 1) {
      if (found.empty() && !timesInTexts(file, variable.name).empty()) found = variable.name;
      continue;
    }
    const std::string standard = file.text(variable.name, "standard_name");
    const std::string units = file.text(variable.name, "units");
    const bool counts = cfClockFrom(units) || units.starts_with("day as %Y%m%d") ||
                        !timesOfLeads(file, variable.name).empty() || !timesInTexts(file, variable.name).empty();
    if (!counts || standard == "forecast_reference_time") continue;
    const bool better = found.empty() || variable.name == dimension || standard == "time" ||
                        variable.name.ends_with("valid_time");
    if (better) found = variable.name;
  }
  return found;
}

CfTimes cfTimesOf(const NetCdfSource& file, const NetCdfVariable& variable,
                  const std::string& timeCoordinate, bool sums) {
  CfTimes result;
  if (timeCoordinate.empty()) {
    result = scalarTime(file, variable, sums);
    if (result.times.empty()) {
      if (const auto time = timeOfFile(file)) take({time}, result);
    }
  } else {
    take(timesIn(file, timeCoordinate), result);
    if (result.times.empty()) take(timesOfLeads(file, timeCoordinate, &result.run), result);
    if (sums) takeBounds(file, timeCoordinate, result);
  }
  if (result.times.empty()) {
    throw IoError(
        file.path() + ": its variable " + variable.name +
        " has no valid time (a time coordinate, or a time in the file's name). Fetch it again.");
  }
  if (sums && result.accumulationMinutes.empty()) {
    double minutes = minutesOfCellMethods(file.text(variable.name, "cell_methods"));
    result.sumsOverStep = minutes == 0.0;
    bool usual = true;
    if (result.sumsOverStep) minutes = stepOf(result.times, usual);
    result.uneven = !usual;
    result.accumulationMinutes.assign(result.times.size(), minutes);
  }
  if (!result.run) result.run = runBefore(file, result.times);
  return result;
}

}  // namespace stormloom
