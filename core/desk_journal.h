#pragma once

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>

#include "core/desk_state.h"

namespace stormloom {

/// One line for each step, written as it happens: whatever ends the program, at most the step being
/// written is lost. A line that was cut off, or damaged, is passed over.
class DeskJournal {
public:
  /// Continues the file at `path`. A file that cannot be written throws IoError.
  explicit DeskJournal(const std::string& path);
  /// `goesOn`: the step of the line before, further along.
  void append(const std::string& label, const DeskState& state, bool goesOn = false);
  void close();  ///< marks an orderly end

  struct Found {
    DeskHistory history;
    int steps = 0;
    int damaged = 0;    ///< lines passed over
    bool ended = true;  ///< in good order; false after a crash
  };
  /// What a journal holds; nothing: no file or no whole line in it.
  static std::optional<Found> read(const std::string& path);
  /// Begins anew with this state as the first line.
  void restart(const DeskState& state);
  /// Begins anew with the last steps of this history; the old file stays until the new one is whole.
  void shorten(const DeskHistory& history);
  std::size_t bytes() const { return bytes_; }

private:
  void writeLine(const Json& line);

  std::string path_;
  std::ofstream out_;
  std::size_t bytes_ = 0;
};

/// A session that opens elsewhere: the state, and where the radar files lie seen from the session's
/// own folder.
void writeSessionFile(const std::string& path, const DeskState& state);
/// Throws IoError for what is no session, or when its radar files are neither where they were nor
/// beside it.
DeskState readSessionFile(const std::string& path);
bool isSessionFile(const std::string& path);  ///< by content

}  // namespace stormloom
