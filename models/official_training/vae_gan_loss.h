#pragma once

#include <torch/torch.h>

#include "models/prediff/autoencoder_kl.h"

namespace stormloom {

struct DiscriminatorOptions {
  std::int64_t inChannels = 1;
  std::int64_t width = 64;
  std::int64_t layers = 3;
};

/// Tells patches of frames from decoded ones while the VAE is trained (spec 11).
class NLayerDiscriminatorImpl : public torch::nn::Module {
public:
  explicit NLayerDiscriminatorImpl(const DiscriminatorOptions& options = {});
  torch::Tensor forward(const torch::Tensor& frames);  ///< (N,C,H,W) -> (N,1,h,w)

private:
  torch::nn::Sequential main;
};
TORCH_MODULE(NLayerDiscriminator);

struct VaeGanOptions {
  double klWeight = 1e-6;
  double discriminatorWeight = 0.5;
  double discriminatorFactor = 1.0;
  std::int64_t discriminatorStart = 50001;  ///< of the global step, which counts both optimisers'
};

/// Loss of the VAE and its terms, scalars.
struct GeneratorLoss {
  torch::Tensor loss;
  torch::Tensor reconstruction;  ///< mean absolute error
  torch::Tensor nll;             ///< absolute error summed over each sample
  torch::Tensor kl;
  torch::Tensor adversarial;
  torch::Tensor adversarialWeight;  ///< balances the gradients in the last layer
  double factor = 0.0;              ///< 0 before the discriminator's start
};
/// `noise` is that of the posterior sample. Needs gradients on.
GeneratorLoss generatorLoss(AutoencoderKL vae, NLayerDiscriminator discriminator,
                            const torch::Tensor& frames, const torch::Tensor& noise,
                            std::int64_t globalStep, const VaeGanOptions& options);

struct DiscriminatorLoss {
  torch::Tensor loss;
  torch::Tensor logitsReal, logitsFake;  ///< means
};
/// Hinge loss; `decoded` is not trained by it.
DiscriminatorLoss discriminatorLoss(NLayerDiscriminator discriminator, const torch::Tensor& frames,
                                    const torch::Tensor& decoded, std::int64_t globalStep,
                                    const VaeGanOptions& options);

}  // namespace stormloom
