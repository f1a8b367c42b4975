#include "core/decoder/decoder_server.h"

#include <malloc.h>

#include <new>
#include <stop_token>

#include "core/decoder/decoder_sandbox.h"
#include "core/decoder/frame_message.h"
#include "core/errors.h"
#include "core/file_ending.h"
#include "core/formats/format_reader.h"
#include "core/netcdf_file.h"
#include "core/reduce.h"
#include "core/scenario_file.h"

namespace stormloom {
namespace {

/// Sends each frame as soon as it is read, so that a file of many frames never lies here as a
/// whole.
class FrameSender {
public:
  FrameSender(int socket, int reduction) : socket_(socket), reduction_(reduction) {}

  void operator()(const FrameSequence& sequence, Frame& frame) {
    DecodedFrame decoded{.sequence = sequenceAlone(sequence), .print = {}, .reduction = 1};
    if (frame.grid) {
      decoded.print = printOf(*frame.grid);
      const bool worthIt =
          reduction_ > 1 && std::min(frame.grid->width(), frame.grid->height()) > 64 * reduction_;
      if (worthIt) {
        frame.grid =
            std::make_shared<const RadarGrid>(reduced(*frame.grid, sequence.quantity, reduction_));
        decoded.reduction = reduction_;
      }
    }
    decoded.sequence.frames.push_back(std::move(frame));
    frame = Frame{};
    if (!sendFrame(socket_, decoded)) stop_.request_stop();
  }
  std::stop_token stop() const { return stop_.get_token(); }

private:
  static FrameSequence sequenceAlone(const FrameSequence& sequence) {
    FrameSequence alone{.quantity = sequence.quantity, .geo = sequence.geo};
    alone.provenance = sequence.provenance;
    alone.synthetic = sequence.synthetic;
    alone.product = sequence.product;
    alone.event = sequence.event;
    alone.attribution = sequence.attribution;
    alone.scaleNote = sequence.scaleNote;
    alone.sumMinutes = sequence.sumMinutes;
    return alone;
  }

  int socket_;
  int reduction_;
  std::stop_source stop_;
};

bool answer(int socket, const DecodingRequest& request) {
  FrameSender sender(socket, request.reduction);
  ReadOptions options;
  options.framesToo = request.framesToo;
  options.events = request.events;
  options.stop = sender.stop();
  options.onFrame = [&](const FrameSequence& sequence, Frame& frame) { sender(sequence, frame); };
  try {
    if (request.checkOnly) {
      if (isResultFile(request.path))
        readResultFile(request.path);
      else if (lowerEnding(request.path) == ".tif")
        readGeoTiffBands(request.path, options);
      else
        NetCdfFile::open(request.path).variables();
      return sendAnswer(socket, Answer::Done, "");
    }
    for (const std::string& sentence : readOneFile(request.path, options).passedOver) {
      sendAnswer(socket, Answer::PassedOver, sentence);
    }
    return sendAnswer(socket, Answer::Done, "");
  } catch (const std::bad_alloc&) {
    return sendAnswer(socket, Answer::OutOfMemory, request.path);
  } catch (const std::exception& error) {
    return sendAnswer(socket, Answer::Unreadable, error.what());
  }
}

/// Files of a folder are alike: what one needed is kept for the next instead of being fetched from the system page by
/// page again, which would take longer than handing the frame over.
void keepMemory() {
#ifdef __GLIBC__
  constexpr int kAll = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kAll);
  mallopt(M_TRIM_THRESHOLD, kAll);
#endif
}

}  // namespace

int serveDecoder(int socket) {
  keepMemory();
  enterDecoderSandbox({});
  while (const std::optional<Message> message = receiveMessage(socket)) {
    if (!answer(socket, requestFrom(*message))) break;
  }
  return 0;
}

}  // namespace stormloom
