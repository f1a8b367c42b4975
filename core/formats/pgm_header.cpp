#include "core/formats/pgm_header.h"

#include <algorithm>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr int kMostCellsAside = 20000;

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string withoutEnds(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Reads the head from its second byte on.
class HeadReader {
public:
  HeadReader(const std::string& bytes, const std::string& path) : bytes_(bytes), path_(path) {}

  /// The next number, the comments before it put into `header`.
  int number(PgmHeader& header) {
    while (at_ < bytes_.size() && (isBlank(bytes_[at_]) || bytes_[at_] == '#')) {
      if (bytes_[at_] == '#')
        takeNote(header);
      else
        ++at_;
    }
    int value = 0;
    const std::size_t first = at_;
    for (; at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9'; ++at_) {
      value = 10 * value + (bytes_[at_] - '0');
      if (value > 1000000) refuse("it names an absurd number");
    }
    if (at_ == first) refuse("it has no size");
    return value;
  }

  /// One blank ends the head.
  std::size_t pixels() {
    if (at_ >= bytes_.size() || !isBlank(bytes_[at_])) refuse("its head does not end");
    return at_ + 1;
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw IoError(path_ + ": it is no usable PGM picture, " + why +
                  ". The file is damaged or incomplete: fetch it again.");
  }

private:
  void takeNote(PgmHeader& header) {
    const std::size_t end = std::min(bytes_.find('\n', at_), bytes_.size());
    const std::string line = withoutEnds(bytes_.substr(at_ + 1, end - at_ - 1));
    at_ = end;
    if (line.empty() || header.notes.size() > 1000) return;
    const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
    header.notes.emplace(line.substr(0, blank), withoutEnds(line.substr(blank)));
  }

  const std::string& bytes_;
  const std::string& path_;
  std::size_t at_ = 2;
};

}  // namespace

bool isPgm(const std::string& start) {
  return start.size() > 2 && start[0] == 'P' && start[1] == '5' && isBlank(start[2]);
}

PgmHeader pgmHeaderFrom(const std::string& bytes, const std::string& path) {
  HeadReader reader(bytes, path);
  if (!isPgm(bytes)) reader.refuse("it does not begin as one");
  PgmHeader header;
  header.width = reader.number(header);
  header.height = reader.number(header);
  header.maximum = reader.number(header);
  header.pixelsAt = reader.pixels();
  if (header.width < 1 || header.height < 1 || header.width > kMostCellsAside ||
      header.height > kMostCellsAside || header.maximum < 1 || header.maximum > 255) {
    reader.refuse("its size or depth is no usable one");
  }
  const std::size_t pixels = std::size_t(header.width) * std::size_t(header.height);
  if (bytes.size() - header.pixelsAt < pixels) reader.refuse("it ends before its pixels do");
  return header;
}

}  // namespace stormloom
