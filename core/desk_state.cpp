#include "core/desk_state.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr std::size_t kMostNotes = 500;
constexpr std::size_t kMostCorners = 2000;
constexpr std::size_t kMostLeads = 100;

Json toJson(const LonLat& place) { return Json(std::vector<double>{place.lon, place.lat}); }

LonLat placeFromJson(const Json& json) {
  const auto values = json.as<std::vector<double>>();
  const bool sound =
      values.size() == 2 && std::abs(values[0]) <= 360.0 && std::abs(values[1]) <= 90.0;
  if (!sound) throw IoError("A session holds a place that is not on the Earth.");
  return {values[0], values[1]};
}

ValidTime timeOf(const Json& json) {
  const auto time = timeFromIso(json.asString());
  if (!time) throw IoError("A session holds the time \"" + json.asString() + "\", which is none.");
  return *time;
}

double inRange(double value, double low, double high, const char* what) {
  if (!(value >= low && value <= high))
    throw IoError(std::string("A session holds a value for ") + what + " outside its range.");
  return value;
}

bool samePlace(const LonLat& a, const LonLat& b) { return a.lon == b.lon && a.lat == b.lat; }

bool samePlace(const std::optional<LonLat>& a, const std::optional<LonLat>& b) {
  return a.has_value() == b.has_value() && (!a || samePlace(*a, *b));
}

Json notesToJson(const std::vector<DeskNote>& notes) {
  Json all = Json::array();
  for (const DeskNote& note : notes)
    all.push(Json::object(
        {{"time", isoText(note.time)}, {"place", toJson(note.place)}, {"text", note.text}}));
  return all;
}

std::vector<DeskNote> notesFromJson(const Json& json) {
  if (json.size() > kMostNotes) throw IoError("A session holds more notes than can be shown.");
  std::vector<DeskNote> notes;
  for (const Json& note : json)
    notes.push_back(
        {timeOf(note.at("time")), placeFromJson(note.at("place")), note.at("text").asString()});
  return notes;
}

MapRegion regionFromJson(const Json& json) {
  if (json.size() > kMostCorners) throw IoError("A session holds an area with too many corners.");
  MapRegion region;
  for (const Json& corner : json) region.outline.push_back(placeFromJson(corner));
  return region;
}

Json regionToJson(const MapRegion& region) {
  Json corners = Json::array();
  for (const LonLat& corner : region.outline) corners.push(toJson(corner));
  return corners;
}

std::vector<double> bendFromJson(const Json& json) {
  if (json.size() > kMostLeads) throw IoError("A session bends more lead times than there are.");
  std::vector<double> bend = json.as<std::vector<double>>();
  for (const double by : bend) inRange(by, -8.0, 8.0, "the bent command");
  return bend;
}

DeskLook lookFromJson(const Json& json) {
  return {int(inRange(json.value("panel_scroll", 0), 0, 1e5, "the panel")),
          int(inRange(json.value("drawer_page", -1), -1, 3, "the drawer")),
          int(inRange(json.value("active_pane", 0), 0, 63, "the pane"))};
}

Json seenToJson(const SeenPart& seen) {
  return Json::object({{"center", toJson(seen.center)},
                       {"km", std::vector<double>{seen.widthKm, seen.heightKm}}});
}

SeenPart seenFromJson(const Json& json) {
  const auto km = json.at("km").as<std::vector<double>>();
  if (km.size() != 2) throw IoError("The part of a map needs a width and a height in km.");
  return {placeFromJson(json.at("center")), inRange(km[0], 1e-3, 1e5, "a map's width"),
          inRange(km[1], 1e-3, 1e5, "a map's height")};
}

}  // namespace

bool DeskNote::operator==(const DeskNote& other) const {
  return time == other.time && samePlace(place, other.place) && text == other.text;
}

bool DeskState::operator==(const DeskState& other) const {
  return paths == other.paths && watch == other.watch && sequence == other.sequence &&
         runTime == other.runTime && samePlace(box, other.box) &&
         interpolate == other.interpolate && time == other.time && nSigma == other.nSigma &&
         bend == other.bend && within == other.within && seed == other.seed &&
         members == other.members && threshold == other.threshold && layout == other.layout &&
         samePlace(center, other.center) && kmPerPixel == other.kmPerPixel &&
         region == other.region && notes == other.notes && showTruth == other.showTruth &&
         contours == other.contours && hatching == other.hatching && outlines == other.outlines &&
         safeColors == other.safeColors && alongDial == other.alongDial && towns == other.towns &&
         modelScale == other.modelScale;
}

Json DeskState::toJson() const {
  Json json = Json::object({{"paths", paths},
                            {"watch", watch},
                            {"sequence", sequence},
                            {"interpolate", interpolate},
                            {"n", nSigma},
                            {"seed", seed},
                            {"members", members},
                            {"threshold", threshold},
                            {"layout", layout.toJson()},
                            {"km_per_pixel", kmPerPixel},
                            {"region", regionToJson(region)},
                            {"notes", notesToJson(notes)},
                            {"truth", showTruth},
                            {"contours", contours},
                            {"hatching", hatching},
                            {"outlines", outlines},
                            {"safe_colors", safeColors},
                            {"along_dial", alongDial},
                            {"towns", towns},
                            {"model_scale", modelScale}});
  json.set("look", Json::object({{"panel_scroll", look.panelScroll},
                                 {"drawer_page", look.drawerPage},
                                 {"active_pane", look.activePane}}));
  if (!bend.empty()) json.set("bend", bend);
  if (within.isArea()) json.set("within", regionToJson(within));
  if (runTime) json.set("run_time", isoText(*runTime));
  if (time) json.set("time", isoText(*time));
  if (box) json.set("box", stormloom::toJson(*box));
  if (center) json.set("center", stormloom::toJson(*center));
  return json;
}

Json DeskState::pictureChoices() const {
  Json all = toJson();
  if (seen) all.set("seen", seenToJson(*seen));
  const Json usual = DeskState().toJson();
  Json choices = Json::object({{"layout", layout.toJson()}});
  for (const char* key : {"run_time", "box", "interpolate", "n", "bend", "within", "seed", "members",
                          "threshold", "truth", "contours", "hatching", "outlines", "safe_colors",
                          "towns", "model_scale", "seen"}) {
    const Json* value = all.find(key);
    const Json* always = usual.find(key);
    if (value && !(always && *always == *value)) choices.set(key, *value);
  }
  return choices;
}

DeskState DeskState::fromJson(const Json& json) {
  DeskState state;
  state.paths = json.value("paths", state.paths);
  state.watch = json.value("watch", false) && state.paths.size() == 1;
  state.sequence = std::max(0, json.value("sequence", 0));
  state.interpolate = json.value("interpolate", false);
  state.nSigma = inRange(json.value("n", 0.0), -4.0, 4.0, "n");
  if (const Json* bend = json.find("bend")) state.bend = bendFromJson(*bend);
  if (const Json* area = json.find("within")) state.within = regionFromJson(*area);
  state.seed = json.value("seed", state.seed);
  state.members = int(inRange(json.value("members", 1), 1, 64, "the members"));
  state.threshold = inRange(json.value("threshold", state.threshold), 0.0, 255.0, "the threshold");
  if (const Json* layout = json.find("layout")) state.layout = PaneLayout::fromJson(*layout);
  state.kmPerPixel = inRange(json.value("km_per_pixel", 1.0), 1e-6, 1e6, "the map's scale");
  if (const Json* region = json.find("region")) state.region = regionFromJson(*region);
  if (const Json* notes = json.find("notes")) state.notes = notesFromJson(*notes);
  state.showTruth = json.value("truth", state.showTruth);
  state.contours = json.value("contours", state.contours);
  state.hatching = json.value("hatching", state.hatching);
  state.outlines = json.value("outlines", state.outlines);
  state.safeColors = json.value("safe_colors", state.safeColors);
  state.towns = json.value("towns", state.towns);
  state.modelScale = json.value("model_scale", state.modelScale);
  state.alongDial = json.value("along_dial", state.alongDial);
  if (const Json* look = json.find("look")) state.look = lookFromJson(*look);
  if (const Json* time = json.find("run_time")) state.runTime = timeOf(*time);
  if (const Json* time = json.find("time")) state.time = timeOf(*time);
  if (const Json* box = json.find("box")) state.box = placeFromJson(*box);
  if (const Json* center = json.find("center")) state.center = placeFromJson(*center);
  if (const Json* seen = json.find("seen")) state.seen = seenFromJson(*seen);
  return state;
}

bool DeskHistory::record(const std::string& label, const DeskState& state,
                         const std::string& merge) {
  if (state == entries_[at_].state) return false;
  entries_.resize(at_ + 1, entries_.front());
  if (merging_ && !merge.empty() && entries_.back().merge == merge) {
    replaceLast(label, state);
    return false;
  }
  merging_ = true;
  entries_.push_back({label, state, merge});
  if (entries_.size() > kMostEntries) entries_.erase(entries_.begin());
  at_ = entries_.size() - 1;
  return true;
}

void DeskHistory::replaceLast(const std::string& label, const DeskState& state) {
  entries_.resize(at_ + 1, entries_.front());
  entries_.back().label = label;
  entries_.back().state = state;
}

const DeskState& DeskHistory::undo() { return goTo(at_ > 0 ? at_ - 1 : 0); }

const DeskState& DeskHistory::redo() { return goTo(std::min(at_ + 1, entries_.size() - 1)); }

const DeskState& DeskHistory::goTo(std::size_t index) {
  at_ = std::min(index, entries_.size() - 1);
  merging_ = false;
  return entries_[at_].state;
}

}  // namespace stormloom
