#include <algorithm>

#include "core/errors.h"
#include "core/json.h"
#include "models/checkpoint/byte_reader.h"
#include "models/checkpoint/safetensors_types.h"
#include "models/checkpoint/tensor_listing.h"

namespace stormloom {
namespace {

constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // as the format's own library has it

struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

Json parseHeader(std::string_view text, const std::string& source) {
  JsonLimits limits{.maxDepth = 4, .maxBytes = kMaxHeaderBytes};
  // The shortest entry has 50 bytes and 7 values, so that a header of numbers only cannot eat
  // memory.
  limits.maxValues = text.size() / 4 + 64;
  Json header;
  try {
    header = Json::parse(text, limits, "its header");
  } catch (const IoError& error) {
    std::string why = error.what();
    why.pop_back();  // the full stop
    refuseFile(source, why);
  }
  if (!header.isObject()) refuseFile(source, "its header is no JSON object");
  return header;
}

std::vector<std::pair<std::string, std::string>> metadataFrom(const Json& json) {
  std::vector<std::pair<std::string, std::string>> metadata;
  for (const auto& [key, value] : json.items()) metadata.emplace_back(key, value.asString());
  return metadata;
}

/// One entry {"dtype", "shape", "data_offsets"}; positions become positions in the file.
TensorEntry entryFrom(const std::string& name, const Json& json, std::uint64_t dataBegin,
                      std::uint64_t dataBytes, ByteRange& range, const std::string& source) {
  const auto fail = [&](const char* why) {
    refuseFile(source, "the tensor \"" + name + "\" " + why);
  };
  const auto type = elementTypeFromSafetensors(json.at("dtype").asString());
  if (!type) fail("has a type that is not known here");
  TensorEntry tensor{.name = name, .type = *type};
  tensor.shape = json.at("shape").as<std::vector<std::int64_t>>();
  const Json& offsets = json.at("data_offsets");
  if (offsets.size() != 2) fail("has no begin and end");
  range = {offsets.at(0).asUint(), offsets.at(1).asUint()};
  if (range.begin > range.end || range.end > dataBytes)
    fail("lies outside the file (cut off or damaged)");
  const auto count = checkedCount(tensor.shape);
  if (!count) fail("has an impossible shape");
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(std::uint64_t(*count), std::uint64_t(elementSize(*type)), &bytes) ||
      bytes != range.end - range.begin) {
    fail("has a shape that does not fit its bytes");
  }
  tensor.strides = rowMajorStrides(tensor.shape);
  tensor.begin = dataBegin + range.begin;
  return tensor;
}

/// The tensors must tile the data: no overlap, no hole, nothing behind the last one.
void checkTiling(std::vector<ByteRange> ranges, std::uint64_t dataBytes,
                 const std::string& source) {
  std::sort(ranges.begin(), ranges.end(), [](const ByteRange& a, const ByteRange& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t claimed = 0;
  for (const ByteRange& range : ranges) {
    if (range.begin < claimed) refuseFile(source, "two tensors share bytes");
    if (range.begin > claimed) refuseFile(source, "it has bytes that belong to no tensor");
    claimed = range.end;
  }
  if (claimed != dataBytes) refuseFile(source, "it has bytes that belong to no tensor");
}

}  // namespace

TensorListing listSafetensors(Bytes file, const std::string& source) {
  ByteReader reader(file, source);
  const auto headerBytes = reader.number<std::uint64_t>();
  if (headerBytes > kMaxHeaderBytes) refuseFile(source, "its header is longer than 100 MB");
  const Json header = parseHeader(reader.text(headerBytes), source);
  const std::uint64_t dataBegin = reader.position();
  const std::uint64_t dataBytes = reader.remaining();
  TensorListing listing{.format = "safetensors"};
  std::vector<ByteRange> ranges;
  try {
    for (const auto& [name, json] : header.items()) {
      if (name == "__metadata__") {
        listing.metadata = metadataFrom(json);
        continue;
      }
      listing.tensors.push_back(
          entryFrom(name, json, dataBegin, dataBytes, ranges.emplace_back(), source));
    }
  } catch (const IoError&) {  // a key is missing or has the wrong type
    refuseFile(source, "an entry of its header is not as the format demands");
  }
  checkTiling(std::move(ranges), dataBytes, source);
  return listing;
}

}  // namespace stormloom
