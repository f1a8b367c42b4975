#include "core/sevir_events.h"

#include <algorithm>
#include <filesystem>

#include "core/errors.h"
#include "core/formats/sevir_catalogue.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

SevirEvent eventOf(const SevirRow& row, const fs::path& folder) {
  SevirEvent event;
  event.id = row.id;
  event.type = row.eventType;
  event.bounds = sevirGeo(row, 1, 1).bounds();
  event.begin = *std::ranges::min_element(row.times);
  event.end = *std::ranges::max_element(row.times);
  event.frames = int(row.times.size());
  event.missingPercent = row.missingPercent;
  std::error_code unknown;
  event.isHere = fs::is_regular_file(folder / "data" / row.fileName, unknown) ||
                 fs::is_regular_file(folder / row.fileName, unknown);
  return event;
}

}  // namespace

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
