#include "core/formats/file_bytes.h"

#include <algorithm>
#include <fstream>

#include "core/errors.h"
#include "core/formats/format_reader.h"

namespace stormloom {

std::string storedStart(const std::string& path, std::size_t limit) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw IoError(path + ": it cannot be opened. Check that you may read it.");
  const std::streamoff size = std::max<std::streamoff>(0, std::streamoff(file.tellg()));
  std::string bytes(std::min(std::size_t(size), limit), '\0');
  file.seekg(0).read(bytes.data(), std::streamsize(bytes.size()));
  bytes.resize(std::size_t(std::max<std::streamsize>(0, file.gcount())));
  return bytes;
}

bool isGzip(const std::string& bytes) { return bytes.compare(0, 2, "\x1f\x8b") == 0; }

std::string startOfFile(const std::string& path, std::size_t count) {
  const std::string bytes = storedStart(path, count);
  return isGzip(bytes) ? unzippedStart(path, count) : bytes;
}

std::string contentOf(const std::string& path, std::size_t limit) {
  std::string bytes = storedStart(path, limit + 1);
  if (isGzip(bytes)) bytes = unzippedStart(path, limit + 1);
  if (bytes.size() > limit) {
    throw IoError(path + ": it is larger than any file of its kind. Fetch it again.");
  }
  return bytes;
}

}  // namespace stormloom
