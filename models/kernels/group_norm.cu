// Group norm and activation of fields whose channels lie last, in two passes over memory.
//
// sumGroups: partial sums of each group over runs of tokens; on the way it may close a pending residual sum
// (x' = x + update + updateBias) and write it. applyNorm: statistics from the partial sums, then
// y = activation(((x' + shift - mean) / deviation * gamma + beta) * (1 + scale) + offset).
// The gradient for x' of what came out, given dy: with h before the activation, d = dy activation'(h), f = gamma (1 + scale) /
// deviation and x^ = (x' + shift - mean) / deviation, it is f d - mean(f d) - x^ mean(f d x^), means over a group.
// sumGradients: partial sums of both means; applyGradient: the gradient. Both read x' again (and sumGroups before them).
// No atomics: the same numbers come out twice.
//
// normAtOnce (AT_ONCE 1): all of it in one pass, for fields that fit into registers. A cluster of CLUSTER blocks has SLICE channels (whole
// groups) of an item and shares its rows; a thread keeps up to PASSES pieces. The blocks tell one another their sums. Launch: grid (CLUSTER * CHANNELS / SLICE, B). Bound: latency.
//
// Launch of the others: grid (runs, B) for the sums, any number of blocks by B behind them, THREADS threads; a thread keeps one piece
// of VECTOR channels of a row and walks down the rows of its run. Bound: memory; x is read twice (the second time mostly
// from L2) and y written once; a gradient reads x three times and dy twice.
//
// Compiled for CHANNELS, GROUPS, VECTOR (8 for 16-bit x or 4, where pieces and groups divide one another, else 1), THREADS (a multiple of
// CHANNELS / VECTOR), X_FLOAT (1: x is float, 0: 16 bits), ACTIVATION (0 none, 1 SiLU, 2 leaky 0.1, 3 GELU, 4 ReLU); the
// gradient where GRADIENT is 1.
#include "half.cuh"

#define COLUMNS (CHANNELS / VECTOR)
#define ROWS_AT_ONCE (THREADS / COLUMNS)
#define WIDTH (CHANNELS / GROUPS)  // channels of a group
#define SHARES (VECTOR > WIDTH ? VECTOR / WIDTH : 1)  // groups that a piece has channels of

#define SLICES (THREADS / GROUPS > 1 ? (THREADS / GROUPS > 16 ? 16 : THREADS / GROUPS) : 1)

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
  const u16* dy;             // of the gradient kernels alone
  float2* gradientPartial;   // (B,runs,GROUPS): sums of f d and of f d x^
  Element* dx;
  long long rows;            // tokens of a batch item
  int runs;
  float eps;
};

#if !AT_ONCE
constexpr int kTogether = 4;  // rows that a thread has under way together
#endif

__device__ __forceinline__ void readPiece(float (&value)[VECTOR], const float* from) {
#if VECTOR % 4 == 0
#pragma unroll
  for (int i = 0; i < VECTOR; i += 4) {
    const float4 four = *reinterpret_cast<const float4*>(from + i);
    value[i] = four.x, value[i + 1] = four.y, value[i + 2] = four.z, value[i + 3] = four.w;
  }
#else
  value[0] = *from;
#endif
}
__device__ __forceinline__ void readPiece(float (&value)[VECTOR], const u16* from) {
#if VECTOR == 8
  unpackEight(value, *reinterpret_cast<const uint4*>(from));
#elif VECTOR == 4
  const uint2 two = *reinterpret_cast<const uint2*>(from);
  value[0] = lowOf(two.x), value[1] = highOf(two.x), value[2] = lowOf(two.y), value[3] = highOf(two.y);
#else
  value[0] = floatOf(*from);
#endif
}
__device__ __forceinline__ void writePiece(float* to, const float (&value)[VECTOR]) {
#if VECTOR % 4 == 0
#pragma unroll
  for (int i = 0; i < VECTOR; i += 4)
    *reinterpret_cast<float4*>(to + i) = make_float4(value[i], value[i + 1], value[i + 2], value[i + 3]);
#else
  *to = value[0];
#endif
}
__device__ __forceinline__ void writePiece(u16* to, const float (&value)[VECTOR]) {
#if VECTOR == 8
  *reinterpret_cast<uint4*>(to) = packEight(value);
#elif VECTOR == 4
  *reinterpret_cast<uint2*>(to) = make_uint2(pairOf(value[0], value[1]), pairOf(value[2], value[3]));
#else
  *to = bitsOf(value[0]);
#endif
}

__device__ __forceinline__ float activated(float x) {
#if ACTIVATION == 1
  return __fdividef(x, 1.0f + __expf(-x));
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

#if GRADIENT
/// Its derivative at x.
__device__ __forceinline__ float slopeOfActivation(float x) {
#if ACTIVATION == 1
  const float share = 1.0f / (1.0f + __expf(-x));
  return share * (1.0f + x * (1.0f - share));
#elif ACTIVATION == 2
  return x >= 0.0f ? 1.0f : 0.1f;
#elif ACTIVATION == 3
  return 0.5f * (1.0f + erff(x * 0.70710678f)) + x * 0.39894228f * __expf(-0.5f * x * x);
#elif ACTIVATION == 4
  return x > 0.0f ? 1.0f : 0.0f;
#else
  return 1.0f;
#endif
}
#endif

/// The rows of this block: an equal share.
__device__ __forceinline__ void ownRows(const GroupNormArguments& given, long long& first, long long& end) {
  const long long each = (given.rows + gridDim.x - 1) / gridDim.x;
  first = blockIdx.x * each;
  end = first + each < given.rows ? first + each : given.rows;
}

/// What the threads of this block have summed, added up for each group.
__device__ void writePartials(float2* partial, float2 (&sums)[SHARES][THREADS], const float2 (&own)[SHARES], int runs,
                              long long batch) {
#pragma unroll
  for (int share = 0; share < SHARES; ++share) sums[share][threadIdx.x] = own[share];
  __syncthreads();
  for (int group = threadIdx.x; group < GROUPS; group += THREADS) {
    float2 total = make_float2(0.0f, 0.0f);
    constexpr int kPieces = SHARES > 1 ? 1 : WIDTH / VECTOR;  // of a row that the group has a part in
    const int firstPiece = SHARES > 1 ? group / SHARES : group * kPieces;
    for (int r = 0; r < ROWS_AT_ONCE; ++r)
      for (int c = 0; c < kPieces; ++c) {
        const float2 one = sums[group % SHARES][r * COLUMNS + firstPiece + c];
        total.x += one.x;
        total.y += one.y;
      }
    partial[(batch * runs + blockIdx.x) * GROUPS + group] = total;
  }
}

/// The partial sums of all runs, for every group; by all threads of the block.
__device__ void addPartials(float2 (&totals)[GROUPS], float2 (&slices)[SLICES][GROUPS], const float2* partial, int runs,
                            long long batch) {
  for (int i = threadIdx.x; i < SLICES * GROUPS; i += THREADS) {  // every group by several threads
    const int slice = i / GROUPS, group = i % GROUPS;
    float2 total = make_float2(0.0f, 0.0f);
#pragma unroll 8
    for (int run = slice; run < runs; run += SLICES) {
      const float2 one = partial[(batch * runs + run) * GROUPS + group];
      total.x += one.x;
      total.y += one.y;
    }
    slices[slice][group] = total;
  }
  __syncthreads();
  for (int group = threadIdx.x; group < GROUPS; group += THREADS) {
    float2 total = make_float2(0.0f, 0.0f);
    for (int slice = 0; slice < SLICES; ++slice) {
      total.x += slices[slice][group].x;
      total.y += slices[slice][group].y;
    }
    totals[group] = total;
  }
  __syncthreads();
}

/// Mean and 1 / deviation of a group.
__device__ __forceinline__ float2 statisticsOf(const float2& sums, const GroupNormArguments& given) {
  const float count = float(given.rows) * WIDTH, mean = sums.x / count;
  return make_float2(mean, rsqrtf(fmaxf(sums.y / count - mean * mean, 0.0f) + given.eps));
}

/// A piece of the pending sum x + update + bias.
__device__ __forceinline__ void readSum(float (&value)[VECTOR], const GroupNormArguments& given,
                                        const float (&bias)[VECTOR], long long at) {
  readPiece(value, given.x + at);
  if (given.update) {
    float more[VECTOR];
    readPiece(more, given.update + at);
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) value[i] += more[i];
  }
#pragma unroll
  for (int i = 0; i < VECTOR; ++i) value[i] += bias[i];
}

/// The norm of one piece of a row: h = x * factor + offset, x^ = x * spread + centre.
struct PieceNorm {
  float factor[VECTOR], offset[VECTOR], spread[VECTOR], centre[VECTOR];
};
/// `sums` are those of groups from `firstGroup` on.
__device__ __forceinline__ PieceNorm pieceNormOf(const GroupNormArguments& given, const float2* sums, long long batch,
                                                 int channel, int firstGroup = 0) {
  PieceNorm norm;
#pragma unroll
  for (int i = 0; i < VECTOR; ++i) {
    const int c = channel + i;
    const float2 own = statisticsOf(sums[c / WIDTH - firstGroup], given);
    const float shift = given.shift ? given.shift[batch * given.shiftRow + c] : 0.0f;
    norm.spread[i] = own.y;
    norm.centre[i] = (shift - own.x) * own.y;
    norm.factor[i] = own.y * given.gamma[c];
    norm.offset[i] = (shift - own.x) * norm.factor[i] + given.beta[c];
    if (given.scale) {
      const float more = 1.0f + given.scale[batch * given.scaleRow + c];
      norm.factor[i] *= more;
      norm.offset[i] = norm.offset[i] * more + given.offset[batch * given.scaleRow + c];
    }
  }
  return norm;
}

#if !AT_ONCE
extern "C" __global__ void __launch_bounds__(THREADS) sumGroups(const GroupNormArguments given) {
  __shared__ float2 sums[SHARES][THREADS];
  waitForOthers();
  letNextStart();
  const int column = threadIdx.x % COLUMNS, slot = threadIdx.x / COLUMNS, channel = column * VECTOR;
  const long long batch = blockIdx.y, start = batch * given.rows * CHANNELS;
  long long first, end;
  ownRows(given, first, end);
  float shift[VECTOR] = {}, bias[VECTOR] = {};
  if (given.shift) readPiece(shift, given.shift + batch * given.shiftRow + channel);
  if (given.updateBias) readPiece(bias, given.updateBias + channel);
  float2 own[SHARES] = {};
  for (long long row = first + slot; row < end; row += kTogether * ROWS_AT_ONCE) {
    float value[kTogether][VECTOR];
#pragma unroll
    for (int r = 0; r < kTogether; ++r)
      if (row + r * ROWS_AT_ONCE < end)
        readSum(value[r], given, bias, start + (row + r * ROWS_AT_ONCE) * CHANNELS + channel);
#pragma unroll
    for (int r = 0; r < kTogether; ++r) {
      if (row + r * ROWS_AT_ONCE >= end) break;
      if (given.sum) writePiece(given.sum + start + (row + r * ROWS_AT_ONCE) * CHANNELS + channel, value[r]);
#pragma unroll
      for (int i = 0; i < VECTOR; ++i) {
        const float v = value[r][i] + shift[i];
        own[i * SHARES / VECTOR].x += v;
        own[i * SHARES / VECTOR].y += v * v;
      }
    }
  }
  writePartials(given.partial, sums, own, given.runs, batch);
}
#endif

#if AT_ONCE
#define PIECES_OF_ROW (SLICE / VECTOR)
#define ROWS_OF_PASS (THREADS / PIECES_OF_ROW)
#define OWN_GROUPS (SLICE / WIDTH)

/// Sums of each group over the rows of this block, told to every block of the cluster.
__device__ __forceinline__ void shareSums(float2 (&ofBlocks)[CLUSTER][OWN_GROUPS], float2 own) {
  __shared__ float2 ofWarps[THREADS / 32][PIECES_OF_ROW];
#pragma unroll
  for (int step = 16; step >= PIECES_OF_ROW; step /= 2) {
    own.x += __shfl_xor_sync(0xffffffffu, own.x, step);
    own.y += __shfl_xor_sync(0xffffffffu, own.y, step);
  }
  if (threadIdx.x % 32 < PIECES_OF_ROW) ofWarps[threadIdx.x / 32][threadIdx.x % 32] = own;
  __syncthreads();
  waitForCluster();  // every block has begun
  if (threadIdx.x < OWN_GROUPS * CLUSTER) {
    const int group = threadIdx.x % OWN_GROUPS;
    float2 total = make_float2(0.0f, 0.0f);
    for (int warp = 0; warp < THREADS / 32; ++warp)
      for (int piece = 0; piece < WIDTH / VECTOR; ++piece) {
        const float2 one = ofWarps[warp][group * (WIDTH / VECTOR) + piece];
        total.x += one.x;
        total.y += one.y;
      }
    writeToBlock(&ofBlocks[rankInCluster()][group], threadIdx.x / OWN_GROUPS, total);
  }
  arriveAtCluster();
  waitForCluster();
}

/// x or an update of a piece as it lies in memory.
struct RawPiece {
  uint4 part[sizeof(Element) / 2];
};
__device__ __forceinline__ void unpack(float (&value)[VECTOR], const RawPiece& raw) {
#if X_FLOAT
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    value[4 * i] = __uint_as_float(raw.part[i].x), value[4 * i + 1] = __uint_as_float(raw.part[i].y);
    value[4 * i + 2] = __uint_as_float(raw.part[i].z), value[4 * i + 3] = __uint_as_float(raw.part[i].w);
  }
#else
  unpackEight(value, raw.part[0]);
#endif
}

extern "C" __global__ void __launch_bounds__(THREADS) normAtOnce(const GroupNormArguments given) {
  __shared__ float2 ofBlocks[CLUSTER][OWN_GROUPS];
  arriveAtCluster();
  const int column = threadIdx.x % PIECES_OF_ROW, slot = threadIdx.x / PIECES_OF_ROW;
  const int channel = blockIdx.x / CLUSTER * SLICE + column * VECTOR;
  const long long batch = blockIdx.y, start = batch * given.rows * CHANNELS;
  const long long each = (given.rows + CLUSTER - 1) / CLUSTER, first = blockIdx.x % CLUSTER * each + slot;
  const long long end = min(each * (blockIdx.x % CLUSTER + 1), given.rows);
  float bias[VECTOR] = {}, gamma[VECTOR], beta[VECTOR];
  readPiece(gamma, given.gamma + channel);
  readPiece(beta, given.beta + channel);
  if (given.updateBias) readPiece(bias, given.updateBias + channel);
  waitForOthers();
  letNextStart();
  RawPiece raw[PASSES];
  uint4 rawUpdate[PASSES];
#pragma unroll
  for (int p = 0; p < PASSES; ++p) {
    const long long row = first + p * ROWS_OF_PASS, at = start + row * CHANNELS + channel;
#pragma unroll
    for (int i = 0; i < int(sizeof(Element) / 2); ++i)
      raw[p].part[i] = readSixteen(row < end, reinterpret_cast<const uint4*>(given.x + at) + i);
    rawUpdate[p] = readSixteen(row < end && given.update, given.update + at);
  }
  float shift[VECTOR] = {}, more[VECTOR] = {}, offset[VECTOR] = {};
  if (given.shift) readPiece(shift, given.shift + batch * given.shiftRow + channel);
  if (given.scale) {
    readPiece(more, given.scale + batch * given.scaleRow + channel);
    readPiece(offset, given.offset + batch * given.scaleRow + channel);
  }
  float kept[PASSES][VECTOR];
  float2 own = make_float2(0.0f, 0.0f);
#pragma unroll
  for (int p = 0; p < PASSES; ++p) {
    const long long row = first + p * ROWS_OF_PASS;
    float update[VECTOR];
    unpack(kept[p], raw[p]);
    unpackEight(update, rawUpdate[p]);
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) kept[p][i] += update[i] + bias[i];
    if (row >= end) continue;
    if (given.sum) writePiece(given.sum + start + row * CHANNELS + channel, kept[p]);
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) {
      const float v = kept[p][i] + shift[i];
      own.x += v;
      own.y += v * v;
    }
  }
  shareSums(ofBlocks, own);
  float2 total = make_float2(0.0f, 0.0f);
#pragma unroll
  for (int block = 0; block < CLUSTER; ++block) {
    const float2 one = ofBlocks[block][column * VECTOR / WIDTH];
    total.x += one.x;
    total.y += one.y;
  }
  const float2 statistics = statisticsOf(total, given);
#pragma unroll
  for (int i = 0; i < VECTOR; ++i) {
    gamma[i] *= statistics.y;
    beta[i] = ((shift[i] - statistics.x) * gamma[i] + beta[i]) * (1.0f + more[i]) + offset[i];
    gamma[i] *= 1.0f + more[i];
  }
#pragma unroll
  for (int p = 0; p < PASSES; ++p) {
    const long long row = first + p * ROWS_OF_PASS;
    if (row >= end) break;
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) kept[p][i] = activated(kept[p][i] * gamma[i] + beta[i]);
    writePiece(given.y + start + row * CHANNELS + channel, kept[p]);
  }
}
#endif

#if !GRADIENT && !AT_ONCE
extern "C" __global__ void __launch_bounds__(THREADS) applyNorm(const GroupNormArguments given) {
  __shared__ float2 sums[GROUPS];
  __shared__ float2 slices[SLICES][GROUPS];
  waitForOthers();
  letNextStart();
  const long long batch = blockIdx.y, start = batch * given.rows * CHANNELS;
  addPartials(sums, slices, given.partial, given.runs, batch);
  const int column = threadIdx.x % COLUMNS, slot = threadIdx.x / COLUMNS, channel = column * VECTOR;
  const PieceNorm norm = pieceNormOf(given, sums, batch, channel);
  const Element* x = given.sum ? given.sum : given.x;
  long long first, end;
  ownRows(given, first, end);
  for (long long row = first + slot; row < end; row += kTogether * ROWS_AT_ONCE) {
    float value[kTogether][VECTOR];
#pragma unroll
    for (int r = 0; r < kTogether; ++r)
      if (row + r * ROWS_AT_ONCE < end)
        readPiece(value[r], x + start + (row + r * ROWS_AT_ONCE) * CHANNELS + channel);
#pragma unroll
    for (int r = 0; r < kTogether; ++r) {
      if (row + r * ROWS_AT_ONCE >= end) break;
#pragma unroll
      for (int i = 0; i < VECTOR; ++i) value[r][i] = activated(value[r][i] * norm.factor[i] + norm.offset[i]);
      writePiece(given.y + start + (row + r * ROWS_AT_ONCE) * CHANNELS + channel, value[r]);
    }
  }
}
#endif

#if GRADIENT
/// f d and x^ of one piece.
__device__ __forceinline__ void gradientPiece(float (&fd)[VECTOR], float (&normed)[VECTOR],
                                              const GroupNormArguments& given, const PieceNorm& norm, long long at) {
  float value[VECTOR];
  readPiece(value, given.x + at);
  readPiece(fd, given.dy + at);
#pragma unroll
  for (int i = 0; i < VECTOR; ++i) {
    fd[i] *= norm.factor[i] * slopeOfActivation(value[i] * norm.factor[i] + norm.offset[i]);
    normed[i] = value[i] * norm.spread[i] + norm.centre[i];
  }
}

extern "C" __global__ void __launch_bounds__(THREADS) sumGradients(const GroupNormArguments given) {
  __shared__ float2 sums[GROUPS];
  __shared__ float2 slices[SLICES][GROUPS];
  __shared__ float2 ofThreads[SHARES][THREADS];
  waitForOthers();
  letNextStart();
  const long long batch = blockIdx.y, start = batch * given.rows * CHANNELS;
  addPartials(sums, slices, given.partial, given.runs, batch);
  const int column = threadIdx.x % COLUMNS, slot = threadIdx.x / COLUMNS, channel = column * VECTOR;
  const PieceNorm norm = pieceNormOf(given, sums, batch, channel);
  float2 own[SHARES] = {};
  long long first, end;
  ownRows(given, first, end);
  for (long long row = first + slot; row < end; row += ROWS_AT_ONCE) {
    float fd[VECTOR], normed[VECTOR];
    gradientPiece(fd, normed, given, norm, start + row * CHANNELS + channel);
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) {
      own[i * SHARES / VECTOR].x += fd[i];
      own[i * SHARES / VECTOR].y += fd[i] * normed[i];
    }
  }
  writePartials(given.gradientPartial, ofThreads, own, given.runs, batch);
}

extern "C" __global__ void __launch_bounds__(THREADS) applyGradient(const GroupNormArguments given) {
  __shared__ float2 sums[GROUPS], means[GROUPS];
  __shared__ float2 slices[SLICES][GROUPS];
  waitForOthers();
  letNextStart();
  const long long batch = blockIdx.y, start = batch * given.rows * CHANNELS;
  addPartials(sums, slices, given.partial, given.runs, batch);
  addPartials(means, slices, given.gradientPartial, given.runs, batch);
  const int column = threadIdx.x % COLUMNS, slot = threadIdx.x / COLUMNS, channel = column * VECTOR;
  const PieceNorm norm = pieceNormOf(given, sums, batch, channel);
  const float share = 1.0f / (float(given.rows) * WIDTH);
  long long first, end;
  ownRows(given, first, end);
  for (long long row = first + slot; row < end; row += ROWS_AT_ONCE) {
    const long long at = start + row * CHANNELS + channel;
    float fd[VECTOR], normed[VECTOR];
    gradientPiece(fd, normed, given, norm, at);
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) {
      const float2 mean = means[(channel + i) / WIDTH];
      fd[i] -= (mean.x + normed[i] * mean.y) * share;
    }
    writePiece(given.dx + at, fd);
  }
}
#endif
