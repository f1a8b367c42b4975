// One libFuzzer program for each parser; STORMLOOM_FUZZED is its name in parsers.h.
#include <cstdint>

#include "tests/fuzz/parsers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  stormloom::fuzz::STORMLOOM_FUZZED(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
