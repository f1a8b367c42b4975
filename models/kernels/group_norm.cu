// Group norm and activation of fields whose channels lie last, in two passes over memory.
//
// sumGroups: partial sums of each group over runs of tokens; on the way it may close a pending residual sum
// (x' = x + update + updateBias) and write it. applyNorm: statistics from the partial sums, then
// y = activation(((x' + shift - mean) / deviation * gamma + beta) * (1 + scale) + offset).
// No atomics: the same numbers come out twice.
//
// Launch of both: grid (runs, B), THREADS threads; a thread keeps one piece of VECTOR channels of a row and walks
// down the rows of its run. Bound: memory; x is read twice (the second time mostly from L2) and y written once.
//
// Compiled for CHANNELS, GROUPS, VECTOR (4 where it divides a group, else 1), THREADS (a multiple of
// CHANNELS / VECTOR), X_FLOAT (1: x is float, 0: bf16), ACTIVATION (0 none, 1 SiLU, 2 leaky 0.1, 3 GELU, 4 ReLU).
#include "bf16.cuh"

#define COLUMNS (CHANNELS / VECTOR)
#define ROWS_AT_ONCE (THREADS / COLUMNS)
#define WIDTH (CHANNELS / GROUPS)  // channels of a group

#if X_FLOAT
typedef float Element;
#else
typedef u16 Element;
#endif

struct GroupNormArguments {
  const Element* x;
  const u16* update;         // or null
  const float* updateBias;   // CHANNELS, or null
  Element* sum;              // where x + update + updateBias goes; null only where there is no update
  const float* shift;        // (B,CHANNELS) added before the statistics, or null
  const float* gamma;        // CHANNELS
  const float* beta;
  const float* scale;        // (B,CHANNELS) and offset behind the norm, or null
  const float* offset;
  long long scaleRow;        // elements between batch items of scale and offset
  long long shiftRow;
  float2* partial;           // (B,runs,GROUPS): sum, sum of squares
  u16* y;
  long long rows;            // tokens of a batch item
  int runs;
  float eps;
};

__device__ __forceinline__ void readPiece(float (&value)[VECTOR], const float* from) {
#if VECTOR == 4
  const float4 four = *reinterpret_cast<const float4*>(from);
  value[0] = four.x, value[1] = four.y, value[2] = four.z, value[3] = four.w;
#else
  value[0] = *from;
#endif
}
__device__ __forceinline__ void readPiece(float (&value)[VECTOR], const u16* from) {
#if VECTOR == 4
  const uint2 two = *reinterpret_cast<const uint2*>(from);
  value[0] = lowOf(two.x), value[1] = highOf(two.x), value[2] = lowOf(two.y), value[3] = highOf(two.y);
#else
  value[0] = floatOf(*from);
#endif
}
__device__ __forceinline__ void writePiece(float* to, const float (&value)[VECTOR]) {
#if VECTOR == 4
  *reinterpret_cast<float4*>(to) = make_float4(value[0], value[1], value[2], value[3]);
#else
  *to = value[0];
#endif
}
__device__ __forceinline__ void writePiece(u16* to, const float (&value)[VECTOR]) {
#if VECTOR == 4
  *reinterpret_cast<uint2*>(to) = make_uint2(pairOf(value[0], value[1]), pairOf(value[2], value[3]));
#else
  *to = bitsOf(value[0]);
#endif
}

__device__ __forceinline__ float activated(float x) {
#if ACTIVATION == 1
  return x / (1.0f + __expf(-x));
#elif ACTIVATION == 2
  return x >= 0.0f ? x : 0.1f * x;
#elif ACTIVATION == 3
  return 0.5f * x * (1.0f + erff(x * 0.70710678f));
#elif ACTIVATION == 4
  return fmaxf(x, 0.0f);
#else
  return x;
#endif
}

/// The rows of this block: an equal share, the same for both kernels.
__device__ __forceinline__ void ownRows(const GroupNormArguments& given, long long& first, long long& end) {
  const long long each = (given.rows + given.runs - 1) / given.runs;
  first = blockIdx.x * each;
  end = first + each < given.rows ? first + each : given.rows;
}

extern "C" __global__ void __launch_bounds__(THREADS) sumGroups(const GroupNormArguments given) {
  __shared__ float2 sums[THREADS];
  const int column = threadIdx.x % COLUMNS, slot = threadIdx.x / COLUMNS, channel = column * VECTOR;
  const long long batch = blockIdx.y, start = batch * given.rows * CHANNELS;
  long long first, end;
  ownRows(given, first, end);
  float shift[VECTOR] = {}, bias[VECTOR] = {};
  if (given.shift) readPiece(shift, given.shift + batch * given.shiftRow + channel);
  if (given.updateBias) readPiece(bias, given.updateBias + channel);
  float sum = 0.0f, squares = 0.0f;
  for (long long row = first + slot; row < end; row += ROWS_AT_ONCE) {
    const long long at = start + row * CHANNELS + channel;
    float value[VECTOR];
    readPiece(value, given.x + at);
    if (given.update) {
      float more[VECTOR];
      readPiece(more, given.update + at);
#pragma unroll
      for (int i = 0; i < VECTOR; ++i) value[i] += more[i];
    }
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) value[i] += bias[i];
    if (given.sum) writePiece(given.sum + at, value);
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) {
      const float v = value[i] + shift[i];
      sum += v;
      squares += v * v;
    }
  }
  sums[threadIdx.x] = make_float2(sum, squares);
  __syncthreads();
  for (int group = threadIdx.x; group < GROUPS; group += THREADS) {
    float2 total = make_float2(0.0f, 0.0f);
    for (int r = 0; r < ROWS_AT_ONCE; ++r)
      for (int c = 0; c < WIDTH / VECTOR; ++c) {
        const float2 one = sums[r * COLUMNS + group * (WIDTH / VECTOR) + c];
        total.x += one.x;
        total.y += one.y;
      }
    given.partial[(batch * given.runs + blockIdx.x) * GROUPS + group] = total;
  }
}

extern "C" __global__ void __launch_bounds__(THREADS) applyNorm(const GroupNormArguments given) {
  __shared__ float2 statistics[GROUPS];  // mean, 1 / deviation
  const long long batch = blockIdx.y, start = batch * given.rows * CHANNELS;
  for (int group = threadIdx.x; group < GROUPS; group += THREADS) {
    float2 total = make_float2(0.0f, 0.0f);
    for (int run = 0; run < given.runs; ++run) {
      const float2 one = given.partial[(batch * given.runs + run) * GROUPS + group];
      total.x += one.x;
      total.y += one.y;
    }
    const float count = float(given.rows) * WIDTH, mean = total.x / count;
    statistics[group] = make_float2(mean, rsqrtf(fmaxf(total.y / count - mean * mean, 0.0f) + given.eps));
  }
  __syncthreads();
  const int column = threadIdx.x % COLUMNS, slot = threadIdx.x / COLUMNS, channel = column * VECTOR;
  float factor[VECTOR], offset[VECTOR];  // y = activation(x * factor + offset)
#pragma unroll
  for (int i = 0; i < VECTOR; ++i) {
    const int c = channel + i;
    const float2 own = statistics[c / WIDTH];
    const float shift = given.shift ? given.shift[batch * given.shiftRow + c] : 0.0f;
    factor[i] = own.y * given.gamma[c];
    offset[i] = (shift - own.x) * factor[i] + given.beta[c];
    if (given.scale) {
      const float more = 1.0f + given.scale[batch * given.scaleRow + c];
      factor[i] *= more;
      offset[i] = offset[i] * more + given.offset[batch * given.scaleRow + c];
    }
  }
  const Element* x = given.sum ? given.sum : given.x;
  long long first, end;
  ownRows(given, first, end);
  for (long long row = first + slot; row < end; row += ROWS_AT_ONCE) {
    const long long at = start + row * CHANNELS + channel;
    float value[VECTOR];
    readPiece(value, x + at);
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) value[i] = activated(value[i] * factor[i] + offset[i]);
    writePiece(given.y + at, value);
  }
}
