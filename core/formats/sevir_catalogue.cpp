#include "core/formats/sevir_catalogue.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "core/errors.h"
#include "core/formats/format_reader.h"
#include "core/formats/text_lines.h"

namespace stormloom {
namespace {

template <typename Number>
std::optional<Number> numberFrom(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

/// A row by the names in the catalogue's first line.
class NamedRow {
public:
  NamedRow(const std::map<std::string, std::size_t>& columns, std::vector<std::string> fields)
      : columns_(columns), fields_(std::move(fields)) {}

  std::string text(const char* name) const {
    const auto column = columns_.find(name);
    const bool there = column != columns_.end() && column->second < fields_.size();
    return there ? fields_[column->second] : std::string();
  }
  double number(const char* name) const {
    std::string written = text(name);
    std::ranges::replace(written, ',', '.');  // beside semicolons
    const auto value = numberFrom<double>(written);
    if (!value || !std::isfinite(*value)) throw IoError(std::string("it has no usable ") + name);
    return *value;
  }

private:
  const std::map<std::string, std::size_t>& columns_;
  std::vector<std::string> fields_;
};

std::vector<ValidTime> timesOf(const NamedRow& row) {
  const std::optional<ValidTime> start = timeFromIso(row.text("time_utc"));
  if (!start) throw IoError("it has no usable time_utc");
  const std::string offsets = row.text("minute_offsets");
  std::vector<ValidTime> times;
  for (std::size_t at = 0; at <= offsets.size();) {
    const std::size_t end = std::min(offsets.find(':', at), offsets.size());
    const auto offset = numberFrom<double>(offsets.substr(at, end - at));  // "-120", here and there "-120.0"
    if (!offset || !(std::abs(*offset) < 1e5)) throw IoError("it has no usable minute_offsets");
    times.push_back(*start + seconds(std::llround(60.0 * *offset)));
    at = end + 1;
  }
  return times;
}

SevirRow rowFrom(const NamedRow& row) {
  SevirRow result;
  result.id = row.text("id");
  result.fileName = row.text("file_name");
  const auto index = numberFrom<double>(row.text("file_index"));  // tables that were joined make it "17.0"
  if (result.id.empty() || result.fileName.empty() || !index || !(*index >= 0.0) || *index > 1e9 ||
      *index != std::floor(*index)) {
    throw IoError("it has no usable id, file_name or file_index");
  }
  result.fileIndex = std::size_t(*index);
  result.eventType = row.text("event_type");
  result.times = timesOf(row);
  result.projection = row.text("proj");
  result.lowerLeft = {row.number("llcrnrlon"), row.number("llcrnrlat")};
  result.upperRight = {row.number("urcrnrlon"), row.number("urcrnrlat")};
  result.widthMeters = row.number("width_m");
  result.heightMeters = row.number("height_m");
  result.missingPercent = numberFrom<double>(row.text("pct_missing")).value_or(0.0);
  return result;
}

/// The separator of a catalogue's first line: SEVIR's own comma, or what spreadsheets write instead.
std::optional<char> separatorOf(const std::string& header) {
  for (const char separator : {',', ';', '\t'}) {
    const std::vector<std::string> names = fieldsOfCsvLine(header, separator);
    const auto has = [&](const char* name) { return std::ranges::find(names, name) != names.end(); };
    if (std::ranges::all_of(std::initializer_list<const char*>{"id", "file_name", "file_index", "img_type", "time_utc",
                                                               "minute_offsets"},
                            has))
      return separator;
  }
  return {};
}

}  // namespace

GeoReference sevirGeo(const SevirRow& row, int columns, int rows) {
  const auto has = [&](const char* part) { return row.projection.find(part) != std::string::npos; };
  const bool usual =
      has("+proj=laea") && has("+lat_0=38 ") && has("+lon_0=-98 ") && has("+a=6370997");
  const std::string text = usual ? kSevirProjection : row.projection;
  thread_local std::map<std::string, MapProjection> known;  // a catalogue names the same one thousands of times
  if (known.size() > 16) known.clear();
  const MapProjection& projection = known.try_emplace(text, text).first->second;
  const ProjectedPoint southWest = projection.forward(row.lowerLeft);
  const ProjectedPoint northEast = projection.forward(row.upperRight);
  const double width = northEast.x - southWest.x;
  const double height = northEast.y - southWest.y;
  if (!(row.widthMeters > 0.0) || !(row.heightMeters > 0.0) ||
      !(std::abs(width - row.widthMeters) < 0.01 * row.widthMeters) ||
      !(std::abs(height - row.heightMeters) < 0.01 * row.heightMeters)) {
    throw IoError("its corners are not width_m and height_m apart");
  }
  // The corners are rounded to a millionth of a degree (0.1 m): the size is taken as the catalogue
  // states it.
  const double left = 0.5 * (southWest.x + northEast.x - row.widthMeters);
  const double top = 0.5 * (southWest.y + northEast.y + row.heightMeters);
  return GeoReference(text, left, top, row.widthMeters / columns,
                      row.heightMeters / rows, columns, rows);
}

std::vector<std::string> fieldsOfCsvLine(const std::string& line, char separator) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t k = 0; k < line.size(); ++k) {
    const char c = line[k];
    const bool doubled = quoted && c == '"' && k + 1 < line.size() && line[k + 1] == '"';
    if (doubled)
      fields.back() += line[++k];
    else if (c == '"')
      quoted = !quoted;
    else if (c == separator && !quoted)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

std::vector<SevirRow> readCatalogueRows(const std::string& path,
                                        std::vector<std::string>& problems) {
  TextLines lines(path);
  std::string line;
  const auto separator = lines.next(line) ? separatorOf(line) : std::nullopt;
  if (!separator) throw IoError(path + ": it is no catalogue of SEVIR. Fetch CATALOG.csv again.");
  std::map<std::string, std::size_t> columns;
  for (const std::string& name : fieldsOfCsvLine(line, *separator)) columns.emplace(name, columns.size());
  std::vector<SevirRow> rows;
  for (std::size_t number = 2; lines.next(line); ++number) {
    const NamedRow named(columns, fieldsOfCsvLine(line, *separator));
    if (line.empty() || (named.text("img_type") != "vil" && !named.text("img_type").empty()))
      continue;
    try {
      rows.push_back(rowFrom(named));
    } catch (const IoError& error) {
      problems.push_back(path + ": row " + std::to_string(number) +
                         " is passed over: " + error.what() + ".");
    }
  }
  return rows;
}

bool isSevirCatalogue(const std::string& path) {
  try {
    std::string line;
    return TextLines(path).next(line) && separatorOf(line);
  } catch (const IoError&) {  // no text
    return false;
  }
}

}  // namespace stormloom
