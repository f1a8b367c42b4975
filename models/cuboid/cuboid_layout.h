#pragma once

#include <torch/torch.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/cuboid_map.h"
#include "models/kernels/cuboid_attention.h"

namespace stormloom {

/// (T,H,W) of a field (B,T,H,W,C).
Thw thwOf(const torch::Tensor& field);

/// Nearest resize of one axis (spec, conventions).
torch::Tensor resizeNearest(const torch::Tensor& x, std::int64_t axis, std::int64_t size);
/// Nearest resize of T, H and W of a field.
torch::Tensor resizeNearest(const torch::Tensor& field, const Thw& size);

/// Steps 1-3 of spec 1.6: pad, roll, decompose. (B,T,H,W,C) -> (B,K,V,C).
torch::Tensor cuboidsFromField(const torch::Tensor& field, const CuboidMap& map,
                               PaddingType padding);
/// Step 5: the way back. (B,K,V,C) -> (B,T,H,W,C).
torch::Tensor fieldFromCuboids(const torch::Tensor& cuboids, const CuboidMap& map,
                               PaddingType padding);

/// Step 4: which elements may attend each other, bool (K,V,V); undefined when all may.
torch::Tensor selfAttentionMask(const CuboidMap& map, PaddingType padding);
/// Which memory elements a query element may attend, bool (K,Vx,Vm); undefined when all (spec 1.9).
torch::Tensor crossAttentionMask(const CrossCuboidMaps& maps);
/// Which local tokens global vectors may attend, bool (K*V), only for `ignore`; undefined when all.
/// Flattened in rolled (T,H,W) order although the keys are in cuboid order: quirk Q2.
torch::Tensor globalAttentionMask(const CuboidMap& map, PaddingType padding);

/// Masked softmax over the last axis (spec 1.6): a fully masked row yields zeros. The mask, true =
/// may attend, may be undefined.
torch::Tensor maskedSoftmax(const torch::Tensor& scores, const torch::Tensor& mask);

/// Where the fused path finds the elements of the cuboids of a query field and a key field; masks
/// and biases are left to the layers. On the CPU.
CuboidTables cuboidTables(const CuboidMap& queries, const CuboidMap& keys, PaddingType padding);

/// The index of spec 1.7 as an int64 tensor (vol,vol).
torch::Tensor relativePositionIndexTensor(const Thw& size);

/// Names data of one shape on one device in a PerShape.
std::string shapeKey(const Thw& shape, const torch::Device& device);

/// Values that depend only on the shape of the data and the device, computed once for each.
template <class Value>
class PerShape {
public:
  template <class Compute>
  std::shared_ptr<const Value> get(const std::string& key, Compute compute) {
    const std::lock_guard lock(mutex_);
    auto& entry = values_[key];
    if (!entry) entry = std::make_shared<const Value>(compute());
    return entry;
  }

private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Value>> values_;
};

}  // namespace stormloom
