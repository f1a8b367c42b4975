#include "core/formats/radolan_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr std::size_t kLongestHead = 4096;
constexpr std::size_t kFixedPart = 17;  // "RX021450100000814"
constexpr char kEndOfHead = '\x03';
constexpr std::size_t kSoftwareField = 9;  // "   2.13.1", "  P42001H": letters of its own, right before PR

bool areDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }

/// Reads keys one after the other: letters, then everything that is none up to the next key.
class HeadReader {
public:
  HeadReader(std::string_view head, const std::string& path) : head_(head), path_(path) {}

  [[noreturn]] void refuse(const std::string& why) const {
    throw IoError(path_ + ": it is no usable RADOLAN composite, " + why +
                  ". The file is damaged or incomplete: fetch it again.");
  }

  int number(std::size_t at, std::size_t count) const {
    return numberFrom(head_.substr(at, count), "its time is no number");
  }

  /// What stands behind a key, "" when the key is not there. "MS" holds a list of stations whose
  /// names are letters: looked at only before it.
  std::string_view value(std::string_view key) const {
    const std::size_t stations = head_.find("MS", kFixedPart);
    const std::size_t software = head_.find("SW", kFixedPart);
    const std::size_t behindSoftware =
        software == std::string_view::npos
            ? 0
            : std::min(head_.find("PR", software + 2), software + 2 + kSoftwareField);
    for (std::size_t at = kFixedPart; (at = head_.find(key, at)) < stations; ++at) {
      const bool insideSoftware = at > software && at < behindSoftware;
      if (insideSoftware || (isUpper(head_[at - 1]) && at != behindSoftware)) continue;  // "U" in another key
      const std::size_t from = at + key.size();
      std::size_t end = from;
      while (end < head_.size() && end < stations && (!isUpper(head_[end]) || isExponent(end)))
        ++end;
      return head_.substr(from, end - from);
    }
    return {};
  }

  int numberOf(std::string_view key) const {
    return numberFrom(value(key), "it has no usable " + std::string(key));
  }

private:
  /// "E-02" after PR is a value.
  bool isExponent(std::size_t at) const {
    return head_[at] == 'E' && at + 1 < head_.size() &&
           (head_[at + 1] == '-' || head_[at + 1] == '+');
  }

  int numberFrom(std::string_view text, const std::string& why) const {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) refuse(why);
    return number;
  }

  std::string_view head_;
  const std::string& path_;
};

double precisionOf(std::string_view text, const HeadReader& reader) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  int exponent = 0;
  const bool written = text.size() >= 3 && text[0] == 'E' && (text[1] == '-' || text[1] == '+') &&
                       areDigits(text.substr(2)) && text.size() < 6;
  if (!written) reader.refuse("it has no usable PR");
  std::from_chars(text.data() + 2, text.data() + text.size(), exponent);
  if (exponent > 9) reader.refuse("its PR is absurd");
  return std::pow(10.0, text[1] == '-' ? -exponent : exponent);
}

ValidTime timeOf(const HeadReader& reader) {
  const int day = reader.number(2, 2), hour = reader.number(4, 2), minute = reader.number(6, 2);
  const int month = reader.number(13, 2), year = reader.number(15, 2);
  const std::chrono::year_month_day date{std::chrono::year(2000 + year),
                                         std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  if (!date.ok() || hour > 23 || minute > 59) reader.refuse("its time is impossible");
  return timeFromCalendar(2000 + year, month, day, hour, minute, 0);
}

/// "  900x 900".
void takeSize(std::string_view text, const HeadReader& reader, RadolanHeader& header) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) reader.refuse("it has no usable GP");
  const auto side = [&](std::string_view part) {
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    int value = 0;
    std::from_chars(part.data(), part.data() + part.size(), value);
    if (!areDigits(part) || value < 1 || value > 10000)
      reader.refuse("its size (GP) is no usable one");
    return value;
  };
  header.rows = side(text.substr(0, cross));
  header.columns = side(text.substr(cross + 1));
}

/// Cells from 9 E, 51 N, where all of DWD's grids share a corner of four cells, to the left and
/// lower edge.
struct KnownGrid {
  int rows, columns;
  double cellMeters;
  double cornerWest, cornerSouth;  ///< kilometres
};
constexpr std::array<KnownGrid, 6> kGrids = {{{900, 900, 1000.0, 450.0, 450.0},
                                              {1100, 900, 1000.0, 370.0, 550.0},
                                              {1200, 1100, 1000.0, 470.0, 600.0},
                                              {1500, 1400, 1000.0, 600.0, 800.0},
                                              {460, 460, 2000.0, 460.0, 460.0},
                                              {4800, 4400, 250.0, 470.0, 600.0}}};

constexpr const char* kSphere = "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +R=6370040 +units=m";
constexpr const char* kEllipsoid =
    "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +a=6378137 +b=6356752.3142451802 +units=m";

}  // namespace

bool isRadolan(const std::string& start) {
  const std::string_view text(start);
  return text.size() > kFixedPart + 2 && isUpper(text[0]) && (isUpper(text[1]) || areDigits(text.substr(1, 1))) &&
         areDigits(text.substr(2, 15)) && text.substr(kFixedPart, 2) == "BY";
}

RadolanHeader radolanHeaderFrom(const std::string& bytes, const std::string& path) {
  const std::size_t end = std::string_view(bytes).substr(0, kLongestHead).find(kEndOfHead);
  const HeadReader reader(std::string_view(bytes).substr(0, std::min(end, bytes.size())), path);
  if (!isRadolan(bytes)) reader.refuse("its head is not written as one");
  if (end == std::string::npos) reader.refuse("its head does not end");
  RadolanHeader header;
  header.product = bytes.substr(0, 2);
  header.time = timeOf(reader);
  header.precision = precisionOf(reader.value("PR"), reader);
  header.intervalMinutes = reader.numberOf("INT");
  const std::string_view unit = reader.value("U");
  constexpr int kMinutesADay = 1440, kLongestInterval = 366 * kMinutesADay;
  if (header.intervalMinutes < 0 || header.intervalMinutes > kLongestInterval)
    reader.refuse("its interval is longer than a year");
  if (unit.find('1') != std::string_view::npos) {  // counted in days
    if (header.intervalMinutes > kLongestInterval / kMinutesADay)
      reader.refuse("its interval is longer than a year");
    header.intervalMinutes *= kMinutesADay;
  }
  if (!reader.value("VV").empty()) header.leadMinutes = reader.numberOf("VV");
  header.formatVersion = reader.numberOf("VS");
  takeSize(reader.value("GP"), reader, header);
  header.valuesAt = end + 1;
  return header;
}

std::optional<GeoReference> radolanGrid(int rows, int columns, bool onEllipsoid) {
  for (const KnownGrid& grid : kGrids) {
    if (grid.rows != rows || grid.columns != columns) continue;
    const std::string projection = onEllipsoid ? kEllipsoid : kSphere;
    const ProjectedPoint shared = MapProjection(projection).forward({9.0, 51.0});
    return GeoReference(projection, shared.x - 1000.0 * grid.cornerWest,
                        shared.y - 1000.0 * grid.cornerSouth + rows * grid.cellMeters,
                        grid.cellMeters, grid.cellMeters, columns, rows);
  }
  return {};
}

}  // namespace stormloom
