#pragma once

// FFmpeg's handles as owners, for core/animation_*.cpp alone.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>

#include "core/errors.h"
#include "core/scratch_file.h"

namespace stormloom::libav {

struct Delete {
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
using Codec = std::unique_ptr<AVCodecContext, Delete>;
using Frame = std::unique_ptr<AVFrame, Delete>;
using Packet = std::unique_ptr<AVPacket, Delete>;
using Scaler = std::unique_ptr<SwsContext, Delete>;

inline std::string reasonText(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

/// `name` is the file that messages speak of.
inline int checked(int code, const std::string& name) {
  if (code == AVERROR(ENOSPC)) refuseTarget(name, ENOSPC);
  if (code < 0)
    throw IoError(name + ": it cannot be written (" + reasonText(code) +
                  "). Is there space on the disk?");
  return code;
}

inline Frame makeFrame(AVPixelFormat format, int width, int height, const std::string& name) {
  Frame frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  frame->format = format;
  frame->width = width;
  frame->height = height;
  checked(av_frame_get_buffer(frame.get(), 0), name);
  return frame;
}

}  // namespace stormloom::libav
