#pragma once

#include <string>
#include <vector>

#include "core/json.h"

namespace stormloom {

/// `earthformer-sevir`, `earthformer-sevir-noglobal`, `earthformer-sevirlr`, `earthformer-enso`,
/// `earthformer-nbody`.
std::vector<std::string> earthformerNames();

/// An official configuration by that name, with the official keys (spec 5); ModelError when the
/// name is unknown.
Json earthformerConfig(const std::string& name);

}  // namespace stormloom
