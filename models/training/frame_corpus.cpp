#include "models/training/frame_corpus.h"

#include <algorithm>

#include "core/errors.h"

namespace stormloom {
using torch::Tensor;

std::vector<CorpusWindow> FrameCorpus::split(bool validation) const {
  std::vector<CorpusWindow> found;
  for (const CorpusWindow& window : windows)
    if (window.validation == validation) found.push_back(window);
  return found;
}

void FrameCorpus::keepTrainingEvents(const std::vector<std::string>& names) {
  if (names.empty()) return;
  const auto isOf = [this](const CorpusWindow& window, const std::string& name) {
    return !window.validation && events[std::size_t(window.event)] == name;
  };
  for (const std::string& name : names)
    if (std::ranges::none_of(windows, [&](const CorpusWindow& one) { return isOf(one, name); }))
      throw UsageError("The recipe names the event " + name +
                       ", of which this corpus has no training windows that may be used.");
  std::erase_if(windows, [&](const CorpusWindow& one) {
    return !one.validation && std::ranges::none_of(names, [&](const std::string& name) {
      return isOf(one, name);
    });
  });
}

Tensor FrameCorpus::gather(const std::vector<CorpusWindow>& some) const {
  std::vector<std::int64_t> rows;
  for (const CorpusWindow& window : some)
    for (std::int64_t k = 0; k < kWindowFrames; ++k)
      rows.push_back(window.firstFrame + window.stride * k);
  const Tensor index = torch::tensor(rows, torch::kInt64).to(frames.device());
  return frames.index_select(0, index).unflatten(0, {-1, kWindowFrames});
}

}  // namespace stormloom
