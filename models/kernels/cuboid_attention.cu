// Attention inside cuboids, read in place (spec 1.6, 1.7, 1.9).
//
// Tokens stay (B,T,H,W,C) through a whole level: nothing is copied into cuboid order. Index tables say at which
// token each element of a cuboid lies, so local, dilated, shifted and padded cuboids are one kernel.
//
// Launch: one warp for each tile of 16 queries of one (batch item, cuboid, head); WARPS warps a block; no two warps
// share anything. Grid (ceil(tiles / WARPS), heads, B). Shared memory: 3 x 16 rows of DIM_PADDED numbers a warp, each
// row padded by 16 bytes, so that ldmatrix meets no bank twice.
// Bound: bytes of q, k, v and the output, each touched once for V <= 16; the products (mma m16n8k16, float sums)
// are below one per cent of a step's arithmetic. Softmax runs online over tiles of 16 keys in float.
//
// Compiled for one head width: DIM (1..256), DIM_PADDED (next multiple of 16), WARPS.
#include "half.cuh"

#define ROW (DIM_PADDED + 8)   // numbers a row of shared memory
#define STEPS (DIM_PADDED / 16)  // mma steps over the head's width

struct Rows {      // 16-bit rows of one operand in device memory
  const u16* base;
  long long batch;  // elements between batch items
  long long row;    // elements between tokens
};

struct AttentionArguments {
  Rows q, k, v;
  const u16* kPadding;  // heads*DIM: what a padding token's key is, or null for zeros
  const u16* vPadding;
  const int* qIndex;    // (cuboids,queries): token of each query; below 0: its output is not wanted
  const int* kIndex;    // (cuboids,keys): token of each key; below 0: padding
  Rows globalQ;         // the same queries as seen by global keys; base null: q
  Rows globalK, globalV;
  const float* bias;    // (heads,queries,keys) or null
  const unsigned char* mask;  // (cuboids,queries,keys), 0 = may not attend; or null
  u16* out;             // tokens like q, contiguous rows of outRow elements
  long long outBatch, outRow;
  float scale;
  int cuboids, queries, keys, globals;
};

__device__ __forceinline__ void multiplyAdd(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32." HALF_NAME "." HALF_NAME ".f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
               "{%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

constexpr int kOutside = -2;  // no row of the cuboid at all
constexpr int kPadding = -1;  // a row without a token

/// The token of a row, kPadding or kOutside. `index` null: rows are tokens.
__device__ __forceinline__ int tokenOf(const int* index, int row, int count) {
  return row >= count ? kOutside : index ? index[row] : row;
}

#if DIM % 8 == 0
#define PIECES (DIM_PADDED / 16)  // of 16 bytes, for each lane of a tile of 16 rows

/// A tile on its way to shared memory. Fetching all operands before storing any keeps their reads in flight together.
struct Staged {
  uint4 piece[PIECES];
};
__device__ __forceinline__ int slotOf(int i, int lane) { return (i * 32 + lane) / (DIM_PADDED / 8); }
__device__ __forceinline__ int columnOf(int i, int lane) { return (i * 32 + lane) % (DIM_PADDED / 8) * 8; }

__device__ __forceinline__ void findTokens(int (&token)[PIECES], const int* index, int first, int count, int lane) {
#pragma unroll
  for (int i = 0; i < PIECES; ++i) token[i] = tokenOf(index, first + slotOf(i, lane), count);
}
__device__ __forceinline__ void fetch(Staged& staged, const u16* base, long long rowStride, const int (&token)[PIECES],
                                      const u16* padding, int lane) {
#pragma unroll
  for (int i = 0; i < PIECES; ++i) {
    const int column = columnOf(i, lane);
    staged.piece[i] = make_uint4(0, 0, 0, 0);
    if (column >= DIM) continue;
    if (token[i] >= 0) staged.piece[i] = *reinterpret_cast<const uint4*>(base + token[i] * rowStride + column);
    else if (token[i] == kPadding && padding) staged.piece[i] = *reinterpret_cast<const uint4*>(padding + column);
  }
}
__device__ __forceinline__ void store(u16* shared, const Staged& staged, int lane) {
#pragma unroll
  for (int i = 0; i < PIECES; ++i)
    *reinterpret_cast<uint4*>(shared + slotOf(i, lane) * ROW + columnOf(i, lane)) = staged.piece[i];
}
#endif

/// 16 rows into shared memory; rows of padding become `padding`, or zeros, rows outside zeros.
__device__ void loadRows(u16* shared, const u16* base, long long rowStride, const int* index, int first, int count,
                         const u16* padding, int lane) {
#if DIM % 8 == 0
  int token[PIECES];
  Staged staged;
  findTokens(token, index, first, count, lane);
  fetch(staged, base, rowStride, token, padding, lane);
  store(shared, staged, lane);
#else
  for (int i = lane; i < 16 * DIM_PADDED; i += 32) {
    const int slot = i / DIM_PADDED, column = i % DIM_PADDED;
    const int token = tokenOf(index, first + slot, count);
    u16 value = 0;
    if (column < DIM) {
      if (token >= 0) value = base[token * rowStride + column];
      else if (token == kPadding && padding) value = padding[column];
    }
    shared[slot * ROW + column] = value;
  }
#endif
}

/// Keys and values of one tile; for narrow heads all their reads are in flight together.
__device__ __forceinline__ void loadKeysAndValues(u16* ks, u16* vs, const u16* k, long long kRow, const u16* v,
                                                  long long vRow, const int* index, int first, int count,
                                                  const u16* kPad, const u16* vPad, int lane) {
#if DIM % 8 == 0 && DIM <= 128
  int token[PIECES];
  Staged keys, values;
  findTokens(token, index, first, count, lane);
  fetch(keys, k, kRow, token, kPad, lane);
  fetch(values, v, vRow, token, vPad, lane);
  store(ks, keys, lane);
  store(vs, values, lane);
#else
  loadRows(ks, k, kRow, index, first, count, kPad, lane);
  loadRows(vs, v, vRow, index, first, count, vPad, lane);
#endif
}

struct Softmax {  // of the two rows a lane belongs to: g and g + 8
  float top[2], sum[2];
};

/// The scores of 16 queries and 16 keys: c[tile of 8 keys][row pair], spread over the warp as mma leaves them.
__device__ __forceinline__ void scoreTile(float (&c)[2][4], const u16* q, const u16* k, int lane) {
#pragma unroll
  for (int step = 0; step < STEPS; ++step) {
    u32 a[4], b[4];
    loadMatrices(a, q + ((lane & 7) + ((lane >> 3) & 1) * 8) * ROW + step * 16 + (lane >> 4) * 8);
    loadMatrices(b, k + ((lane & 7) + (lane >> 4) * 8) * ROW + step * 16 + ((lane >> 3) & 1) * 8);
    multiplyAdd(c[0], a, b[0], b[1]);
    multiplyAdd(c[1], a, b[2], b[3]);
  }
}

/// Takes 16 more keys into the softmax: scores become weights, what was summed before is scaled down.
__device__ __forceinline__ void takeTile(float (&c)[2][4], Softmax& softmax, float (&o)[2 * STEPS][4]) {
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    float top = fmaxf(fmaxf(c[0][2 * half], c[0][2 * half + 1]), fmaxf(c[1][2 * half], c[1][2 * half + 1]));
    top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 1));
    top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 2));
    top = fmaxf(top, softmax.top[half]);
    const float level = top == -INFINITY ? 0.0f : top;
    const float shrink = __expf(softmax.top[half] - level);  // 0 for the first tile
    float sum = 0.0f;
#pragma unroll
    for (int tile = 0; tile < 2; ++tile)
#pragma unroll
      for (int i = 2 * half; i < 2 * half + 2; ++i) {
        c[tile][i] = __expf(c[tile][i] - level);
        sum += c[tile][i];
      }
    sum += __shfl_xor_sync(0xffffffffu, sum, 1);
    sum += __shfl_xor_sync(0xffffffffu, sum, 2);
    softmax.sum[half] = softmax.sum[half] * shrink + sum;
    softmax.top[half] = top;
#pragma unroll
    for (int n = 0; n < 2 * STEPS; ++n) {
      o[n][2 * half] *= shrink;
      o[n][2 * half + 1] *= shrink;
    }
  }
}

__device__ __forceinline__ void addValues(float (&o)[2 * STEPS][4], const float (&c)[2][4], const u16* v, int lane) {
  const u32 weights[4] = {pairOf(c[0][0], c[0][1]), pairOf(c[0][2], c[0][3]), pairOf(c[1][0], c[1][1]),
                          pairOf(c[1][2], c[1][3])};
#pragma unroll
  for (int step = 0; step < STEPS; ++step) {
    u32 b[4];
    loadTransposed(b, v + ((lane & 7) + ((lane >> 3) & 1) * 8) * ROW + step * 16 + (lane >> 4) * 8);
    multiplyAdd(o[2 * step], weights, b[0], b[1]);
    multiplyAdd(o[2 * step + 1], weights, b[2], b[3]);
  }
}

/// What is added to the scores of one tile: the bias, or minus infinity where a pair may not attend.
__device__ __forceinline__ void fetchBias(float (&bias)[2][4], const AttentionArguments& given, int cuboid, int head,
                                          int firstQuery, int firstKey, int lane) {
#pragma unroll
  for (int tile = 0; tile < 2; ++tile)
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const int query = firstQuery + (lane >> 2) + (i >> 1) * 8;
      const int key = firstKey + tile * 8 + 2 * (lane & 3) + (i & 1);
      bool open = query < given.queries && key < given.keys;
      float value = 0.0f;
      if (open && given.bias) value = given.bias[((long long)head * given.queries + query) * given.keys + key];
      if (open && given.mask) open = given.mask[((long long)cuboid * given.queries + query) * given.keys + key];
      bias[tile][i] = open ? value : -INFINITY;
    }
}

extern "C" __global__ void __launch_bounds__(32 * WARPS) attendCuboids(const AttentionArguments given) {
  __shared__ __align__(16) u16 tiles[WARPS][3][16 * ROW];
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const int tilesOfCuboid = (given.queries + 15) / 16;
  const int item = blockIdx.x * WARPS + warp;
  const int cuboid = item / tilesOfCuboid, firstQuery = (item % tilesOfCuboid) * 16;
  if (cuboid >= given.cuboids) return;  // whole warps leave: none waits for another
  const int head = blockIdx.y;
  const long long batch = blockIdx.z;
  u16 *qs = tiles[warp][0], *ks = tiles[warp][1], *vs = tiles[warp][2];
  const int* qIndex = given.qIndex + (long long)cuboid * given.queries;
  const int* kIndex = given.kIndex + (long long)cuboid * given.keys;
  const int offset = head * DIM;
  const auto own = [&](const Rows& rows) { return rows.base + batch * rows.batch + offset; };
  const int g = lane >> 2, t = lane & 3;

  waitForOthers();
  letNextStart();
  loadRows(qs, own(given.q), given.q.row, qIndex, firstQuery, given.queries, nullptr, lane);
  Softmax softmax = {{-INFINITY, -INFINITY}, {0.0f, 0.0f}};
  float o[2 * STEPS][4] = {};
  for (int firstKey = 0; firstKey < given.keys; firstKey += 16) {
    float bias[2][4];
    fetchBias(bias, given, cuboid, head, firstQuery, firstKey, lane);
    loadKeysAndValues(ks, vs, own(given.k), given.k.row, own(given.v), given.v.row, kIndex, firstKey, given.keys,
                      given.kPadding ? given.kPadding + offset : nullptr,
                      given.vPadding ? given.vPadding + offset : nullptr, lane);
    __syncwarp();
    float c[2][4] = {};
    scoreTile(c, qs, ks, lane);
#pragma unroll
    for (int tile = 0; tile < 2; ++tile)
#pragma unroll
      for (int i = 0; i < 4; ++i) c[tile][i] = c[tile][i] * given.scale + bias[tile][i];
    takeTile(c, softmax, o);
    addValues(o, c, vs, lane);
    __syncwarp();  // the tiles are written anew
  }
  if (given.globals > 0) {
    if (given.globalQ.base)
      loadRows(qs, own(given.globalQ), given.globalQ.row, qIndex, firstQuery, given.queries, nullptr, lane);
    for (int firstKey = 0; firstKey < given.globals; firstKey += 16) {
      loadKeysAndValues(ks, vs, own(given.globalK), given.globalK.row, own(given.globalV), given.globalV.row, nullptr,
                        firstKey, given.globals, nullptr, nullptr, lane);
      __syncwarp();
      float c[2][4] = {};
      scoreTile(c, qs, ks, lane);
#pragma unroll
      for (int tile = 0; tile < 2; ++tile)
#pragma unroll
        for (int i = 0; i < 4; ++i)
          c[tile][i] = firstKey + tile * 8 + 2 * t + (i & 1) < given.globals ? c[tile][i] * given.scale : -INFINITY;
      takeTile(c, softmax, o);
      addValues(o, c, vs, lane);
      __syncwarp();
    }
  }
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    const int query = firstQuery + g + half * 8;
    if (query >= given.queries) continue;
    const int token = qIndex[query];
    if (token < 0) continue;
    const float share = softmax.sum[half] > 0.0f ? 1.0f / softmax.sum[half] : 0.0f;  // wholly masked: zeros
    u16* row = given.out + batch * given.outBatch + token * given.outRow + offset;
#pragma unroll
    for (int n = 0; n < 2 * STEPS; ++n) {
      const int column = n * 8 + 2 * t;
      const float low = o[n][2 * half] * share, high = o[n][2 * half + 1] * share;
#if DIM % 2 == 0
      if (column < DIM) *reinterpret_cast<u32*>(row + column) = pairOf(low, high);
#else
      if (column < DIM) row[column] = bitsOf(low);
      if (column + 1 < DIM) row[column + 1] = bitsOf(high);
#endif
    }
  }
}
