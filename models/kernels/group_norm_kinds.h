#pragma once

#include "models/kernels/group_norm.h"

namespace stormloom {

// The two kinds of group norm and of its gradient (group_norm.h), by where the data lie.

torch::Tensor groupNormedOnDevice(ResidualStream& stream, const GroupNormStep& step);
torch::Tensor groupNormedOnProcessor(const torch::Tensor& x, const GroupNormStep& step);

torch::Tensor groupNormGradientOnDevice(const torch::Tensor& x, const GroupNormStep& step,
                                        const torch::Tensor& ofResult);
torch::Tensor groupNormGradientOnProcessor(const torch::Tensor& x, const GroupNormStep& step,
                                           const torch::Tensor& ofResult);

/// (B,C) or (1,C) in float32 with contiguous rows: pointer and stride between items; undefined:
/// null.
std::pair<const void*, long long> perItemRows(const torch::Tensor& values);

}  // namespace stormloom
