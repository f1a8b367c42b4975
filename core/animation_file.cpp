#include "core/animation_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "core/animation_encoder.h"
#include "core/errors.h"
#include "core/file_ending.h"
#include "core/scratch_file.h"

namespace stormloom {

namespace fs = std::filesystem;

namespace {

/// Made now, so that a bad folder is told before the work.
fs::path makeScratch(const fs::path& target, AnimationFormat format) {
  const fs::path scratch = scratchPathFor(target);
  if (format == AnimationFormat::PngSequence) {
    std::error_code failure;
    removeTree(scratch);
    fs::create_directory(scratch, failure);
    if (failure) refuseTarget(target, failure.value());
    return scratch;
  }
  const int file = open(scratch.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  if (file < 0) refuseTarget(target, errno);
  close(file);
  return scratch;
}

/// -1 when the file cannot be opened or read to its end.
int countDecodedFrames(const fs::path& file, const std::function<void(int)>& counted = {}) {
  const auto reader = openPictures(file);
  int frames = 0;
  while (reader->next(nullptr)) {
    ++frames;
    if (counted) counted(frames);
  }
  return reader->isWhole() ? frames : -1;
}

int countSequenceFrames(const fs::path& folder, const std::function<void(int)>& counted) {
  int count = 0;
  while (fs::exists(folder / sequenceFrameName(count))) {
    if (countDecodedFrames(folder / sequenceFrameName(count)) != 1) return -1;
    ++count;
    if (counted) counted(count);
  }
  return count;
}

int countFramesIn(const fs::path& path, AnimationFormat format,
                  const std::function<void(int)>& counted = {}) {
  return format == AnimationFormat::PngSequence ? countSequenceFrames(path, counted)
                                                : countDecodedFrames(path, counted);
}

/// `guard` is of the first picture in the folder.
void moveSequence(const fs::path& scratch, const fs::path& target, int frames,
                  const TargetGuard& guard) {
  std::error_code failure;
  if (!fs::exists(target)) return TargetGuard(target).put(scratch);
  if (fs::exists(target / sequenceFrameName(frames)))
    throw IoError(
        target.string() +
        ": an older, longer sequence is in this folder, and the two would be mixed. Empty "
        "it, or choose another folder.");
  guard.put(scratch / sequenceFrameName(0));
  for (int i = 1; i < frames; ++i) {
    fs::rename(scratch / sequenceFrameName(i), target / sequenceFrameName(i), failure);
    if (failure) refuseTarget(target / sequenceFrameName(i), failure.value());
  }
  removeTree(scratch);
}

/// What must not be another writer's when this one is done.
fs::path guarded(const fs::path& target, AnimationFormat format) {
  return format == AnimationFormat::PngSequence ? target / sequenceFrameName(0) : target;
}

}  // namespace

std::string sequenceFrameName(int index) {
  std::string digits = std::to_string(index + 1);
  if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
  return "frame_" + digits + ".png";
}

AnimationFormat animationFormatFor(const std::string& path) {
  const fs::path file(path);
  const std::string ending = lowerEnding(path);
  if (ending == ".mp4") return AnimationFormat::Mp4;
  if (ending == ".webm") return AnimationFormat::WebM;
  if (ending == ".gif") return AnimationFormat::Gif;
  std::error_code failure;
  if (ending.empty() || fs::is_directory(file, failure)) return AnimationFormat::PngSequence;
  throw UsageError(
      path + ": \"" + ending +
      "\" is no animation this program writes. Let the name end with .mp4, .webm or .gif, or give "
      "a folder for a PNG sequence.");
}

#ifdef STORMLOOM_FFMPEG
bool canWriteAnimations() { return true; }
#else
bool canWriteAnimations() { return false; }
std::unique_ptr<AnimationWriter::Encoder> makeAnimationEncoder(const EncoderRequest& request) {
  throw UsageError(request.name +
                   ": this build has no FFmpeg and writes no animations. Install libavcodec-dev, "
                   "libavformat-dev "
                   "and libswscale-dev and build again, or leave the animation out.");
}
std::unique_ptr<PictureReader> openPictures(const fs::path& file) {
  throw UsageError(file.string() + ": this build has no FFmpeg and reads no animations.");
}
#endif

AnimationWriter::AnimationWriter(const std::string& path, const AnimationOptions& options)
    : target_(fs::path(path).has_filename() ? fs::path(path) : fs::path(path).parent_path()),
      format_(animationFormatFor(path)),
      options_(options),
      guard_(guarded(target_, format_)) {
  if (!(options.framesPerSecond >= 0.1 && options.framesPerSecond <= 120.0))
    throw UsageError(path + ": frames a second must lie between 0.1 and 120.");
  std::error_code failure;
  if (format_ != AnimationFormat::PngSequence && fs::is_directory(target_, failure))
    throw IoError(path + ": this is a folder. Choose a file name in it.");
  scratch_ = makeScratch(target_, format_);
}

AnimationWriter::~AnimationWriter() {
  encoder_.reset();
  if (!scratch_.empty()) removeTree(scratch_);
}

void AnimationWriter::start(const RgbImage& first) {
  width_ = first.width;
  height_ = first.height;
  if (width_ < 16 || height_ < 16 || width_ > 16384 || height_ > 16384)
    throw UsageError(target_.string() + ": pictures of " + std::to_string(width_) + " x " +
                     std::to_string(height_) +
                     " pixels cannot be animated; 16 to 16384 are possible.");
  encoder_ = makeAnimationEncoder({format_, scratch_, target_.string(), width_, height_, options_});
}

void AnimationWriter::add(const RgbImage& frame) {
  if (!encoder_) start(frame);
  if (frame.width != width_ || frame.height != height_ ||
      frame.pixels.size() != std::size_t(3) * std::size_t(width_) * std::size_t(height_))
    throw UsageError(target_.string() + ": all frames of an animation must have one size.");
  encoder_->add(frame);
  ++frames_;
}

void AnimationWriter::finish(const std::function<void(double share)>& readAgain) {
  if (!encoder_) throw IoError(target_.string() + ": there is no frame to animate.");
  encoder_->finish();
  encoder_.reset();
  const int counted = countFramesIn(scratch_, format_, [&](int frame) {
    if (readAgain) readAgain(std::min(1.0, double(frame) / double(frames_)));
  });
  if (counted != frames_)
    throw IoError(target_.string() + ": of " + std::to_string(frames_) + " frames " +
                  std::to_string(std::max(0, counted)) +
                  " could be read again, so it was not kept. Is the disk full?");
  if (format_ == AnimationFormat::PngSequence) {
    moveSequence(scratch_, target_, frames_, guard_);
  } else {
    guard_.put(scratch_);
  }
  scratch_.clear();
}

namespace {

/// The pictures of a file or of a PNG folder, one after the other.
class PictureStream {
public:
  explicit PictureStream(const std::string& path)
      : path_(path),
        isFolder_(fs::is_directory(path)),
        reader_(isFolder_ ? nullptr : openPictures(path)) {}

  bool next(RgbImage& picture) {
    if (isFolder_) {
      const fs::path file = path_ / sequenceFrameName(index_++);
      if (!fs::exists(file)) return false;
      reader_ = openPictures(file);
    }
    if (reader_->next(&picture)) return true;
    if (isFolder_ || !reader_->isWhole())
      throw IoError(path_.string() + ": its pictures cannot be decoded.");
    return false;
  }

private:
  fs::path path_;
  bool isFolder_;
  int index_ = 0;
  std::unique_ptr<PictureReader> reader_;
};

/// 256 for pictures of different sizes.
int largestDifference(const RgbImage& a, const RgbImage& b) {
  if (a.width != b.width || a.height != b.height) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i)
    largest = std::max(largest, std::abs(int(a.pixels[i]) - int(b.pixels[i])));
  return largest;
}

}  // namespace

PictureDifference compareAnimations(const std::string& before, const std::string& again) {
  PictureStream first(before);
  PictureStream second(again);
  PictureDifference difference;
  for (RgbImage a, b;;) {
    const bool was = first.next(a);
    const bool is = second.next(b);
    difference.framesBefore += was;
    difference.framesAgain += is;
    if (!was && !is) return difference;
    if (!was || !is) continue;
    const int largest = largestDifference(a, b);
    difference.differing += largest > 0;
    difference.largest = std::max(difference.largest, largest);
  }
}

int countAnimationFrames(const std::string& path) {
  const int frames = countFramesIn(path, animationFormatFor(path));
  if (frames < 0) throw IoError(path + ": no whole animation is in this file. Write it again.");
  return frames;
}

}  // namespace stormloom
