#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct archive;

namespace stormloom {

/// The files in an archive (tar, ZIP) one after the other, or the one that is packed alone (gzip,
/// bzip2); read by libarchive, never to the disk. Calls throw IoError naming `path` for what is
/// damaged, and for a member above 1 GiB.
class PackedArchive {
public:
  explicit PackedArchive(const std::string& path);
  /// Of bytes that stay where they are while this lives.
  PackedArchive(std::string_view bytes, const std::string& path);

  struct Member {
    std::string name;
    std::string bytes;
  };
  /// Folders and links are passed over. Nothing at the end.
  std::optional<Member> next();

private:
  struct Closing {
    void operator()(archive* open) const;
  };
  explicit PackedArchive(std::string path, int);
  void require(int outcome) const;
  std::string bytesOfMember();

  std::string path_;
  std::unique_ptr<archive, Closing> archive_;
};

}  // namespace stormloom
