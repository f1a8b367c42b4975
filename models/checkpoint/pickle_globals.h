#pragma once

#include <string_view>

#include "models/checkpoint/pickle_machine.h"

namespace stormloom {

/// A value of kind Global for a module's attribute; `written` is how it stands in the file.
PickleValue globalNamed(std::string_view module, std::string_view name, std::string_view written);

}  // namespace stormloom
