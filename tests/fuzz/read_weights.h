#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/errors.h"
#include "models/checkpoint/tensor_listing.h"

namespace stormloom {

/// What opening a weights file does, but for LibTorch: lists the tensors with `list`, checks them
/// and copies every element. A refusal is an answer; anything else thrown ends the fuzzing.
template <class List>
int readWeights(const std::uint8_t* data, std::size_t size, List list) {
  const Bytes file = std::as_bytes(std::span(data, size));
  const WeightsReadOptions options{.verifyChecksums = false};  // else the fuzzer would only guess CRCs
  try {
    const TensorListing listing = list(file, options);
    checkListing(listing, file, "fuzzed", options);
    for (const TensorEntry& tensor : listing.tensors) {
      const auto count = checkedCount(tensor.shape).value();
      std::vector<std::byte> copy(std::size_t(count) * elementSize(tensor.type));
      gatherElements(file, tensor, copy);
    }
  } catch (const ModelError&) {
  }
  return 0;
}

}  // namespace stormloom
