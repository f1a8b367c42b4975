#include "models/weights_check.h"

namespace stormloom {
WeightsReport checkWeights(const std::string&) { return {}; }
void convertWeights(const std::string&, const std::string&) {}
}  // namespace stormloom
