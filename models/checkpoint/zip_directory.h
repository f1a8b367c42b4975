#pragma once

#include <string_view>
#include <vector>

#include "models/checkpoint/tensor_listing.h"

namespace stormloom {

/// One stored (not compressed) record of a zip file.
struct ZipRecord {
  std::string_view name;
  std::uint64_t headerBegin = 0;
  std::uint64_t begin = 0;  ///< of its bytes in the file
  std::uint64_t bytes = 0;
  std::uint32_t crc = 0;
  bool sizesFollow = false;  ///< a descriptor stands behind its bytes
};

/// All records, sorted by name. Refuses compressed and encrypted records, names given twice,
/// records that overlap, leave the file or leave bytes between them, comments, and a directory that
/// disagrees with the records' own headers. Zip64 is understood.
std::vector<ZipRecord> readZipDirectory(Bytes file, const std::string& source);

}  // namespace stormloom
