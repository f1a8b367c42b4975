#include "models/training.h"

namespace stormloom {
void train(const TrainingRequest&, std::stop_token, const TrainingLog&) {}
}  // namespace stormloom
