#pragma once

#include <torch/torch.h>

#include <functional>

namespace stormloom {

/// What each member is asked for, and how hard it is pulled there.
struct IntensityCommand {
  torch::Tensor mu;      ///< (B, leads), expected mean intensity, [0, 1]
  torch::Tensor sigma;   ///< (B, leads)
  torch::Tensor nSigma;  ///< (B, leads)

  /// mu + n sigma, clamped to [0, 1]: (B, leads).
  torch::Tensor commanded() const;
  /// Where members are pulled to, given what they achieve freely (B, leads). From |n| = 1 on: what was commanded.
  /// Towards n = 0 the member's own mean takes over, as far as it lies within 0.9 sigma of mu: n = 0 is no pull but
  /// for members that would break the order of the dial. Rises with n for every member.
  torch::Tensor target(const torch::Tensor& free) const;
};

/// What a denoiser is told of a commanded mean m of all future frames, of which mu and sigma were expected, all (B):
/// (B,3) of n / 2, 20 m, 1. Zeros tell it nothing. Commands beyond six sigma are told as six.
torch::Tensor commandFeatures(const torch::Tensor& mean, const torch::Tensor& mu,
                              const torch::Tensor& sigma);

/// Frames of latents (N,h,w,L) -> (N,H,W) in [0, 1].
using DecodeFrames = std::function<torch::Tensor(const torch::Tensor&)>;

/// Frames, and the gradient of each one's mean (frameMeans) for its latents.
struct FramesAndGradient {
  torch::Tensor frames;    ///< (N,H,W)
  torch::Tensor gradient;  ///< (N,h,w,L)
};

/// A decoder that can be asked which way its frames grow.
struct FrameDecoder {
  DecodeFrames frames;
  std::function<FramesAndGradient(const torch::Tensor& latents, const torch::Tensor& seen)>
      withGradient;
  /// The decoder of some of the frames, by their rows; empty: every frame is decoded alike.
  std::function<FrameDecoder(const torch::Tensor& rows)> only = {};

  FrameDecoder of(const torch::Tensor& rows) const { return only ? only(rows) : *this; }
};
/// The gradient by LibTorch's recording of what `decode` does.
FramesAndGradient recordedGradient(const DecodeFrames& decode, const torch::Tensor& latents,
                                   const torch::Tensor& seen);

/// Mean intensity of frames (..., H, W) over all cells, those that no radar sees counted as 0.
/// `seen`: (H,W), 1 or 0.
torch::Tensor frameMeans(const torch::Tensor& frames, const torch::Tensor& seen);

/// Frames (N,H,W), their cells where `where` (H,W) is 1 multiplied so that the mean of the counted ones comes to its
/// target (N) as far as values up to 1 and a factor of 4 allow: what a preview does in the place of a pull.
torch::Tensor scaledToMean(const torch::Tensor& frames, const torch::Tensor& target,
                           const torch::Tensor& counted, const torch::Tensor& where);

/// Moves latents (N,h,w,L) so that the mean of each decoded frame comes to its target (N), by Gauss-Newton through the
/// decoder itself: z <- z - (p - target) g / |g|^2 with g = dp/dz, each frame on its own (training notes: a proxy's
/// gradient leads off what the decoder follows). A step is never longer than `longestStep` (rms of the change).
struct GaussNewtonOptions {
  int iterations = 2;
  double closeEnough = 2e-4;  ///< of the mean in [0, 1]; frames that close are left alone
  double longestStep = 0.35;
  int moreIterations = 3;  ///< where frames are farther off than `farOff` after all that
  double farOff = 2e-3;    ///< half a step of the 0-255 scale
};
struct PulledFrames {
  torch::Tensor latents;
  torch::Tensor frames;  ///< (N,H,W), what they decode to
};
PulledFrames pulledToMean(const torch::Tensor& latents, const torch::Tensor& target,
                          const torch::Tensor& seen, const FrameDecoder& decoder,
                          const GaussNewtonOptions& options = {});

}  // namespace stormloom
