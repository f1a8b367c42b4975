#include "app/cli/workbench.h"

#include "core/sha256.h"

namespace stormloom::cli {

NowcastEngine& Workbench::engine(const EngineOptions& options) {
  const auto same = [](const EngineOptions& a, const EngineOptions& b) {
    return a.device == b.device && a.precision == b.precision && a.threads == b.threads &&
           a.modelFolder == b.modelFolder && a.earthformerWeights == b.earthformerWeights;
  };
  if (!engine_ || !same(options, engineOptions_)) {
    engine_.reset();
    engine_ = std::make_unique<NowcastEngine>(options);
    engineOptions_ = options;
  }
  return *engine_;
}

const std::string& Workbench::hashOf(const std::string& path) {
  std::string& hash = hashes_[path];
  if (hash.empty()) hash = sha256OfFile(path);
  return hash;
}

}  // namespace stormloom::cli
