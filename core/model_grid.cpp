#include "core/model_grid.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "core/errors.h"
#include "core/frame_picking.h"
#include "core/frame_words.h"
#include "core/full_resolution.h"
#include "core/resample.h"
#include "core/sha256.h"
#include "core/wettest_box.h"

namespace stormloom {
namespace {

constexpr double kMostMissing = 0.6;  // a box that sees less than this cannot be forecast

std::string nameOf(const FrameSequence& sequence) {
  return sequence.frames.empty() || sequence.frames.back().source.empty()
             ? sequence.product
             : sequence.frames.back().source;
}

std::string decimals(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

seconds toleranceFor(const FrameSequence& sequence, const ContextRequest& request) {
  if (request.tolerance) return *request.tolerance;
  return std::max(seconds(60), seconds(std::llround(30.0 * stepMinutes(sequence))));
}

std::size_t frameAtRunTime(const FrameSequence& sequence, const ContextRequest& request) {
  if (sequence.frames.empty()) throw IoError(nameOf(sequence) + ": there are no frames in it.");
  if (!request.runTime) return sequence.frames.size() - 1;
  const auto found = nearestFrame(sequence, *request.runTime, toleranceFor(sequence, request));
  if (found) return *found;
  throw IoError(nameOf(sequence) + ": no frame near " + isoText(*request.runTime) +
                "; there are frames from " + isoText(sequence.frames.front().validTime) + " to " +
                isoText(sequence.frames.back().validTime) + ". Choose a time among them.");
}

/// The model's clock, or a shorter one with as much smaller cells where the sequence is too short
/// for it.
ModelGrid clockThatFits(const FrameSequence& sequence, ModelGrid grid, ValidTime runTime,
                        seconds tolerance, std::string& note) {
  const seconds span = runTime - sequence.frames.front().validTime + tolerance;
  const int steps = grid.contextFrames - 1;
  if (span >= minutes(grid.stepMinutes * steps)) return grid;
  const double covered = double((span - tolerance).count()) / 60.0;
  const int source = std::max(1, int(std::lround(stepMinutes(sequence))));
  const int step = int(covered / steps) / source * source;  // a multiple of the source's own step
  if (step < kShortestStepMinutes) {
    throw IoError(nameOf(sequence) + ": " + std::to_string(sequence.frames.size()) +
                  " frames up to the run time cover " + decimals(covered, 0) +
                  " min; a forecast needs " + std::to_string(grid.contextFrames) +
                  " frames over at least " + std::to_string(kShortestStepMinutes * steps) +
                  " min. Open more files of the same event.");
  }
  const double shrink = double(step) / grid.stepMinutes;
  note = "The files reach back " + decimals(covered, 0) + " min; the model's own clock of " +
         std::to_string(grid.stepMinutes) + " min needs " +
         std::to_string(grid.stepMinutes * steps) + ". Frames " + std::to_string(step) +
         " min apart on cells of " + decimals(grid.cellSizeMeters * shrink / 1000.0, 1) +
         " km are used instead, and each lead time is " + std::to_string(step) + " min.";
  grid.name += " at " + std::to_string(step) + " min";
  grid.cellSizeMeters *= shrink;
  grid.stepMinutes = step;
  return grid;
}

std::vector<FramePick> contextPicks(const FrameSequence& sequence, const ModelGrid& grid,
                                    ValidTime runTime, seconds tolerance, bool bridge) {
  std::vector<FramePick> picks;
  std::string missing;
  for (int k = grid.contextFrames - 1; k >= 0; --k) {
    const ValidTime nominal = runTime - minutes(grid.stepMinutes * k);
    const auto pick = pickFrame(sequence, nominal, tolerance, bridge);
    const bool another = pick && (picks.empty() || pick->between() || picks.back().between() ||
                                  pick->frame > picks.back().frame);
    if (another) {
      picks.push_back(*pick);
    } else {
      missing += (missing.empty() ? "" : ", ") + isoText(nominal);
    }
  }
  if (missing.empty()) return picks;
  throw IoError(nameOf(sequence) + ": there is a gap: no frame within " +
                std::to_string(tolerance.count()) + " s of " + missing +
                ". Add the missing files or choose another run time" +
                (bridge ? "." : ", or let them be computed along the motion (the option --interpolate; in the window "
                          "under Layers: Compute frames between observed ones)."));
}

/// Box on the model's cells. Where the source lies on the same projection and cell size its own
/// cells are kept.
GeoReference boxAround(const GeoReference& source, LonLat center, const ModelGrid& grid) {
  const std::string own = boxProjection(center);
  const bool sameCells = std::abs(source.cellWidth() - grid.cellSizeMeters) < 1e-3 &&
                         std::abs(source.cellHeight() - grid.cellSizeMeters) < 1e-3;
  const bool sevir = source.projection() == kSevirProjection;
  const std::string projection = sameCells && sevir ? source.projection() : own;
  const ProjectedPoint middle = MapProjection(projection).forward(center);
  const double half = 0.5 * grid.size * grid.cellSizeMeters;
  double left = middle.x - half, top = middle.y + half;
  if (source.projection() == projection) {  // cells of both grids share their edges
    left = source.left() +
           std::round((left - source.left()) / source.cellWidth()) * source.cellWidth();
    top =
        source.top() - std::round((source.top() - top) / source.cellHeight()) * source.cellHeight();
  }
  if (sameCells && source.width() == grid.size && source.height() == grid.size) {
    left = source.left();
    top = source.top();
  }
  return GeoReference(projection, left, top, grid.cellSizeMeters, grid.cellSizeMeters, grid.size,
                      grid.size);
}

/// Frames of the picks on the box; what lies between two frames is computed by `between`.
FrameSequence resampled(const FrameSequence& sequence, const std::vector<FramePick>& picks,
                        const GeoReference& box, const FrameBetween& between) {
  FrameSequence frames = sequence;
  frames.frames.clear();
  frames.geo = box;
  if (const std::string note = modelScaleNote(sequence.quantity); !note.empty()) frames.scaleNote = note;
  frames.quantity = Quantity::VilDigital;
  frames.reduction = 1;
  const std::vector<std::size_t> needed = neededFrames(picks);
  std::map<std::size_t, std::shared_ptr<const RadarGrid>> grids;  // by the frame's index
  std::optional<Resampler> resampler;
  visitFullFrames(sequence, needed,
                  [&](std::size_t k, const RadarGrid& grid, const GeoReference& geo) {
                    if (!resampler) resampler.emplace(geo, box);
                    grids[needed[k]] = resampler->digitalVil(grid, sequence.quantity);
                  });
  for (const FramePick& pick : picks) {
    Frame frame = sequence.frames[pick.frame];
    frame.grid = grids.at(pick.frame);
    if (pick.between()) {
      const std::string& later = sequence.frames[pick.later].source;
      frame = {
          .validTime = pick.nominal, .grid = nullptr, .source = sourceBetween(frame.source, later)};
      frame.grid = std::make_shared<const RadarGrid>(
          between(*grids.at(pick.frame), *grids.at(pick.later), pick.share));
    }
    frames.frames.push_back(std::move(frame));
  }
  return frames;
}

/// Frames at other times than the model's own: rain that moves 60 km an hour is a cell off in 3
/// minutes. Some seconds are not worth a sentence.
std::string sentenceAboutOffsets(const ModelContext& context, bool interpolated) {
  constexpr seconds kWorthASentence{30};
  const seconds largest = largestOffset(context);
  if (largest < kWorthASentence) return {};
  const auto off = std::ranges::count_if(context.timeOffsets, [](seconds offset) { return offset != seconds(0); });
  return std::to_string(off) + " of " + std::to_string(context.timeOffsets.size()) +
         " frames were not observed at the model's own times: the nearest were taken, up to " +
         std::to_string(largest.count()) + " s off (at most " + std::to_string(context.tolerance.count()) +
         " s are allowed)" + (interpolated ? "." : "; they can be computed along the motion instead.");
}

double missingFractionOf(const FrameSequence& frames) {
  double sum = 0.0;
  for (const Frame& frame : frames.frames) {
    const GridSummary summary = summarize(*frame.grid);
    sum += summary.missingFraction + summary.outsideFraction;
  }
  return sum / double(frames.frames.size());
}

std::string hashOf(const FrameSequence& frames) {
  Sha256 sum;
  const auto addText = [&](const std::string& text) { sum.add(std::as_bytes(std::span(text))); };
  addText(frames.geo.projection());
  const double box[] = {frames.geo.left(), frames.geo.top(), frames.geo.cellWidth()};
  sum.add(std::as_bytes(std::span(box)));
  for (const Frame& frame : frames.frames) {
    addText(isoText(frame.validTime));
    sum.add(std::as_bytes(frame.grid->states()));
    for (std::size_t i = 0; i < frame.grid->size(); ++i) {  // NaN has many bit patterns
      if (frame.grid->states()[i] > CellState::BelowDetection) continue;
      sum.add(std::as_bytes(frame.grid->values().subspan(i, 1)));
    }
  }
  return sum.hex();
}

}  // namespace

const ModelGrid& sevirLrGrid() {
  static const ModelGrid grid{"SEVIR-LR", 128, 3000.0, 10, 7, 6};
  return grid;
}

const ModelGrid& sevirGrid() {
  static const ModelGrid grid{"SEVIR", 384, 1000.0, 5, 13, 12};
  return grid;
}

std::string boxProjection(LonLat center) {
  const bool contiguousUsa =
      center.lon > -125.0 && center.lon < -66.5 && center.lat > 24.0 && center.lat < 50.0;
  if (contiguousUsa) return kSevirProjection;
  return "+proj=laea +lat_0=" + decimals(center.lat, 2) + " +lon_0=" + decimals(center.lon, 2) +
         " +units=m +a=6370997 +b=6370997";
}

seconds largestOffset(const ModelContext& context) {
  seconds largest{};
  for (const seconds offset : context.timeOffsets) largest = std::max(largest, std::chrono::abs(offset));
  return largest;
}

ModelContext cutContext(const FrameSequence& sequence, const ContextRequest& request) {
  return cutContextBetween(sequence, request, {});
}

ModelContext cutContextBetween(const FrameSequence& sequence, const ContextRequest& request,
                               const FrameBetween& between) {
  if (sequence.quantity == Quantity::PrecipitationType) {
    throw IoError(nameOf(sequence) +
                  ": it holds classes of precipitation, not amounts. A forecast needs rain, "
                  "reflectivity or VIL.");
  }
  if (sequence.provenance == Provenance::Forecast) {
    throw IoError(nameOf(sequence) +
                  ": it holds a forecast, not what was observed, and none is made from another. "
                  "Choose observed frames.");
  }
  const std::size_t last = frameAtRunTime(sequence, request);
  const ValidTime runTime = sequence.frames[last].validTime;
  const seconds tolerance = toleranceFor(sequence, request);
  std::string note;
  const ModelGrid grid = clockThatFits(sequence, request.grid, runTime, tolerance, note);
  const auto picks = contextPicks(sequence, grid, runTime, tolerance, bool(between));

  const LonLat center =
      request.center.value_or(wettestBox(sequence.geo, *sequence.frames[last].grid,
                                         sequence.quantity, grid.size * grid.cellSizeMeters));
  const GeoReference box = boxAround(sequence.geo, center, grid);
  ModelContext context{
      .grid = grid, .frames = resampled(sequence, picks, box, between), .runTime = runTime};
  if (const std::string clock = shorterClockWords(grid); !clock.empty()) {
    std::string& told = context.frames.scaleNote;  // pictures and files carry it from here
    told += (told.empty() ? "" : "; ") + clock;
  }
  for (int k = 0; k < grid.contextFrames; ++k) {
    const ValidTime nominal = runTime - minutes(grid.stepMinutes * (grid.contextFrames - 1 - k));
    context.timeOffsets.push_back(context.frames.frames[std::size_t(k)].validTime - nominal);
  }
  context.tolerance = tolerance;
  for (const std::string& sentence :
       {note, sentenceAboutComputed(sequence, picks), sentenceAboutOffsets(context, bool(between))})
    context.note += (context.note.empty() || sentence.empty() ? "" : " ") + sentence;
  context.missingFraction = missingFractionOf(context.frames);
  if (context.missingFraction > kMostMissing) {
    const LonLatBox bounds = sequence.geo.bounds();
    throw IoError(
        nameOf(sequence) + ": the box of " + decimals(grid.size * grid.cellSizeMeters / 1000.0, 0) +
        " km around " + decimals(center.lon, 2) + ", " + decimals(center.lat, 2) +
        " lies outside what the radars see (" + decimals(100.0 * context.missingFraction, 0) +
        " % without values). The data reach from " + decimals(bounds.west, 2) + ", " +
        decimals(bounds.south, 2) + " to " + decimals(bounds.east, 2) + ", " +
        decimals(bounds.north, 2) + " (longitude, latitude): choose a place well inside.");
  }
  context.hash = hashOf(context.frames);
  return context;
}

FrameSequence cutTruth(const FrameSequence& sequence, const ModelContext& context) {
  const ContextRequest request{.grid = context.grid};
  const seconds tolerance = toleranceFor(sequence, request);
  std::vector<FramePick> picks;  // what was observed only: truth is not computed
  for (int lead = 1; lead <= context.grid.targetFrames; ++lead) {
    const ValidTime nominal = context.runTime + minutes(context.grid.stepMinutes * lead);
    const auto pick = pickFrame(sequence, nominal, tolerance, false);
    if (!pick || sequence.frames[pick->frame].validTime <= context.runTime) break;
    picks.push_back(*pick);
  }
  return resampled(sequence, picks, context.frames.geo, {});
}

}  // namespace stormloom
