#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/decoder/message.h"
#include "core/frame_sequence.h"
#include "core/standing_still.h"

namespace stormloom {

/// What a decoder is asked.
struct DecodingRequest {
  std::string path;
  bool framesToo = true;
  std::vector<std::string> events;  ///< of SEVIR; empty: all
  int reduction = 1;  ///< frames are averaged over so many cells a side before they are handed over
  bool checkOnly = false;  ///< read one of the program's own results to its end and hand nothing over
};
std::string bytesFrom(const DecodingRequest& request);
DecodingRequest requestFrom(const Message& message);

/// One frame of an answer with everything that is known of its sequence; `sequence` holds that
/// frame alone.
struct DecodedFrame {
  FrameSequence sequence;  ///< its grid reduced as asked, its georeference that of the file
  FramePrint print;        ///< of the frame at full resolution
  int reduction = 1;
};

/// Kinds of answers. A file's answer is frames and sentences in any number, then an end.
enum class Answer : std::uint8_t { Frame, PassedOver, Done, Unreadable, OutOfMemory };

/// Sends a frame; large grids go through shared memory that nobody can change any more.
bool sendFrame(int socket, const DecodedFrame& frame);
bool sendAnswer(int socket, Answer kind, const std::string& sentence);
Answer kindOf(const Message& message);
std::string sentenceOf(const Message& message);

/// Throws ForgedMessage for an answer that no decoder gives, IoError when shared memory cannot be
/// mapped.
DecodedFrame frameFrom(const Message& message);

}  // namespace stormloom
