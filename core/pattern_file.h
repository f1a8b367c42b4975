#pragma once

#include <string>

#include "core/pattern_lab.h"
#include "core/scenario_file.h"

namespace stormloom {

/// A pattern's decomposition in numbers, as CSV or, where `path` ends in .nc, as NetCDF: for every
/// cell of the field (frame, row, col) and every layer the number of its cuboid and whether
/// `element` attends to it there (1 or 0), and after how many layers its news reaches `element` (0:
/// the element itself, -1: never). Everything is counted from 0, layers in names of columns from 1.
/// Throws UsageError for an element outside the field, IoError.
void writePattern(const std::string& path, const LabPattern& pattern, const Thw& element,
                  const Receipt& receipt = {});

}  // namespace stormloom
