#pragma once

#include <cstddef>
#include <string>

namespace stormloom {

/// The first bytes of a file, unpacked where it is gzip; what a format is recognised by.
std::string startOfFile(const std::string& path, std::size_t count);

/// The whole file, unpacked where it is gzip. Throws IoError when that is more than `limit` bytes.
std::string contentOf(const std::string& path, std::size_t limit);

/// The first bytes as they are stored.
std::string storedStart(const std::string& path, std::size_t count);

bool isGzip(const std::string& bytes);

}  // namespace stormloom
