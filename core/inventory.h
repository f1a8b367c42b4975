#pragma once

#include <string>
#include <vector>

#include "core/radar_files.h"

namespace stormloom {

/// What one sequence is: the content of `stormloom-cli info` and of the window's list of files.
struct SequenceEntry {
  std::string product;
  std::string event;  ///< SEVIR event, or empty
  std::string attribution;
  Quantity quantity = Quantity::VilDigital;
  Provenance provenance = Provenance::Observed;
  bool synthetic = false;
  int width = 0;
  int height = 0;
  std::string crs;   ///< PROJ string or WKT
  LonLatBox bounds;  ///< smallest box around the outer edge
  double stepMinutes = 0.0;
  std::vector<ValidTime> times;
  std::vector<ValidTime> standStill;  ///< times whose frame repeats the one before
  double stillFraction =
      0.0;  ///< median share of wet cells in patches that repeat the frame before to the bit
  std::vector<Gap> gaps;
  float min = 0.0f;  ///< over all frames, finite values only; NaN when there are none
  float max = 0.0f;
  double wetFraction = 0.0;      ///< of all cells with a value in all frames
  double missingFraction = 0.0;  ///< of all cells in all frames: no value, for whatever reason
  double outsideFraction =
      0.0;  ///< of all cells in all frames: outside coverage (part of missingFraction)
};

struct Inventory {
  std::vector<SequenceEntry> sequences;
  std::vector<std::string> passedOver;
};

/// Of sequences in memory.
Inventory inventoryOf(const RadarFiles& files);

/// Of files, one frame in memory at a time.
Inventory takeInventory(const std::vector<std::string>& paths, ReadOptions options = {});

}  // namespace stormloom
