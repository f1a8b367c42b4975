#include "core/full_resolution.h"

#include <set>

#include "core/errors.h"
#include "core/radar_files.h"

namespace stormloom {
namespace {

/// "file.h5#S834797": the file, and the event in it.
std::pair<std::string, std::string> fileAndEvent(const std::string& source) {
  const std::size_t hash = source.rfind(".h5#");
  if (hash == std::string::npos) return {source, ""};
  return {source.substr(0, hash + 3), source.substr(hash + 4)};
}

/// Reads the files of the wanted frames again and gives those to the visitor.
class FullFrameReading {
public:
  FullFrameReading(const FrameSequence& sequence, const std::vector<std::size_t>& indices,
                   const FullFrameVisitor& visit)
      : sequence_(sequence), indices_(indices), visit_(visit) {}

  void read() {
    std::set<std::string> paths, events;
    for (const std::size_t index : indices_) {
      const auto [path, event] = fileAndEvent(sequence_.frames[index].source);
      paths.insert(path);
      if (!event.empty()) events.insert(event);
    }
    ReadOptions options;
    options.events = {events.begin(), events.end()};
    options.onFrame = [&](const FrameSequence& found, Frame& frame) {
      if (frame.grid && isSame(found)) give(frame, found.geo);
      frame.grid.reset();
    };
    readRadarFiles({paths.begin(), paths.end()}, options);
    if (given_.size() == indices_.size()) return;
    throw IoError(*paths.begin() +
                  ": it no longer holds the frames that were read from it. Open the files again.");
  }

private:
  bool isSame(const FrameSequence& found) const {
    return found.product == sequence_.product && found.quantity == sequence_.quantity &&
           found.event == sequence_.event && found.geo.projection() == sequence_.geo.projection();
  }

  void give(const Frame& frame, const GeoReference& geo) {
    for (std::size_t k = 0; k < indices_.size(); ++k) {
      const Frame& wanted = sequence_.frames[indices_[k]];
      if (wanted.source == frame.source && wanted.validTime == frame.validTime &&
          given_.insert(k).second)
        visit_(k, *frame.grid, geo);
    }
  }

  const FrameSequence& sequence_;
  const std::vector<std::size_t>& indices_;
  const FullFrameVisitor& visit_;
  std::set<std::size_t> given_;
};

}  // namespace

void visitFullFrames(const FrameSequence& sequence, const std::vector<std::size_t>& indices,
                     const FullFrameVisitor& visit) {
  if (sequence.reduction <= 1) {
    for (std::size_t k = 0; k < indices.size(); ++k)
      visit(k, *sequence.frames[indices[k]].grid, sequence.geo);
    return;
  }
  FullFrameReading(sequence, indices, visit).read();
}

}  // namespace stormloom
