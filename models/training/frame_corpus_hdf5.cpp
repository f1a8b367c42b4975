#include <cstring>
#include <map>

#include "core/errors.h"
#include "core/formats/hdf5_file.h"
#include "models/training/frame_corpus.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// Frames of one box, where they lie among those of all boxes.
struct StoredBox {
  std::int64_t firstFrame = 0;
  std::int64_t count = 0;
  double stepMinutes = 0.0;
};

Tensor boxFrames(const Hdf5File& file, const std::string& dataset) {
  const std::vector<std::size_t> shape = file.shape(dataset);
  if (shape.size() != 3 || shape[0] == 0 || shape[1] != shape[2])
    throw IoError(file.path() + ": " + dataset + " must be frames of (time, row, column).");
  const std::vector<std::uint8_t> bytes = file.readBytes(dataset);
  const Tensor frames = torch::empty(
      {std::int64_t(shape[0]), std::int64_t(shape[1]), std::int64_t(shape[2])}, torch::kUInt8);
  std::memcpy(frames.data_ptr(), bytes.data(), bytes.size());
  return frames;
}

struct WindowTable {
  std::vector<std::int64_t> box, first, stride, split, open, event;
};

WindowTable windowTable(const Hdf5File& file) {
  WindowTable table{file.integers("windows/box"),    file.integers("windows/first_frame"),
                    file.integers("windows/stride"), file.integers("windows/split"),
                    file.integers("windows/open"),   file.integers("windows/event")};
  for (const auto* column : {&table.first, &table.stride, &table.split, &table.open, &table.event})
    if (column->size() != table.box.size())
      throw IoError(file.path() + ": the columns below /windows differ in length.");
  return table;
}

}  // namespace

FrameCorpus readFrameCorpus(const std::string& path, bool closedToo) {
  const Hdf5File file(path);
  const WindowTable table = windowTable(file);
  const std::vector<std::string> boxes = file.texts("box_paths");
  FrameCorpus corpus;
  corpus.events = file.texts("event_names");
  std::map<std::int64_t, StoredBox> stored;
  std::vector<Tensor> frames;
  std::int64_t count = 0;
  for (std::size_t row = 0; row < table.box.size(); ++row) {
    if (table.open[row] != 1 && !closedToo) continue;
    const std::int64_t box = table.box[row];
    if (box < 0 || std::size_t(box) >= boxes.size() || table.event[row] < 0 ||
        std::size_t(table.event[row]) >= corpus.events.size())
      throw IoError(path + ": window " + std::to_string(row) + " names no box or event.");
    if (!stored.contains(box)) {
      const std::string& name = boxes[std::size_t(box)];
      frames.push_back(boxFrames(file, name + "/frames"));
      stored[box] = {count, frames.back().size(0), file.needed(name, "step_minutes")};
      count += frames.back().size(0);
    }
    const StoredBox& place = stored[box];
    const std::int64_t last = table.first[row] + table.stride[row] * (kWindowFrames - 1);
    if (table.first[row] < 0 || table.stride[row] < 1 || last >= place.count)
      throw IoError(path + ": window " + std::to_string(row) + " reaches past its box.");
    corpus.windows.push_back({place.firstFrame + table.first[row], table.stride[row],
                              place.firstFrame + place.count, place.stepMinutes,
                              int(table.event[row]), table.split[row] == 1,
                              table.open[row] == 1});
  }
  if (corpus.windows.empty())
    throw IoError(path + ": no windows that may be used. Is it a training corpus?");
  corpus.frames = torch::cat(frames);
  return corpus;
}

}  // namespace stormloom
