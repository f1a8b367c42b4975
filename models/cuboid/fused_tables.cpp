#include "models/cuboid/fused_tables.h"

#include "models/cuboid/attention_parts.h"

namespace stormloom {
using torch::Tensor;

CuboidTables attentionTables(const CuboidMap& queries, const CuboidMap& keys, PaddingType padding,
                             const Tensor& mask, const PositionBias& bias,
                             const torch::Device& device) {
  CuboidTables tables = cuboidTables(queries, keys, padding);
  tables.query = tables.query.to(device);
  tables.key = tables.key.to(device);
  if (mask.defined()) tables.mask = mask.squeeze(1).to(torch::kByte).contiguous();
  if (bias.table.defined())
    tables.bias =
        relativePositionBias(bias.table, bias.index, {0, queries.volume()}, keys.volume())
            .to(torch::kFloat32)
            .contiguous();
  return tables;
}

}  // namespace stormloom
