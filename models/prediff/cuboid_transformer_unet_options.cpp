#include "models/cuboid/cuboid_json.h"
#include "models/prediff/cuboid_transformer_unet.h"

namespace stormloom {

CuboidTransformerUNetOptions cuboidTransformerUNetOptionsFromJson(const Json& config) {
  requireValue(config, "upsample_type", "upsample");
  CuboidTransformerUNetOptions options;
  options.inputShape = fieldShapeFromJson(config.at("input_shape"));
  options.targetShape = fieldShapeFromJson(config.at("target_shape"));
  readTimedCuboidOptions(config, "self_pattern", options);
  options.upsampleKernelSize = config.value("upsample_kernel_size", options.upsampleKernelSize);
  options.unetResConnect = config.value("unet_res_connect", true);
  options.controlFeatures = config.value("control_features", options.controlFeatures);
  return options;
}

}  // namespace stormloom
