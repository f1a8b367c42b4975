#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/geo_reference.h"
#include "core/valid_time.h"

namespace stormloom {

/// What SEVIR's catalogue says of one event, without any of its frames: to be browsed by place, date, type and gaps.
/// ReadOptions::events reads it.
struct SevirEvent {
  std::string id;
  std::string type;  ///< "Hail", "Thunderstorm Wind", ...; empty for random events
  LonLatBox bounds;
  LonLat middle;
  ValidTime begin;
  ValidTime end;
  int frames = 0;
  double missingPercent = 0.0;
  std::string file;     ///< relative to the folder data
  bool isHere = false;  ///< its data file lies where the catalogue says
};

/// The events of VIL in a CATALOG.csv, or in the one of a SEVIR folder, by time. Rows that cannot be used cost a sentence
/// each in `problems`. Throws IoError for what is no such catalogue.
std::vector<SevirEvent> listSevirEvents(const std::string& path, std::vector<std::string>& problems);

/// What somebody looks for; everything left out matches.
struct SevirFilter {
  std::string words;               ///< in the id or the type, whatever the case
  std::optional<std::string> type; ///< exactly; "" for random events
  std::optional<ValidTime> from, until;
  double mostMissingPercent = 100.0;
  std::optional<LonLatBox> area;  ///< the event's middle lies in it
  bool onlyHere = false;
};
bool matches(const SevirEvent& event, const SevirFilter& filter);

}  // namespace stormloom
