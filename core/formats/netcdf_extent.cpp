#include "core/formats/netcdf_extent.h"

#include <algorithm>
#include <vector>

namespace stormloom {
namespace {

constexpr std::uint64_t kMostEntries = 100'000;  // of one list
constexpr std::uint64_t kStreaming = ~std::uint64_t(0), kStreaming32 = 0xffffffffu;

std::uint64_t bytesOfType(std::uint64_t type) {
  constexpr std::uint64_t kBytes[] = {0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8};  // NC_BYTE is 1, NC_UINT64 is 11
  return type < std::size(kBytes) ? kBytes[type] : 0;
}

std::uint64_t padded(std::uint64_t bytes) { return (bytes + 3) / 4 * 4; }

/// Reads numbers one after the other; once something is missing, everything is.
class Header {
public:
  explicit Header(std::string_view bytes) : bytes_(bytes) {
    isGood_ = bytes.starts_with("CDF") && bytes.size() > 4;
    version_ = isGood_ ? bytes[3] : 0;
    isGood_ = isGood_ && (version_ == 1 || version_ == 2 || version_ == 5);
    at_ = 4;
  }
  bool isGood() const { return isGood_; }
  bool endsEarly() const { return endsEarly_; }
  int version() const { return version_; }

  std::uint64_t number(std::size_t bytes) {
    if (!isGood_ || bytes > bytes_.size() - at_) return endEarly();
    std::uint64_t value = 0;
    for (std::size_t k = 0; k < bytes; ++k) value = value << 8 | static_cast<unsigned char>(bytes_[at_++]);
    return value;
  }
  std::uint64_t count() { return number(version_ == 5 ? 8 : 4); }
  std::uint64_t offset() { return number(version_ == 1 ? 4 : 8); }
  void skip(std::uint64_t bytes) {
    if (!isGood_ || bytes > bytes_.size() - at_)
      endEarly();
    else
      at_ += std::size_t(bytes);
  }
  void skipName() { skipPadded(count()); }
  void skipPadded(std::uint64_t bytes) { skip(bytes > bytes_.size() ? kStreaming : padded(bytes)); }
  /// Entries of a list that begins with its tag.
  std::uint64_t entries() {
    number(4);
    const std::uint64_t entries = count();
    if (entries > kMostEntries) isGood_ = false;
    return isGood_ ? entries : 0;
  }
  void skipAttributes() {
    for (std::uint64_t left = entries(); isGood_ && left > 0; --left) {
      skipName();
      const std::uint64_t type = number(4), values = count();
      skipPadded(std::min<std::uint64_t>(values, bytes_.size()) * bytesOfType(type));
    }
  }

private:
  std::uint64_t endEarly() {
    endsEarly_ = endsEarly_ || isGood_;
    isGood_ = false;
    return 0;
  }
  std::string_view bytes_;
  std::size_t at_ = 0;
  int version_ = 0;
  bool isGood_ = false;
  bool endsEarly_ = false;
};

struct Variable {
  bool ofRecords = false;
  std::uint64_t bytes = 0;  ///< of all its values, or of those of one record
  std::uint64_t begin = 0;
};

/// Nothing where a product of lengths is beyond all files.
std::optional<Variable> nextVariable(Header& header, const std::vector<std::uint64_t>& lengths) {
  constexpr std::uint64_t kBeyond = std::uint64_t(1) << 50;
  header.skipName();
  const std::uint64_t rank = header.count();
  if (rank > 1024) return {};
  Variable variable;
  std::uint64_t values = 1;
  for (std::uint64_t k = 0; k < rank; ++k) {
    const std::uint64_t dimension = header.count();
    if (!header.isGood() || dimension >= lengths.size()) return {};
    const std::uint64_t length = lengths[dimension];
    if (length == 0 && k == 0) {
      variable.ofRecords = true;
      continue;
    }
    values *= length;
    if (values > kBeyond) return {};
  }
  header.skipAttributes();
  variable.bytes = values * bytesOfType(header.number(4));
  header.count();  // its size in the header is cut off at 4 GiB
  variable.begin = header.offset();
  if (!header.isGood() || variable.begin > kBeyond) return {};
  return variable;
}

std::uint64_t endOf(const std::vector<Variable>& variables, std::uint64_t records) {
  std::uint64_t recordBytes = 0, end = 0;
  const auto ofRecords = std::ranges::count_if(variables, &Variable::ofRecords);
  for (const Variable& variable : variables)
    if (variable.ofRecords) recordBytes += ofRecords == 1 ? variable.bytes : padded(variable.bytes);
  for (const Variable& variable : variables) {
    if (!variable.ofRecords) end = std::max(end, variable.begin + variable.bytes);
    if (variable.ofRecords && records > 0)
      end = std::max(end, variable.begin + (records - 1) * recordBytes + variable.bytes);
  }
  return end;
}

}  // namespace

std::optional<std::uint64_t> classicNetCdfExtent(std::string_view bytes) {
  constexpr std::uint64_t kMostRecords = std::uint64_t(1) << 32;
  Header header(bytes);
  const std::uint64_t records = header.count();
  const bool open = records == (header.version() == 5 ? kStreaming : kStreaming32);
  const std::uint64_t more = bytes.size() + 1;
  if (header.endsEarly()) return more;
  if (!header.isGood() || open || records > kMostRecords) return {};
  std::vector<std::uint64_t> lengths;
  for (std::uint64_t left = header.entries(); header.isGood() && left > 0; --left) {
    header.skipName();
    lengths.push_back(header.count());
  }
  header.skipAttributes();
  std::vector<Variable> variables;
  for (std::uint64_t left = header.entries(); header.isGood() && left > 0; --left) {
    const std::optional<Variable> variable = nextVariable(header, lengths);
    if (header.endsEarly()) return more;
    if (!variable) return {};
    variables.push_back(*variable);
  }
  if (header.endsEarly()) return more;
  if (!header.isGood()) return {};
  return endOf(variables, records);
}

}  // namespace stormloom
