// Small kernels over frames (N,H,W,C), channels last, 16 bits; each reads and writes memory once, 16 bytes a lane.
//
// addPending: y = x + update + bias, of which the last two may be missing; y may be x. Launch: any number of blocks of 256,
// C a multiple of 8.
// putPhases: y (N,2H,2W,C) from what four convolutions of frames (N,H,W) made beside one another, x (N,H+1,W+1,4C): phase
// (r,c) of cell (i,j) lies at (i+r,j+c). Adds the bias. C a multiple of 8.
// upsampleFrames: every cell becomes FACTOR_H x FACTOR_W cells. C a multiple of 8.
// convolveFew: a convolution 3 x 3 of CHANNELS (1 to 4) channels to OUT (a multiple of 8), padded with zeros, bias
// included; library kernels are made for many channels. A thread makes eight channels of one cell; the weights,
// (3,3,CHANNELS,OUT) in float, lie in shared memory. Bound: writing the result.
//
// Compiled for CHANNELS and, where used, FACTOR_H, FACTOR_W, OUT; ADD_PENDING and PHASES say which is wanted.
#include "half.cuh"

struct FrameArguments {
  const u16* x;
  const float* weight;
  const u16* update;  // or null
  const float* bias;  // or null
  u16* y;
  long long pieces;  // of eight values in the result, below 2^32
  unsigned height, width;  // of x
};

#ifdef ADD_PENDING
extern "C" __global__ void __launch_bounds__(256) addPending(const FrameArguments given) {
  waitForOthers();
  letNextStart();
  const long long step = (long long)gridDim.x * 256;
#pragma unroll 4
  for (long long piece = (long long)blockIdx.x * 256 + threadIdx.x; piece < given.pieces; piece += step) {
    const int channel = piece % (CHANNELS / 8) * 8;
    float value[8];
    unpackEight(value, *reinterpret_cast<const uint4*>(given.x + piece * 8));
    if (given.update) {
      float more[8];
      unpackEight(more, *reinterpret_cast<const uint4*>(given.update + piece * 8));
#pragma unroll
      for (int i = 0; i < 8; ++i) value[i] += more[i];
    }
    if (given.bias) {
#pragma unroll
      for (int i = 0; i < 8; ++i) value[i] += given.bias[channel + i];
    }
    *reinterpret_cast<uint4*>(given.y + piece * 8) = packEight(value);
  }
}
#endif

#ifdef PHASES
extern "C" __global__ void __launch_bounds__(256) putPhases(const FrameArguments given) {
  waitForOthers();
  letNextStart();
  for (u32 piece = blockIdx.x * 256 + threadIdx.x; piece < given.pieces; piece += gridDim.x * 256) {
    const int channel = piece % (CHANNELS / 8) * 8;
    u32 cell = piece / (CHANNELS / 8);
    const int column = cell % (2 * given.width);
    cell /= 2 * given.width;
    const int row = cell % (2 * given.height);
    const u32 frame = cell / (2 * given.height);
    const int r = row % 2, c = column % 2;
    const long long from = ((long long)frame * (given.height + 1) + row / 2 + r) * (given.width + 1) + column / 2 + c;
    uint4 eight = *reinterpret_cast<const uint4*>(given.x + from * 4 * CHANNELS + (2 * r + c) * CHANNELS + channel);
    if (given.bias) {
      float value[8];
      unpackEight(value, eight);
#pragma unroll
      for (int i = 0; i < 8; ++i) value[i] += given.bias[channel + i];
      eight = packEight(value);
    }
    *reinterpret_cast<uint4*>(given.y + piece * 8ll) = eight;
  }
}
#endif

#ifdef FACTOR_H
extern "C" __global__ void __launch_bounds__(256) upsampleFrames(const FrameArguments given) {
  waitForOthers();
  letNextStart();
  for (u32 piece = blockIdx.x * 256 + threadIdx.x; piece < given.pieces; piece += gridDim.x * 256) {
    const int inCell = piece % (CHANNELS / 8);
    u32 cell = piece / (CHANNELS / 8);
    const int column = cell % (given.width * FACTOR_W);
    cell /= given.width * FACTOR_W;
    const int row = cell % (given.height * FACTOR_H);
    const u32 frame = cell / (given.height * FACTOR_H);
    const long long from = ((long long)frame * given.height + row / FACTOR_H) * given.width + column / FACTOR_W;
    *reinterpret_cast<uint4*>(given.y + piece * 8ll) =
        *reinterpret_cast<const uint4*>(given.x + from * CHANNELS + inCell * 8);
  }
}
#endif

#ifdef OUT
extern "C" __global__ void __launch_bounds__(256) convolveFew(const FrameArguments given) {
  __shared__ float weight[9 * CHANNELS * OUT];
  waitForOthers();
  letNextStart();
  for (int i = threadIdx.x; i < 9 * CHANNELS * OUT; i += 256) weight[i] = given.weight[i];
  __syncthreads();
  for (u32 piece = blockIdx.x * 256 + threadIdx.x; piece < given.pieces; piece += gridDim.x * 256) {
    const int channel = piece % (OUT / 8) * 8;
    const u32 cell = piece / (OUT / 8);
    const int column = cell % given.width, row = cell / given.width % given.height;
    float value[8];
#pragma unroll
    for (int i = 0; i < 8; ++i) value[i] = given.bias ? given.bias[channel + i] : 0.0f;
#pragma unroll
    for (int dy = -1; dy <= 1; ++dy)
#pragma unroll
      for (int dx = -1; dx <= 1; ++dx) {
        if (row + dy < 0 || row + dy >= given.height || column + dx < 0 || column + dx >= given.width) continue;
        const u16* x = given.x + (cell + (long long)dy * given.width + dx) * CHANNELS;
#pragma unroll
        for (int c = 0; c < CHANNELS; ++c) {
          const float v = floatOf(x[c]);
          const float* w = weight + (((dy + 1) * 3 + dx + 1) * CHANNELS + c) * OUT + channel;
#pragma unroll
          for (int i = 0; i < 8; ++i) value[i] += v * w[i];
        }
      }
    *reinterpret_cast<uint4*>(given.y + piece * 8ll) = packEight(value);
  }
}
#endif
