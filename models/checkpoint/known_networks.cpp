#include "models/checkpoint/known_networks.h"

#include <algorithm>
#include <functional>

#include "models/earthformer/cuboid_transformer_model.h"
#include "models/earthformer/official_configurations.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/prediff/cuboid_transformer_unet.h"
#include "models/prediff/noisy_cuboid_transformer_encoder.h"

namespace stormloom {
namespace {

// Further away than a fifth of its tensors, a file is no damaged copy of an official network.
constexpr std::size_t kNearShare = 5;

using Tensors = std::vector<NamedTensor>;

bool holds(const Tensors& tensors, const std::string& start) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [&](const NamedTensor& tensor) { return tensor.name.starts_with(start); });
}

/// Spec 7, official SEVIR-LR.
CuboidTransformerUNetOptions officialDenoiser() {
  CuboidTransformerUNetOptions options;
  options.inputShape = {{7, 16, 16}, 64};
  options.targetShape = {{6, 16, 16}, 64};
  options.baseUnits = 256;
  options.useGlobalVectorFfn = false;
  return options;
}

/// Spec 9, official SEVIR-LR.
NoisyCuboidTransformerEncoderOptions officialAlignment() {
  NoisyCuboidTransformerEncoderOptions options;
  options.inputShape = {{6, 16, 16}, 64};
  options.baseUnits = 128;
  return options;
}

struct OfficialNetwork {
  std::string architecture;
  std::function<Tensors()> tensors;
};

std::vector<OfficialNetwork> officialEarthformers() {
  std::vector<OfficialNetwork> networks;
  for (const std::string& name : earthformerNames()) {
    networks.push_back({name, [name] {
                          const auto config = earthformerConfig(name);
                          return stateDict(
                              *CuboidTransformerModel(cuboidTransformerOptionsFromJson(config)));
                        }});
  }
  return networks;
}

/// A network and the names by which its family is told from the others.
struct Family {
  std::string name;
  std::vector<std::string> marks;  ///< beginnings of names that are all there
  std::vector<OfficialNetwork> official;
};

std::vector<Family> families() {
  return {
      {"Earthformer", {"initial_encoder.", "decoder.cross_blocks."}, officialEarthformers()},
      {"PreDiff VAE",
       {"encoder.conv_in.", "quant_conv.", "decoder.conv_out."},
       {{"prediff-sevirlr-vae", [] { return stateDict(*AutoencoderKL(AutoencoderKLOptions{})); }}}},
      {"PreDiff denoiser",
       {"first_proj.", "down_self_blocks.", "up_self_blocks."},
       {{"prediff-sevirlr-denoiser",
         [] { return stateDict(*CuboidTransformerUNet(officialDenoiser())); }}}},
      {"PreDiff alignment network",
       {"first_proj.", "time_embed.", "out.2.c_proj."},
       {{"prediff-sevirlr-alignment",
         [] { return stateDict(*NoisyCuboidTransformerEncoder(officialAlignment())); }}}},
  };
}

/// The official network with the fewest differences, if it is near enough to name them.
void findNearest(const Family& family, const Tensors& tensors, NetworkVerdict& verdict) {
  std::size_t least = 0;
  for (const OfficialNetwork& official : family.official) {
    const Tensors expected = official.tensors();
    TensorDifference difference = compareTensors(expected, tensors);
    const bool near = difference.count() * kNearShare <= expected.size();
    if (!near || (!verdict.architecture.empty() && difference.count() >= least)) continue;
    least = difference.count();
    verdict.architecture = official.architecture;
    verdict.difference = std::move(difference);
    if (least == 0) return;
  }
}

}  // namespace

std::size_t parameterCount(const Tensors& tensors) {
  std::size_t count = 0;
  for (const NamedTensor& tensor : tensors) {
    if (!tensor.name.ends_with("relative_position_index"))
      count += std::size_t(tensor.tensor.numel());
  }
  return count;
}

NetworkVerdict recognizeNetwork(const Tensors& tensors) {
  const torch::NoGradGuard noGrad;
  NetworkVerdict verdict;
  for (const Family& family : families()) {
    const bool ofThisFamily =
        std::all_of(family.marks.begin(), family.marks.end(),
                    [&](const std::string& mark) { return holds(tensors, mark); });
    if (!ofThisFamily) continue;
    verdict.family = family.name;
    findNearest(family, tensors, verdict);
    return verdict;
  }
  return verdict;
}

}  // namespace stormloom
