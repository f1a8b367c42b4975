// Attention inside cuboids, read in place (spec 1.6, 1.7, 1.9).
//
// Tokens stay (B,T,H,W,C) through a whole level: nothing is copied into cuboid order. Index tables say at which
// token each element of a cuboid lies, so local, dilated, shifted and padded cuboids are one kernel.
//
// Launch: one warp for each tile of 16 queries of one (batch item, cuboid, head); WARPS warps a block; no two warps
// share anything. Grid (ceil(tiles / WARPS), heads, B). Shared memory: 3 x 16 rows of DIM_PADDED bf16 a warp, each
// row padded by 16 bytes, so that ldmatrix meets no bank twice.
// Bound: bytes of q, k, v and the output, each touched once for V <= 16; the products (mma m16n8k16, float sums)
// are below one per cent of a step's arithmetic. Softmax runs online over tiles of 16 keys in float.
//
// Compiled for one head width: DIM (1..256), DIM_PADDED (next multiple of 16), WARPS.
#include "bf16.cuh"

#define ROW (DIM_PADDED + 8)   // bf16 a row of shared memory
#define STEPS (DIM_PADDED / 16)  // mma steps over the head's width

struct Rows {      // bf16 rows of one operand in device memory
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

__device__ __forceinline__ void loadMatrices(u32 (&r)[4], const u16* row) {
  const u32 address = u32(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address) : "memory");
}
__device__ __forceinline__ void loadTransposed(u32 (&r)[4], const u16* row) {
  const u32 address = u32(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address) : "memory");
}
__device__ __forceinline__ void multiplyAdd(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
               "{%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/// 16 rows into shared memory. `index` names the token of each row (null: rows first, first+1, ...); a row that has
/// none, or lies behind `count`, becomes `padding`, or zeros.
__device__ void loadRows(u16* shared, const u16* base, long long rowStride, const int* index, int first, int count,
                         const u16* padding, int lane) {
#if DIM % 8 == 0
  constexpr int kPieces = DIM_PADDED / 8;  // 16 bytes each
  for (int i = lane; i < 16 * kPieces; i += 32) {
    const int slot = i / kPieces, column = (i % kPieces) * 8;
    const bool inside = first + slot < count;
    const int token = !inside ? -1 : index ? index[first + slot] : first + slot;
    uint4 piece = make_uint4(0, 0, 0, 0);
    if (column < DIM) {
      if (token >= 0) piece = *reinterpret_cast<const uint4*>(base + token * rowStride + column);
      else if (inside && padding) piece = *reinterpret_cast<const uint4*>(padding + column);
    }
    *reinterpret_cast<uint4*>(shared + slot * ROW + column) = piece;
  }
#else
  for (int i = lane; i < 16 * DIM_PADDED; i += 32) {
    const int slot = i / DIM_PADDED, column = i % DIM_PADDED;
    const bool inside = first + slot < count;
    const int token = !inside ? -1 : index ? index[first + slot] : first + slot;
    u16 value = 0;
    if (column < DIM) {
      if (token >= 0) value = base[token * rowStride + column];
      else if (inside && padding) value = padding[column];
    }
    shared[slot * ROW + column] = value;
  }
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

  loadRows(qs, own(given.q), given.q.row, qIndex, firstQuery, given.queries, nullptr, lane);
  Softmax softmax = {{-INFINITY, -INFINITY}, {0.0f, 0.0f}};
  float o[2 * STEPS][4] = {};
  for (int firstKey = 0; firstKey < given.keys; firstKey += 16) {
    loadRows(ks, own(given.k), given.k.row, kIndex, firstKey, given.keys,
             given.kPadding ? given.kPadding + offset : nullptr, lane);
    loadRows(vs, own(given.v), given.v.row, kIndex, firstKey, given.keys,
             given.vPadding ? given.vPadding + offset : nullptr, lane);
    __syncwarp();
    float c[2][4] = {};
    scoreTile(c, qs, ks, lane);
#pragma unroll
    for (int tile = 0; tile < 2; ++tile)
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const int query = firstQuery + g + (i >> 1) * 8, key = firstKey + tile * 8 + 2 * t + (i & 1);
        bool open = query < given.queries && key < given.keys;
        float score = c[tile][i] * given.scale;
        if (open && given.bias) score += given.bias[((long long)head * given.queries + query) * given.keys + key];
        if (open && given.mask) open = given.mask[((long long)cuboid * given.queries + query) * given.keys + key];
        c[tile][i] = open ? score : -INFINITY;
      }
    takeTile(c, softmax, o);
    addValues(o, c, vs, lane);
    __syncwarp();  // the tiles are written anew
  }
  if (given.globals > 0) {
    if (given.globalQ.base)
      loadRows(qs, own(given.globalQ), given.globalQ.row, qIndex, firstQuery, given.queries, nullptr, lane);
    for (int firstKey = 0; firstKey < given.globals; firstKey += 16) {
      loadRows(ks, own(given.globalK), given.globalK.row, nullptr, firstKey, given.globals, nullptr, lane);
      loadRows(vs, own(given.globalV), given.globalV.row, nullptr, firstKey, given.globals, nullptr, lane);
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
