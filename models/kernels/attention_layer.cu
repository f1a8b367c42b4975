// A whole layer of attention inside short cuboids, read and written in place (spec 1.7), in one kernel: the pending residual
// sum x' = x + update + bias, its layer norm, the product with the packed weights of q, k and v, attention with its
// position bias, the product behind it, the residual sum s = x' + product + bias, and the layer norm n of s that the
// feed-forward wants. Four heads of 64, for GPUs of compute capability 9.0.
//
// A cluster of four blocks has 128 rows: whole cuboids, one behind the other (rows without a token are zeros);
// block h computes head h and, of the product behind, the columns of head h. Each block norms its share of the rows for all of
// them; what their heads attended they hand to one another, and the sums of the second norm.
// Launch: grid (4 * clusters, B), clusters of 4, 256 threads, one block a multiprocessor. Shared memory:
// the weights of a head, brought by two bulk copies; normed rows; q, k and v where their weights were. The products are wgmma of
// 64 rows a warpgroup; attention is mma of 16 rows a warp. Bound: latency, some ten steps that wait for one another.
//
// Matrices of the products lie as wgmma wants them without swizzling: pieces of 8 rows x 16 bytes, contiguous; `weights` comes
// so from the host, for each head those of q, k, v (192 rows) and then of the last product (64 rows), piece by piece along a row.
//
// Compiled for VOLUME (1..16), tokens of a cuboid.
#include "half.cuh"

#define HEADS 4
#define DIM 64
#define CHANNELS 256
#define ROWS 128
#define TILE_ROWS (16 / VOLUME * VOLUME)       // of the 16 that attention takes together, those of whole cuboids
#define ALL_TILES ((ROWS - 16) / TILE_ROWS + 1)  // of a cluster
#define PACKED_ROW (3 * DIM + 8)  // padded, so that ldmatrix meets no bank twice
// In numbers of 16 bits:
#define WEIGHT_PIECE 64                        // 8 rows x 8 columns
#define TOKEN_PIECE 72                         // the same and a gap, so that rows are written without meeting a bank eight times
#define WEIGHT_PIECES (CHANNELS / 8 * WEIGHT_PIECE)  // of 8 rows
#define TOKEN_PIECES (CHANNELS / 8 * TOKEN_PIECE)
#define LAST_AT (3 * DIM / 8 * WEIGHT_PIECES)
#define TOKENS_AT (LAST_AT + DIM / 8 * WEIGHT_PIECES)

struct LayerArguments {
  const float* x;            // (B,tokens,CHANNELS)
  const u16* update;         // or null
  const float* updateBias;   // or null
  const float* gamma;        // of the norm before
  const float* beta;
  const u16* weights;        // (HEADS,TOKENS_AT)
  const u16* packedBias;     // (3*CHANNELS), or null
  const u16* lastBias;       // (CHANNELS), or null
  const float* bias;         // (HEADS,VOLUME,VOLUME), or null
  const int* index;          // (cuboids,VOLUME): tokens
  const float* nextGamma;    // of the norm behind; null: none is wanted
  const float* nextBeta;
  float* sum;
  u16* normed;               // null where no norm is wanted
  long long tokens;
  float eps, nextEps, scale;
  int cuboids;
};

__device__ __forceinline__ void multiplyAdd(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32." HALF_NAME "." HALF_NAME ".f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Bulk copies into shared memory and the barrier that counts their bytes.
__device__ __forceinline__ void openBarrier(unsigned long long* barrier) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(u32(__cvta_generic_to_shared(barrier))) : "memory");
}
__device__ __forceinline__ void copyInBulk(u16* shared, const u16* from, u32 bytes, unsigned long long* barrier) {
  const u32 place = u32(__cvta_generic_to_shared(barrier));
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(place), "r"(bytes) : "memory");
  asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(
                   u32(__cvta_generic_to_shared(shared))),
               "l"(from), "r"(bytes), "r"(place)
               : "memory");
}
constexpr u32 kHandedBytes = DIM / 8 * TOKEN_PIECE * 2;  // a head's part of eight rows
/// Copies a head's part of eight rows to the same place of another block, whose barrier counts the bytes.
__device__ __forceinline__ void handToBlock(const u16* own, u32 rank, const unsigned long long* barrier) {
  asm volatile("cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(
                   placeInBlock(own, rank)),
               "r"(u32(__cvta_generic_to_shared(own))), "r"(kHandedBytes), "r"(placeInBlock(barrier, rank))
               : "memory");
}
__device__ __forceinline__ void expectBytes(unsigned long long* barrier, u32 bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(u32(__cvta_generic_to_shared(barrier))),
               "r"(bytes)
               : "memory");
}
__device__ __forceinline__ void waitForBulk(unsigned long long* barrier) {
  u32 done = 0;
  while (!done)
    asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], 0; selp.u32 %0, 1, 0, p; }"
                 : "=r"(done) : "r"(u32(__cvta_generic_to_shared(barrier))) : "memory");
}
/// What this thread wrote to shared memory is seen by wgmma behind the next barrier.
__device__ __forceinline__ void showToProducts() { asm volatile("fence.proxy.async;" ::: "memory"); }

// wgmma: c += a b^T, 64 rows of a, 16 columns deep; c as mma leaves it, 16 rows a warp.
__device__ __forceinline__ void beginProducts() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ __forceinline__ void endProducts() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
  asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
}
/// A matrix in shared memory: `along` bytes from piece to piece of a row, `down` from eight rows to the next.
__device__ __forceinline__ unsigned long long matrixAt(const u16* shared, u32 along, u32 down) {
  return (u32(__cvta_generic_to_shared(shared)) & 0x3ffff) >> 4 | (unsigned long long)(along >> 4) << 16 |
         (unsigned long long)(down >> 4) << 32;
}
__device__ __forceinline__ void multiplyWide(float (&c)[24][4], unsigned long long a, unsigned long long b) {
  asm volatile(
      "wgmma.mma_async.sync.aligned.m64n192k16.f32." HALF_NAME "." HALF_NAME " {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
      "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
      "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95}, "
      "%96, %97, 1, 1, 1, 0, 0;"
      : "+f"(c[0][0]), "+f"(c[0][1]), "+f"(c[0][2]), "+f"(c[0][3]),
        "+f"(c[1][0]), "+f"(c[1][1]), "+f"(c[1][2]), "+f"(c[1][3]),
        "+f"(c[2][0]), "+f"(c[2][1]), "+f"(c[2][2]), "+f"(c[2][3]),
        "+f"(c[3][0]), "+f"(c[3][1]), "+f"(c[3][2]), "+f"(c[3][3]),
        "+f"(c[4][0]), "+f"(c[4][1]), "+f"(c[4][2]), "+f"(c[4][3]),
        "+f"(c[5][0]), "+f"(c[5][1]), "+f"(c[5][2]), "+f"(c[5][3]),
        "+f"(c[6][0]), "+f"(c[6][1]), "+f"(c[6][2]), "+f"(c[6][3]),
        "+f"(c[7][0]), "+f"(c[7][1]), "+f"(c[7][2]), "+f"(c[7][3]),
        "+f"(c[8][0]), "+f"(c[8][1]), "+f"(c[8][2]), "+f"(c[8][3]),
        "+f"(c[9][0]), "+f"(c[9][1]), "+f"(c[9][2]), "+f"(c[9][3]),
        "+f"(c[10][0]), "+f"(c[10][1]), "+f"(c[10][2]), "+f"(c[10][3]),
        "+f"(c[11][0]), "+f"(c[11][1]), "+f"(c[11][2]), "+f"(c[11][3]),
        "+f"(c[12][0]), "+f"(c[12][1]), "+f"(c[12][2]), "+f"(c[12][3]),
        "+f"(c[13][0]), "+f"(c[13][1]), "+f"(c[13][2]), "+f"(c[13][3]),
        "+f"(c[14][0]), "+f"(c[14][1]), "+f"(c[14][2]), "+f"(c[14][3]),
        "+f"(c[15][0]), "+f"(c[15][1]), "+f"(c[15][2]), "+f"(c[15][3]),
        "+f"(c[16][0]), "+f"(c[16][1]), "+f"(c[16][2]), "+f"(c[16][3]),
        "+f"(c[17][0]), "+f"(c[17][1]), "+f"(c[17][2]), "+f"(c[17][3]),
        "+f"(c[18][0]), "+f"(c[18][1]), "+f"(c[18][2]), "+f"(c[18][3]),
        "+f"(c[19][0]), "+f"(c[19][1]), "+f"(c[19][2]), "+f"(c[19][3]),
        "+f"(c[20][0]), "+f"(c[20][1]), "+f"(c[20][2]), "+f"(c[20][3]),
        "+f"(c[21][0]), "+f"(c[21][1]), "+f"(c[21][2]), "+f"(c[21][3]),
        "+f"(c[22][0]), "+f"(c[22][1]), "+f"(c[22][2]), "+f"(c[22][3]),
        "+f"(c[23][0]), "+f"(c[23][1]), "+f"(c[23][2]), "+f"(c[23][3])
      : "l"(a), "l"(b));
}
__device__ __forceinline__ void multiplyNarrow(float (&c)[8][4], unsigned long long a, unsigned long long b) {
  asm volatile(
      "wgmma.mma_async.sync.aligned.m64n64k16.f32." HALF_NAME "." HALF_NAME " {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, "
      "%32, %33, 1, 1, 1, 0, 0;"
      : "+f"(c[0][0]), "+f"(c[0][1]), "+f"(c[0][2]), "+f"(c[0][3]),
        "+f"(c[1][0]), "+f"(c[1][1]), "+f"(c[1][2]), "+f"(c[1][3]),
        "+f"(c[2][0]), "+f"(c[2][1]), "+f"(c[2][2]), "+f"(c[2][3]),
        "+f"(c[3][0]), "+f"(c[3][1]), "+f"(c[3][2]), "+f"(c[3][3]),
        "+f"(c[4][0]), "+f"(c[4][1]), "+f"(c[4][2]), "+f"(c[4][3]),
        "+f"(c[5][0]), "+f"(c[5][1]), "+f"(c[5][2]), "+f"(c[5][3]),
        "+f"(c[6][0]), "+f"(c[6][1]), "+f"(c[6][2]), "+f"(c[6][3]),
        "+f"(c[7][0]), "+f"(c[7][1]), "+f"(c[7][2]), "+f"(c[7][3])
      : "l"(a), "l"(b));
}

__device__ __forceinline__ float overWarp(float value) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) value += __shfl_xor_sync(0xffffffffu, value, step);
  return value;
}
__device__ __forceinline__ float overFour(float value) {
  value += __shfl_xor_sync(0xffffffffu, value, 1);
  return value + __shfl_xor_sync(0xffffffffu, value, 2);
}

__device__ __forceinline__ void readEight(float (&value)[8], const float* from) {
  const float4 a = *reinterpret_cast<const float4*>(from), b = *reinterpret_cast<const float4*>(from + 4);
  value[0] = a.x, value[1] = a.y, value[2] = a.z, value[3] = a.w;
  value[4] = b.x, value[5] = b.y, value[6] = b.z, value[7] = b.w;
}

#define ROWS_OF_WARP (ROWS / HEADS / 8)  // that a warp norms

/// Eight channels of a row among the normed rows, or one of them.
__device__ __forceinline__ int placeOf(int row, int channel) {
  return row / 8 * TOKEN_PIECES + channel / 8 * TOKEN_PIECE + row % 8 * 8 + channel % 8;
}

/// Norms this block's share of the rows and hands them to all blocks. A lane has eight channels.
__device__ __forceinline__ void normRows(u16* tokens, const int* tokenOf, const LayerArguments& given, long long batch,
                                         u32 rank, int warp, int lane) {
  const int first = rank * (ROWS / HEADS) + warp * ROWS_OF_WARP, channel = lane * 8;
  uint4 x[ROWS_OF_WARP][2], update[ROWS_OF_WARP];
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; ++r) {  // all under way together
    const int token = tokenOf[first + r];
    const long long at = (batch * given.tokens + token) * CHANNELS + channel;
    x[r][0] = readSixteen(token >= 0, given.x + at);
    x[r][1] = readSixteen(token >= 0, given.x + at + 4);
    update[r] = readSixteen(token >= 0 && given.update, given.update + at);
  }
  float gamma[8], beta[8], bias[8] = {};
  readEight(gamma, given.gamma + channel);
  readEight(beta, given.beta + channel);
  if (given.updateBias) readEight(bias, given.updateBias + channel);
  float value[ROWS_OF_WARP][8], mean[ROWS_OF_WARP], factor[ROWS_OF_WARP];
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; ++r) {
    float more[8];
    unpackEight(more, update[r]);
    const u32 bits[8] = {x[r][0].x, x[r][0].y, x[r][0].z, x[r][0].w, x[r][1].x, x[r][1].y, x[r][1].z, x[r][1].w};
    mean[r] = 0.0f;
#pragma unroll
    for (int i = 0; i < 8; ++i) {
      value[r][i] = __uint_as_float(bits[i]) + more[i] + bias[i];
      mean[r] += value[r][i];
    }
  }
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; ++r) mean[r] = overWarp(mean[r]) / CHANNELS;
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; ++r) {
    factor[r] = 0.0f;
#pragma unroll
    for (int i = 0; i < 8; ++i) factor[r] += (value[r][i] - mean[r]) * (value[r][i] - mean[r]);
  }
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; ++r) factor[r] = rsqrtf(overWarp(factor[r]) / CHANNELS + given.eps);
  waitForCluster();  // all blocks have begun: their shared memory may be written
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; ++r) {
    const bool isToken = tokenOf[first + r] >= 0;
#pragma unroll
    for (int i = 0; i < 8; ++i)
      value[r][i] = isToken ? (value[r][i] - mean[r]) * factor[r] * gamma[i] + beta[i] : 0.0f;
    const uint4 eight = packEight(value[r]);
    const uint4* place = reinterpret_cast<const uint4*>(tokens + placeOf(first + r, channel));
#pragma unroll
    for (u32 block = 0; block < HEADS; ++block) writeToBlock(place, block, eight);
  }
  showToProducts();
}


/// What is added to the scores of a tile as mma spreads them: the bias, or minus infinity between cuboids.
__device__ __forceinline__ void fetchBias(float (&bias)[2][4], const LayerArguments& given, int head, int lane) {
#pragma unroll
  for (int tile = 0; tile < 2; ++tile)
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const int query = (lane >> 2) + (i >> 1) * 8, key = tile * 8 + 2 * (lane & 3) + (i & 1);
      const bool open = query / VOLUME == key / VOLUME;
      const u32 bits = readFour(open && given.bias && query < TILE_ROWS,
                                given.bias + (head * VOLUME + query % VOLUME) * VOLUME + key % VOLUME);
      bias[tile][i] = open ? __uint_as_float(bits) : -INFINITY;
    }
}

/// Attention inside one tile of 16 rows from `row` on; what comes out goes to the columns of this head among the normed rows.
__device__ __forceinline__ void attendTile(u16* tokens, const u16* packed, const float (&bias)[2][4], float scale, int row,
                                           int head, int lane) {
  float c[2][4] = {};
#pragma unroll
  for (int step = 0; step < DIM / 16; ++step) {
    u32 q[4], k[4];
    loadMatrices(q, packed + (lane & 15) * PACKED_ROW + step * 16 + (lane >> 4) * 8);
    loadMatrices(k, packed + ((lane & 7) + (lane >> 4) * 8) * PACKED_ROW + DIM + step * 16 + ((lane >> 3) & 1) * 8);
    multiplyAdd(c[0], q, k[0], k[1]);
    multiplyAdd(c[1], q, k[2], k[3]);
  }
  float share[2];
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    float top = -INFINITY, sum = 0.0f;
#pragma unroll
    for (int tile = 0; tile < 2; ++tile)
#pragma unroll
      for (int i = 2 * half; i < 2 * half + 2; ++i) {
        c[tile][i] = c[tile][i] * scale + bias[tile][i];
        top = fmaxf(top, c[tile][i]);
      }
    top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 1));
    top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 2));
#pragma unroll
    for (int tile = 0; tile < 2; ++tile)
#pragma unroll
      for (int i = 0; i < 2; ++i) {
        c[tile][2 * half + i] = __expf(c[tile][2 * half + i] - top);
        sum += c[tile][2 * half + i];
      }
    share[half] = 1.0f / overFour(sum);
  }
  const u32 weights[4] = {pairOf(c[0][0], c[0][1]), pairOf(c[0][2], c[0][3]), pairOf(c[1][0], c[1][1]),
                          pairOf(c[1][2], c[1][3])};
#pragma unroll
  for (int step = 0; step < DIM / 16; ++step) {
    u32 v[4];
    float o[2][4] = {};
    loadTransposed(v, packed + (lane & 15) * PACKED_ROW + 2 * DIM + step * 16 + (lane >> 4) * 8);
    multiplyAdd(o[0], weights, v[0], v[1]);
    multiplyAdd(o[1], weights, v[2], v[3]);
#pragma unroll
    for (int n = 0; n < 2; ++n)
#pragma unroll
      for (int half = 0; half < 2; ++half)
        if ((lane >> 2) + half * 8 < TILE_ROWS)
          *reinterpret_cast<u32*>(tokens + placeOf(row + (lane >> 2) + half * 8,
                                                   head * DIM + step * 16 + n * 8 + 2 * (lane & 3))) =
            pairOf(o[n][2 * half] * share[half], o[n][2 * half + 1] * share[half]);
  }
}

/// q, k and v of the rows, rounded, into shared memory, where their weights were.
__device__ __forceinline__ void makePacked(u16* pool, const LayerArguments& given, int head, int warp, int lane) {
  float c[3 * DIM / 8][4] = {};
  u32 bias[3 * DIM / 8];
#pragma unroll
  for (int n = 0; n < 3 * DIM / 8; ++n) {
    const int column = n * 8 + 2 * (lane & 3);
    bias[n] = readFour(given.packedBias, given.packedBias + column / DIM * CHANNELS + head * DIM + column % DIM);
  }
  const u16* rows = pool + TOKENS_AT + warp / 4 * 8 * TOKEN_PIECES;
  showToProducts();
  beginProducts();
#pragma unroll
  for (int step = 0; step < CHANNELS / 16; ++step)
    multiplyWide(c, matrixAt(rows + step * 2 * TOKEN_PIECE, 2 * TOKEN_PIECE, 2 * TOKEN_PIECES),
                 matrixAt(pool + step * 2 * WEIGHT_PIECE, 2 * WEIGHT_PIECE, 2 * WEIGHT_PIECES));
  endProducts();
  __syncthreads();  // nobody reads weights of q, k, v any more
#pragma unroll
  for (int n = 0; n < 3 * DIM / 8; ++n)
#pragma unroll
    for (int half = 0; half < 2; ++half)
      *reinterpret_cast<u32*>(pool + (warp * 16 + half * 8 + (lane >> 2)) * PACKED_ROW + n * 8 + 2 * (lane & 3)) =
          pairOf(c[n][2 * half] + lowOf(bias[n]), c[n][2 * half + 1] + highOf(bias[n]));
}

/// What x' and the last product's bias are made of, at the places that a thread's part of that product belongs to.
struct Residual {
  uint2 x[2][DIM / 8], bias[DIM / 8];
  u32 update[2][DIM / 8], lastBias[DIM / 8];
};
__device__ __forceinline__ void readResidual(Residual& kept, const int (&token)[2], const LayerArguments& given,
                                             long long batch, int firstColumn) {
#pragma unroll
  for (int n = 0; n < DIM / 8; ++n) {  // all under way together
    const int column = firstColumn + n * 8;
    kept.bias[n] = readEightBytes(given.updateBias, given.updateBias + column);
    kept.lastBias[n] = readFour(given.lastBias, given.lastBias + column);
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const long long at = (batch * given.tokens + token[half]) * CHANNELS + column;
      kept.x[half][n] = readEightBytes(token[half] >= 0, given.x + at);
      kept.update[half][n] = readFour(token[half] >= 0 && given.update, given.update + at);
    }
  }
}
__device__ __forceinline__ void addResidual(float (&s)[DIM / 8][4], const Residual& kept) {
#pragma unroll
  for (int n = 0; n < DIM / 8; ++n)
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      s[n][2 * half] = __uint_as_float(kept.x[half][n].x) + lowOf(kept.update[half][n]) +
                       __uint_as_float(kept.bias[n].x) + lowOf(kept.lastBias[n]);
      s[n][2 * half + 1] = __uint_as_float(kept.x[half][n].y) + highOf(kept.update[half][n]) +
                           __uint_as_float(kept.bias[n].y) + highOf(kept.lastBias[n]);
    }
}

/// Mean and squares about it of a thread's rows over this head's columns, told to all blocks.
__device__ __forceinline__ void shareSums(float2 (*sums)[HEADS], const float (&s)[DIM / 8][4], u32 rank, int warp, int lane) {
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    float total = 0.0f, squares = 0.0f;
#pragma unroll
    for (int n = 0; n < DIM / 8; ++n) total += s[n][2 * half] + s[n][2 * half + 1];
    const float mean = overFour(total) / DIM;
#pragma unroll
    for (int n = 0; n < DIM / 8; ++n) {
      const float a = s[n][2 * half] - mean, b = s[n][2 * half + 1] - mean;
      squares += a * a + b * b;
    }
    squares = overFour(squares);
    writeToBlock(&sums[warp * 16 + half * 8 + (lane >> 2)][rank], lane & 3, make_float2(mean, squares));
  }
}
/// Mean and 1 / deviation of a row from the sums of all heads.
__device__ __forceinline__ float2 statisticsOf(const float2 (&sums)[HEADS], float eps) {
  float mean = 0.0f, squares = 0.0f;
#pragma unroll
  for (int i = 0; i < HEADS; ++i) mean += sums[i].x / HEADS;
#pragma unroll
  for (int i = 0; i < HEADS; ++i) squares += sums[i].y + DIM * (sums[i].x - mean) * (sums[i].x - mean);
  return make_float2(mean, rsqrtf(squares / CHANNELS + eps));
}

/// What a block brings before it waits for other kernels: its head's weights, and the tokens of its rows.
__device__ __forceinline__ void beginBlock(u16* pool, int (&tokenOf)[ROWS], unsigned long long (&barriers)[3],
                                           const LayerArguments& given, int head) {
  if (threadIdx.x == 0) {
    for (unsigned long long& barrier : barriers) openBarrier(&barrier);
    expectBytes(&barriers[2], (HEADS - 1) * kHandedBytes * (ROWS / 8));
    showToProducts();
    const u16* weights = given.weights + (long long)head * TOKENS_AT;
    copyInBulk(pool, weights, 2 * LAST_AT, &barriers[0]);
    copyInBulk(pool + LAST_AT, weights + LAST_AT, 2 * (TOKENS_AT - LAST_AT), &barriers[1]);
  }
  for (int row = threadIdx.x; row < ROWS; row += 256) {
    const int cuboid = blockIdx.x / HEADS * (ALL_TILES * TILE_ROWS / VOLUME) + row / VOLUME;
    const bool isThere = row < ALL_TILES * TILE_ROWS && cuboid < given.cuboids;
    tokenOf[row] = isThere ? given.index[(long long)cuboid * VOLUME + row % VOLUME] : -1;
  }
}

/// Weights of the norm behind, for a thread's columns.
struct NextNorm {
  uint2 gamma[DIM / 8], beta[DIM / 8];
};
__device__ __forceinline__ NextNorm readNextNorm(const LayerArguments& given, int firstColumn) {
  NextNorm next;
#pragma unroll
  for (int n = 0; n < DIM / 8; ++n) {
    next.gamma[n] = readEightBytes(given.normed, given.nextGamma + firstColumn + n * 8);
    next.beta[n] = readEightBytes(given.normed, given.nextBeta + firstColumn + n * 8);
  }
  return next;
}

/// The sums of a thread, and behind them the norm, whose sums of rows all blocks have told.
__device__ __forceinline__ void writeSums(const float (&s)[DIM / 8][4], const int (&token)[2], const LayerArguments& given,
                                          long long batch, int firstColumn) {
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    if (token[half] < 0) continue;
    float* row = given.sum + (batch * given.tokens + token[half]) * CHANNELS + firstColumn;
#pragma unroll
    for (int n = 0; n < DIM / 8; ++n)
      *reinterpret_cast<float2*>(row + n * 8) = make_float2(s[n][2 * half], s[n][2 * half + 1]);
  }
}
__device__ __forceinline__ void writeNorm(const float (&s)[DIM / 8][4], const float2 (*sums)[HEADS], const NextNorm& next,
                                          const int (&token)[2], const LayerArguments& given, long long batch,
                                          int firstColumn, int firstRow) {
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    if (token[half] < 0) continue;
    const float2 norm = statisticsOf(sums[firstRow + half * 8], given.nextEps);
    u16* row = given.normed + (batch * given.tokens + token[half]) * CHANNELS + firstColumn;
#pragma unroll
    for (int n = 0; n < DIM / 8; ++n)
      *reinterpret_cast<u32*>(row + n * 8) = pairOf(
          (s[n][2 * half] - norm.x) * norm.y * __uint_as_float(next.gamma[n].x) + __uint_as_float(next.beta[n].x),
          (s[n][2 * half + 1] - norm.x) * norm.y * __uint_as_float(next.gamma[n].y) + __uint_as_float(next.beta[n].y));
  }
}

extern "C" __global__ void __launch_bounds__(256, 1) attendLayer(const LayerArguments given) {
  extern __shared__ __align__(128) u16 pool[];
  __shared__ int tokenOf[ROWS];
  __shared__ float2 sums[ROWS][HEADS];
  __shared__ __align__(8) unsigned long long barriers[3];
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const u32 rank = rankInCluster();
  const int head = int(rank);
  const long long batch = blockIdx.y;
  arriveAtCluster();
  beginBlock(pool, tokenOf, barriers, given, head);
  float bias[2][4];
  fetchBias(bias, given, head, lane);
  __syncthreads();
  waitForOthers();
  letNextStart();
  normRows(pool + TOKENS_AT, tokenOf, given, batch, rank, warp, lane);
  arriveAtCluster();
  waitForCluster();  // normed rows are there
  waitForBulk(&barriers[0]);
  makePacked(pool, given, head, warp, lane);
  arriveAtCluster();  // this block's normed rows are not needed any more
  int token[2];
#pragma unroll
  for (int half = 0; half < 2; ++half) token[half] = tokenOf[warp * 16 + half * 8 + (lane >> 2)];
  const int firstColumn = head * DIM + 2 * (lane & 3);
  Residual residual;
  readResidual(residual, token, given, batch, firstColumn);
  __syncthreads();
  for (int tile = warp; tile < ALL_TILES; tile += 8)
    attendTile(pool + TOKENS_AT, pool + tile * TILE_ROWS * PACKED_ROW, bias, given.scale, tile * TILE_ROWS, head, lane);
  showToProducts();
  __syncthreads();
  waitForCluster();
  if (warp == 0)
    for (int i = lane; i < (HEADS - 1) * (ROWS / 8); i += 32)  // to the other blocks
      handToBlock(pool + TOKENS_AT + placeOf(i % (ROWS / 8) * 8, head * DIM), (rank + 1 + i / (ROWS / 8)) % HEADS, &barriers[2]);
  float s[DIM / 8][4];
  addResidual(s, residual);
  waitForBulk(&barriers[2]);  // what all heads attended is there
  waitForBulk(&barriers[1]);
  showToProducts();
  beginProducts();
#pragma unroll
  for (int step = 0; step < CHANNELS / 16; ++step)
    multiplyNarrow(s, matrixAt(pool + TOKENS_AT + warp / 4 * 8 * TOKEN_PIECES + step * 2 * TOKEN_PIECE, 2 * TOKEN_PIECE,
                               2 * TOKEN_PIECES),
                   matrixAt(pool + LAST_AT + step * 2 * WEIGHT_PIECE, 2 * WEIGHT_PIECE, 2 * WEIGHT_PIECES));
  endProducts();
  const NextNorm next = readNextNorm(given, firstColumn);
  shareSums(sums, s, rank, warp, lane);
  arriveAtCluster();
  writeSums(s, token, given, batch, firstColumn);
  waitForCluster();
  if (given.normed) writeNorm(s, sums, next, token, given, batch, firstColumn, warp * 16 + (lane >> 2));
}
