#include "models/engine/occlusion.h"

#include "core/errors.h"
#include "models/engine/prediff_model.h"
#include "models/motion/motion_field.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kDigitalScale = 255.0;

void check(const OcclusionQuestion& question, const ContextEncoding& encoding) {
  const bool inside = question.frame >= 0 && question.frame < encoding.extrapolated.size(0) &&
                      question.row >= 0 && question.row < encoding.past.size(1) &&
                      question.col >= 0 && question.col < encoding.past.size(2);
  if (!inside)
    throw UsageError("The forecast has no pixel in frame " + std::to_string(question.frame) +
                     ", row " + std::to_string(question.row) + ", column " +
                     std::to_string(question.col) + " (counted from 0).");
  if (question.patch < 4) throw UsageError("A patch needs at least 4 pixels a side.");
}

/// The context once for each patch in [first, end), that patch dry in every frame.
Tensor driedOut(const Tensor& past, const OcclusionMap& map, int first, int end) {
  Tensor dried = past.unsqueeze(0).repeat({end - first, 1, 1, 1});
  for (int i = first; i < end; ++i) {
    const std::int64_t top = std::int64_t(i / map.cols) * map.patch;
    const std::int64_t left = std::int64_t(i % map.cols) * map.patch;
    dried[i - first].slice(1, top, top + map.patch).slice(2, left, left + map.patch).zero_();
  }
  return dried;
}

}  // namespace

OcclusionMap occlusionOf(const ContextEncoding& encoding, const OcclusionQuestion& question,
                         const ForecastBatch& forecast, std::stop_token stop,
                         const EngineProgress& progress) {
  const torch::NoGradGuard noGradient;
  check(question, encoding);
  const auto patches = [&question](std::int64_t pixels) {
    return int((pixels + question.patch - 1) / question.patch);
  };
  OcclusionMap map{question.frame,
                   question.row,
                   question.col,
                   question.patch,
                   patches(encoding.past.size(1)),
                   patches(encoding.past.size(2)),
                   {},
                   0.0};
  const auto pixelOf = [&](const Tensor& past, const Tensor& extrapolated) {
    const Tensor frames = forecast(past, extrapolated);
    return frames.select(1, question.frame).select(1, question.row).select(1, question.col);
  };
  map.intact =
      kDigitalScale *
      pixelOf(encoding.past.unsqueeze(0), encoding.extrapolated.unsqueeze(0)).item<double>();
  const int count = map.rows * map.cols;
  for (int first = 0; first < count; first += question.atOnce) {
    if (stop.stop_requested()) throw Stopped();
    if (progress) progress(double(first) / count, "patch " + std::to_string(first) + " of " + std::to_string(count));
    const int end = std::min(count, first + question.atOnce);
    const Tensor past = driedOut(encoding.past, map, first, end);
    const Tensor measured = encoding.measured.unsqueeze(0).expand_as(past);
    const Tensor extrapolated = extrapolate(past.select(1, -1), estimateMotion(past, measured),
                                            int(encoding.extrapolated.size(0)));
    const Tensor pixels = pixelOf(past, extrapolated).to(torch::kCPU, torch::kFloat64).contiguous();
    for (int i = 0; i < end - first; ++i)
      map.change.push_back(kDigitalScale * pixels.data_ptr<double>()[i] - map.intact);
  }
  if (progress) progress(1.0, "done");
  return map;
}

}  // namespace stormloom
