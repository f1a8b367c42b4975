#include "core/frame_gathering.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/formats/unit_text.h"
#include "core/memory_budget.h"
#include "core/reduce.h"
#include "core/standing_still.h"

namespace stormloom {
namespace {

constexpr int kCoarsest = 64;
constexpr std::size_t kMostWatched = 64;  // sequences of a folder that is watched for days

std::size_t bytesOf(const Frame& frame) {
  return frame.grid ? frame.grid->size() * (sizeof(float) + sizeof(CellState)) : 0;
}

bool belongsTo(const FrameSequence& a, const FrameSequence& b) {
  return a.product == b.product && a.quantity == b.quantity && a.event == b.event &&
         a.provenance == b.provenance && a.geo.hasCellsOf(b.geo);
}

}  // namespace

FrameGathering::FrameGathering(const ReadOptions& options, std::size_t fileCount)
    : options_(options),
      fileCount_(fileCount),
      budget_(options.memoryBudget > 0 ? options.memoryBudget : defaultMemoryBudget()) {}

FrameGathering::Gathered& FrameGathering::sequenceFor(const FrameSequence& sequence) {
  const auto found = std::ranges::find_if(
      gathered_, [&](const Gathered& other) { return belongsTo(other.sequence, sequence); });
  if (found != gathered_.end()) return *found;
  gathered_.push_back({sequence, {}});
  gathered_.back().sequence.frames.clear();
  return gathered_.back();
}

void FrameGathering::frame(std::size_t file, DecodedFrame decoded) {
  ++framesTaken_;
  Part part{std::move(decoded.sequence.frames.front()), std::move(decoded.print), decoded.reduction,
            file};
  decoded.sequence.frames.clear();
  Gathered& gathered = sequenceFor(decoded.sequence);
  if (options_.onFrame) {
    decoded.sequence.geo = reducedGeo(decoded.sequence.geo, part.reduction);
    decoded.sequence.reduction = part.reduction;
    options_.onFrame(decoded.sequence, part.frame);
  }
  held_ += bytesOf(part.frame);
  gathered.parts.push_back(std::move(part));
  keepBudget();
}

/// Frames of one sequence have one cell size, so what comes later is reduced as far as what is
/// there. Whoever shows the frames holds those of before until it is told of the averaged ones, a
/// quarter of their size: both together must stay within the budget.
void FrameGathering::keepBudget() {
  for (;;) {
    for (Gathered& gathered : gathered_) {
      int coarsest = 1;
      for (const Part& part : gathered.parts) coarsest = std::max(coarsest, part.reduction);
      for (Part& part : gathered.parts) reducePart(gathered, part, coarsest / part.reduction);
    }
    if (held_ <= budget_ / 4 * 3 || reduction_ >= kCoarsest) return;
    reduction_ *= 2;
    for (Gathered& gathered : gathered_) {
      for (Part& part : gathered.parts) reducePart(gathered, part, reduction_ / part.reduction);
    }
  }
}

void FrameGathering::reducePart(const Gathered& gathered, Part& part, int factor) {
  const int side =
      part.frame.grid ? std::min(part.frame.grid->width(), part.frame.grid->height()) : 0;
  if (factor <= 1 || side < 8 * factor) return;
  held_ -= bytesOf(part.frame);
  part.frame.grid = std::make_shared<const RadarGrid>(
      reduced(*part.frame.grid, gathered.sequence.quantity, factor));
  part.reduction *= factor;
  held_ += bytesOf(part.frame);
}

void FrameGathering::passedOver(std::size_t file, const std::string& sentence) {
  passedOver_[file].push_back(sentence);
}

void FrameGathering::again(std::size_t file) {
  passedOver_.erase(file);
  for (Gathered& gathered : gathered_) {
    std::erase_if(gathered.parts, [&](const Part& part) {
      if (part.file == file) held_ -= bytesOf(part.frame);
      return part.file == file;
    });
  }
}

/// Each run of a forecast is a sequence of its own: old runs are measured against the newest
/// forecast of all.
ValidTime FrameGathering::newestBeside(const Gathered& gathered) const {
  const bool forecast = gathered.sequence.provenance == Provenance::Forecast;
  ValidTime newest{};
  for (const Gathered& other : gathered_) {
    if (&other != &gathered && !(forecast && other.sequence.provenance == Provenance::Forecast))
      continue;
    for (const Part& part : other.parts) newest = std::max(newest, part.frame.validTime);
  }
  return newest;
}

void FrameGathering::dropOlderThan(std::chrono::minutes keep) {
  for (Gathered& gathered : gathered_) {
    if (gathered.parts.empty()) continue;
    const auto timeOf = [](const Part& part) { return part.frame.validTime; };
    const ValidTime newest = newestBeside(gathered);
    std::erase_if(gathered.parts, [&](const Part& part) {
      const bool old = timeOf(part) < newest - keep;
      if (old) held_ -= bytesOf(part.frame);
      return old;
    });
  }
  std::erase_if(gathered_, [](const Gathered& gathered) { return gathered.parts.empty(); });
  while (gathered_.size() > kMostWatched) {  // products whose name or grid is another each time
    for (const Part& part : gathered_.front().parts) held_ -= bytesOf(part.frame);
    gathered_.erase(gathered_.begin());
  }
}

std::set<std::size_t> FrameGathering::filesHeld() const {
  std::set<std::size_t> held;
  for (const Gathered& gathered : gathered_)
    for (const Part& part : gathered.parts) held.insert(part.file);
  return held;
}

std::map<std::size_t, std::vector<std::string>> FrameGathering::takeSentences() {
  return std::exchange(passedOver_, {});
}

void FrameGathering::done(std::size_t) {
  ++filesDone_;
  if (options_.progress) options_.progress(int(filesDone_), int(fileCount_));
}

/// Sorts by valid time; of frames with the same one that of the earliest file stays.
FrameSequence FrameGathering::finished(const Gathered& gathered,
                                       std::vector<std::string>& doubled) const {
  std::vector<const Part*> parts;
  for (const Part& part : gathered.parts) parts.push_back(&part);
  std::ranges::stable_sort(parts, [](const Part* a, const Part* b) {
    return std::pair(a->frame.validTime, a->file) < std::pair(b->frame.validTime, b->file);
  });
  FrameSequence sequence = gathered.sequence;
  const Part* before = nullptr;
  for (const Part* part : parts) {
    Frame frame = part->frame;
    if (before != nullptr && before->frame.validTime == frame.validTime) {
      doubled.push_back(
          frame.source + ": it has " +
          (frame.source == before->frame.source
               ? "more than one frame valid at " + isoText(frame.validTime) + "; the first is used."
               : "the same valid time, " + isoText(frame.validTime) + ", as " +
                     before->frame.source + ", which is used."));
      continue;
    }
    if (before != nullptr && sequence.provenance == Provenance::Observed) {
      frame.stillFraction = stillFraction(before->print, part->print);
      frame.standsStill = frame.stillFraction >= kStandsStill;
    }
    sequence.reduction = part->reduction;
    sequence.frames.push_back(std::move(frame));
    before = part;
  }
  sequence.geo = reducedGeo(gathered.sequence.geo, sequence.reduction);
  return sequence;
}

/// Sums that begin at one time hold each other's rain: they are no frames of a film. Three lengths that
/// do so are no chance, nor are two of one product, where none of them follows itself without a pause as proper sums
/// do; they may begin anew each hour or day.
std::set<const FrameGathering::Gathered*> FrameGathering::runningSums(
    std::vector<std::string>& sentences) const {
  std::map<ValidTime, std::vector<const Gathered*>> byStart;
  for (const Gathered& gathered : gathered_) {
    if (gathered.sequence.sumMinutes <= 0.0) continue;
    const seconds length(std::llround(60.0 * gathered.sequence.sumMinutes));
    std::set<ValidTime> ends;
    for (const Part& part : gathered.parts) ends.insert(part.frame.validTime);
    const auto follows = [&](ValidTime end) {
      const auto next = ends.upper_bound(end);
      return next != ends.end() && *next - end <= length;
    };
    if (std::ranges::any_of(ends, follows)) continue;
    for (const ValidTime end : ends) byStart[end - length].push_back(&gathered);
  }
  std::set<const Gathered*> running;
  for (const auto& [start, sums] : byStart) {
    std::set<std::string> products;
    for (const Gathered* one : sums) products.insert(productBesideSum(one->sequence.product, one->sequence.sumMinutes));
    if (sums.size() < (products.size() == 1 ? 2u : 3u)) continue;
    const bool isNews = !running.contains(sums.front());
    running.insert(sums.begin(), sums.end());
    if (isNews)
      sentences.push_back(sums.front()->parts.front().frame.source + " and others: sums of rain of " +
                          std::to_string(sums.size()) + " lengths all begin at " + isoText(start) +
                          ", so each holds those before it. Choose a rain rate, or sums of a step each.");
  }
  return running;
}

RadarFiles FrameGathering::soFar() const {
  RadarFiles files;
  std::vector<std::string> doubled;
  const std::set<const Gathered*> running = runningSums(doubled);
  std::vector<const Gathered*> order;
  for (const Gathered& gathered : gathered_) {
    if (!gathered.parts.empty() && !running.contains(&gathered)) order.push_back(&gathered);
  }
  // By the first file of each, whichever was decoded first.
  const auto firstFile = [](const Gathered* gathered) {
    return std::ranges::min_element(gathered->parts, {}, &Part::file)->file;
  };
  std::ranges::stable_sort(order, {}, firstFile);
  for (const Gathered* gathered : order) files.sequences.push_back(finished(*gathered, doubled));
  for (const auto& [file, sentences] : passedOver_) {
    files.passedOver.insert(files.passedOver.end(), sentences.begin(), sentences.end());
  }
  files.passedOver.insert(files.passedOver.end(), doubled.begin(), doubled.end());
  files.heldBytes = held_;
  files.memoryBudget = budget_;
  return files;
}

}  // namespace stormloom
