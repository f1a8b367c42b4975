#include "core/formats/netcdf_source.h"

#include <netcdf.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>

#include "core/errors.h"
#include "core/formats/file_bytes.h"
#include "core/formats/netcdf_extent.h"
#include "core/formats/packed_file.h"

namespace stormloom {
namespace {

constexpr int kMostVariables = 2000, kMostDimensions = 8;
constexpr int kDeepestGroup = 4, kMostGroups = 64;
constexpr std::size_t kLongestText = 65536, kMostNumbers = 4096, kLongestCoordinate = 1 << 24;

std::string withoutNul(std::string text) {
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

}  // namespace

namespace {

/// Cut files of the classic formats would be read as zeros where they end.
void requireWhole(const std::string& path) {
  constexpr std::size_t kLongestHeader = std::size_t(4) << 20;
  std::error_code unknown;
  const std::uintmax_t bytes = std::filesystem::file_size(path, unknown);
  const std::optional<std::uint64_t> needed = classicNetCdfExtent(storedStart(path, kLongestHeader));
  if (!unknown && needed && *needed > bytes)
    throw IoError(path + ": it ends after " + std::to_string(bytes) + " of " + std::to_string(*needed) +
                  " bytes. The file is incomplete: fetch it again.");
}

}  // namespace

NetCdfSource::NetCdfSource(const std::string& path) : path_(path) {
  requireWhole(path);
  const int status = nc_open(path.c_str(), liesInMemory(path) ? NC_DISKLESS : NC_NOWRITE, &id_);
  if (status != NC_NOERR) {
    id_ = -1;
    throw IoError(path + ": it cannot be opened as NetCDF (" + nc_strerror(status) +
                  "). The file is damaged or incomplete: fetch it again.");
  }
  try {
    addVariables(id_, "", 0);
  } catch (...) {
    nc_close(id_);
    throw;
  }
}

NetCdfSource::~NetCdfSource() {
  if (id_ >= 0) nc_close(id_);
}

// Numbers of dimensions are the file's, not the group's; their names are seen from below.
void NetCdfSource::addVariables(int group, const std::string& path, int depth) {
  std::array<char, NC_MAX_NAME + 1> name{};
  std::array<int, NC_MAX_DIMS> own{};
  int count = 0;
  if (depth == 0 || nc_inq_dimids(group, &count, nullptr, 0) != NC_NOERR || count > NC_MAX_DIMS ||
      nc_inq_dimids(group, &count, own.data(), 0) != NC_NOERR)
    count = 0;
  for (int k = 0; k < count; ++k) {
    check(nc_inq_dimname(group, own[std::size_t(k)], name.data()), "a dimension");
    dimensions_[own[std::size_t(k)]] = path + name.data();
  }
  check(nc_inq_nvars(group, &count), "its variables");
  for (int id = 0; id < count && int(variables_.size()) < kMostVariables; ++id) {
    std::array<int, NC_MAX_VAR_DIMS> dimensions{};
    int rank = 0;
    check(nc_inq_varndims(group, id, &rank), "a variable's dimensions");
    if (rank > kMostDimensions) continue;
    check(nc_inq_var(group, id, name.data(), nullptr, nullptr, dimensions.data(), nullptr),
          "a variable");
    NetCdfVariable variable{.name = path + name.data(), .dimensions = {}, .lengths = {}};
    for (int k = 0; k < rank; ++k) {
      const int dimension = dimensions[std::size_t(k)];
      std::size_t length = 0;
      check(nc_inq_dim(group, dimension, name.data(), &length), "a dimension");
      const auto known = dimensions_.find(dimension);
      variable.dimensions.push_back(known == dimensions_.end() ? name.data() : known->second);
      variable.lengths.push_back(length);
    }
    variables_.push_back(std::move(variable));
    places_.push_back({group, id});
  }
  std::array<int, kMostGroups> inner{};
  if (depth >= kDeepestGroup || nc_inq_grps(group, &count, nullptr) != NC_NOERR ||
      count > kMostGroups || nc_inq_grps(group, &count, inner.data()) != NC_NOERR)
    return;
  for (int k = 0; k < count; ++k) {
    if (nc_inq_grpname(inner[std::size_t(k)], name.data()) != NC_NOERR) continue;
    addVariables(inner[std::size_t(k)], path + name.data() + "/", depth + 1);
  }
}

void NetCdfSource::check(int status, const std::string& what) const {
  if (status == NC_NOERR) return;
  throw IoError(path_ + ": " + what + " cannot be read (" + nc_strerror(status) +
                "). The file is damaged or incomplete: fetch it again.");
}

NetCdfSource::Place NetCdfSource::placeOf(const std::string& variable) const {
  if (variable.empty()) return {id_, NC_GLOBAL};
  const auto found = std::ranges::find(variables_, variable, &NetCdfVariable::name);
  if (found == variables_.end()) check(NC_ENOTVAR, "its variable " + variable);
  return places_[std::size_t(found - variables_.begin())];
}

const NetCdfVariable* NetCdfSource::find(const std::string& name) const {
  const auto found = std::ranges::find(variables_, name, &NetCdfVariable::name);
  return found == variables_.end() ? nullptr : &*found;
}

std::string NetCdfSource::meantBy(const std::string& variable, const std::string& name) const {
  if (name.empty()) return {};
  if (name.front() == '/') return find(name.substr(1)) ? name.substr(1) : std::string();
  for (std::size_t slash = variable.rfind('/');; slash = variable.rfind('/', slash - 1)) {
    const bool atTop = slash == std::string::npos;
    const std::string path = (atTop ? "" : variable.substr(0, slash + 1)) + name;
    if (find(path)) return path;
    if (atTop || slash == 0) return find(name) ? name : std::string();
  }
}

std::string NetCdfSource::text(const std::string& variable, const std::string& attribute) const {
  nc_type type = NC_NAT;
  std::size_t length = 0;
  const auto [group, id] = placeOf(variable);
  if (nc_inq_att(group, id, attribute.c_str(), &type, &length) != NC_NOERR || length > kLongestText)
    return {};
  if (type == NC_STRING && length == 1) {
    char* value = nullptr;
    if (nc_get_att_string(group, id, attribute.c_str(), &value) != NC_NOERR) return {};
    const std::string text = value != nullptr ? value : "";
    nc_free_string(1, &value);
    return text;
  }
  if (type != NC_CHAR) return {};
  std::string text(length, '\0');
  if (nc_get_att_text(group, id, attribute.c_str(), text.data()) != NC_NOERR) return {};
  return withoutNul(text);
}

std::vector<double> NetCdfSource::numbers(const std::string& variable,
                                          const std::string& attribute) const {
  nc_type type = NC_NAT;
  std::size_t length = 0;
  const auto [group, id] = placeOf(variable);
  if (nc_inq_att(group, id, attribute.c_str(), &type, &length) != NC_NOERR || length > kMostNumbers ||
      type == NC_CHAR || type == NC_STRING || type > NC_STRING) {
    return {};
  }
  std::vector<double> values(length);
  if (nc_get_att_double(group, id, attribute.c_str(), values.data()) != NC_NOERR) return {};
  return values;
}

std::optional<double> NetCdfSource::number(const std::string& variable,
                                           const std::string& attribute) const {
  const std::vector<double> values = numbers(variable, attribute);
  if (values.empty()) return {};
  return values.front();
}

std::vector<double> NetCdfSource::coordinate(const std::string& name) const {
  const NetCdfVariable* variable = find(name);
  std::size_t count = 1;
  for (const std::size_t length : variable ? variable->lengths : std::vector<std::size_t>{0}) {
    if (length == 0 || count > kLongestCoordinate / length) {
      throw IoError(path_ + ": its coordinate " + name +
                    " has no usable length. Fetch the file again.");
    }
    count *= length;
  }
  std::vector<double> values(count);
  const auto [group, id] = placeOf(name);
  check(nc_get_var_double(group, id, values.data()), "its coordinate " + name);
  dropFill(name, values);
  const double gain = number(name, "scale_factor").value_or(1.0), offset = number(name, "add_offset").value_or(0.0);
  if (gain != 1.0 || offset != 0.0)
    for (double& value : values) value = gain * value + offset;
  return values;
}

void NetCdfSource::dropFill(const std::string& name, std::vector<double>& values) const {
  nc_type type = NC_NAT;
  const auto [group, id] = placeOf(name);
  check(nc_inq_vartype(group, id, &type), "its coordinate " + name);
  std::vector<double> fills;
  for (const char* attribute : {"_FillValue", "missing_value"})
    if (const auto fill = number(name, attribute)) fills.push_back(*fill);
  if (fills.empty() && type == NC_INT) fills.push_back(NC_FILL_INT);
  for (const double fill : fills) std::ranges::replace(values, fill, std::nan(""));
}

std::vector<std::string> NetCdfSource::texts(const std::string& name) const {
  constexpr std::size_t kMostTexts = 10000, kLongest = 64;
  const NetCdfVariable* variable = find(name);
  nc_type type = NC_NAT;
  if (variable == nullptr || variable->lengths.empty() || variable->lengths.front() > kMostTexts) return {};
  const auto [group, id] = placeOf(name);
  const std::size_t count = variable->lengths.front(), rank = variable->lengths.size();
  check(nc_inq_vartype(group, id, &type), "its variable " + name);
  std::vector<std::string> texts;
  if (type == NC_CHAR && rank == 2 && variable->lengths[1] <= kLongest) {
    const std::size_t length = variable->lengths[1];
    std::string all(count * length, '\0');
    check(nc_get_var_text(group, id, all.data()), "its variable " + name);
    for (std::size_t k = 0; k < count; ++k) texts.push_back(withoutNul(all.substr(k * length, length)));
  } else if (type == NC_STRING && rank == 1) {
    std::vector<char*> all(count, nullptr);
    check(nc_get_var_string(group, id, all.data()), "its variable " + name);
    for (const char* text : all) texts.emplace_back(text != nullptr ? text : "");
    nc_free_string(count, all.data());
  }
  return texts;
}

void NetCdfSource::readSlice(const NetCdfVariable& variable, std::vector<std::size_t> index,
                             std::size_t outer, std::size_t inner, RadarGrid& grid) const {
  std::vector<std::size_t> count(index.size(), 1);
  index[outer] = index[inner] = 0;
  count[outer] = std::size_t(grid.height());
  count[inner] = std::size_t(grid.width());
  const auto [group, id] = placeOf(variable.name);
  const int status = nc_get_vara_float(group, id, index.data(), count.data(), grid.values().data());
  // A double too large for a float is no value of rain: the library says so, and all others are
  // there.
  if (status != NC_ERANGE) check(status, "its variable " + variable.name);
}

double NetCdfSource::unsignedWrap(const std::string& variable) const {
  nc_type type = NC_NAT;
  const auto [group, id] = placeOf(variable);
  check(nc_inq_vartype(group, id, &type), "its variable " + variable);
  const std::string mark = text(variable, "_Unsigned");
  if (mark != "true" && mark != "True") return 0.0;
  return type == NC_BYTE ? 256.0 : type == NC_SHORT ? 65536.0 : 0.0;
}

}  // namespace stormloom
