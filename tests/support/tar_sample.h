#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

/// A tar archive (ustar); names longer than its field are written as GNU does.
inline std::string tarSample(const std::vector<std::pair<std::string, std::string>>& files) {
  static constexpr std::size_t kBlock = 512, kLongest = 99;
  std::string archive;
  const auto add = [&archive](const std::string& name, const std::string& bytes, char kind) {
    std::string head(kBlock, '\0');
    head.replace(0, std::min(name.size(), kLongest), name.substr(0, kLongest));
    head.replace(100, 7, "0000644");
    char size[16];
    std::snprintf(size, sizeof size, "%011zo", bytes.size());
    head.replace(124, 11, size);
    head.replace(148, 8, "        ");
    head[156] = kind;
    head.replace(257, 8, std::string("ustar\0" "00", 8));
    unsigned sum = 0;
    for (const char byte : head) sum += static_cast<unsigned char>(byte);
    std::snprintf(size, sizeof size, "%06o", sum);
    head.replace(148, 7, std::string(size) + '\0');
    archive += head + bytes;
    archive.resize((archive.size() + kBlock - 1) / kBlock * kBlock, '\0');
  };
  for (const auto& [name, bytes] : files) {
    if (name.size() > kLongest) add("././@LongLink", name + '\0', 'L');
    add(name, bytes, '0');
  }
  archive.append(2 * kBlock, '\0');
  return archive;
}
