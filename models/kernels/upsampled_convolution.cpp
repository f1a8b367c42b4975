#include "models/kernels/upsampled_convolution.h"

#include "models/kernels/frame_kernels.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/kept_values.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// Three weights along an axis, added up where they fall on the same cell.
struct WeightsAlong {
  Tensor first, last;  // two
  Tensor between;      // one
};

WeightsAlong weightsAlong(const Tensor& weight, int axis) {
  const Tensor before = weight.narrow(axis, 0, 1), at = weight.narrow(axis, 1, 1),
               behind = weight.narrow(axis, 2, 1);
  return {torch::cat({before, at + behind}, axis), torch::cat({before + at, behind}, axis),
          before + at + behind};
}

/// Several results beside each other, in steps of one small cell.
FusedConvolution joined(const std::vector<Tensor>& weights, const Tensor& bias) {
  const Tensor sums = torch::cat(weights);
  const Tensor all = sums.to(productType(sums.device())).contiguous(at::MemoryFormat::ChannelsLast);
  return {all,    bias.defined() ? bias.repeat({std::int64_t(weights.size())}) : bias,
          {},     {},
          {1, 1}, {all.size(2) - 1, all.size(3) - 1},
          {}};
}

bool isPlain(const FusedConvolution& w) {
  const std::vector<std::int64_t> ones = {1, 1};
  return w.weight.size(2) == 3 && w.weight.size(3) == 3 && w.stride == ones && w.padding == ones;
}

/// Where in the frames of a joined convolution the results of a phase begin: a kernel of two that
/// looks back is one cell before one that looks ahead.
class Phases {
public:
  Phases(const Tensor& small, std::int64_t rows, std::int64_t columns, std::int64_t channels)
      : height_(small.size(1)), width_(small.size(2)), channels_(channels) {
    result_ = torch::empty({small.size(0), rows, columns, channels}, small.options());
    cells_ =
        result_.view({small.size(0), height_, rows / height_, width_, columns / width_, channels});
  }

  /// Result `number` of a joined convolution for the cells (row, column) of each repetition.
  void put(const Tensor& joined, std::int64_t number, std::int64_t row, std::int64_t column) {
    const std::int64_t down = joined.size(1) > height_ && row > 0 ? 1 : 0;
    const std::int64_t across = joined.size(2) > width_ && column > 0 ? 1 : 0;
    cells_.select(2, row).select(3, column).copy_(joined.narrow(1, down, height_)
                                                      .narrow(2, across, width_)
                                                      .narrow(3, number * channels_, channels_));
  }
  std::int64_t lastRow() const { return cells_.size(2) - 1; }
  std::int64_t lastColumn() const { return cells_.size(4) - 1; }
  const Tensor& result() const { return result_; }

private:
  std::int64_t height_, width_, channels_;
  Tensor result_, cells_;  // the same memory
};

Tensor byPhases(const Tensor& frames, const UpsampledConvolution& w, std::int64_t rows,
                std::int64_t columns) {
  Phases phases(frames, rows, columns, w.whole.weight.size(0));
  const std::int64_t lastRow = phases.lastRow(), lastColumn = phases.lastColumn();
  const Tensor corners = convolvedWithBias(frames, w.corners);
  phases.put(corners, 0, 0, 0);
  phases.put(corners, 1, 0, lastColumn);
  phases.put(corners, 2, lastRow, 0);
  phases.put(corners, 3, lastRow, lastColumn);
  if (lastColumn > 1) {
    const Tensor sides = convolvedWithBias(frames, w.sides);
    for (std::int64_t column = 1; column < lastColumn; ++column) {
      phases.put(sides, 0, 0, column);
      phases.put(sides, 1, lastRow, column);
    }
  }
  if (lastRow > 1) {
    const Tensor ends = convolvedWithBias(frames, w.ends);
    for (std::int64_t row = 1; row < lastRow; ++row) {
      phases.put(ends, 0, row, 0);
      phases.put(ends, 1, row, lastColumn);
    }
  }
  if (lastRow > 1 && lastColumn > 1) {
    const Tensor middle = convolvedWithBias(frames, w.middle);
    for (std::int64_t row = 1; row < lastRow; ++row)
      for (std::int64_t column = 1; column < lastColumn; ++column)
        phases.put(middle, 0, row, column);
  }
  return phases.result();
}

}  // namespace

UpsampledConvolution upsampledConvolution(const torch::nn::Conv2d& convolution) {
  UpsampledConvolution w{fusedConvolution(convolution), {}, {}, {}, {}};
  const bool onDevice = !w.whole.weight.is_cpu();
  if (!isPlain(w.whole) || (onDevice && w.whole.weight.size(0) % 8 != 0)) return w;
  w.whole.spread = Tensor();  // hardly ever used beside the parts: the plain weights will do
  const WeightsAlong rows = weightsAlong(convolution->weight.detach().to(torch::kFloat32), 2);
  const WeightsAlong first = weightsAlong(rows.first, 3), last = weightsAlong(rows.last, 3),
                     between = weightsAlong(rows.between, 3);
  const Tensor& bias = w.whole.bias;
  w.corners = joined({first.first, first.last, last.first, last.last}, bias);
  if (onDevice) return w;
  w.sides = joined({first.between, last.between}, bias);
  w.ends = joined({between.first, between.last}, bias);
  w.middle = joined({between.between}, bias);
  return w;
}

namespace {

Tensor byKernels(const Tensor& frames, const UpsampledConvolution& w, std::int64_t rows,
                 std::int64_t columns) {
  const bool repeats = rows >= 2 * frames.size(1) && columns >= 2 * frames.size(2);
  const bool doubles = rows == 2 * frames.size(1) && columns == 2 * frames.size(2);
  if (w.corners.weight.defined() && doubles && frames.is_cuda())
    return framesFromPhases(convolved(frames, w.corners), w.whole.bias);
  if (w.corners.weight.defined() && repeats && frames.is_cpu())
    return byPhases(frames, w, rows, columns);
  return convolvedWithBias(upsampledFrames(frames, rows, columns), w.whole);
}

/// The same in a recording of gradients.
struct UpsamplingFunction : torch::autograd::Function<UpsamplingFunction> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& frames,
                        const UpsampledConvolution& w, std::int64_t rows, std::int64_t columns) {
    keepValue(context, w.whole);
    context->saved_data["height"] = frames.size(1);
    context->saved_data["width"] = frames.size(2);
    return byKernels(frames, w, rows, columns);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const Tensor whole =
        convolutionGradient(gradients[0], keptValue<FusedConvolution>(context));
    const std::int64_t height = context->saved_data["height"].toInt(),
                       width = context->saved_data["width"].toInt();
    const Tensor cells = whole.view({whole.size(0), height, whole.size(1) / height, width,
                                     whole.size(2) / width, whole.size(3)});
    return {cells.sum({2, 4}), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor upsampledAndConvolved(const Tensor& frames, const UpsampledConvolution& w, std::int64_t rows,
                             std::int64_t columns) {
  if (!recordsGradients(frames)) return byKernels(frames, w, rows, columns);
  if (w.whole.mirror) return UpsamplingFunction::apply(frames, w, rows, columns);
  return convolvedWithBias(
      frames.repeat_interleave(rows / frames.size(1), 1).repeat_interleave(
          columns / frames.size(2), 2),
      w.whole);
}

}  // namespace stormloom
