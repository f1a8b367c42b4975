#pragma once

#include <string>
#include <vector>

namespace stormloom::cli {

/// How a file that was made again compares with the first one.
struct Comparison {
  bool identical = false;                ///< every byte
  bool sameContent = false;              ///< every value or pixel; only metadata differs
  std::vector<std::string> differences;  ///< sentences
};

/// Files, or folders of PNG files.
Comparison compareFiles(const std::string& before, const std::string& again);

}  // namespace stormloom::cli
