#include <algorithm>
#include <random>

#include "core/errors.h"
#include "models/engine/compute_device.h"
#include "models/kernels/attention_layer.h"
#include "models/kernels/cuboid_attention.h"
#include "models/kernels/device_program.h"
#include "models/kernels/frame_kernels.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/group_norm.h"
#include "models/kernels/processor_kernels.h"
#include "models/kernels/recorded_call.h"
#include "models/kernels/residual_norm.h"
#include "models/kernels/upsampled_convolution.h"
#include "models/speed.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kExact = 1e-5;      // of the largest magnitude: float32 sums in another order
constexpr double kRounded = 1.2e-2;  // 16 bits in, out and between

/// Shapes and values of the checks, the same every time.
class CheckBench {
public:
  explicit CheckBench(torch::Device device) : device_(device) { torch::manual_seed(4); }

  Tensor floats(at::IntArrayRef shape) { return torch::randn(shape).to(device_); }
  Tensor rounded(at::IntArrayRef shape) { return floats(shape).to(productType(device_)); }
  void compare(const std::string& kernel, const std::string& shape, const Tensor& own,
               const Tensor& reference, double allowed) {
    const Tensor expected = reference.to(torch::kFloat32), got = own.to(torch::kFloat32);
    const double largest = std::max(1e-6, expected.abs().max().item<double>());
    const double error = (got - expected).abs().max().item<double>() / largest;
    checks.push_back({kernel, products + shape, std::isfinite(error) ? error : 1e30, allowed});
  }
  const torch::Device& device() const { return device_; }
  /// The error allowed where products are rounded on a GPU.
  double ofProducts() const { return device_.is_cpu() ? kExact : kRounded; }

  std::vector<KernelCheck> checks;
  std::string products;  ///< what is being checked, before every shape

private:
  torch::Device device_;
};

struct AttentionShape {
  std::int64_t batch, cuboids, queries, keys, heads, width, globals;
  bool bias, mask, padding, separate;
};

std::string describe(const AttentionShape& s) {
  return c10::str(s.batch, " x ", s.cuboids, " cuboids of ", s.queries, " x ", s.keys, ", ",
                  s.heads, " heads of ", s.width,
                  s.globals ? c10::str(", ", s.globals, " global") : "", s.separate ? " apart" : "",
                  s.bias ? ", bias" : "", s.mask ? ", mask" : "", s.padding ? ", padding" : "");
}

Tensor inFloat(const Tensor& tensor) {
  return tensor.defined() ? tensor.to(torch::kFloat32) : tensor;
}

/// Tokens in a random order, some elements of cuboids without one.
Tensor randomTable(std::int64_t cuboids, std::int64_t volume, std::int64_t tokens,
                   const torch::Device& device) {
  Tensor table = torch::full({cuboids * volume}, -1, torch::kInt);
  const Tensor places = torch::randperm(cuboids * volume).slice(0, 0, tokens);
  table.index_put_({places}, torch::randperm(tokens).to(torch::kInt));
  return table.view({cuboids, volume}).to(device);
}

void checkAttention(CheckBench& bench, const AttentionShape& s) {
  const std::int64_t channels = s.heads * s.width;
  const std::int64_t queryTokens = s.cuboids * s.queries - (s.padding ? 1 : 0);
  const std::int64_t keyTokens =
      s.cuboids * s.keys - (s.padding ? std::min<std::int64_t>(2, s.keys) : 0);
  const Tensor q = bench.rounded({s.batch, queryTokens, 2 * channels});
  const Tensor kv = bench.rounded({s.batch, keyTokens, 2 * channels});
  AttentionOperands operands{q.narrow(2, 0, channels),
                             kv.narrow(2, 0, channels),
                             kv.narrow(2, channels, channels),
                             {},
                             {},
                             {},
                             {},
                             {}};
  if (s.padding)
    operands.kPadding = bench.rounded({channels}), operands.vPadding = bench.rounded({channels});
  if (s.globals > 0) {
    const Tensor global = bench.rounded({s.batch, s.globals, 2 * channels});
    operands.globalK = global.narrow(2, 0, channels);
    operands.globalV = global.narrow(2, channels, channels);
    if (s.separate) operands.globalQ = q.narrow(2, channels, channels);
  }
  CuboidTables tables{randomTable(s.cuboids, s.queries, queryTokens, bench.device()),
                      randomTable(s.cuboids, s.keys, keyTokens, bench.device()),
                      {},
                      {}};
  if (s.bias) tables.bias = bench.floats({s.heads, s.queries, s.keys});
  if (s.mask) {
    tables.mask = (torch::rand({s.cuboids, s.queries, s.keys}) > 0.4).to(torch::kByte);
    tables.mask[0][0].zero_();  // a query that may attend nothing
    tables.mask = tables.mask.to(bench.device());
  }
  const double scale = 1.0 / std::sqrt(double(s.width));
  const AttentionOperands wide{inFloat(operands.q),        inFloat(operands.k),
                               inFloat(operands.v),        inFloat(operands.kPadding),
                               inFloat(operands.vPadding), inFloat(operands.globalQ),
                               inFloat(operands.globalK),  inFloat(operands.globalV)};
  bench.compare("attendCuboids", describe(s), attendCuboids(operands, tables, s.heads, scale),
                attendCuboidsReference(wide, tables, s.heads, scale), bench.ofProducts());
}

void checkAttentions(CheckBench& bench) {
  for (const std::int64_t width : {1, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256})
    checkAttention(bench, {2, 5, 13, 13, 2, width, 0, true, false, false, false});
  for (const std::int64_t volume : {1, 2, 15, 16, 17, 31, 32, 33, 64, 100, 400})
    checkAttention(bench, {1, 3, volume, volume, 4, 64, 0, true, true, volume > 2, false});
  for (const std::int64_t globals : {1, 8, 16, 20})
    for (const bool separate : {false, true})
      checkAttention(bench, {2, 7, 16, 16, 4, 32, globals, true, separate, false, separate});
  checkAttention(bench, {3, 9, 12, 13, 4, 64, 8, true, true, true, true});
  checkAttention(bench, {1, 208, 16, 16, 4, 64, 0, true, false, false, false});
  checkAttention(bench, {2, 1024, 13, 13, 4, 32, 8, true, false, false, true});
}

/// Layers of attention in one kernel against the steps one by one.
void checkLayers(CheckBench& bench) {
  if (!wgmmaRunsOn(bench.device())) return;
  constexpr std::int64_t width = 64;
  int turn = 0;
  for (const std::int64_t most : {300, 30})
    for (const auto& [cuboids, volume] :
         {std::pair{256, 13}, {208, 16}, {104, 8}, {5, 3}, {1, 1}, {77, 5}}) {
      if (cuboids > most) continue;
      ++turn;
      const std::int64_t channels = 4 * width, tokens = cuboids * volume, batch = 1 + turn % 2;
      const Tensor table =
          torch::randperm(tokens).to(torch::kInt).view({cuboids, volume}).to(bench.device());
      const auto weight = [&](std::int64_t rows) {
        return bench.rounded({rows, channels}) / std::sqrt(double(channels));
      };
      const auto norm = [&] {
        return NormWeights{1.0 + 0.2 * bench.floats({channels}), bench.floats({channels}), 1e-5};
      };
      const AttentionLayerWeights weights = attentionLayerWeights(
          norm(), {weight(3 * channels), turn % 3 ? bench.rounded({3 * channels}) : Tensor()},
          {weight(channels), turn % 4 ? bench.rounded({channels}) : Tensor()});
      const CuboidTables tables{
          table, table, turn % 3 == 1 ? Tensor() : bench.floats({4, volume, volume}), {}};
      ResidualStream stream{bench.floats({batch, tokens, channels}), {}, {}};
      if (turn % 2) stream.update = bench.rounded(stream.x.sizes());
      if (turn % 3 == 2) stream.updateBias = bench.floats({channels});
      ResidualStream other = stream;
      const NormWeights behind = norm(), *next = turn % 5 ? &behind : nullptr;
      const double scale = 1.0 / std::sqrt(double(width));
      const Tensor own = attendLayer(stream, weights, tables, scale, next);
      const Tensor expected = attendLayerReference(other, weights, tables, 4, scale, next);
      const std::string shape =
          c10::str(batch, " x ", cuboids, " cuboids of ", volume, ", heads of ", width);
      bench.compare("attendLayer, sum", shape, stream.x, other.x, bench.ofProducts());
      if (next) bench.compare("attendLayer, norm", shape, own, expected, bench.ofProducts());
    }
}

void checkResiduals(CheckBench& bench) {
  for (const std::int64_t channels : {1, 3, 16, 65, 96, 128, 192, 256, 384, 512, 1000, 1024, 2048})
    for (const int pending : {0, 1, 2}) {
      const std::int64_t rows = channels > 500 ? 37 : 333;
      ResidualStream stream{bench.floats({rows, channels}) + 3.0, {}, {}};
      if (pending > 0) stream.update = bench.rounded({rows, channels});
      if (pending > 1) stream.updateBias = bench.floats({channels});
      const NormWeights norm{bench.floats({channels}), bench.floats({channels}), 1e-5};
      const Tensor sum = settledReference(stream);
      const Tensor normed = settleAndNorm(stream, norm);
      const std::string shape = c10::str(rows, " rows of ", channels, ", pending ", pending);
      bench.compare("addAndNorm, sum", shape, stream.x, sum, kExact);
      bench.compare("addAndNorm, norm", shape, normed, normedReference(sum, norm),
                    bench.ofProducts());
    }
}

void checkProducts(CheckBench& bench) {
  for (const std::int64_t out : {8, 24, 40, 512}) {
    const Tensor x = bench.rounded({129, 32});
    torch::nn::Linear linear(32, out);
    linear->to(bench.device());
    bench.compare("product with GELU", c10::str("32 to ", out),
                  product(x, fusedLinear(linear), "gelu"),
                  torch::gelu(linear(x.to(torch::kFloat32))), bench.ofProducts());
  }
}

void checkGroupNorms(CheckBench& bench) {
  struct Shape {
    std::int64_t batch, rows, channels, groups;
  };
  int turn = 0;
  for (const Shape& s : {Shape{1, 3328, 256, 32},
                         {2, 832, 512, 32},
                         {3, 17, 65, 65},
                         {1, 1, 32, 32},
                         {2, 1000, 96, 32},
                         {6, 4096, 128, 32},
                         {13, 2304, 16, 16},
                         {1, 5000, 64, 16},
                         {4, 50, 1024, 32},
                         {2, 77, 12, 4},
                         {1, 300, 7, 1}})
    for (const bool wide : {false, true})
      for (const char* activation : {"silu", "leaky", "none", "gelu", "relu"}) {
        ++turn;
        if (bench.device().is_cuda() && turn % 3 != 0) continue;  // each is compiled: 0.3 s
        const Tensor x = wide ? bench.floats({s.batch, s.rows, s.channels})
                              : bench.rounded({s.batch, s.rows, s.channels});
        ResidualStream stream{x, {}, {}};
        if (turn % 2) stream.update = bench.rounded(x.sizes());
        if (turn % 4 == 1) stream.updateBias = bench.floats({s.channels});
        GroupNormStep step{s.groups,
                           bench.floats({s.channels}),
                           bench.floats({s.channels}),
                           1e-5,
                           activation,
                           {},
                           {},
                           {}};
        if (turn % 3 > 0) step.shift = bench.floats({turn % 3 == 1 ? 1 : s.batch, s.channels});
        if (turn % 5 == 0) {
          const Tensor both = bench.floats({s.batch, 2 * s.channels});
          step.scale = both.narrow(1, 0, s.channels);
          step.offset = both.narrow(1, s.channels, s.channels);
        }
        const Tensor sum = settledReference(stream);
        const Tensor own = settleAndGroupNorm(stream, step);
        const std::string shape =
            c10::str(s.batch, " x ", s.rows, " x ", s.channels, ", ", s.groups, " groups, ",
                     activation, wide ? ", float" : ", bf16", ", variant ", turn % 60);
        bench.compare("sumGroups, sum", shape, stream.x, sum, wide ? kExact : bench.ofProducts());
        if (s.rows * s.channels / s.groups == 1) continue;  // a norm of one number is nothing
        bench.compare("applyNorm", shape, own, groupNormedReference(sum, step),
                      bench.ofProducts());
        GroupNormStep flat = step;
        flat.activation = "none";
        const Tensor back = bench.rounded(x.sizes());
        back.masked_fill_(groupNormedReference(x, flat).abs() < 1e-3, 0.0);  // a slope's kink
        bench.compare("applyGradient", shape, groupNormGradient(x, step, back),
                      groupNormGradientReference(x, step, back), bench.ofProducts());
      }
}

void checkTiles(CheckBench& bench) {
  const auto compare = [&](auto convolution, const Tensor& x, const std::string& shape) {
    const Tensor own = convolvedWithBias(x, fusedConvolution(convolution));
    bench.compare("convolvedByTiles", shape, own, convolution(x.movedim(-1, 1)).movedim(1, -1),
                  kExact);
  };
  for (const auto& [rows, columns] : {std::pair{2, 2}, {3, 5}, {8, 8}, {17, 1}, {64, 40}})
    for (const std::int64_t in : {32, 96}) {
      compare(torch::nn::Conv2d(torch::nn::Conv2dOptions(in, 48, 3).padding(1)),
              bench.floats({3, rows, columns, in}), c10::str(in, " to 48, ", rows, " x ", columns));
      compare(torch::nn::Conv3d(torch::nn::Conv3dOptions(in, 48, 3).padding(1)),
              bench.floats({2, 5, rows, columns, in}),
              c10::str(in, " to 48, 5 x ", rows, " x ", columns));
    }
}

void checkUpsampledConvolution(CheckBench& bench, const Tensor& frames) {
  const std::int64_t channels = frames.size(3);
  for (const auto& [down, across] : {std::pair{2, 2}, {3, 3}, {2, 4}, {1, 3}}) {
    torch::nn::Conv2d convolution(torch::nn::Conv2dOptions(channels, 24, 3).padding(1));
    convolution->to(bench.device());
    const Tensor whole =
        frames.to(torch::kFloat32).repeat_interleave(down, 1).repeat_interleave(across, 2);
    const Tensor expected = convolution(whole.permute({0, 3, 1, 2})).permute({0, 2, 3, 1});
    bench.compare("upsampledAndConvolved", c10::str(channels, " channels, ", down, " x ", across),
                  upsampledAndConvolved(frames, upsampledConvolution(convolution), whole.size(1),
                                        whole.size(2)),
                  expected, bench.ofProducts());
  }
}

/// What comes back through a layer of tokens, against LibTorch's recording of the plain module.
template <class Fused, class Plain>
void checkGradient(CheckBench& bench, const std::string& what, const std::string& shape,
                   const Tensor& tokens, const Fused& fused, const Plain& plain) {
  const torch::AutoGradMode withGradients(true);
  const auto gradient = [&](const auto& layer, const Tensor& given) {
    const Tensor held = given.detach().requires_grad_(true);
    const Tensor y = layer(held);
    torch::manual_seed(7);
    const Tensor back = torch::randn(y.sizes()).to(bench.device());
    return torch::autograd::grad({y}, {held}, {back.to(y.scalar_type())})[0];
  };
  bench.compare(what + ", gradient", shape, gradient(fused, tokens),
                gradient(plain, tokens.to(torch::kFloat32)), bench.ofProducts());
}

void checkConvolutionGradients(CheckBench& bench) {
  struct Shape {
    std::int64_t in, out, kernel, stride, padding;
  };
  for (const Shape& s : {Shape{32, 48, 3, 1, 1},
                         {48, 1, 3, 1, 1},
                         {16, 24, 1, 1, 0},
                         {64, 32, 3, 1, 1},
                         {8, 16, 3, 2, 0}}) {
    torch::nn::Conv2d convolution(torch::nn::Conv2dOptions(s.in, s.out, s.kernel)
                                      .stride(s.stride)
                                      .padding(s.padding));
    convolution->to(bench.device());
    for (Tensor& weight : convolution->parameters()) weight.set_requires_grad(false);
    const FusedConvolution fused = fusedConvolution(convolution);
    checkGradient(
        bench, "convolved",
        c10::str(s.in, " to ", s.out, ", ", s.kernel, " x ", s.kernel, ", stride ", s.stride),
        bench.rounded({3, 10, 6, s.in}), [&](const Tensor& x) { return convolvedWithBias(x, fused); },
        [&](const Tensor& x) { return convolution(x.movedim(-1, 1)).movedim(1, -1); });
  }
  torch::nn::Conv2d convolution(torch::nn::Conv2dOptions(32, 32, 3).padding(1));
  convolution->to(bench.device());
  for (Tensor& weight : convolution->parameters()) weight.set_requires_grad(false);
  const UpsampledConvolution fused = upsampledConvolution(convolution);
  checkGradient(
      bench, "upsampledAndConvolved", "32 channels, 2 x 2", bench.rounded({2, 5, 8, 32}),
      [&](const Tensor& x) { return upsampledAndConvolved(x, fused, 10, 16); },
      [&](const Tensor& x) {
        return convolution(x.repeat_interleave(2, 1).repeat_interleave(2, 2).movedim(-1, 1))
            .movedim(1, -1);
      });
  GroupNormStep step{4, bench.floats({32}), bench.floats({32}), 1e-5, "silu", {}, {}, {}};
  const Tensor update = bench.rounded({2, 60, 32}), bias = bench.floats({32});
  checkGradient(
      bench, "settleAndGroupNorm", "2 x 60 x 32", bench.rounded({2, 60, 32}),
      [&](const Tensor& x) {
        ResidualStream stream{x, update * x, bias};
        const Tensor y = settleAndGroupNorm(stream, step);
        return y + settle(stream);
      },
      [&](const Tensor& x) {
        const Tensor sum = settledReference({x, update.to(torch::kFloat32) * x, bias});
        return groupNormedReference(sum, step) + sum;
      });
}

void checkFrames(CheckBench& bench) {
  for (const std::int64_t channels : {8, 16, 40, 128}) {
    const Tensor frames = bench.rounded({3, 9, 14, channels});
    const std::string shape = c10::str("3 frames of 9 x 14, ", channels, " channels");
    bench.compare("upsampleFrames", shape, upsampledFrames(frames, 18, 42),
                  frames.repeat_interleave(2, 1).repeat_interleave(3, 2), 0.0);
    const Tensor bias = bench.floats({channels});
    checkUpsampledConvolution(bench, frames);
    bench.compare("addPending", shape, withBias(frames.clone(), bias),
                  frames.to(torch::kFloat32) + bias, bench.ofProducts());
    ResidualStream pending{frames.clone(), bench.rounded(frames.sizes()), bias};
    const Tensor sum = settledReference(pending);
    bench.compare("addPending, two", shape, settle(pending), sum, bench.ofProducts());
    if (bench.device().is_cpu()) continue;
    for (const std::int64_t in : {1, 2, 3, 4}) {
      const Tensor x = bench.rounded({2, 11, 7, in}), weight = bench.floats({channels, in, 3, 3});
      const Tensor expected =
          torch::conv2d(x.to(torch::kFloat32).permute({0, 3, 1, 2}), weight, bias, 1, 1);
      bench.compare("convolveFew", c10::str(in, " to ", channels, " channels"),
                    convolvedFew(x, weight.permute({2, 3, 1, 0}).contiguous(), bias),
                    expected.permute({0, 2, 3, 1}), bench.ofProducts());
    }
  }
  for (const std::int64_t channels : {4, 16, 128, 256})
    for (const bool wide : {false, true})
      for (const std::array<std::int64_t, 3>& factors :
           {std::array<std::int64_t, 3>{1, 2, 2}, {1, 3, 3}, {2, 1, 2}}) {
        const std::vector<std::int64_t> sides = {2, 4, 6, 12, channels};
        const Tensor x = wide ? bench.floats(sides) : bench.rounded(sides);
        const Tensor merged = mergedReference(x.to(torch::kFloat32), factors);
        const NormWeights norm{bench.floats({merged.size(4)}), bench.floats({merged.size(4)}),
                               1e-5};
        bench.compare(
            "mergeAndNorm", c10::str(channels, " channels, ", factors[0], factors[1], factors[2]),
            mergedAndNormed(x, factors, norm), normedReference(merged, norm), bench.ofProducts());
      }
}

void checkRecordings(CheckBench& bench) {
  const Tensor weight = bench.floats({64, 64});
  RecordedCall call([weight](const std::vector<Tensor>& in) {
    return std::vector<Tensor>{torch::tanh(torch::matmul(in[0], weight)) + in[1]};
  });
  for (int turn = 0; turn < 3; ++turn) {
    const Tensor a = bench.floats({turn == 2 ? 5 : 3, 64}), b = bench.floats({64});
    const Tensor recorded = call({a, b})[0], again = call({a, b})[0];
    bench.compare("recorded call", c10::str("turn ", turn), recorded,
                  torch::tanh(torch::matmul(a, weight)) + b, kExact);
    bench.compare("recorded call, twice", c10::str("turn ", turn), again, recorded, 0.0);
  }
}

void checkSteps(CheckBench& bench, const std::string& only) {
  const std::vector<std::pair<std::string, void (*)(CheckBench&)>> steps = {
      {"attention", checkAttentions},
      {"residuals", checkResiduals},
      {"products", checkProducts},
      {"group norms", checkGroupNorms},
      {"frames", checkFrames},
      {"layers", checkLayers},
      {"gradients", checkConvolutionGradients}};
  for (const auto& [name, step] : steps)
    if (name.find(only) != std::string::npos) step(bench);
  if (bench.device().is_cpu() && only.empty()) checkTiles(bench);
}

}  // namespace

std::vector<KernelCheck> checkKernels(const std::string& device, const std::string& only) {
  const torch::NoGradGuard noGradient;
  const ComputeDevice chosen = chooseDevice(device, 0);
  CheckBench bench(chosen.device);
  if (chosen.device.is_cpu()) {
    const FusedScope fused;
    for (const ProcessorKernels* kernels : runnableProcessorKernels()) {
      chooseProcessorKernels(kernels);
      bench.products = std::string(kernels->instructions) + ", ";
      checkSteps(bench, only);
    }
    chooseProcessorKernels(nullptr);
    return bench.checks;
  }
  if (!kernelsRunOn(chosen.device))
    throw DeviceError(
        "Kernels can only be checked on an NVIDIA GPU of compute capability 8.0 or later and on "
        "processors; " +
        chosen.name + " is neither.");
  for (const torch::ScalarType products : {torch::kBFloat16, torch::kHalf}) {
    const FusedScope fused(true, products);
    bench.products = products == torch::kHalf ? "fp16, " : "bf16, ";
    checkSteps(bench, only);
  }
  bench.products.clear();
  checkRecordings(bench);
  return bench.checks;
}

int compileKernels(int architecture) {
  int programs = 0;
  const auto compile = [&](const std::string& source, const KernelDefines& defines) {
    KernelDefines all = defines;
    all["FP16"] = programs % 2;  // both in turn
    programs += compiledKernel(source, all, architecture).empty() ? 0 : 1;
  };
  for (const std::int64_t width : {4, 12, 15, 32, 64, 128, 256})
    compile("cuboid_attention.cu",
            {{"DIM", width}, {"DIM_PADDED", (width + 15) / 16 * 16}, {"WARPS", 1}});
  for (const std::int64_t channels : {65, 256})
    compile("residual_norm.cu", {{"CHANNELS", channels}, {"VECTOR", channels % 4 == 0 ? 4 : 1}});
  for (const std::int64_t activation : {0, 1, 2, 3, 4})
    compile("group_norm.cu", {{"GRADIENT", activation / 2 % 2},
                              {"CHANNELS", 256},
                              {"GROUPS", 32},
                              {"VECTOR", 4},
                              {"THREADS", 256},
                              {"X_FLOAT", activation % 2},
                              {"ACTIVATION", activation}});
  for (const std::int64_t groups : {16, 128})
    compile("group_norm.cu", {{"GRADIENT", groups == 16 ? 1 : 0},
                              {"CHANNELS", 128},
                              {"GROUPS", groups},
                              {"VECTOR", 8},
                              {"THREADS", 256},
                              {"X_FLOAT", 0},
                              {"ACTIVATION", 1}});
  compile("frame_kernels.cu", {{"CHANNELS", 16}, {"ADD_PENDING", 1}});
  compile("frame_kernels.cu", {{"CHANNELS", 64}, {"FACTOR_H", 3}, {"FACTOR_W", 2}});
  compile("frame_kernels.cu", {{"CHANNELS", 1}, {"OUT", 128}});
  compile("frame_kernels.cu", {{"CHANNELS", 64}, {"PHASES", 1}});
  if (architecture == 90)
    for (const std::int64_t volume : {8, 13}) compile("attention_layer.cu", {{"VOLUME", volume}});
  if (architecture >= 90) {
    for (const std::int64_t isFloat : {0, 1})
      compile("group_norm.cu", {{"AT_ONCE", 1},
                                {"CHANNELS", 512},
                                {"GROUPS", 32},
                                {"VECTOR", 8},
                                {"THREADS", 256},
                                {"X_FLOAT", isFloat},
                                {"ACTIVATION", 1},
                                {"GRADIENT", 0},
                                {"SLICE", 32},
                                {"CLUSTER", 8},
                                {"PASSES", 2}});
  }
  for (const std::int64_t isFloat : {0, 1})
    compile("patch_norm.cu",
            {{"CHANNELS", 16}, {"FT", 1}, {"FH", 3}, {"FW", 3}, {"X_FLOAT", isFloat}});
  return programs;
}

}  // namespace stormloom
