#include "core/formats/time_in_name.h"

#include <string>
#include <vector>

namespace stormloom {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

int numberOf(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = 10 * number + (c - '0');
  return number;
}

/// Years of radar networks; two digits mean 1970 to 2069.
bool isYear(int year) { return year >= 1970 && year <= 2100; }
int yearOfTwoDigits(int year) { return year + (year < 70 ? 2000 : 1900); }

std::optional<ValidTime> timeOf(int year, int month, int day, std::string_view clock) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                            std::chrono::day(unsigned(day))};
  const int hour = numberOf(clock.substr(0, 2));
  const int minute = numberOf(clock.substr(2, 2));
  const int second = clock.size() >= 6 ? numberOf(clock.substr(4, 2)) : 0;
  const bool midnight = hour == 24 && minute == 0 && second == 0;
  if (!isYear(year) || !date.ok() || minute > 59 || second > 59 || (hour > 23 && !midnight)) {
    return {};
  }
  return sys_days(date) + hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

std::optional<ValidTime> timeOfDayOfYear(int year, int dayOfYear, std::string_view clock) {
  using namespace std::chrono;
  const sys_days first = year_month_day{std::chrono::year(year), January, std::chrono::day(1)};
  const bool leap = std::chrono::year(year).is_leap();
  if (dayOfYear < 1 || dayOfYear > (leap ? 366 : 365)) return {};
  const year_month_day date(first + days(dayOfYear - 1));
  return timeOf(year, int(unsigned(date.month())), int(unsigned(date.day())), clock);
}

/// The digits of a name, in runs, and where each begins.
struct Run {
  std::string digits;
  std::size_t at = 0;
  std::size_t end() const { return at + digits.size(); }
};

std::vector<Run> runsOfDigits(std::string_view name) {
  std::vector<Run> runs;
  for (std::size_t k = 0; k < name.size(); ++k) {
    if (!isDigit(name[k])) continue;
    if (runs.empty() || runs.back().end() != k) runs.push_back({{}, k});
    runs.back().digits += name[k];
  }
  return runs;
}

/// One separating character lies between two runs.
bool follows(const std::vector<Run>& runs, std::size_t k, std::string_view name) {
  if (k + 1 >= runs.size() || runs[k + 1].at != runs[k].end() + 1) return false;
  return std::string_view("-_.:TZ ").find(name[runs[k].end()]) != std::string_view::npos;
}

/// "+0200" behind the run `part`, as in 20190610T1205+0200. A "-" separates as often as it counts, and
/// behind a time without its T a "+0030" is how far a nowcast looks ahead.
minutes zoneBehind(const std::vector<Run>& runs, std::size_t part, std::string_view name) {
  const bool isClock = runs[part].at > 0 && (name[runs[part].at - 1] == 'T' || name[runs[part].at - 1] == ':');
  const bool zone = isClock && part + 1 < runs.size() && runs[part + 1].at == runs[part].end() + 1 &&
                    name[runs[part].end()] == '+' && runs[part + 1].digits.size() == 4;
  if (!zone) return {};
  const int hours = numberOf(std::string_view(runs[part + 1].digits).substr(0, 2));
  const int rest = numberOf(std::string_view(runs[part + 1].digits).substr(2));
  return hours <= 14 && rest < 60 ? minutes(60 * hours + rest) : minutes();
}

/// 2019-06-10 and its clock, whose parts may be apart as well.
std::optional<ValidTime> timeInParts(const std::vector<Run>& runs, std::size_t k,
                                     std::string_view name) {
  std::string joined;
  minutes ahead{};
  for (std::size_t part = k; part < runs.size() && joined.size() < 14; ++part) {
    joined += runs[part].digits;
    if (joined.size() >= 12) ahead = zoneBehind(runs, part, name);
    // "20190610-0000_30": what follows a whole clock is no second.
    const bool wholeClock = joined.size() >= 12 && runs[part].digits.size() >= 4;
    if (wholeClock || !follows(runs, part, name)) break;
  }
  if (joined.size() >= 14) {
    if (auto time = timeFromDigits(std::string_view(joined).substr(0, 14))) return *time - ahead;
  }
  const auto time = joined.size() < 12 ? std::nullopt : timeFromDigits(std::string_view(joined).substr(0, 12));
  return time ? std::optional(*time - ahead) : std::nullopt;
}

/// 10.06.2019 and its clock, whose parts may be apart: points stand between days, months and years alone.
std::optional<ValidTime> timeFromDayFirst(const std::vector<Run>& runs, std::size_t k, std::string_view name) {
  if (k + 3 >= runs.size()) return {};
  const Run &day = runs[k], &month = runs[k + 1], &year = runs[k + 2];
  const auto point = [&](const Run& run, const Run& next) { return next.at == run.end() + 1 && name[run.end()] == '.'; };
  if (day.digits.size() != 2 || month.digits.size() != 2 || year.digits.size() != 4 || !point(day, month) ||
      !point(month, year) || !follows(runs, k + 2, name))
    return {};
  std::string clock;
  for (std::size_t part = k + 3; part < runs.size() && clock.size() < 6; ++part) {
    clock += runs[part].digits;
    if (!follows(runs, part, name)) break;
  }
  if (clock.size() < 4) return {};
  return timeFromDigits(year.digits + month.digits + day.digits + clock.substr(0, clock.size() >= 6 ? 6 : 4));
}

/// 2019161 and its clock: a full year and the day in it.
std::optional<ValidTime> timeFromDayOfYear(const std::vector<Run>& runs, std::size_t k, std::string_view name) {
  std::string digits = runs[k].digits;
  if (digits.size() == 7 && follows(runs, k, name) && runs[k + 1].digits.size() >= 4) digits += runs[k + 1].digits;
  if (digits.size() < 11 || digits.size() > 14 || digits.size() == 12) return {};
  const int year = numberOf(std::string_view(digits).substr(0, 4));
  if (!isYear(year)) return {};
  const std::size_t clock = digits.size() >= 13 ? 6 : 4;
  return timeOfDayOfYear(year, numberOf(std::string_view(digits).substr(4, 3)), std::string_view(digits).substr(7, clock));
}

/// "12:05", "1205 UTC" or "1205Z".
bool namesAClock(std::string_view title) {
  const std::vector<Run> runs = runsOfDigits(title);
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const std::string& digits = runs[k].digits;
    const std::string_view rest = title.substr(runs[k].end());
    const bool apart = digits.size() == 2 && rest.starts_with(':') && k + 1 < runs.size() &&
                       runs[k + 1].at == runs[k].end() + 1 && runs[k + 1].digits.size() == 2;
    const bool together = digits.size() == 4 && (rest.starts_with("Z") || rest.starts_with("UTC") ||
                                                 rest.starts_with(" UTC") || rest.starts_with(" Z"));
    if (!apart && !together) continue;
    const std::string clock = apart ? digits + runs[k + 1].digits : digits;
    if (numberOf(clock.substr(0, 2)) <= 24 && numberOf(clock.substr(2)) < 60) return true;
  }
  return false;
}

}  // namespace

std::optional<ValidTime> timeFromDigits(std::string_view digits) {
  for (const char c : digits) {
    if (!isDigit(c)) return {};
  }
  const auto part = [&](std::size_t at, std::size_t count) {
    return numberOf(digits.substr(at, count));
  };
  if (digits.size() == 14 || digits.size() == 12) {
    return timeOf(part(0, 4), part(4, 2), part(6, 2), digits.substr(8));
  }
  if (digits.size() == 10) {
    return timeOf(yearOfTwoDigits(part(0, 2)), part(2, 2), part(4, 2), digits.substr(6));
  }
  if (digits.size() == 9) {
    return timeOfDayOfYear(yearOfTwoDigits(part(0, 2)), part(2, 3), digits.substr(5));
  }
  return {};
}

std::optional<ValidTime> timeInName(std::string_view path) {
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  const std::vector<Run> runs = runsOfDigits(name);
  // A full year says more than two digits of one: those forms are looked for first.
  for (std::size_t k = 0; k < runs.size(); ++k) {
    if (runs[k].digits.size() < 4) continue;
    if (auto time = timeInParts(runs, k, name)) return time;
  }
  for (std::size_t k = 0; k < runs.size(); ++k) {
    if (auto time = timeFromDayFirst(runs, k, name)) return time;
    if (auto time = timeFromDayOfYear(runs, k, name)) return time;
  }
  for (const Run& run : runs) {
    if (run.digits.size() != 10 && run.digits.size() != 9) continue;
    if (auto time = timeFromDigits(run.digits)) return time;
  }
  return {};
}

bool namesATime(std::string_view title) {
  return timeInName(title) || timeInName(std::string(title) + " 0000") || namesAClock(title);
}

}  // namespace stormloom
