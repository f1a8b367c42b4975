#include "models/training/latent_frames.h"

#include "models/engine/autocast_scope.h"

namespace stormloom {
using torch::Tensor;

Tensor meanLatents(AutoencoderKL vae, const Tensor& frames, bool bf16) {
  const torch::NoGradGuard noGradient;
  const auto rounded = roundedProducts(bf16, frames.device());
  return vae->encodeField(frames.unsqueeze(-1)).to(torch::kFloat32);
}

Tensor decodedFrames(AutoencoderKL vae, const Tensor& latents, bool bf16) {
  const torch::NoGradGuard noGradient;
  const auto rounded = roundedProducts(bf16, latents.device());
  return vae->decodeField(latents).squeeze(-1).to(torch::kFloat32).clamp(0.0, 1.0);
}

}  // namespace stormloom
