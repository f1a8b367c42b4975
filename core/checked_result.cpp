#include "core/checked_result.h"

#include <optional>

#include "core/decoder/decoder_process.h"
#include "core/errors.h"
#include "core/formats/format_reader.h"
#include "core/isolated_reading.h"

namespace stormloom {
namespace {

using Bands = std::vector<std::shared_ptr<const RadarGrid>>;

/// Keeps the frames, or the reason why the file cannot be read.
class Checking : public DecodingListener {
public:
  int reduction() override { return 1; }
  void frame(std::size_t, DecodedFrame frame) override { frames.push_back(frame.sequence.frames.front().grid); }
  void passedOver(std::size_t, const std::string& sentence) override { reason = sentence; }
  void again(std::size_t) override {
    reason.clear();
    frames.clear();
  }
  void done(std::size_t) override {}

  std::string reason;
  Bands frames;
};

/// What a decoder finds in the file; nothing where files are read in this process.
std::optional<Bands> check(const std::string& path) {
  const std::filesystem::path decoder = requireDecoderProgram();
  if (decoder == "none") return {};
  Checking checking;
  decodeIsolated({{0, path}}, {.program = decoder, .checkOnly = true}, checking);
  if (!checking.reason.empty()) throw IoError(checking.reason);
  return checking.frames;
}

}  // namespace

ResultFile readCheckedResult(const std::string& path) {
  check(path);
  return readResultFile(path);
}

std::vector<StoredVariable> readCheckedVariables(const std::string& path) {
  check(path);
  return NetCdfFile::open(path).variables();
}

Bands readCheckedBands(const std::string& path) {
  if (auto bands = check(path)) return *bands;
  Bands bands;
  const FileSequences read = readGeoTiffBands(path, {});
  for (const Frame& frame : read.front().frames) bands.push_back(frame.grid);
  return bands;
}

}  // namespace stormloom
