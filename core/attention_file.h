#pragma once

#include <string>

#include "core/attention.h"
#include "core/scenario_file.h"

namespace stormloom {

/// CF-1.8 NetCDF: weights(attended_time, attended_y, attended_x) of the query on the attended
/// level's grid, `cuboid` as a mask of the same shape, global_weights and
/// drawn_by_globals(global_vector). Cells, global vectors and the attribute padding_weight add up
/// to 1.
void writeAttentionFile(const std::string& path, const AttentionView& view,
                        const Receipt& receipt = {});

/// One line for each cell of the cuboid and each global vector, with a header that names columns.
void writeAttentionTable(const std::string& path, const AttentionView& view,
                         const Receipt& receipt = {});

/// One line for each patch: by how much the forecast changes without it.
void writeOcclusionTable(const std::string& path, const OcclusionMap& map,
                         const Receipt& receipt = {});

}  // namespace stormloom
