#pragma once

#include <functional>

#include "core/animation_file.h"

namespace stormloom {

/// Turns frames into one file, or into the files of a folder. Everything is in the file after
/// `finish`.
struct AnimationWriter::Encoder {
  virtual ~Encoder() = default;
  virtual void add(const RgbImage& frame) = 0;
  virtual void finish() = 0;
};

struct EncoderRequest {
  AnimationFormat format;
  std::filesystem::path scratch;  ///< where to write
  std::string name;               ///< what messages call it
  int width;
  int height;
  AnimationOptions options;
};
std::unique_ptr<AnimationWriter::Encoder> makeAnimationEncoder(const EncoderRequest& request);

/// Decodes every frame of one file; -1 when it cannot be opened or read to its end. `each` gets
/// them as RGB where it is given.
int countDecodedFrames(const std::filesystem::path& file,
                       const std::function<void(RgbImage)>& each = {});

/// "frame_0007.png" for index 6.
std::string sequenceFrameName(int index);

}  // namespace stormloom
