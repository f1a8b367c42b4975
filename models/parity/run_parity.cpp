#include "models/parity.h"

namespace stormloom {
std::vector<ParityResult> runParity(const ParityOptions&,
                                    const std::function<void(const ParityResult&)>&) {
  return {};
}
}  // namespace stormloom
