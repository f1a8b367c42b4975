// Small kernels over frames (N,H,W,C), channels last, 16 bits; each reads and writes memory once, 16 bytes a lane.
//
// addBias: y[row] += bias, in place. Launch: any number of blocks of 256, C a multiple of 8.
// upsampleFrames: every cell becomes FACTOR_H x FACTOR_W cells. C a multiple of 8.
// convolveFew: a convolution 3 x 3 of CHANNELS (1 to 4) channels to OUT (a multiple of 8), padded with zeros, bias
// included; library kernels are made for many channels. A thread makes eight channels of one cell; the weights,
// (3,3,CHANNELS,OUT) in float, lie in shared memory. Bound: writing the result.
//
// Compiled for CHANNELS and, where used, FACTOR_H, FACTOR_W, OUT.
#include "half.cuh"

struct FrameArguments {
  const u16* x;
  const float* weight;
  const float* bias;
  u16* y;
  long long pieces;  // of eight values in the result
  int height, width;  // of x
};

#ifdef ADD_BIAS
extern "C" __global__ void __launch_bounds__(256) addBias(const FrameArguments given) {
  waitForOthers();
  letNextStart();
  const long long step = (long long)gridDim.x * 256;
  for (long long piece = (long long)blockIdx.x * 256 + threadIdx.x; piece < given.pieces; piece += step) {
    const int channel = piece % (CHANNELS / 8) * 8;
    float value[8];
    unpackEight(value, *reinterpret_cast<const uint4*>(given.y + piece * 8));
#pragma unroll
    for (int i = 0; i < 8; ++i) value[i] += given.bias[channel + i];
    *reinterpret_cast<uint4*>(given.y + piece * 8) = packEight(value);
  }
}
#endif

#ifdef FACTOR_H
extern "C" __global__ void __launch_bounds__(256) upsampleFrames(const FrameArguments given) {
  waitForOthers();
  letNextStart();
  const long long step = (long long)gridDim.x * 256;
  for (long long piece = (long long)blockIdx.x * 256 + threadIdx.x; piece < given.pieces; piece += step) {
    const int inCell = piece % (CHANNELS / 8);
    long long cell = piece / (CHANNELS / 8);
    const int column = cell % (given.width * FACTOR_W);
    cell /= given.width * FACTOR_W;
    const int row = cell % (given.height * FACTOR_H);
    const long long frame = cell / (given.height * FACTOR_H);
    const long long from = (frame * given.height + row / FACTOR_H) * given.width + column / FACTOR_W;
    *reinterpret_cast<uint4*>(given.y + piece * 8) =
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
  const long long step = (long long)gridDim.x * 256;
  for (long long piece = (long long)blockIdx.x * 256 + threadIdx.x; piece < given.pieces; piece += step) {
    const int channel = piece % (OUT / 8) * 8;
    const long long cell = piece / (OUT / 8);
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
    *reinterpret_cast<uint4*>(given.y + piece * 8) = packEight(value);
  }
}
#endif
