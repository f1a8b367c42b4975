#pragma once

#include "core/frame_picking.h"
#include "core/quantity.h"

namespace stormloom {

/// The rain half-way (or any share of the way) from one frame to the next: both are carried along
/// the motion between them to that moment, and mixed as rain. Where only one of them was measured
/// that one counts.
RadarGrid frameAlongMotion(const RadarGrid& before, const RadarGrid& after, double share);

/// Several at once, of maps of another quantity, too; none for classes, between which nothing lies.
FramesBetween framesBetweenOf(Quantity quantity);

}  // namespace stormloom
