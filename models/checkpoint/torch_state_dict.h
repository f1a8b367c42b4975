#pragma once

#include <functional>
#include <optional>

#include "models/checkpoint/pickle_machine.h"

namespace stormloom {

struct StorageBytes {
  std::uint64_t begin = 0;  ///< position in the file
  std::uint64_t bytes = 0;
};
using FindStorage = std::function<std::optional<StorageBytes>(std::string_view key)>;

/// The tensors of a pickled state dictionary, or of the one under "state_dict", each view checked
/// against its storage. format stays empty.
TensorListing listStateDict(const PickleResult& pickle, const FindStorage& findStorage,
                            const std::string& source);

}  // namespace stormloom
