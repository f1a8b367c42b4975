#include "models/kernels/cuboid_attention.h"

#include <cstring>

#include "models/kernels/device_program.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/over_threads.h"
#include "models/kernels/processor_kernels.h"

namespace stormloom {
using torch::Tensor;
namespace {

// As in cuboid_attention.cu.
struct Rows {
  const void* base = nullptr;
  long long batch = 0;
  long long row = 0;
};
struct AttentionArguments {
  Rows q, k, v;
  const void* kPadding = nullptr;
  const void* vPadding = nullptr;
  const void* qIndex = nullptr;
  const void* kIndex = nullptr;
  Rows globalQ, globalK, globalV;
  const void* bias = nullptr;
  const void* mask = nullptr;
  void* out = nullptr;
  long long outBatch = 0, outRow = 0;
  float scale = 1.0f;
  int cuboids = 0, queries = 0, keys = 0, globals = 0;
};

Rows rowsOf(const Tensor& operand) {
  if (!operand.defined()) return {};
  TORCH_CHECK(operand.dim() == 3 && operand.stride(2) == 1 &&
                  operand.scalar_type() == productType(operand.device()),
              "attention reads 16-bit rows (B,tokens,heads*d), got ", operand.sizes());
  return {operand.data_ptr(), operand.stride(0), operand.stride(1)};
}

const void* dataOf(const Tensor& tensor, torch::ScalarType type) {
  if (!tensor.defined()) return nullptr;
  TORCH_CHECK(tensor.is_contiguous() && tensor.scalar_type() == type,
              "attention's tables must be contiguous");
  return tensor.data_ptr();
}

/// Pieces of 16 bytes may be read: the width, every stride and the start allow it.
bool readsWide(const Tensor& operand, std::int64_t width) {
  return !operand.defined() ||
         (width % 8 == 0 && operand.stride(0) % 8 == 0 && operand.stride(1) % 8 == 0 &&
          reinterpret_cast<std::uintptr_t>(operand.data_ptr()) % 16 == 0);
}

AttentionArguments argumentsOf(const AttentionOperands& operands, const CuboidTables& tables,
                               double scale, const Tensor& out) {
  AttentionArguments given;
  given.q = rowsOf(operands.q);
  given.k = rowsOf(operands.k);
  given.v = rowsOf(operands.v);
  given.kPadding = dataOf(operands.kPadding, operands.k.scalar_type());
  given.vPadding = dataOf(operands.vPadding, operands.v.scalar_type());
  given.qIndex = dataOf(tables.query, torch::kInt);
  given.kIndex = dataOf(tables.key, torch::kInt);
  given.globalQ = rowsOf(operands.globalQ);
  given.globalK = rowsOf(operands.globalK);
  given.globalV = rowsOf(operands.globalV);
  given.bias = dataOf(tables.bias, torch::kFloat32);
  given.mask = dataOf(tables.mask, torch::kByte);
  given.out = out.data_ptr();
  given.outBatch = out.stride(0);
  given.outRow = out.stride(1);
  given.scale = float(scale);
  given.cuboids = int(tables.query.size(0));
  given.queries = int(tables.query.size(1));
  given.keys = int(tables.key.size(1));
  given.globals = operands.globalK.defined() ? int(operands.globalK.size(1)) : 0;
  return given;
}

ProcessorRows processorRowsOf(const Tensor& operand) {
  if (!operand.defined()) return {};
  TORCH_CHECK(operand.dim() == 3 && operand.stride(2) == 1,
              "attention reads rows (B,tokens,heads*d), got ", operand.sizes());
  return {operand.data_ptr<float>(), operand.stride(0), operand.stride(1)};
}

template <class Number>
const Number* numbersOf(const Tensor& tensor) {
  return tensor.defined() ? tensor.data_ptr<Number>() : nullptr;
}

Tensor attendOnProcessor(const AttentionOperands& operands, const CuboidTables& tables,
                         std::int64_t heads, double scale) {
  const Tensor out = torch::empty_like(operands.q, torch::MemoryFormat::Contiguous);
  ProcessorAttention given;
  given.q = processorRowsOf(operands.q);
  given.k = processorRowsOf(operands.k);
  given.v = processorRowsOf(operands.v);
  given.globalQ = processorRowsOf(operands.globalQ);
  given.globalK = processorRowsOf(operands.globalK);
  given.globalV = processorRowsOf(operands.globalV);
  given.kPadding = numbersOf<float>(operands.kPadding);
  given.vPadding = numbersOf<float>(operands.vPadding);
  given.queryTokens = numbersOf<std::int32_t>(tables.query);
  given.keyTokens = numbersOf<std::int32_t>(tables.key);
  given.bias = numbersOf<float>(tables.bias);
  given.mask = numbersOf<std::uint8_t>(tables.mask);
  given.out = out.data_ptr<float>();
  given.outBatch = out.stride(0);
  given.outRow = out.stride(1);
  given.scale = float(scale);
  given.cuboids = tables.query.size(0);
  given.queries = tables.query.size(1);
  given.keys = tables.key.size(1);
  given.globals = operands.globalK.defined() ? operands.globalK.size(1) : 0;
  given.heads = heads;
  given.width = operands.q.size(2) / heads;
  const ProcessorKernels& kernels = processorKernels();
  const std::size_t room = std::size_t(kernels.scratchOf(given));
  overThreads(out.size(0) * given.cuboids, 1, [&](std::int64_t first, std::int64_t last) {
    thread_local std::vector<float> scratch;  // kept for the next layer
    if (scratch.size() < room) scratch.resize(room);
    kernels.attendCuboids(given, first, last, scratch.data());
  });
  return out;
}

}  // namespace

Tensor attendCuboids(const AttentionOperands& operands, const CuboidTables& tables,
                     std::int64_t heads, double scale) {
  if (operands.q.is_cpu()) return attendOnProcessor(operands, tables, heads, scale);
  const std::int64_t width = operands.q.size(2) / heads, padded = (width + 15) / 16 * 16;
  TORCH_CHECK(width <= kWidestFusedHead, "heads of ", width, " are wider than the kernel's ",
              kWidestFusedHead);
  for (const Tensor& operand :
       {operands.q, operands.k, operands.v, operands.globalQ, operands.globalK, operands.globalV})
    TORCH_CHECK(width % 8 != 0 || readsWide(operand, width),
                "attention's rows do not start at 16 bytes");
  const Tensor out = torch::empty({operands.q.size(0), operands.q.size(1), operands.q.size(2)},
                                  operands.q.options());
  const std::int64_t warps = padded <= 64 ? 4 : padded <= 128 ? 2 : 1;
  const AttentionArguments given = argumentsOf(operands, tables, scale, out);
  const std::int64_t tiles = given.cuboids * ((given.queries + 15) / 16);
  const auto& kernel = DeviceKernel::get("cuboid_attention.cu", "attendCuboids",
                                         {{"DIM", width}, {"DIM_PADDED", padded}, {"WARPS", warps}},
                                         operands.q.device());
  kernel.launch({unsigned((tiles + warps - 1) / warps), unsigned(heads), unsigned(out.size(0)),
                 unsigned(32 * warps)},
                given);
  return out;
}

}  // namespace stormloom
