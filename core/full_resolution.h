#pragma once

#include <functional>
#include <vector>

#include "core/frame_sequence.h"

namespace stormloom {

/// Is given frames at the resolution of their files: the frame's place in the list that was asked
/// for, its grid, and where that lies.
using FullFrameVisitor = std::function<void(std::size_t, const RadarGrid&, const GeoReference&)>;

/// Visits the frames with the given indices at full resolution. Those that were reduced to keep
/// within memory are read from their files again and given away one by one, in any order. Throws
/// IoError for a file that is no longer what it was.
void visitFullFrames(const FrameSequence& sequence, const std::vector<std::size_t>& indices,
                     const FullFrameVisitor& visit);

}  // namespace stormloom
