// The pickle of a zip checkpoint alone: every storage it names is 256 bytes of the input's end.
#include "models/checkpoint/torch_state_dict.h"
#include "tests/fuzz/read_weights.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stormloom;
  constexpr std::uint64_t kStorageBytes = 256;
  return readWeights(data, size, [](Bytes file, const WeightsReadOptions&) {
    static const std::string source = "fuzzed";
    const PickleResult pickle = readPickle(file, source);
    const FindStorage find = [&](std::string_view) -> std::optional<StorageBytes> {
      if (file.size() < kStorageBytes) return std::nullopt;
      return StorageBytes{file.size() - kStorageBytes, kStorageBytes};
    };
    return listStateDict(pickle, find, source);
  });
}
