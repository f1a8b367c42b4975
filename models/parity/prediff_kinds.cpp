// Golden kinds of PreDiff's networks and their parts (spec 6, 7, 9).
#include "models/parity/parity_case.h"
#include "models/prediff/cuboid_transformer_unet.h"

namespace stormloom {
namespace {

ParityAnswer denoiser(const ParityCase& parity) {
  CuboidTransformerUNet network(cuboidTransformerUNetOptionsFromJson(parity.config()));
  parity.prepare(*network);
  return {{{"eps", network->forward(parity.input("zt"), parity.input("t"), parity.input("zc"))}},
          {}};
}

}  // namespace

void addPrediffKinds(ParityKinds& kinds) { kinds["denoiser"] = denoiser; }

}  // namespace stormloom
