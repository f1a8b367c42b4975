// H.264 in MP4, VP9 in WebM, GIF and PNG through FFmpeg's libraries; compiled only where they are
// found.
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

#include "core/animation_encoder.h"
#include "core/animation_libav.h"
#include "core/animation_palette.h"
#include "core/kept_pictures.h"
#include "core/receipt_in_file.h"
#include "core/scratch_file.h"

namespace stormloom {

namespace {

using namespace libav;

constexpr int kTicksPerSecond = 90000;  // divides evenly by 4, 7.5, 24, 25, 30, 50, 60; GIF has 100 of its own
constexpr int kEncoderThreads = 4;
constexpr int kGifTicksPerSecond = 100;

/// A container with one video stream and its encoder.
class OutputFile {
public:
  OutputFile(const EncoderRequest& request, const char* muxer) : name_(request.name) {
    checked(avformat_alloc_output_context2(&format_, nullptr, muxer, request.scratch.c_str()),
            name_);
    if (!request.options.title.empty())
      av_dict_set(&format_->metadata, "title", request.options.title.c_str(), 0);
    if (!request.options.receipt.empty())
      av_dict_set(&format_->metadata, "comment", request.options.receipt.c_str(), 0);
    packet_.reset(av_packet_alloc());
  }
  ~OutputFile() {
    if (format_ && format_->pb) avio_closep(&format_->pb);
    avformat_free_context(format_);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  Codec makeCodec(const AVCodec* encoder) const {
    Codec codec(avcodec_alloc_context3(encoder));
    if (!codec) throw std::bad_alloc();
    format_->flags |= AVFMT_FLAG_BITEXACT;
    if (format_->oformat->flags & AVFMT_GLOBALHEADER) codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    return codec;
  }

  void open(Codec codec, const AVCodec* encoder, AVDictionary* codecOptions,
            AVDictionary* fileOptions, const EncoderRequest& request) {
    codec_ = std::move(codec);
    const int opened = avcodec_open2(codec_.get(), encoder, &codecOptions);
    av_dict_free(&codecOptions);
    checked(opened, name_);
    stream_ = avformat_new_stream(format_, nullptr);
    if (!stream_) throw std::bad_alloc();
    stream_->time_base = codec_->time_base;
    stream_->avg_frame_rate = codec_->framerate;
    checked(avcodec_parameters_from_context(stream_->codecpar, codec_.get()), name_);
    checked(avio_open(&format_->pb, request.scratch.c_str(), AVIO_FLAG_WRITE), name_);
    const int started = avformat_write_header(format_, &fileOptions);
    av_dict_free(&fileOptions);
    checked(started, name_);
  }

  /// nullptr flushes the encoder.
  void encode(const AVFrame* frame) {
    checked(avcodec_send_frame(codec_.get(), frame), name_);
    for (;;) {
      const int received = avcodec_receive_packet(codec_.get(), packet_.get());
      if (received == AVERROR(EAGAIN) || received == AVERROR_EOF) return;
      checked(received, name_);
      if (packet_->duration == 0) packet_->duration = defaultDuration_;
      av_packet_rescale_ts(packet_.get(), codec_->time_base, stream_->time_base);
      packet_->stream_index = stream_->index;
      checked(av_interleaved_write_frame(format_, packet_.get()), name_);
    }
  }

  void close() {
    encode(nullptr);
    checked(av_write_trailer(format_), name_);
    checked(avio_closep(&format_->pb), name_);
  }

  void setDefaultDuration(std::int64_t ticks) { defaultDuration_ = ticks; }

private:
  std::string name_;
  AVFormatContext* format_ = nullptr;
  Codec codec_;
  AVStream* stream_ = nullptr;
  Packet packet_;
  std::int64_t defaultDuration_ = 0;
};

/// How one kind of video is made.
struct VideoKind {
  const char* muxer;
  AVCodecID codec;
  const char* name;  ///< for messages
  std::vector<std::pair<const char*, const char*>> codecOptions;
  const char* crf;      ///< such that the hard edges of radar cells stay clean
  const char* softCrf;  ///< where nothing is read off single pixels
  std::vector<std::pair<const char*, const char*>> fileOptions;
};

const VideoKind kMp4{"mp4",
                     AV_CODEC_ID_H264,
                     "H.264",
                     {{"preset", "faster"}, {"profile", "high"}},
                     "16",
                     "23",
                     {{"movflags", "+faststart"}}};
const VideoKind kWebM{
    "webm",
    AV_CODEC_ID_VP9,
    "VP9",
    {{"deadline", "good"}, {"cpu-used", "5"}, {"row-mt", "1"}, {"tile-columns", "2"}, {"b", "0"}},
    "24",
    "34",
    {}};

AVDictionary* dictionaryOf(const std::vector<std::pair<const char*, const char*>>& entries) {
  AVDictionary* dictionary = nullptr;
  for (const auto& [key, value] : entries) av_dict_set(&dictionary, key, value, 0);
  return dictionary;
}

/// The largest picture that players of H.264 know (level 6.2); of VP9, too.
void refuseWhatNoPlayerShows(const EncoderRequest& request) {
  constexpr int kLongestSide = 16384;
  constexpr double kMostPixels = 8192.0 * 4352.0;
  if (request.width <= kLongestSide && request.height <= kLongestSide &&
      double(request.width) * double(request.height) <= kMostPixels)
    return;
  throw UsageError(request.name + ": no player shows a video of " + std::to_string(request.width) +
                   " x " + std::to_string(request.height) +
                   " pixels. Make it smaller (at most 8192x4320), or write a folder of PNG.");
}

class VideoEncoder : public AnimationWriter::Encoder {
public:
  VideoEncoder(const EncoderRequest& request, const VideoKind& kind)
      : request_(request),
        // 4:2:0 knows only even sizes; an odd picture gets its last row or column twice.
        width_(request.width + request.width % 2),
        height_(request.height + request.height % 2),
        ticksPerFrame_(std::llround(kTicksPerSecond / request.options.framesPerSecond)),
        file_(request, kind.muxer) {
    refuseWhatNoPlayerShows(request);
    const AVCodec* encoder = avcodec_find_encoder(kind.codec);
    if (!encoder)
      throw UsageError(request.name + ": FFmpeg on this machine has no encoder for " + kind.name +
                       ". Write a .gif or a folder of PNG.");
    Codec codec = file_.makeCodec(encoder);
    codec->width = width_;
    codec->height = height_;
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->time_base = {1, kTicksPerSecond};
    codec->framerate = av_d2q(request.options.framesPerSecond, 1000);
    codec->gop_size =
        std::max(1, int(std::lround(request.options.framesPerSecond)));  // seeks to any second
    codec->max_b_frames = 0;
    codec->color_range = AVCOL_RANGE_MPEG;
    codec->colorspace = AVCOL_SPC_BT709;
    codec->color_primaries = AVCOL_PRI_BT709;
    codec->color_trc = AVCOL_TRC_BT709;
    // The same pictures give the same file on every machine, whatever its number of cores.
    codec->thread_count = kEncoderThreads;
    codec->flags |= AV_CODEC_FLAG_BITEXACT;
    file_.setDefaultDuration(ticksPerFrame_);
    AVDictionary* codecOptions = dictionaryOf(kind.codecOptions);
    av_dict_set(&codecOptions, "crf", request.options.soft ? kind.softCrf : kind.crf, 0);
    file_.open(std::move(codec), encoder, codecOptions,
               dictionaryOf(kind.fileOptions), request);
    makeScaler();
  }

  void add(const RgbImage& image) override {
    Frame yuv = makeFrame(AV_PIX_FMT_YUV420P, width_, height_, request_.name);
    const Frame rgb = padded(image);
    sws_scale(scaler_.get(), rgb->data, rgb->linesize, 0, height_, yuv->data, yuv->linesize);
    yuv->pts = ticksPerFrame_ * index_++;
    file_.encode(yuv.get());
  }

  void finish() override { file_.close(); }

private:
  void makeScaler() {
    scaler_.reset(sws_getContext(width_, height_, AV_PIX_FMT_RGB24, width_, height_,
                                 AV_PIX_FMT_YUV420P, SWS_BICUBIC | SWS_ACCURATE_RND, nullptr,
                                 nullptr, nullptr));
    if (!scaler_) throw std::bad_alloc();
    const int* bt709 = sws_getCoefficients(SWS_CS_ITU709);
    sws_setColorspaceDetails(scaler_.get(), bt709, 1, bt709, 0, 0, 1 << 16, 1 << 16);
  }

  Frame padded(const RgbImage& image) const {
    Frame rgb = makeFrame(AV_PIX_FMT_RGB24, width_, height_, request_.name);
    const std::size_t rowBytes = std::size_t(3) * std::size_t(image.width);
    for (int row = 0; row < height_; ++row) {
      const int fromRow = std::min(row, image.height - 1);
      std::uint8_t* to = rgb->data[0] + std::ptrdiff_t(rgb->linesize[0]) * row;
      std::memcpy(to, image.pixels.data() + rowBytes * std::size_t(fromRow), rowBytes);
      if (width_ > image.width) std::memcpy(to + rowBytes, to + rowBytes - 3, 3);
    }
    return rgb;
  }

  EncoderRequest request_;
  int width_;
  int height_;
  std::int64_t ticksPerFrame_;
  OutputFile file_;
  Scaler scaler_;
  std::int64_t index_ = 0;
};

/// Keeps all pictures until the end, small: one palette for all needs to have seen them all.
class GifEncoder : public AnimationWriter::Encoder {
public:
  explicit GifEncoder(const EncoderRequest& request) : request_(request) {}

  void add(const RgbImage& image) override {
    histogram_.add(image);
    pictures_.add(image);
  }

  void finish() override {
    OutputFile file(request_, "gif");
    const AVCodec* encoder = avcodec_find_encoder(AV_CODEC_ID_GIF);
    if (!encoder)
      throw UsageError(request_.name + ": FFmpeg on this machine cannot write GIF. Write an .mp4.");
    Codec codec = file.makeCodec(encoder);
    codec->width = request_.width;
    codec->height = request_.height;
    codec->pix_fmt = AV_PIX_FMT_PAL8;
    codec->time_base = {1, kGifTicksPerSecond};
    const double ticks = kGifTicksPerSecond / request_.options.framesPerSecond;
    const double hold = kGifTicksPerSecond * request_.options.holdLastSeconds;
    AVDictionary* fileOptions = nullptr;
    av_dict_set(&fileOptions, "loop", "0", 0);
    av_dict_set_int(&fileOptions, "final_delay", std::lround(ticks + hold), 0);
    file.open(std::move(codec), encoder, nullptr, fileOptions, request_);
    AnimationPalette palette(histogram_);
    std::int64_t index = 0;
    pictures_.each([&](const RgbImage& picture) {
      Frame frame = indexed(picture, palette);
      frame->pts = std::llround(ticks * double(index++));
      file.encode(frame.get());
    });
    file.close();
    if (request_.options.receipt.empty()) return;
    const std::string scratch = request_.scratch.string();
    writeWholeFile(scratch, withGifComment(readWholeFile(scratch), request_.options.receipt));
  }

private:
  Frame indexed(const RgbImage& image, AnimationPalette& palette) const {
    Frame frame = makeFrame(AV_PIX_FMT_PAL8, request_.width, request_.height, request_.name);
    for (int row = 0; row < image.height; ++row) {
      const std::uint8_t* from =
          image.pixels.data() + std::size_t(3) * std::size_t(image.width) * std::size_t(row);
      std::uint8_t* to = frame->data[0] + std::ptrdiff_t(frame->linesize[0]) * row;
      for (int col = 0; col < image.width; ++col, from += 3)
        to[col] =
            palette.indexOf(std::uint32_t(from[0]) << 16 | std::uint32_t(from[1]) << 8 | from[2]);
    }
    std::uint32_t colors[256] = {};
    for (std::size_t i = 0; i < palette.colors().size(); ++i)
      colors[i] = 0xFF000000u | palette.colors()[i];
    std::memcpy(frame->data[1], colors, sizeof colors);
    return frame;
  }

  EncoderRequest request_;
  ColorHistogram histogram_;
  KeptPictures pictures_;
};

class PngEncoder : public AnimationWriter::Encoder {
public:
  explicit PngEncoder(const EncoderRequest& request) : request_(request) {
    encoder_ = avcodec_find_encoder(AV_CODEC_ID_PNG);
    if (!encoder_)
      throw UsageError(request.name + ": FFmpeg on this machine cannot write PNG. Write an .mp4.");
  }

  void add(const RgbImage& image) override {
    Codec codec(avcodec_alloc_context3(encoder_));
    codec->width = image.width;
    codec->height = image.height;
    codec->pix_fmt = AV_PIX_FMT_RGB24;
    codec->time_base = {1, 1};
    checked(avcodec_open2(codec.get(), encoder_, nullptr), request_.name);
    Frame frame = makeFrame(AV_PIX_FMT_RGB24, image.width, image.height, request_.name);
    const std::size_t rowBytes = std::size_t(3) * std::size_t(image.width);
    for (int row = 0; row < image.height; ++row)
      std::memcpy(frame->data[0] + std::ptrdiff_t(frame->linesize[0]) * row,
                  image.pixels.data() + rowBytes * std::size_t(row), rowBytes);
    Packet packet(av_packet_alloc());
    checked(avcodec_send_frame(codec.get(), frame.get()), request_.name);
    checked(avcodec_send_frame(codec.get(), nullptr), request_.name);
    checked(avcodec_receive_packet(codec.get(), packet.get()), request_.name);
    std::string png(reinterpret_cast<const char*>(packet->data), std::size_t(packet->size));
    if (!request_.options.receipt.empty())
      png = withPngText(png, kReceiptKeyword, request_.options.receipt);
    errno = 0;
    std::ofstream out(request_.scratch / sequenceFrameName(index_++), std::ios::binary);
    out.write(png.data(), std::streamsize(png.size()));
    out.close();
    if (!out) refuseTarget(request_.name, errno ? errno : ENOSPC);
  }

  void finish() override {}

private:
  EncoderRequest request_;
  const AVCodec* encoder_ = nullptr;
  int index_ = 0;
};

/// Decodes a file picture by picture; no more than one of them is in memory.
class FileReader : public PictureReader {
public:
  explicit FileReader(const std::filesystem::path& file)
      : packet_(av_packet_alloc()), frame_(av_frame_alloc()) {
    if (avformat_open_input(&format_, file.c_str(), nullptr, nullptr) < 0) return;
    const AVCodec* decoder = nullptr;
    if (avformat_find_stream_info(format_, nullptr) < 0) return;
    stream_ = av_find_best_stream(format_, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);
    if (stream_ < 0) return;
    codec_.reset(avcodec_alloc_context3(decoder));
    avcodec_parameters_to_context(codec_.get(), format_->streams[stream_]->codecpar);
    if (avcodec_open2(codec_.get(), decoder, nullptr) < 0) codec_.reset();
  }
  ~FileReader() override { avformat_close_input(&format_); }
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  bool next(RgbImage* picture) override {
    if (!codec_) return false;
    while (avcodec_receive_frame(codec_.get(), frame_.get()) < 0)
      if (!feed()) return false;
    if (picture) *picture = rgbFrom(*frame_);
    return true;
  }
  bool isWhole() const override { return readCode_ == AVERROR_EOF; }

private:
  /// Gives the decoder one more packet of the stream, at last the word that it was the last.
  bool feed() {
    if (readCode_ < 0) return false;
    while ((readCode_ = av_read_frame(format_, packet_.get())) >= 0) {
      const bool wanted = packet_->stream_index == stream_;
      if (wanted) avcodec_send_packet(codec_.get(), packet_.get());
      av_packet_unref(packet_.get());
      if (wanted) return true;
    }
    avcodec_send_packet(codec_.get(), nullptr);
    return true;
  }

  RgbImage rgbFrom(const AVFrame& frame) {
    RgbImage image{frame.width, frame.height, {}};
    image.pixels.resize(std::size_t(3) * std::size_t(frame.width) * std::size_t(frame.height));
    scaler_.reset(sws_getContext(frame.width, frame.height, AVPixelFormat(frame.format),
                                 frame.width, frame.height, AV_PIX_FMT_RGB24,
                                 SWS_BICUBIC | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
    if (!scaler_) throw std::bad_alloc();
    std::uint8_t* rows[4] = {image.pixels.data()};
    const int strides[4] = {3 * frame.width};
    sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, rows, strides);
    return image;
  }

  AVFormatContext* format_ = nullptr;
  int stream_ = -1;
  int readCode_ = 0;  ///< of the last packet; AVERROR_EOF behind the last one
  Codec codec_;
  Packet packet_;
  Frame frame_;
  Scaler scaler_;
};

}  // namespace

std::unique_ptr<AnimationWriter::Encoder> makeAnimationEncoder(const EncoderRequest& request) {
  av_log_set_level(AV_LOG_QUIET);  // what went wrong is told in our own sentences
  switch (request.format) {
    case AnimationFormat::Mp4:
      return std::make_unique<VideoEncoder>(request, kMp4);
    case AnimationFormat::WebM:
      return std::make_unique<VideoEncoder>(request, kWebM);
    case AnimationFormat::Gif:
      return std::make_unique<GifEncoder>(request);
    case AnimationFormat::PngSequence:
      break;
  }
  return std::make_unique<PngEncoder>(request);
}

std::unique_ptr<PictureReader> openPictures(const std::filesystem::path& file) {
  av_log_set_level(AV_LOG_QUIET);
  return std::make_unique<FileReader>(file);
}

}  // namespace stormloom
