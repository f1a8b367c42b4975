#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/scratch_file.h"

namespace stormloom {

/// A picture of 8-bit red, green, blue; rows without padding, the upper row first.
struct RgbImage {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;
};

enum class AnimationFormat {
  Mp4,          ///< H.264, yuv420p: plays everywhere
  WebM,         ///< VP9, yuv420p: for web pages
  Gif,          ///< one palette for all frames
  PngSequence,  ///< a folder with frame_0001.png, frame_0002.png, ...
};

/// False where this build has no FFmpeg.
bool canWriteAnimations();

/// By the ending: .mp4, .webm, .gif; no ending or a folder that is there: a PNG sequence. Throws
/// UsageError for other endings.
AnimationFormat animationFormatFor(const std::string& path);

struct AnimationOptions {
  double framesPerSecond = 5.0;
  double holdLastSeconds =
      0.0;              ///< GIF: how much longer the last frame stands before the loop begins again
  bool soft = false;    ///< videos: fine edges may blur a little, the file is half as large
  std::string title;    ///< the file's own title tag, where the format has one
  std::string receipt;  ///< how it was made, into the metadata of the file or of each picture
};

/// Writes frames as they come to a temporary name; `finish` re-opens what was written, counts its
/// frames and only then gives it its name. Destroyed before that: nothing is left behind, an older
/// file of the same name is untouched. Throws IoError with the file and the remedy; UsageError
/// where this build has no FFmpeg.
class AnimationWriter {
public:
  explicit AnimationWriter(const std::string& path, const AnimationOptions& options = {});
  ~AnimationWriter();
  void add(const RgbImage& frame);  ///< all frames of one size
  /// `readAgain` is told the share of what was written that is counted, and may throw to stop.
  void finish(const std::function<void(double share)>& readAgain = {});

  struct Encoder;  ///< one for each format

private:
  void start(const RgbImage& first);

  std::filesystem::path target_;
  std::filesystem::path scratch_;  ///< file or folder beside the target
  AnimationFormat format_;
  AnimationOptions options_;
  TargetGuard guard_;  ///< of the file, or of the first picture of a folder
  std::unique_ptr<Encoder> encoder_;
  int width_ = 0;
  int height_ = 0;
  int frames_ = 0;
};

/// Frames that can be decoded again from a written file or PNG folder. Throws IoError for what
/// cannot be opened.
int countAnimationFrames(const std::string& path);

/// How two animations differ, picture by picture.
struct PictureDifference {
  int framesBefore = 0;
  int framesAgain = 0;
  int differing = 0;  ///< pictures
  int largest = 0;    ///< of one colour of one pixel, of 255
};
/// Files, single pictures or PNG folders. Throws IoError for what cannot be decoded.
PictureDifference compareAnimations(const std::string& before, const std::string& again);

}  // namespace stormloom
