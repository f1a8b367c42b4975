// What all kernels share. Numbers of 16 bits, bfloat16 or (FP16 = 1) IEEE half, are kept as patterns of bits; kernels read
// and write them in pairs and compute in float.
typedef unsigned int u32;
typedef unsigned short u16;

#if FP16
#define HALF_NAME "f16"
__device__ __forceinline__ float floatOf(u16 bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}
__device__ __forceinline__ float lowOf(u32 pair) { return floatOf(u16(pair)); }
__device__ __forceinline__ float highOf(u32 pair) { return floatOf(u16(pair >> 16)); }
#else
#define HALF_NAME "bf16"
__device__ __forceinline__ float floatOf(u16 bits) { return __uint_as_float(u32(bits) << 16); }
__device__ __forceinline__ float lowOf(u32 pair) { return __uint_as_float(pair << 16); }
__device__ __forceinline__ float highOf(u32 pair) { return __uint_as_float(pair & 0xffff0000u); }
#endif

/// Two floats, rounded to nearest even, in one word: `low` at the lower address.
__device__ __forceinline__ u32 pairOf(float low, float high) {
  u32 pair;
  asm("cvt.rn." HALF_NAME "x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
}
__device__ __forceinline__ u16 bitsOf(float value) { return u16(pairOf(value, 0.0f)); }

/// Until the kernels before this one have finished and their results are seen. Nothing of theirs may be touched
/// before; kernels are launched early, so that starting them costs no time (programmatic dependent launch).
__device__ __forceinline__ void waitForOthers() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}
/// The next kernel may be brought onto the chip; it waits by itself for this one's results.
__device__ __forceinline__ void letNextStart() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

/// Eight values, 16 bytes in memory.
__device__ __forceinline__ void unpackEight(float (&value)[8], const uint4& piece) {
  value[0] = lowOf(piece.x), value[1] = highOf(piece.x), value[2] = lowOf(piece.y), value[3] = highOf(piece.y);
  value[4] = lowOf(piece.z), value[5] = highOf(piece.z), value[6] = lowOf(piece.w), value[7] = highOf(piece.w);
}
__device__ __forceinline__ uint4 packEight(const float (&value)[8]) {
  return make_uint4(pairOf(value[0], value[1]), pairOf(value[2], value[3]), pairOf(value[4], value[5]),
                    pairOf(value[6], value[7]));
}
