#pragma once

#include <filesystem>
#include <memory>

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

/// Decodes a file, one picture after the other.
class PictureReader {
public:
  virtual ~PictureReader() = default;
  /// False behind the last picture. nullptr: it is decoded and dropped.
  virtual bool next(RgbImage* picture) = 0;
  /// Behind the last picture: whether the file could be opened and read to its end.
  virtual bool isWhole() const = 0;
};
std::unique_ptr<PictureReader> openPictures(const std::filesystem::path& file);

/// "frame_0007.png" for index 6.
std::string sequenceFrameName(int index);

}  // namespace stormloom
