#pragma once

#include <string>

#include "core/products.h"
#include "core/receipt.h"

namespace stormloom {

/// A KMZ for Google Earth: each map as a transparent picture on the ground with its time, and the
/// legend. Throws UsageError where this build cannot draw.
void writeKmz(const std::string& path, const Product& product, const Receipt& receipt);

}  // namespace stormloom
