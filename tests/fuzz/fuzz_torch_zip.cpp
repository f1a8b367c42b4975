#include "tests/fuzz/read_weights.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stormloom;
  return readWeights(data, size, [](Bytes file, const WeightsReadOptions& options) {
    return listTorchZip(file, "fuzzed", options);
  });
}
