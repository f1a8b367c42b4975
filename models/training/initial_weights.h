#pragma once

#include <torch/torch.h>

namespace stormloom {

/// How the official programs begin (spec section 11): linear layers normal with deviation
/// 1 / sqrt(fan-in), tables of positions truncated normal 0.02, biases 0; what is not named there
/// keeps LibTorch's beginning. Draws from LibTorch's generator.
enum class Beginning {
  Earthformer,  ///< its last projection starts small: at first the forecast is what it corrects
  PreDiff,      ///< last layers of all residual branches start at zero
};
void initialiseWeights(torch::nn::Module& network, Beginning beginning);

}  // namespace stormloom
