#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stormloom {

/// Times are UTC, to the second (MRMS products come at odd seconds).
using ValidTime = std::chrono::sys_seconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::string isoText(ValidTime time);                       ///< "2019-06-10T00:02:00Z"
std::string clockText(ValidTime time);                     ///< "00:02"
/// Accepts "T" or a blank, fractions of a second (left out), and a zone: "Z", "UTC", "+02:00",
/// "-0530"; none is UTC.
std::optional<ValidTime> timeFromIso(std::string_view text);
/// How far a zone's clock is ahead of UTC: "", "Z", "UTC", "GMT", "+02:00", "+0200", "-5".
std::optional<minutes> zoneFrom(std::string_view text);
ValidTime timeFromCalendar(int year, int month, int day, int hour, int minute, int second);

}  // namespace stormloom
