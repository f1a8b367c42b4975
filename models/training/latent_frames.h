#pragma once

#include <torch/torch.h>

#include "models/prediff/autoencoder_kl.h"

namespace stormloom {

/// Posterior means of frames (B,T,H,W): (B,T,h,w,L), float32, without gradient.
torch::Tensor meanLatents(AutoencoderKL vae, const torch::Tensor& frames, bool bf16);
/// Back to (B,T,H,W) in [0, 1], without gradient.
torch::Tensor decodedFrames(AutoencoderKL vae, const torch::Tensor& latents, bool bf16);

}  // namespace stormloom
