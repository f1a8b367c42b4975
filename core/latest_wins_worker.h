#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "core/scenario.h"

namespace stormloom {

/// One thread that answers scenario requests. A newer request replaces the waiting one, and stops the running
/// one unless the running one is a preview (previews are short, so the picture moves under the finger).
class LatestWinsWorker {
 public:
  using Generate = std::function<std::shared_ptr<const ScenarioForecast>(const ScenarioRequest&,
                                                                         std::stop_token)>;
  using Deliver = std::function<void(std::shared_ptr<const ScenarioForecast>)>;
  using Fail = std::function<void(std::uint64_t id, const std::string& sentence)>;

  /// The three functions are called on the worker's thread. `generate` gives nullptr when stopped.
  LatestWinsWorker(Generate generate, Deliver deliver, Fail fail);
  ~LatestWinsWorker();
  void submit(ScenarioRequest request);
  void cancel();  ///< empties the waiting place and stops the running job

 private:
  void run(std::stop_token shutdown);

  Generate generate_;
  Deliver deliver_;
  Fail fail_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::optional<ScenarioRequest> waiting_;
  std::optional<Quality> runningQuality_;
  std::stop_source runningStop_;
  std::jthread thread_;  // last: joined before what it uses is destroyed
};

}  // namespace stormloom
