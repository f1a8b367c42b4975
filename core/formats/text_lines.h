#pragma once

#include <fstream>
#include <string>

namespace stormloom {

/// The lines of a text file as UTF-8, whether it is UTF-8, UTF-16 behind its mark, or Latin-1.
class TextLines {
public:
  explicit TextLines(const std::string& path);
  /// False at the end of the file. Throws IoError for lines longer than 64 KB: that is no text.
  bool next(std::string& line);

private:
  enum class Encoding { Bytes, Utf16Little, Utf16Big };
  int nextUnit();  ///< a byte or two; -1 at the end
  void append(std::string& line, int unit);

  std::string path_;
  std::ifstream file_;
  Encoding encoding_ = Encoding::Bytes;
};

}  // namespace stormloom
