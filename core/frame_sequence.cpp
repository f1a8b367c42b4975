#include "core/frame_sequence.h"

#include <algorithm>
#include <cstdlib>

namespace stormloom {
namespace {

std::vector<double> stepsInMinutes(const FrameSequence& sequence) {
  std::vector<double> steps;
  for (std::size_t k = 1; k < sequence.frames.size(); ++k) {
    const seconds step = sequence.frames[k].validTime - sequence.frames[k - 1].validTime;
    steps.push_back(double(step.count()) / 60.0);
  }
  return steps;
}

}  // namespace

double stepMinutes(const FrameSequence& sequence) {
  std::vector<double> steps = stepsInMinutes(sequence);
  if (steps.empty()) return 0.0;
  const std::size_t middle = (steps.size() - 1) / 2;  // of two the shorter: pauses are the longer ones
  std::ranges::nth_element(steps, steps.begin() + std::ptrdiff_t(middle));
  return steps[middle];
}

std::vector<Gap> findGaps(const FrameSequence& sequence) {
  const double usual = stepMinutes(sequence);
  const std::vector<double> steps = stepsInMinutes(sequence);
  std::vector<Gap> gaps;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    if (steps[k] > 1.5 * usual) {
      gaps.push_back({sequence.frames[k].validTime, sequence.frames[k + 1].validTime});
    }
  }
  return gaps;
}

bool isOfThePast(const FrameSequence& sequence) {
  return sequence.provenance == Provenance::Observed ||
         sequence.provenance == Provenance::Synthetic;
}

std::vector<std::string> sourcesOf(const FrameSequence& sequence) {
  std::vector<std::string> sources;
  for (const Frame& frame : sequence.frames)
    if (std::ranges::find(sources, frame.source) == sources.end()) sources.push_back(frame.source);
  return sources;
}

std::optional<std::size_t> nearestFrame(const FrameSequence& sequence, ValidTime time,
                                        seconds tolerance) {
  std::optional<std::size_t> best;
  seconds bestDistance = tolerance;
  for (std::size_t k = 0; k < sequence.frames.size(); ++k) {
    const seconds distance(std::abs((sequence.frames[k].validTime - time).count()));
    if (distance > bestDistance || (best && distance == bestDistance)) continue;
    best = k;
    bestDistance = distance;
  }
  return best;
}

}  // namespace stormloom
