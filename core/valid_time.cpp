#include "core/valid_time.h"

#include <algorithm>
#include <cstdio>

namespace stormloom {
namespace {

struct Calendar {
  int year, month, day, hour, minute, second;
};

Calendar calendarFromTime(ValidTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return {int(date.year()),           int(unsigned(date.month())),  int(unsigned(date.day())),
          int(clock.hours().count()), int(clock.minutes().count()), int(clock.seconds().count())};
}

/// Reads exactly `digits` digits at the front of `text` and takes them off.
std::optional<int> takeNumber(std::string_view& text, std::size_t digits) {
  int number = 0;
  if (text.size() < digits) return {};
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return {};
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool takeOneOf(std::string_view& text, std::string_view letters) {
  if (text.empty() || letters.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// ".000" of "12:30:00.000".
bool takeFraction(std::string_view& text) {
  if (!takeOneOf(text, ".,")) return true;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(digits);
  return digits > 0;
}

bool isPossible(const Calendar& c) {
  const std::chrono::year_month_day date{std::chrono::year(c.year),
                                         std::chrono::month(unsigned(c.month)),
                                         std::chrono::day(unsigned(c.day))};
  return date.ok() && c.hour < 24 && c.minute < 60 && c.second < 60;
}

}  // namespace

std::string isoText(ValidTime time) {
  const Calendar c = calendarFromTime(time);
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
                c.minute, c.second);
  return text;
}

std::string clockText(ValidTime time) {
  const std::string iso = isoText(time);
  return iso.substr(iso.find('T') + 1, 5);
}

std::optional<ValidTime> timeFromIso(std::string_view text) {
  const auto year = takeNumber(text, 4);
  if (!year || !takeOneOf(text, "-")) return {};
  const auto month = takeNumber(text, 2);
  if (!month || !takeOneOf(text, "-")) return {};
  const auto day = takeNumber(text, 2);
  if (!day || !takeOneOf(text, "T ")) return {};
  const auto hour = takeNumber(text, 2);
  if (!hour || !takeOneOf(text, ":")) return {};
  const auto minute = takeNumber(text, 2);
  if (!minute) return {};
  int second = 0;
  if (takeOneOf(text, ":")) {
    const auto read = takeNumber(text, 2);
    if (!read) return {};
    second = *read;
    if (!takeFraction(text)) return {};
  }
  const auto zone = zoneFrom(text);
  const Calendar calendar{*year, *month, *day, *hour, *minute, second};
  if (!zone || !isPossible(calendar)) return {};
  return timeFromCalendar(*year, *month, *day, *hour, *minute, second) - *zone;
}

std::optional<minutes> zoneFrom(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  while (takeOneOf(text, " ")) {
  }
  for (const std::string_view utc : {"", "Z", "z", "UTC", "utc", "GMT", "0:00", "00:00"})
    if (text == utc) return minutes(0);
  const bool behind = text.front() == '-';
  if (!takeOneOf(text, "+-")) return {};
  const auto hours = takeNumber(text, text.size() == 1 || text.find(':') == 1 ? 1 : 2);
  takeOneOf(text, ":");
  const auto rest = text.empty() ? 0 : takeNumber(text, 2);
  if (!hours || !rest || !text.empty() || *hours > 14 || *rest > 59) return {};
  const minutes ahead(60 * *hours + *rest);
  return behind ? -ahead : ahead;
}

ValidTime timeFromCalendar(int year, int month, int day, int hour, int minute, int second) {
  const std::chrono::sys_days date =
      std::chrono::year_month_day{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                  std::chrono::day(unsigned(day))};
  return date + std::chrono::hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace stormloom
