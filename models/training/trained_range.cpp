#include "models/training/trained_range.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::size_t kLookedAtOnce = 64;

/// "mrms-2019-06-10-north" -> "MRMS"
std::string radarOf(const std::string& event) {
  std::string radar = event.substr(0, event.find('-'));
  for (char& letter : radar) letter = char(std::toupper(static_cast<unsigned char>(letter)));
  return radar;
}

}  // namespace

Json trainedRangeOf(const FrameCorpus& corpus) {
  const std::vector<CorpusWindow> windows = corpus.split(false);
  double lowest = 1.0, highest = 0.0, mostMissing = 0.0;
  std::set<std::string> radars;
  for (std::size_t first = 0; first < windows.size(); first += kLookedAtOnce) {
    const std::size_t end = std::min(windows.size(), first + kLookedAtOnce);
    const std::vector<CorpusWindow> some(windows.begin() + std::ptrdiff_t(first),
                                         windows.begin() + std::ptrdiff_t(end));
    for (const CorpusWindow& window : some)
      radars.insert(radarOf(corpus.events[std::size_t(window.event)]));
    const Tensor bytes = corpus.gather(some);
    const Tensor known = bytes != kUnknownDigital;
    const Tensor means =
        (bytes.to(torch::kFloat32) * known).slice(1, kContextFrames).mean({1, 2, 3}) / 255.0;
    const Tensor missing = 1.0 - known.to(torch::kFloat32).mean({2, 3});
    lowest = std::min(lowest, means.min().item<double>());
    highest = std::max(highest, means.max().item<double>());
    mostMissing = std::max(mostMissing, missing.max().item<double>());
  }
  return Json::object({{"lowest_mean", lowest},
                       {"highest_mean", highest},
                       {"most_missing", mostMissing},
                       {"radars", std::vector<std::string>(radars.begin(), radars.end())}});
}

}  // namespace stormloom
