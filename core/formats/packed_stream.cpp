#include "core/formats/packed_stream.h"

#include <algorithm>
#include <fstream>
#include <string_view>

#include "core/errors.h"
#include "core/formats/file_bytes.h"
#ifdef STORMLOOM_UNBZIPS
#include <bzlib.h>

#include <cstdio>
#endif
#ifdef STORMLOOM_UNZIPS
#include <cpl_conv.h>
#include <cpl_vsi.h>

#include "core/formats/gdal_file.h"
#endif

namespace stormloom {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kLargestMember = std::size_t(1) << 30;

[[noreturn]] void refuseDamaged(const std::string& path) {
  throw IoError(path + ": it cannot be unpacked. The file is damaged or incomplete: fetch it again.");
}

class PlainStream : public PackedStream {
public:
  explicit PlainStream(const std::string& path) : file_(path, std::ios::binary) {
    if (!file_) throw IoError(path + ": it cannot be opened. Check that you may read it.");
  }
  std::size_t read(char* bytes, std::size_t count) override {
    file_.read(bytes, std::streamsize(count));
    return std::size_t(std::max<std::streamsize>(0, file_.gcount()));
  }

private:
  std::ifstream file_;
};

#ifdef STORMLOOM_UNBZIPS
class BzipStream : public PackedStream {
public:
  explicit BzipStream(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "rb")) {
    if (!file_) throw IoError(path + ": it cannot be opened. Check that you may read it.");
    begin(nullptr, 0);
  }
  ~BzipStream() override {
    int status = BZ_OK;
    BZ2_bzReadClose(&status, bzip_);
    std::fclose(file_);
  }
  std::size_t read(char* bytes, std::size_t count) override {
    std::size_t done = 0;
    while (done < count && !ended_) {
      int status = BZ_OK;
      const int wanted = int(std::min<std::size_t>(count - done, 1 << 20));
      const int got = BZ2_bzRead(&status, bzip_, bytes + done, wanted);
      if (status != BZ_OK && status != BZ_STREAM_END) refuseDamaged(path_);
      done += std::size_t(got);
      if (status == BZ_STREAM_END) next();
    }
    return done;
  }

private:
  void begin(void* unused, int count) {
    int status = BZ_OK;
    bzip_ = BZ2_bzReadOpen(&status, file_, 0, 0, unused, count);
    if (status != BZ_OK) refuseDamaged(path_);
  }
  /// Packing in parallel writes streams one behind the other.
  void next() {
    int status = BZ_OK, count = 0;
    void* unused = nullptr;
    BZ2_bzReadGetUnused(&status, bzip_, &unused, &count);
    const std::string kept(static_cast<const char*>(unused), std::size_t(count));
    const int ahead = std::fgetc(file_);
    if (ahead != EOF) std::ungetc(ahead, file_);
    ended_ = kept.empty() && ahead == EOF;
    BZ2_bzReadClose(&status, bzip_);
    bzip_ = nullptr;
    if (!ended_) begin(const_cast<char*>(kept.data()), count);
  }

  std::string path_;
  std::FILE* file_;
  BZFILE* bzip_ = nullptr;
  bool ended_ = false;
};
#endif

#ifdef STORMLOOM_UNZIPS
class GzipStream : public PackedStream {
public:
  explicit GzipStream(const std::string& path) {
    prepareGdal();
    CPLSetThreadLocalConfigOption("CPL_VSIL_GZIP_WRITE_PROPERTIES", "NO");  // no file beside it
    file_ = VSIFOpenL(("/vsigzip/" + path).c_str(), "rb");
    if (!file_) refuseDamaged(path);
  }
  ~GzipStream() override { VSIFCloseL(file_); }
  std::size_t read(char* bytes, std::size_t count) override {
    const GdalReasons reasons;  // a cut file ends early, which the reader of its content tells
    return VSIFReadL(bytes, 1, count, file_);
  }

private:
  VSILFILE* file_ = nullptr;
};
#endif

/// A tar header's number: octal digits, or binary behind a set bit.
std::size_t tarNumber(std::string_view field) {
  std::size_t value = 0;
  if (std::uint8_t(field[0]) & 0x80) {
    for (std::size_t k = field.size() - 8; k < field.size(); ++k)
      value = value << 8 | std::uint8_t(field[k]);
    return value;
  }
  for (const char digit : field)
    if (digit >= '0' && digit <= '7') value = value * 8 + std::size_t(digit - '0');
  return value;
}

/// The header's bytes added up, its own sum taken as blanks.
bool sumAgrees(std::string_view header) {
  std::size_t sum = 0;
  for (std::size_t k = 0; k < kBlock; ++k)
    sum += k >= 148 && k < 156 ? ' ' : std::uint8_t(header[k]);
  return sum == tarNumber(header.substr(148, 8));
}

std::string upToNul(std::string_view field) {
  return std::string(field.substr(0, std::min(field.find('\0'), field.size())));
}

/// "27 path=some/name\n" of a pax header; "" where the key is not there.
std::string paxValue(const std::string& records, const std::string& key) {
  const std::size_t at = (" " + records).find(" " + key + "=");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + key.size() + 1;
  return records.substr(begin, records.find('\n', begin) - begin);
}

}  // namespace

std::unique_ptr<PackedStream> openPacked(const std::string& path) {
  const std::string start = storedStart(path, 3);
  if (start.starts_with("BZh")) {
#ifdef STORMLOOM_UNBZIPS
    return std::make_unique<BzipStream>(path);
#else
    throw IoError(path + ": it is packed with bzip2. Unpack it first (bunzip2).");
#endif
  }
#ifdef STORMLOOM_UNZIPS
  if (isGzip(start)) return std::make_unique<GzipStream>(path);
#endif
  return std::make_unique<PlainStream>(path);
}

TarMember nextTarMember(PackedStream& stream, const std::string& path) {
  std::string longName;
  for (;;) {
    std::string header(kBlock, '\0');
    if (stream.read(header.data(), kBlock) != kBlock) return {};
    if (header.find_first_not_of('\0') == std::string::npos) return {};
    if (!sumAgrees(header)) refuseDamaged(path);
    const std::string_view all = header;
    TarMember member{upToNul(all.substr(0, 100)), tarNumber(all.substr(124, 12))};
    const std::string prefix = header.compare(257, 6, std::string("ustar\0", 6)) == 0
                                   ? upToNul(all.substr(345, 155))
                                   : std::string();
    if (!prefix.empty()) member.name = prefix + "/" + member.name;
    const char kind = header[156];
    if (kind == 'L' || kind == 'x') {
      constexpr std::size_t kLongestName = 1 << 16;
      if (member.size > kLongestName) refuseDamaged(path);
      const std::string text = readTarMember(stream, member, path);
      const std::string named = kind == 'L' ? upToNul(text) : paxValue(text, "path");
      if (!named.empty()) longName = named;
      continue;
    }
    if (!longName.empty()) member.name = longName;
    if (kind == '0' || kind == '\0') return member;
    longName.clear();
    readTarMember(stream, member, path);  // folders, links and what is said of all files
  }
}

std::string readTarMember(PackedStream& stream, const TarMember& member, const std::string& path) {
  if (member.size > kLargestMember) refuseDamaged(path);
  constexpr std::size_t kPiece = 1 << 20;  // a header's size is believed as far as bytes come
  const std::size_t all = (member.size + kBlock - 1) / kBlock * kBlock;
  std::string bytes;
  while (bytes.size() < all) {
    const std::size_t before = bytes.size();
    bytes.resize(std::min(all, before + kPiece));
    if (stream.read(bytes.data() + before, bytes.size() - before) != bytes.size() - before)
      refuseDamaged(path);
  }
  bytes.resize(member.size);
  return bytes;
}

}  // namespace stormloom
