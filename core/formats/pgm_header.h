#pragma once

#include <map>
#include <string>

namespace stormloom {

/// The head of a binary PGM (P5) of one byte a pixel. FMI writes everything else into its comments:
/// "# key value" lines, of which a block "# projection radar {" ... holds the grid.
struct PgmHeader {
  int width = 0;
  int height = 0;
  int maximum = 0;
  std::size_t pixelsAt = 0;                  ///< where the pixels begin
  std::map<std::string, std::string> notes;  ///< the first of each key; what follows it on the line
};

/// Throws IoError, with `path` as the name, for what is no such file.
PgmHeader pgmHeaderFrom(const std::string& bytes, const std::string& path);

bool isPgm(const std::string& start);

}  // namespace stormloom
