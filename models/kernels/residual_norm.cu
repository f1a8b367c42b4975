// The residual sum and the layer norm behind it in one pass: x' = x + update + bias, n = norm(x') * gamma + beta.
//
// Launch: one warp a row of CHANNELS values, 8 rows a block. x and x' are float (the residual stream is not
// rounded), update and n of 16 bits. Bound: memory; each value is read once and written once. The mean is taken before
// the squares are summed, so a large common offset costs no digits; rows stay in registers between the passes.
//
// Compiled for one width: CHANNELS, and VECTOR values a lane and access (4, or 1 where 4 does not divide it).
#include "half.cuh"

#define PIECES ((CHANNELS + 32 * VECTOR - 1) / (32 * VECTOR))

struct ResidualArguments {
  const float* x;
  const u16* update;        // or null
  const float* updateBias;  // CHANNELS, or null
  const float* gamma;       // CHANNELS; null: no norm is wanted
  const float* beta;
  float* sum;               // or null
  u16* normed;              // or null
  long long rows;
  float eps;
};

struct Piece {
  float value[VECTOR];
};

__device__ __forceinline__ Piece readFloats(const float* from) {
  Piece piece;
#if VECTOR == 4
  const float4 four = *reinterpret_cast<const float4*>(from);
  piece.value[0] = four.x, piece.value[1] = four.y, piece.value[2] = four.z, piece.value[3] = four.w;
#else
  piece.value[0] = *from;
#endif
  return piece;
}

__device__ __forceinline__ Piece readRounded(const u16* from) {
  Piece piece;
#if VECTOR == 4
  const uint2 two = *reinterpret_cast<const uint2*>(from);
  piece.value[0] = lowOf(two.x), piece.value[1] = highOf(two.x);
  piece.value[2] = lowOf(two.y), piece.value[3] = highOf(two.y);
#else
  piece.value[0] = floatOf(*from);
#endif
  return piece;
}

__device__ __forceinline__ void writeFloats(float* to, const Piece& piece) {
#if VECTOR == 4
  *reinterpret_cast<float4*>(to) = make_float4(piece.value[0], piece.value[1], piece.value[2], piece.value[3]);
#else
  *to = piece.value[0];
#endif
}

__device__ __forceinline__ void writeRounded(u16* to, const Piece& piece) {
#if VECTOR == 4
  *reinterpret_cast<uint2*>(to) =
      make_uint2(pairOf(piece.value[0], piece.value[1]), pairOf(piece.value[2], piece.value[3]));
#else
  *to = bitsOf(piece.value[0]);
#endif
}

__device__ __forceinline__ float overWarp(float value) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) value += __shfl_xor_sync(0xffffffffu, value, step);
  return value;
}

extern "C" __global__ void __launch_bounds__(256) addAndNorm(const ResidualArguments given) {
  const long long row = (long long)blockIdx.x * 8 + threadIdx.x / 32;
  if (row >= given.rows) return;
  const int lane = threadIdx.x % 32;
  const long long start = row * CHANNELS;
  waitForOthers();
  letNextStart();
  Piece pieces[PIECES];
  float total = 0.0f;
#pragma unroll
  for (int p = 0; p < PIECES; ++p) {
    const int channel = (p * 32 + lane) * VECTOR;
    if (channel >= CHANNELS) continue;
    Piece piece = readFloats(given.x + start + channel);
    if (given.update) {
      const Piece more = readRounded(given.update + start + channel);
#pragma unroll
      for (int i = 0; i < VECTOR; ++i) piece.value[i] += more.value[i];
    }
    if (given.updateBias) {
      const Piece more = readFloats(given.updateBias + channel);
#pragma unroll
      for (int i = 0; i < VECTOR; ++i) piece.value[i] += more.value[i];
    }
    if (given.sum) writeFloats(given.sum + start + channel, piece);
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) total += piece.value[i];
    pieces[p] = piece;
  }
  if (!given.normed) return;
  const float mean = overWarp(total) / CHANNELS;
  float squares = 0.0f;
#pragma unroll
  for (int p = 0; p < PIECES; ++p) {
    if ((p * 32 + lane) * VECTOR >= CHANNELS) continue;
#pragma unroll
    for (int i = 0; i < VECTOR; ++i) squares += (pieces[p].value[i] - mean) * (pieces[p].value[i] - mean);
  }
  const float scale = rsqrtf(overWarp(squares) / CHANNELS + given.eps);
#pragma unroll
  for (int p = 0; p < PIECES; ++p) {
    const int channel = (p * 32 + lane) * VECTOR;
    if (channel >= CHANNELS) continue;
    Piece piece = pieces[p];
    const Piece gamma = readFloats(given.gamma + channel), beta = readFloats(given.beta + channel);
#pragma unroll
    for (int i = 0; i < VECTOR; ++i)
      piece.value[i] = (piece.value[i] - mean) * scale * gamma.value[i] + beta.value[i];
    writeRounded(given.normed + start + channel, piece);
  }
}
