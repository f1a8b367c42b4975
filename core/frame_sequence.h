#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/geo_reference.h"
#include "core/quantity.h"
#include "core/radar_grid.h"
#include "core/valid_time.h"

namespace stormloom {

/// Says honestly where a picture comes from; shown wherever the picture is.
enum class Provenance { Observed, Forecast, Preview, Synthetic };

struct Frame {
  ValidTime validTime;  ///< end of the interval for accumulations
  std::shared_ptr<const RadarGrid> grid;
  std::string
      source;  ///< file (and dataset inside it) the frame was read from; empty for computed ones
  bool standsStill = false;  ///< nine tenths of the wet cells are the same to the bit as in the
                             ///< frame before: slow radars
  double stillFraction =
      0.0;  ///< share of the wet cells that lie in patches which are the same to the bit
};

/// Frames of one quantity on one grid with one georeference, sorted by explicit valid times.
struct FrameSequence {
  Quantity quantity = Quantity::VilDigital;
  GeoReference geo;
  std::vector<Frame> frames;
  Provenance provenance = Provenance::Observed;
  bool synthetic = false;   ///< made up from a seed, whatever was computed from it since
  std::string product;      ///< "MRMS PrecipRate", "KNMI RAD_NL25_RAP_5min", ...
  std::string event;        ///< SEVIR event id and type, or empty
  std::string attribution;  ///< producer and licence line to draw, as far as known
  double sumMinutes = 0.0;  ///< frames were sums over so many minutes each, where that is said; else 0
  int reduction = 1;  ///< cells are averages of so many source cells a side, to keep within memory
  std::string scaleNote;  ///< "VIL-like, from rain rate" where values went to another scale; a shorter clock

  int width() const { return geo.width(); }
  int height() const { return geo.height(); }
};

/// Median step between frames, in minutes (fractional for irregular sources); 0 for fewer than two
/// frames.
double stepMinutes(const FrameSequence& sequence);

/// A pause longer than 1.5 median steps: the valid time before it and after it.
struct Gap {
  ValidTime before;
  ValidTime after;
};
std::vector<Gap> findGaps(const FrameSequence& sequence);

/// Observed or made up, not forecast by anybody.
bool isOfThePast(const FrameSequence& sequence);
/// Where its frames were read from, each once.
std::vector<std::string> sourcesOf(const FrameSequence& sequence);

/// Index of the frame nearest to `time` not farther than `tolerance`, if any.
std::optional<std::size_t> nearestFrame(const FrameSequence& sequence, ValidTime time,
                                        seconds tolerance);

}  // namespace stormloom
