#include "core/sevir_events.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "core/errors.h"
#include "core/formats/sevir_catalogue.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

/// Of a box whose edges hardly bend: some points on each are enough, for there are thousands of events.
LonLatBox boundsOf(const GeoReference& geo) {
  constexpr int kPoints = 8;
  LonLatBox box{180.0, 90.0, -180.0, -90.0};
  for (int k = 0; k <= kPoints; ++k) {
    const double share = double(k) / kPoints;
    for (const CellPoint cell : {CellPoint{share, 0}, {share, 1}, {0, share}, {1, share}}) {
      const LonLat at = geo.lonLatFromCell(cell);
      box = {std::min(box.west, at.lon), std::min(box.south, at.lat), std::max(box.east, at.lon),
             std::max(box.north, at.lat)};
    }
  }
  return box;
}

SevirEvent eventOf(const SevirRow& row, const fs::path& folder) {
  SevirEvent event;
  event.id = row.id;
  event.type = row.eventType;
  const GeoReference geo = sevirGeo(row, 1, 1);
  event.bounds = boundsOf(geo);
  event.middle = geo.lonLatFromCell({0.5, 0.5});
  event.begin = *std::ranges::min_element(row.times);
  event.end = *std::ranges::max_element(row.times);
  event.frames = int(row.times.size());
  event.missingPercent = row.missingPercent;
  event.file = row.fileName;
  std::error_code unknown;
  event.isHere = fs::is_regular_file(folder / "data" / row.fileName, unknown) ||
                 fs::is_regular_file(folder / row.fileName, unknown);
  return event;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

}  // namespace

bool matches(const SevirEvent& event, const SevirFilter& filter) {
  if (filter.onlyHere && !event.isHere) return false;
  if (filter.type && *filter.type != event.type) return false;
  if ((filter.from && event.end < *filter.from) || (filter.until && event.begin > *filter.until)) return false;
  if (event.missingPercent > filter.mostMissingPercent) return false;
  if (filter.area) {
    const LonLatBox& area = *filter.area;
    const bool inside = event.middle.lon >= area.west && event.middle.lon <= area.east &&
                        event.middle.lat >= area.south && event.middle.lat <= area.north;
    if (!inside) return false;
  }
  return lower(event.id + " " + event.type).find(lower(filter.words)) != std::string::npos;
}

std::vector<SevirEvent> listSevirEvents(const std::string& path, std::vector<std::string>& problems) {
  std::error_code unknown;
  const fs::path catalogue = fs::is_directory(path, unknown) ? fs::path(path) / "CATALOG.csv" : fs::path(path);
  std::vector<SevirEvent> events;
  for (const SevirRow& row : readCatalogueRows(catalogue.string(), problems)) {
    try {
      events.push_back(eventOf(row, catalogue.parent_path()));
    } catch (const IoError& error) {
      problems.push_back(catalogue.string() + ": event " + row.id + " is passed over: " + error.what() + ".");
    }
  }
  std::ranges::stable_sort(events, {}, &SevirEvent::begin);
  return events;
}

}  // namespace stormloom
