#include "models/engine/context_encoding.h"

#include <algorithm>
#include <limits>

#include "core/box_mean.h"
#include "models/motion/motion_field.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr float kUnit = 1.0f / 255.0f;  // spec section 10
constexpr float kMostDigital = 254.0f;

/// Values in [0, 1] and 1 where there is one: both (H,W).
std::pair<Tensor, Tensor> tensorsFromGrid(const RadarGrid& grid) {
  Tensor values = torch::zeros({grid.height(), grid.width()});
  Tensor measured = torch::zeros_like(values);
  float* value = values.data_ptr<float>();
  float* known = measured.data_ptr<float>();
  for (std::size_t i = 0; i < grid.size(); ++i) {
    if (grid.states()[i] > CellState::BelowDetection) continue;
    value[i] = grid.values()[i] * kUnit;
    known[i] = 1.0f;
  }
  return {values, measured};
}

/// What can be known of the cells of a forecast: Measured, OutsideCoverage where no radar reaches in
/// the last frame, Missing where none of the context's frames has a value.
std::vector<CellState> forecastStates(const ModelContext& context) {
  const auto last = context.frames.frames.back().grid->states();
  std::vector<CellState> states(last.size(), CellState::Measured);
  for (std::size_t i = 0; i < states.size(); ++i) {
    const bool missing = std::ranges::all_of(context.frames.frames, [i](const Frame& frame) {
      return frame.grid->states()[i] > CellState::BelowDetection;
    });
    if (last[i] == CellState::OutsideCoverage)
      states[i] = CellState::OutsideCoverage;
    else if (missing)
      states[i] = CellState::Missing;
  }
  return states;
}

Tensor seenCells(const ModelContext& context) {
  const std::vector<CellState> states = forecastStates(context);
  Tensor seen = torch::ones({context.frames.height(), context.frames.width()});
  float* cell = seen.data_ptr<float>();
  for (std::size_t i = 0; i < states.size(); ++i)
    if (states[i] != CellState::Measured) cell[i] = 0.0f;
  return seen;
}

std::shared_ptr<const RadarGrid> gridFromValues(const Tensor& values,
                                                const std::vector<CellState>& states) {
  auto grid = std::make_shared<RadarGrid>(int(values.size(1)), int(values.size(0)));
  const float* value = values.data_ptr<float>();
  for (std::size_t i = 0; i < grid->size(); ++i) {
    grid->states()[i] = states[i];
    grid->values()[i] = states[i] == CellState::Measured
                            ? std::clamp(value[i] * 255.0f, 0.0f, kMostDigital)
                            : std::numeric_limits<float>::quiet_NaN();
  }
  return grid;
}

std::vector<CellState> whereKnown(std::vector<CellState> states, const Tensor& known) {
  const Tensor onCpu = known.to(torch::kCPU, torch::kFloat32).contiguous();
  for (std::size_t cell = 0; cell < states.size(); ++cell)
    if (states[cell] == CellState::Measured && onCpu.data_ptr<float>()[cell] < 0.5f)
      states[cell] = CellState::Missing;
  return states;
}

}  // namespace

ContextEncoding encodeContext(const ModelContext& context, const torch::Device& device) {
  const torch::NoGradGuard noGradient;
  ContextEncoding encoding;
  encoding.hash = context.hash;
  std::vector<Tensor> past, measured;
  for (const Frame& frame : context.frames.frames) {
    auto [values, known] = tensorsFromGrid(*frame.grid);
    past.push_back(values);
    measured.push_back(known);
  }
  encoding.past = torch::stack(past).to(device);
  encoding.measured = torch::stack(measured).to(device);
  encoding.seen = seenCells(context).to(device);
  encoding.contextMeans = contextMeansOf(context);
  encoding.motion = estimateMotion(encoding.past.unsqueeze(0), encoding.measured.unsqueeze(0));
  encoding.extrapolated =
      extrapolate(encoding.past.slice(0, -1), encoding.motion, context.grid.targetFrames)
          .squeeze(0);
  return encoding;
}

Tensor comesFromInside(const ContextEncoding& encoding) {
  const Tensor everywhere = torch::ones_like(encoding.past.slice(0, -1));
  return extrapolate(everywhere, encoding.motion, encoding.extrapolated.size(0)).squeeze(0);
}

std::vector<double> contextMeansOf(const ModelContext& context) {
  std::vector<double> means;
  for (const Frame& frame : context.frames.frames)
    means.push_back(meanOfBox(*frame.grid) / 255.0);
  return means;
}

FrameSequence framesFromValues(const Tensor& values, const ModelContext& context,
                               Provenance provenance, const std::string& product,
                               const Tensor& known) {
  const Tensor onCpu = values.to(torch::kCPU, torch::kFloat32).contiguous();
  FrameSequence sequence{.quantity = Quantity::VilDigital, .geo = context.frames.geo};
  sequence.provenance = provenance;
  sequence.synthetic = context.frames.synthetic;
  sequence.product = product;
  sequence.event = context.frames.event;
  sequence.attribution = context.frames.attribution;
  sequence.scaleNote = context.frames.scaleNote;
  const std::vector<CellState> states = forecastStates(context);
  for (std::int64_t lead = 0; lead < onCpu.size(0); ++lead) {
    Frame frame;
    frame.validTime = context.runTime + minutes(context.grid.stepMinutes * (lead + 1));
    frame.grid = gridFromValues(onCpu[lead], known.defined() ? whereKnown(states, known[lead]) : states);
    sequence.frames.push_back(std::move(frame));
  }
  return sequence;
}

}  // namespace stormloom
