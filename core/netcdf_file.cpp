#include "core/netcdf_file.h"

#include <netcdf.h>
#if __has_include(<hdf5.h>)
#include <hdf5.h>
#endif

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "core/errors.h"
#include "core/formats/packed_file.h"

namespace stormloom {

namespace {

nc_type netcdfType(NetCdfFile::Type type) {
  switch (type) {
    case NetCdfFile::Type::Int8:
      return NC_BYTE;
    case NetCdfFile::Type::Int16:
      return NC_SHORT;
    case NetCdfFile::Type::Int32:
      return NC_INT;
    case NetCdfFile::Type::Float:
      return NC_FLOAT;
    case NetCdfFile::Type::Double:
      return NC_DOUBLE;
  }
  return NC_DOUBLE;
}

/// Number of values of a slab; a file that claims more than a gigabyte of them is not one of ours.
std::size_t product(const std::vector<std::size_t>& counts) {
  constexpr std::size_t kMost = std::size_t(1) << 28;
  std::size_t total = 1;
  for (const std::size_t count : counts) {
    if (count != 0 && total > kMost / count) {
      throw IoError("A NetCDF variable claims more than 268 million values; it was not read.");
    }
    total *= count;
  }
  return total;
}

/// Bob Jenkins' lookup3 of little-endian words, as HDF5 has it.
std::uint32_t lookup3(const unsigned char* bytes, std::size_t words) {
  std::uint32_t a = 0xdeadbeefu + std::uint32_t(4 * words), b = a, c = a;
  const auto word = [&](std::size_t k) {
    return std::uint32_t(bytes[4 * k]) | std::uint32_t(bytes[4 * k + 1]) << 8 |
           std::uint32_t(bytes[4 * k + 2]) << 16 | std::uint32_t(bytes[4 * k + 3]) << 24;
  };
  std::size_t at = 0;
  for (; words - at > 3; at += 3) {
    a += word(at), b += word(at + 1), c += word(at + 2);
    a -= c, a ^= std::rotl(c, 4), c += b;
    b -= a, b ^= std::rotl(a, 6), a += c;
    c -= b, c ^= std::rotl(b, 8), b += a;
    a -= c, a ^= std::rotl(c, 16), c += b;
    b -= a, b ^= std::rotl(a, 19), a += c;
    c -= b, c ^= std::rotl(b, 4), b += a;
  }
  if (words - at > 0) a += word(at);
  if (words - at > 1) b += word(at + 1);
  if (words - at > 2) c += word(at + 2);
  c ^= b, c -= std::rotl(b, 14);
  a ^= c, a -= std::rotl(c, 11);
  b ^= a, b -= std::rotl(a, 25);
  c ^= b, c -= std::rotl(b, 16);
  a ^= c, a -= std::rotl(c, 4);
  b ^= a, b -= std::rotl(a, 14);
  c ^= b, c -= std::rotl(b, 24);
  return c;
}

/// H5Fget_file_image (of 1.10) takes the mark of an open file out of the superblock and leaves its checksum
/// as it was.
void mendChecksum(std::string& image) {
  constexpr std::size_t kVersion = 8, kChecksum = 44;  // of versions 2 and 3 with 8-byte addresses
  if (image.size() < kChecksum + 4 || image[kVersion] < 2) return;
  const std::uint32_t sum =
      lookup3(reinterpret_cast<const unsigned char*>(image.data()), kChecksum / 4);
  for (int i = 0; i < 4; ++i) image[kChecksum + std::size_t(i)] = char(sum >> (8 * i));
}

/// The bytes of a file that NetCDF has open under this name. NetCDF's own way, nc_create_mem, takes
/// no attribute above 64 kB, and a receipt may be longer.
std::string bytesInMemory(const std::string& name) {
  std::string bytes;
#if __has_include(<hdf5.h>)
  const ssize_t count = H5Fget_obj_count(hid_t(H5F_OBJ_ALL), H5F_OBJ_FILE);
  std::vector<hid_t> files(std::size_t(std::max<ssize_t>(0, count)));
  H5Fget_obj_ids(hid_t(H5F_OBJ_ALL), H5F_OBJ_FILE, files.size(), files.data());
  for (const hid_t file : files) {
    std::string called(name.size() + 1, '\0');
    if (H5Fget_name(file, called.data(), called.size()) != ssize_t(name.size()) ||
        called.compare(0, name.size(), name) != 0)
      continue;
    bytes.resize(std::size_t(std::max<ssize_t>(0, H5Fget_file_image(file, nullptr, 0))));
    if (H5Fget_file_image(file, bytes.data(), bytes.size()) != ssize_t(bytes.size())) bytes.clear();
    mendChecksum(bytes);
  }
#endif
  return bytes;
}

/// HDF5 below NetCDF tells every thread of its own of what NetCDF only tries, unless it is asked not to.
void keepReasonsOutOfStderr() {
#if __has_include(<hdf5.h>)
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
#endif
}

}  // namespace

NetCdfFile::NetCdfFile(std::string path, std::unique_ptr<ScratchFile> scratch, int id)
    : path_(std::move(path)), scratch_(std::move(scratch)), id_(id) {}

NetCdfFile::NetCdfFile(NetCdfFile&& other) noexcept
    : path_(std::move(other.path_)),
      scratch_(std::move(other.scratch_)),
      id_(std::exchange(other.id_, -1)) {}

NetCdfFile NetCdfFile::create(const std::string& path) {
  keepReasonsOutOfStderr();
  auto scratch = std::make_unique<ScratchFile>(path);
  int id = -1;
  // Made in memory: a disk that is full in the middle leaves HDF5 with a file that it can neither
  // write nor let go, and the program ends in a crash.
  const int status =
      nc_create(scratch->path().c_str(), NC_NETCDF4 | NC_CLOBBER | NC_DISKLESS, &id);
  if (status != NC_NOERR)
    throw IoError(path + ": cannot be made as NetCDF (" + nc_strerror(status) + ").");
  return NetCdfFile(path, std::move(scratch), id);
}

NetCdfFile NetCdfFile::open(const std::string& path) {
  keepReasonsOutOfStderr();
  int id = -1;
  const int status = nc_open(path.c_str(), liesInMemory(path) ? NC_DISKLESS : NC_NOWRITE, &id);
  if (status != NC_NOERR) {
    throw IoError(path + ": cannot be opened as NetCDF (" + nc_strerror(status) + ").");
  }
  return NetCdfFile(path, nullptr, id);
}

NetCdfFile::~NetCdfFile() {
  if (id_ >= 0) nc_close(id_);
}

void NetCdfFile::check(int status, const std::string& what) const {
  if (status == NC_NOERR) return;
  throw IoError(path_ + ": " + what + ": " + nc_strerror(status) + ".");
}

int NetCdfFile::variableId(const std::string& name) const {
  if (name.empty()) return NC_GLOBAL;
  int variable = -1;
  check(nc_inq_varid(id_, name.c_str(), &variable), "variable " + name);
  return variable;
}

void NetCdfFile::addDimension(const std::string& name, std::size_t length) {
  int dimension = -1;
  check(nc_def_dim(id_, name.c_str(), length, &dimension), "dimension " + name);
}

void NetCdfFile::addVariable(const std::string& name, Type type,
                             const std::vector<std::string>& dimensions) {
  std::vector<int> ids;
  std::vector<std::size_t> chunk;
  for (const std::string& dimension : dimensions) {
    int id = -1;
    check(nc_inq_dimid(id_, dimension.c_str(), &id), "dimension " + dimension);
    std::size_t length = 0;
    check(nc_inq_dimlen(id_, id, &length), "dimension " + dimension);
    chunk.push_back(ids.size() + 2 < dimensions.size() ? 1 : length);
    ids.push_back(id);
  }
  int variable = -1;
  check(nc_def_var(id_, name.c_str(), netcdfType(type), int(ids.size()), ids.data(), &variable),
        "variable " + name);
  if (type == Type::Float) {
    const float none = std::numeric_limits<float>::quiet_NaN();
    check(nc_def_var_fill(id_, variable, NC_FILL, &none), "fill value of " + name);
  }
  if (ids.size() >= 3) {
    check(nc_def_var_chunking(id_, variable, NC_CHUNKED, chunk.data()), "chunks of " + name);
    check(nc_def_var_deflate(id_, variable, 1, 1, 4), "compression of " + name);
  }
}

void NetCdfFile::addFill(const std::string& name, std::int16_t value) {
  check(nc_def_var_fill(id_, variableId(name), NC_FILL, &value), "fill value of " + name);
}

void NetCdfFile::setText(const std::string& variable, const std::string& attribute,
                         const std::string& text) {
  check(nc_put_att_text(id_, variableId(variable), attribute.c_str(), text.size(), text.c_str()),
        "attribute " + attribute);
}

void NetCdfFile::setNumbers(const std::string& variable, const std::string& attribute,
                            const std::vector<double>& numbers) {
  check(nc_put_att_double(id_, variableId(variable), attribute.c_str(), NC_DOUBLE, numbers.size(),
                          numbers.data()),
        "attribute " + attribute);
}

void NetCdfFile::setFlags(const std::string& variable, const std::string& attribute,
                          const std::vector<std::int8_t>& flags) {
  check(nc_put_att_schar(id_, variableId(variable), attribute.c_str(), NC_BYTE, flags.size(),
                         flags.data()),
        "attribute " + attribute);
}

void NetCdfFile::writeDoubles(const std::string& variable, const std::vector<double>& values) {
  if (product(shape(variable)) != values.size()) {
    throw IoError(path_ + ": variable " + variable + " was given " + std::to_string(values.size()) +
                  " values, which is not its size.");
  }
  check(nc_put_var_double(id_, variableId(variable), values.data()), "values of " + variable);
}

void NetCdfFile::writeShorts(const std::string& variable, const std::vector<std::size_t>& start,
                             const std::vector<std::size_t>& count,
                             const std::vector<std::int16_t>& values) {
  check(nc_put_vara_short(id_, variableId(variable), start.data(), count.data(), values.data()),
        "values of " + variable);
}

void NetCdfFile::writeBytes(const std::string& variable, const std::vector<std::size_t>& start,
                            const std::vector<std::size_t>& count,
                            const std::vector<std::int8_t>& values) {
  check(nc_put_vara_schar(id_, variableId(variable), start.data(), count.data(), values.data()),
        "values of " + variable);
}

void NetCdfFile::commit() {
  check(nc_sync(id_), "cannot be finished");
  const std::string bytes = bytesInMemory(scratch_->path());
  if (bytes.empty()) throw IoError(path_ + ": NetCDF does not give it away.");
  check(nc_close(std::exchange(id_, -1)), "cannot be finished");
  scratch_->fill(bytes);
  scratch_->commit();
}

bool NetCdfFile::hasVariable(const std::string& name) const {
  int variable = -1;
  return nc_inq_varid(id_, name.c_str(), &variable) == NC_NOERR;
}

std::vector<std::size_t> NetCdfFile::shape(const std::string& variable) const {
  int rank = 0;
  const int id = variableId(variable);
  check(nc_inq_varndims(id_, id, &rank), "variable " + variable);
  std::vector<int> dimensions(rank);
  check(nc_inq_vardimid(id_, id, dimensions.data()), "variable " + variable);
  std::vector<std::size_t> lengths(rank);
  for (int i = 0; i < rank; ++i) {
    check(nc_inq_dimlen(id_, dimensions[i], &lengths[i]), "variable " + variable);
  }
  return lengths;
}

std::string NetCdfFile::text(const std::string& variable, const std::string& attribute) const {
  std::size_t length = 0;
  nc_type type = NC_NAT;
  const int id = variableId(variable);
  if (nc_inq_att(id_, id, attribute.c_str(), &type, &length) != NC_NOERR || type != NC_CHAR) {
    return {};
  }
  std::string text(length, '\0');
  check(nc_get_att_text(id_, id, attribute.c_str(), text.data()), "attribute " + attribute);
  return text;
}

std::vector<double> NetCdfFile::doubles(const std::string& variable) const {
  std::vector<double> values(product(shape(variable)));
  check(nc_get_var_double(id_, variableId(variable), values.data()), "values of " + variable);
  return values;
}

std::vector<std::int16_t> NetCdfFile::shorts(const std::string& variable,
                                             const std::vector<std::size_t>& start,
                                             const std::vector<std::size_t>& count) const {
  std::vector<std::int16_t> values(product(count));
  check(nc_get_vara_short(id_, variableId(variable), start.data(), count.data(), values.data()),
        "values of " + variable);
  return values;
}

std::vector<std::int8_t> NetCdfFile::bytes(const std::string& variable,
                                           const std::vector<std::size_t>& start,
                                           const std::vector<std::size_t>& count) const {
  std::vector<std::int8_t> values(product(count));
  check(nc_get_vara_schar(id_, variableId(variable), start.data(), count.data(), values.data()),
        "values of " + variable);
  return values;
}

std::vector<StoredVariable> NetCdfFile::variables() const {
  int count = 0;
  check(nc_inq_nvars(id_, &count), "variables");
  std::vector<StoredVariable> all;
  for (int number = 0; number < count; ++number) {
    char name[NC_MAX_NAME + 1] = {};
    check(nc_inq_varname(id_, number, name), "variables");
    StoredVariable variable{.name = name};
    for (const std::size_t length : shape(name)) variable.description += std::to_string(length) + " ";
    variable.description += attributesOf(number);
    variable.values = doubles(name);
    double step = 1.0;
    if (nc_get_att_double(id_, number, "scale_factor", &step) == NC_NOERR) variable.step = step;
    all.push_back(std::move(variable));
  }
  return all;
}

std::string NetCdfFile::attributesOf(int variable) const {
  int count = 0;
  check(nc_inq_varnatts(id_, variable, &count), "attributes");
  std::string all;
  for (int k = 0; k < count; ++k) {
    char name[NC_MAX_NAME + 1] = {};
    nc_type type = NC_NAT;
    std::size_t length = 0;
    check(nc_inq_attname(id_, variable, k, name), "attributes");
    check(nc_inq_att(id_, variable, name, &type, &length), name);
    std::vector<double> numbers(type == NC_CHAR ? 0 : product({length}));
    std::string text(type == NC_CHAR ? product({length}) : 0, '\0');
    if (type == NC_CHAR)
      check(nc_get_att_text(id_, variable, name, text.data()), name);
    else
      check(nc_get_att_double(id_, variable, name, numbers.data()), name);
    all += std::string("\n") + name + "=" + text;
    all.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(double));
  }
  return all;
}

}  // namespace stormloom
