#pragma once

#include <cmath>
#include <string>

#include "core/errors.h"
#include "core/radar_files.h"

/// The one sequence of a file; IoError where it holds another number of them.
inline stormloom::FrameSequence onlySequence(const std::string& path) {
  const stormloom::RadarFiles files = stormloom::readRadarFiles({path});
  if (files.sequences.size() != 1)
    throw stormloom::IoError(path + ": " + std::to_string(files.sequences.size()) + " sequences");
  return files.sequences.front();
}

/// The sentence that a file is refused with, "" where it is read.
inline std::string sentenceFor(const std::string& path) {
  try {
    stormloom::readRadarFiles({path});
    return {};
  } catch (const stormloom::StormloomError& error) {
    return error.what();
  }
}

/// How many cells a grid has `position` away from where its centre of (row, col) should be.
inline double cellsOff(const stormloom::GeoReference& geo, double col, double row, stormloom::LonLat position) {
  const stormloom::CellPoint found = geo.cellFromLonLat(position);
  return std::hypot(found.col - col, found.row - row);
}
