#include "models/engine/autocast_scope.h"

#include <ATen/autocast_mode.h>

namespace stormloom {
namespace autocast = at::autocast;

AutocastScope::AutocastScope(const torch::Device& device, torch::ScalarType products)
    : device_(device.type()),
      before_(autocast::is_autocast_enabled(device_)),
      typeBefore_(autocast::get_autocast_dtype(device_)) {
  autocast::set_autocast_enabled(device_, true);
  autocast::set_autocast_dtype(device_, products);
  autocast::increment_nesting();
}

AutocastScope::~AutocastScope() {
  // Weights that were cast are kept for the outermost scope only.
  if (autocast::decrement_nesting() == 0) autocast::clear_cache();
  autocast::set_autocast_dtype(device_, typeBefore_);
  autocast::set_autocast_enabled(device_, before_);
}

}  // namespace stormloom
