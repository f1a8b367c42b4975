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

/// Four 8 x 8 matrices of shared memory, each lane naming a row of one, as operands of a product; as they lie, or transposed.
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

#if __CUDA_ARCH__ >= 900
// Blocks of a cluster: a barrier of all their threads in two halves (what was written before the first half, also into other
// blocks' shared memory, is seen after the second), and writing into another block's shared memory.
__device__ __forceinline__ u32 rankInCluster() {
  u32 rank;
  asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}
__device__ __forceinline__ void arriveAtCluster() { asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory"); }
__device__ __forceinline__ void waitForCluster() { asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory"); }
/// The address of `own`, a place in this block's shared memory, in that of block `rank`.
__device__ __forceinline__ u32 placeInBlock(const void* own, u32 rank) {
  u32 there;
  asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(there) : "r"(u32(__cvta_generic_to_shared(own))), "r"(rank));
  return there;
}
__device__ __forceinline__ void writeToBlock(const float2* place, u32 rank, float2 value) {
  asm volatile("st.shared::cluster.v2.f32 [%0], {%1, %2};" ::"r"(placeInBlock(place, rank)), "f"(value.x), "f"(value.y)
               : "memory");
}
__device__ __forceinline__ void writeToBlock(const uint4* place, u32 rank, const uint4& value) {
  asm volatile("st.shared::cluster.v4.b32 [%0], {%1, %2, %3, %4};" ::"r"(placeInBlock(place, rank)), "r"(value.x),
               "r"(value.y), "r"(value.z), "r"(value.w)
               : "memory");
}
#endif

// Reads that are made only where `wanted`, else zeros: without a branch, so that many are under way together.
__device__ __forceinline__ uint4 readSixteen(bool wanted, const void* from) {
  uint4 value;
  asm volatile("{ .reg .pred p; setp.ne.u32 p, %4, 0; mov.b32 %0, 0; mov.b32 %1, 0; mov.b32 %2, 0; mov.b32 %3, 0; "
               "@p ld.global.v4.b32 {%0, %1, %2, %3}, [%5]; }"
               : "=&r"(value.x), "=&r"(value.y), "=&r"(value.z), "=&r"(value.w) : "r"(u32(wanted)), "l"(from));
  return value;
}
__device__ __forceinline__ uint2 readEightBytes(bool wanted, const void* from) {
  uint2 value;
  asm volatile("{ .reg .pred p; setp.ne.u32 p, %2, 0; mov.b32 %0, 0; mov.b32 %1, 0; @p ld.global.v2.b32 {%0, %1}, [%3]; }"
               : "=&r"(value.x), "=&r"(value.y) : "r"(u32(wanted)), "l"(from));
  return value;
}
__device__ __forceinline__ u32 readFour(bool wanted, const void* from) {
  u32 value;
  asm volatile("{ .reg .pred p; setp.ne.u32 p, %1, 0; mov.b32 %0, 0; @p ld.global.b32 %0, [%2]; }"
               : "=&r"(value) : "r"(u32(wanted)), "l"(from));
  return value;
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
