#include "models/training/frame_corpus.h"

#include <map>

namespace stormloom {
using torch::Tensor;

std::vector<CorpusWindow> FrameCorpus::split(bool validation) const {
  std::vector<CorpusWindow> found;
  for (const CorpusWindow& window : windows)
    if (window.validation == validation) found.push_back(window);
  return found;
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
