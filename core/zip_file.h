#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stormloom {

/// A ZIP archive of files as they are (stored, not deflated: pictures are compressed already), in
/// this order. At most 4 GiB.
std::string zipArchive(const std::vector<std::pair<std::string, std::string>>& files);

/// Of zip and PNG (polynomial 0xEDB88320).
unsigned crc32Of(std::string_view bytes);

}  // namespace stormloom
