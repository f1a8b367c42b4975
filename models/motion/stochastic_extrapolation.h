#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace stormloom {

struct StochasticExtrapolationOptions {
  std::int64_t members = 8;
  std::int64_t leads = 6;
  std::uint64_t seed = 1;
  double motionSpread =
      0.1;  ///< deviation of a member's own motion, relative; grows with the speed
};

/// An ensemble of extrapolations whose small structures are forgotten and replaced by noise of the
/// same spectrum as fast as they were forgotten in the past (after STEPS: Bowler, Pierce and Seed
/// 2006). The cascade is kept in Fourier space, with one memory for each wave number. Every
/// member's rain has the values of the last picture where motion carried them on (probability
/// matching). frames (T,H,W) in [0, 1], T >= 3; vectors (1,2,n,n) of estimateMotion.
/// (members,leads,H,W). A member follows from the seed and its number alone.
torch::Tensor stochasticExtrapolation(const torch::Tensor& frames, const torch::Tensor& vectors,
                                      const StochasticExtrapolationOptions& options = {});

}  // namespace stormloom
