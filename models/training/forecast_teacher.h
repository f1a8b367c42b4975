#pragma once

#include <memory>
#include <string>

#include "models/training/window_pool.h"

namespace stormloom {

/// The expectation of a trained PreDiff that follows a flow, as a teacher for networks that forecast one field: where
/// the flow begins, its velocity leads to the mean of all futures, in one step. ModelError, UsageError.
WindowTeacher forecastTeacher(const std::string& modelFolder, torch::Device device, bool bf16);

}  // namespace stormloom
