#pragma once

#include "core/json.h"
#include "models/training/frame_corpus.h"

namespace stormloom {

/// What the training windows of a corpus span, as model cards say it (ModelCard, trained_range): the mean of the coming
/// frames, the largest share of cells without a value, and the radars, by the beginnings of the events' names.
Json trainedRangeOf(const FrameCorpus& corpus);

}  // namespace stormloom
