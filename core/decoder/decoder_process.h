#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "core/decoder/frame_message.h"

namespace stormloom {

/// The program that decodes files for this one: STORMLOOM_DECODER, or where builds and packages put
/// it.
std::optional<std::filesystem::path> findDecoderProgram();

/// The same; throws the IoError when there is none. "none": files are to be decoded in this
/// process.
std::filesystem::path requireDecoderProgram();

/// A running decoder. Its end, for whatever reason, is never this program's.
class DecoderProcess {
public:
  /// Throws IoError when the process cannot be started.
  explicit DecoderProcess(const std::filesystem::path& program);
  ~DecoderProcess();  ///< ends it at once
  DecoderProcess(const DecoderProcess&) = delete;
  DecoderProcess& operator=(const DecoderProcess&) = delete;

  int socket() const {
    return socket_.id();
  }  ///< readable when an answer has come, or the process is gone
  int pid() const { return pid_; }
  /// As the system calls it: 'R' works, 'S' and 'D' wait, 'T' was halted; 0 once it is gone.
  char state() const;
  /// Seconds of processors it has used so far; 0 once it is gone.
  double processorSeconds() const;
  /// The most memory it has taken until now, without the programs' own code that all share; 0: not known.
  std::size_t mostMemory() const;

  bool ask(const DecodingRequest& request);
  /// Waits for the next answer; nothing when the process is gone.
  std::optional<Message> answer();
  /// Why it ended: the number of a signal, or 0 for none.
  int endedBySignal();

private:
  std::string statistics() const;
  FileHandle socket_;
  int pid_ = -1;
};

}  // namespace stormloom
