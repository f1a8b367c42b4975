// bfloat16 as 16-bit patterns: a float's upper half. Kernels read and write them in pairs and compute in float.
typedef unsigned int u32;
typedef unsigned short u16;

__device__ __forceinline__ float floatOf(u16 bits) { return __uint_as_float(u32(bits) << 16); }
__device__ __forceinline__ float lowOf(u32 pair) { return __uint_as_float(pair << 16); }
__device__ __forceinline__ float highOf(u32 pair) { return __uint_as_float(pair & 0xffff0000u); }

/// Two floats, rounded to nearest even, in one word: `low` at the lower address.
__device__ __forceinline__ u32 pairOf(float low, float high) {
  u32 pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
}
__device__ __forceinline__ u16 bitsOf(float value) { return u16(pairOf(value, 0.0f)); }
