#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/decoder/frame_message.h"

namespace stormloom {

/// A file and the number that a listener knows it by.
struct NumberedFile {
  std::size_t number = 0;
  std::string path;
  std::vector<std::string> parts = {};  ///< of it to read; empty: as the options have it
};

/// How files are read in processes of their own.
struct IsolationOptions {
  std::filesystem::path program;  ///< findDecoderProgram()
  int processes = 1;
  bool framesToo = true;
  std::vector<std::string> events;
  bool checkOnly = false;  ///< files are results of the program, and only read to their end
  std::chrono::seconds patience{60};  ///< how long a decoder may be silent over one file
  std::stop_token stop;
};

/// Is told what comes out of each file, by its number, on the caller's thread.
class DecodingListener {
public:
  virtual ~DecodingListener() = default;
  virtual int reduction() = 0;  ///< asked before each file
  /// What all decoders together should keep to, as far as one at least can; nothing: no matter.
  virtual std::optional<std::size_t> memoryLeft() { return {}; }
  virtual void frame(std::size_t file, DecodedFrame frame) = 0;
  virtual void passedOver(std::size_t file, const std::string& sentence) = 0;
  virtual void again(std::size_t file) = 0;  ///< forget what came out of it: it is read once more
  virtual void done(std::size_t file) = 0;
};

/// Decodes `files` in parallel, begun in their order. A decoder that crashes, hangs or sends
/// nonsense costs a sentence for its file; one that was killed from outside is replaced and its
/// file read again.
void decodeIsolated(const std::vector<NumberedFile>& files, const IsolationOptions& options,
                    DecodingListener& listener);

}  // namespace stormloom
