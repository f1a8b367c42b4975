// Patch merging's copy and layer norm in one pass (spec 1.3): neighbouring cells of a field (B,T,H,W,C) become one row
// of FT*FH*FW*C values, c fastest, which is normed on the way. No padding: the field's sides are multiples.
//
// Launch: one warp a row, 8 rows a block. Bound: memory; every value is read once and written once. A row stays in
// registers between the passes. Compiled for CHANNELS (a multiple of 4), FT, FH, FW, X_FLOAT (1: x is float, 0: 16 bits).
#include "half.cuh"

#define MERGED (FT * FH * FW * CHANNELS)
#define PIECES ((MERGED + 127) / 128)

#if X_FLOAT
typedef float Element;
#else
typedef u16 Element;
#endif

struct PatchArguments {
  const Element* x;
  const float* gamma;  // MERGED
  const float* beta;
  u16* normed;
  long long rows;
  int frames, height, width;  // of the merged field
  float eps;
};

__device__ __forceinline__ float4 readFour(const float* from) { return *reinterpret_cast<const float4*>(from); }
__device__ __forceinline__ float4 readFour(const u16* from) {
  const uint2 two = *reinterpret_cast<const uint2*>(from);
  return make_float4(lowOf(two.x), highOf(two.x), lowOf(two.y), highOf(two.y));
}

__device__ __forceinline__ float overWarp(float value) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) value += __shfl_xor_sync(0xffffffffu, value, step);
  return value;
}

extern "C" __global__ void __launch_bounds__(256) mergeAndNorm(const PatchArguments given) {
  const long long row = (long long)blockIdx.x * 8 + threadIdx.x / 32;
  if (row >= given.rows) return;
  const int lane = threadIdx.x % 32;
  const int w = row % given.width, h = row / given.width % given.height;
  const long long frame = row / given.width / given.height;  // batch * frames + t
  const long long batch = frame / given.frames, t = frame % given.frames;
  waitForOthers();
  letNextStart();
  float4 pieces[PIECES];
  float total = 0.0f;
#pragma unroll
  for (int p = 0; p < PIECES; ++p) {
    const int at = (p * 32 + lane) * 4;
    pieces[p] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (at >= MERGED) continue;
    const int cell = at / CHANNELS, dw = cell % FW, dh = cell / FW % FH, dt = cell / (FW * FH);
    const long long token =
        (((batch * given.frames + t) * FT + dt) * given.height * FH + h * FH + dh) * given.width * FW + w * FW + dw;
    pieces[p] = readFour(given.x + token * CHANNELS + at % CHANNELS);
    total += pieces[p].x + pieces[p].y + pieces[p].z + pieces[p].w;
  }
  const float mean = overWarp(total) / MERGED;
  float squares = 0.0f;
#pragma unroll
  for (int p = 0; p < PIECES; ++p) {
    if ((p * 32 + lane) * 4 >= MERGED) continue;
    const float4 d = make_float4(pieces[p].x - mean, pieces[p].y - mean, pieces[p].z - mean, pieces[p].w - mean);
    squares += d.x * d.x + d.y * d.y + d.z * d.z + d.w * d.w;
  }
  const float scale = rsqrtf(overWarp(squares) / MERGED + given.eps);
#pragma unroll
  for (int p = 0; p < PIECES; ++p) {
    const int at = (p * 32 + lane) * 4;
    if (at >= MERGED) continue;
    const float4 gamma = readFour(given.gamma + at), beta = readFour(given.beta + at);
    const uint2 two = make_uint2(pairOf((pieces[p].x - mean) * scale * gamma.x + beta.x,
                                        (pieces[p].y - mean) * scale * gamma.y + beta.y),
                                 pairOf((pieces[p].z - mean) * scale * gamma.z + beta.z,
                                        (pieces[p].w - mean) * scale * gamma.w + beta.w));
    *reinterpret_cast<uint2*>(given.normed + row * MERGED + at) = two;
  }
}
