#include "core/checked_result.h"

#include "core/decoder/decoder_process.h"
#include "core/errors.h"
#include "core/isolated_reading.h"

namespace stormloom {
namespace {

/// Keeps the reason why the file cannot be read.
class Checking : public DecodingListener {
public:
  int reduction() override { return 1; }
  void frame(std::size_t, DecodedFrame) override {}
  void passedOver(std::size_t, const std::string& sentence) override { reason = sentence; }
  void again(std::size_t) override { reason.clear(); }
  void done(std::size_t) override {}

  std::string reason;
};

void check(const std::string& path) {
  const std::filesystem::path decoder = requireDecoderProgram();
  if (decoder != "none") {
    Checking checking;
    decodeIsolated({{0, path}}, {.program = decoder, .checkOnly = true}, checking);
    if (!checking.reason.empty()) throw IoError(checking.reason);
  }
}

}  // namespace

ResultFile readCheckedResult(const std::string& path) {
  check(path);
  return readResultFile(path);
}

std::vector<NetCdfVariable> readCheckedVariables(const std::string& path) {
  check(path);
  return NetCdfFile::open(path).variables();
}

}  // namespace stormloom
