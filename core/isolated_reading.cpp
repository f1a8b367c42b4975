#include "core/isolated_reading.h"

#include <poll.h>
#include <signal.h>
#include <string.h>

#include <algorithm>
#include <deque>
#include <memory>

#include "core/decoder/decoder_process.h"
#include "core/errors.h"

namespace stormloom {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMostTries = 4;  // of a file whose decoders are ended from outside

/// Signals that no file makes a decoder end itself by: they come from people, or from a system without memory.
bool isFromOutside(int signal) {
  return signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT ||
         signal == SIGPIPE;
}

/// A place for a decoder and the file that it works on.
struct Slot {
  std::unique_ptr<DecoderProcess> decoder;
  std::size_t file = 0;  ///< its place among the files
  bool busy = false;
  Clock::time_point heard;
  double usedWhenHeard = 0.0;  ///< seconds of processors
};

class DecoderPool {
public:
  DecoderPool(const std::vector<NumberedFile>& files, const IsolationOptions& options,
              DecodingListener& listener)
      : files_(files),
        options_(options),
        listener_(listener),
        slots_(std::size_t(
            std::clamp<std::size_t>(files.size(), 1, std::size_t(std::max(1, options.processes))))),
        tried_(files.size(), 0) {
    for (std::size_t k = 0; k < files.size(); ++k) waiting_.push_back(k);
  }

  void run() {
    while (!options_.stop.stop_requested() && (!waiting_.empty() || anyBusy())) {
      for (Slot& slot : slots_) {
        const bool itsTurn = pictureThere_ || &slot == &slots_.front();
        if (!slot.busy && alive() > allowed()) slot.decoder.reset();
        const bool hasRoom = slot.decoder || alive() < allowed();
        if (!slot.busy && !waiting_.empty() && itsTurn && hasRoom) start(slot);
      }
      hear();
    }
  }

private:
  const std::string& pathOf(const Slot& slot) const { return files_[slot.file].path; }
  std::size_t numberOf(const Slot& slot) const { return files_[slot.file].number; }
  bool anyBusy() const { return std::ranges::any_of(slots_, &Slot::busy); }

  std::size_t alive() const {
    return std::size_t(std::ranges::count_if(slots_, [](const Slot& slot) { return slot.decoder != nullptr; }));
  }

  /// Decoders at a time: large frames in a small budget are read fewer at once. What one takes is
  /// known once the first frame is there.
  std::size_t allowed() const {
    const std::optional<std::size_t> left = listener_.memoryLeft();
    if (!left || largest_ == 0) return slots_.size();
    return std::clamp<std::size_t>(*left / largest_, 1, slots_.size());
  }

  void start(Slot& slot) {
    slot.file = waiting_.front();
    waiting_.pop_front();
    if (!slot.decoder) slot.decoder = std::make_unique<DecoderProcess>(options_.program);
    slot.busy = true;
    slot.heard = Clock::now();
    slot.usedWhenHeard = slot.decoder->processorSeconds();
    ++tried_[slot.file];
    const std::vector<std::string>& parts = files_[slot.file].parts;
    const DecodingRequest request{pathOf(slot), options_.framesToo, parts.empty() ? options_.events : parts,
                                  listener_.reduction(), options_.checkOnly};
    if (!slot.decoder->ask(request)) lost(slot);
  }

  /// Waits a moment for answers, takes those that are there, and looks for decoders that hang.
  void hear() {
    std::vector<pollfd> sockets;
    std::vector<Slot*> owners;
    for (Slot& slot : slots_) {
      if (!slot.busy) continue;
      sockets.push_back({slot.decoder->socket(), POLLIN, 0});
      owners.push_back(&slot);
    }
    constexpr int kMoment = 50;  // milliseconds until the stop token is looked at again
    if (poll(sockets.data(), sockets.size(), kMoment) < 0) return;
    for (std::size_t k = 0; k < sockets.size(); ++k) {
      Slot& slot = *owners[k];
      if (sockets[k].revents != 0) {
        take(slot);
      } else if (isStuck(slot)) {
        endStuck(slot);
      }
    }
  }

  /// Silent for too long. On a machine that others keep busy that is counted in the processors' time: a decoder that
  /// works and only gets little of it is no hanging one.
  bool isStuck(const Slot& slot) const {
    const std::chrono::duration<double> silent = Clock::now() - slot.heard, patience = options_.patience;
    if (silent <= patience) return false;
    const double used = slot.decoder->processorSeconds() - slot.usedWhenHeard;
    const bool works = used > std::max(0.2, 0.01 * patience.count()) && used < patience.count();
    return !works || silent > 10.0 * patience;
  }

  /// A decoder that was halted, or waits for a disk, says nothing of its file.
  void endStuck(Slot& slot) {
    const char state = slot.decoder->state();
    const bool worked = slot.decoder->processorSeconds() - slot.usedWhenHeard > 0.2;
    const std::string its = pathOf(slot) + ": it was not read within " + std::to_string(options_.patience.count()) + " s, ";
    slot.decoder.reset();
    if (state == 'T' && tryAgain(slot)) return;
    finish(slot, its + (state == 'T' ? "its decoder was halted from outside. Open it again."
                        : worked     ? "and reading it was ended. The file is damaged: fetch it again."
                                     : "nor was there anything to compute: its disk or network does not answer, or the "
                                       "file is damaged. Look after the disk, or fetch it again."));
  }

  void take(Slot& slot) {
    try {
      const std::optional<Message> message = slot.decoder->answer();
      if (!message) return lost(slot);
      slot.heard = Clock::now();
      slot.usedWhenHeard = slot.decoder->processorSeconds();
      takeAnswer(slot, *message);
    } catch (const ForgedMessage&) {
      finish(slot,
             pathOf(slot) + ": its decoder went astray. The file is damaged: fetch it again.");
      slot.decoder.reset();
    } catch (const IoError& error) {
      finish(slot, pathOf(slot) + ": " + error.what());
      slot.decoder.reset();
    }
  }

  void takeAnswer(Slot& slot, const Message& message) {
    switch (kindOf(message)) {
      case Answer::Frame:
        largest_ = std::max(largest_, slot.decoder->mostMemory());
        listener_.frame(numberOf(slot), frameFrom(message));
        pictureThere_ = true;
        return;
      case Answer::PassedOver:
        listener_.passedOver(numberOf(slot), sentenceOf(message));
        return;
      case Answer::Done:
        finish(slot, "");
        return;
      case Answer::Unreadable:
        finish(slot, sentenceOf(message));
        slot.decoder.reset();  // some libraries keep a file open that they refused
        return;
      case Answer::OutOfMemory:
        finish(slot,
               pathOf(slot) +
                   ": it needs more memory than a file may (4 GB). It is damaged, or no radar "
                   "product: fetch it again.");
        slot.decoder.reset();
        return;
    }
  }

  void finish(Slot& slot, const std::string& sentence) {
    slot.busy = false;
    pictureThere_ = true;
    if (!sentence.empty()) listener_.passedOver(numberOf(slot), sentence);
    listener_.done(numberOf(slot));
  }

  /// False where it was tried often enough.
  bool tryAgain(Slot& slot) {
    if (tried_[slot.file] >= kMostTries) return false;
    slot.busy = false;
    listener_.again(numberOf(slot));
    waiting_.push_back(slot.file);  // whoever ends decoders may be done by then, and memory free
    return true;
  }

  /// The decoder is gone in the middle of a file.
  void lost(Slot& slot) {
    const int signal = slot.decoder->endedBySignal();
    slot.decoder.reset();
    if (isFromOutside(signal)) {
      if (tryAgain(slot)) return;
      return finish(slot, pathOf(slot) + ": the programs that decoded it were ended from outside " +
                              std::to_string(kMostTries) + " times" + (signal == SIGKILL ? ", by somebody or by a system that "
                              "ran out of memory" : "") + "; nothing else was lost. Close other programs and open it again.");
    }
    const std::string how =
        signal != 0 ? std::string(" (") + strsignal(signal) + ")" : std::string();
    finish(slot,
           pathOf(slot) + ": it brought the program that decodes files down" + how +
               "; nothing else was lost. The file is damaged or made to do harm: fetch it again.");
  }

  const std::vector<NumberedFile>& files_;
  const IsolationOptions& options_;
  DecodingListener& listener_;
  std::vector<Slot> slots_;
  std::size_t largest_ = 0;  ///< memory that a decoder took
  std::vector<int> tried_;
  std::deque<std::size_t> waiting_;
  bool pictureThere_ = false;  ///< until then the first file has the machine for itself: somebody waits for it
};

}  // namespace

void decodeIsolated(const std::vector<NumberedFile>& files, const IsolationOptions& options,
                    DecodingListener& listener) {
  DecoderPool(files, options, listener).run();
}

}  // namespace stormloom
