#include "models/checkpoint/known_networks.h"

#include <algorithm>
#include <functional>

#include "models/checkpoint/derived_configurations.h"
#include "models/earthformer/cuboid_transformer_model.h"
#include "models/earthformer/official_configurations.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/prediff/cuboid_transformer_unet.h"
#include "models/prediff/noisy_cuboid_transformer_encoder.h"
#include "models/prediff/official_prediff.h"

namespace stormloom {
namespace {

// Further away than half of its tensors, a file is no damaged copy of an official network.
constexpr std::size_t kNearShare = 2;

using Tensors = std::vector<NamedTensor>;

bool holds(const Tensors& tensors, const std::string& start) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [&](const NamedTensor& tensor) { return tensor.name.starts_with(start); });
}

struct OfficialNetwork {
  std::string architecture;
  Json config;
};

/// A network and the names by which its family is told from the others.
struct Family {
  std::string name;
  std::vector<std::string> marks;  ///< beginnings of names that are all there
  std::vector<OfficialNetwork> official;
  std::function<Tensors(const Json& config)> tensors;  ///< of the network of a configuration
  std::optional<Json> (*derive)(const Tensors& tensors);
};

std::vector<OfficialNetwork> officialEarthformers() {
  std::vector<OfficialNetwork> networks;
  for (const std::string& name : earthformerNames())
    networks.push_back({name, earthformerConfig(name)});
  return networks;
}

std::vector<Family> families() {
  const PrediffConfiguration prediff = prediffSevirLr();
  return {
      {"Earthformer",
       {"initial_encoder.", "decoder.cross_blocks."},
       officialEarthformers(),
       [](const Json& config) {
         return stateDict(*CuboidTransformerModel(cuboidTransformerOptionsFromJson(config)));
       },
       deriveEarthformer},
      {"PreDiff VAE",
       {"encoder.conv_in.", "quant_conv.", "decoder.conv_out."},
       {{"prediff-sevirlr-vae", prediff.vae}},
       [](const Json& config) {
         return stateDict(*AutoencoderKL(autoencoderKLOptionsFromJson(config)));
       },
       deriveVae},
      {"PreDiff denoiser",
       {"first_proj.", "down_self_blocks.", "up_self_blocks."},
       {{"prediff-sevirlr-denoiser", prediff.denoiser}},
       [](const Json& config) {
         return stateDict(*CuboidTransformerUNet(cuboidTransformerUNetOptionsFromJson(config)));
       },
       deriveDenoiser},
      {"PreDiff alignment network",
       {"first_proj.", "time_embed.", "out.2.c_proj."},
       {{"prediff-sevirlr-alignment", prediff.alignment}},
       [](const Json& config) {
         return stateDict(
             *NoisyCuboidTransformerEncoder(noisyCuboidTransformerEncoderOptionsFromJson(config)));
       },
       deriveAlignment},
  };
}

/// The official network with the fewest differences, if it is near enough to name them.
void findNearest(const Family& family, const Tensors& tensors, NetworkVerdict& verdict) {
  std::size_t least = 0;
  for (const OfficialNetwork& official : family.official) {
    const Tensors expected = family.tensors(official.config);
    TensorDifference difference = compareTensors(expected, tensors);
    const bool near = difference.count() * kNearShare <= expected.size();
    if (!near || (!verdict.architecture.empty() && difference.count() >= least)) continue;
    least = difference.count();
    verdict.architecture = official.architecture;
    verdict.difference = std::move(difference);
    if (least > 0) continue;
    verdict.config = official.config;
    verdict.unusable = unusableValues(expected, tensors);
    return;
  }
}

/// A network of its own sizes, where every tensor agrees with what the others tell.
void findDerived(const Family& family, const Tensors& tensors, NetworkVerdict& verdict) {
  const std::optional<Json> config = family.derive(tensors);
  if (!config) return;
  try {
    const Tensors expected = family.tensors(*config);
    if (!compareTensors(expected, tensors).fits()) return;
    verdict.unusable = unusableValues(expected, tensors);
  } catch (const std::exception&) {  // no such network can be built
    return;
  }
  verdict.architecture.clear();
  verdict.difference = {};
  verdict.config = *config;
}

std::size_t marksFound(const Family& family, const Tensors& tensors) {
  return std::size_t(std::ranges::count_if(
      family.marks, [&](const std::string& mark) { return holds(tensors, mark); }));
}

/// Of networks that lack whole parts: the official one that is nearest, if any is near.
NetworkVerdict nearestOf(const std::vector<Family>& all, const Tensors& tensors) {
  NetworkVerdict best;
  for (const Family& family : all) {
    if (marksFound(family, tensors) == 0) continue;
    NetworkVerdict verdict;
    findNearest(family, tensors, verdict);
    if (verdict.architecture.empty()) continue;
    verdict.family = family.name;
    if (best.architecture.empty() || verdict.difference.count() < best.difference.count())
      best = std::move(verdict);
  }
  return best;
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
  const std::vector<Family> all = families();
  for (const Family& family : all) {
    if (marksFound(family, tensors) < family.marks.size()) continue;
    NetworkVerdict verdict;
    verdict.family = family.name;
    findNearest(family, tensors, verdict);
    if (!verdict.known()) findDerived(family, tensors, verdict);
    return verdict;
  }
  return nearestOf(all, tensors);
}

}  // namespace stormloom
