#include "core/formats/hdf5_file.h"

#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <utility>

#include "core/errors.h"
#include "core/formats/packed_file.h"
#include "core/formats/format_reader.h"

namespace stormloom {
namespace {

constexpr std::size_t kMostBytes = std::size_t(1) << 30;  // of one dataset's slab

/// An HDF5 handle with its own closing call.
class Handle {
public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator hid_t() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// The library's innermost reason for the last failure in this thread.
std::string lastReason() {
  std::string reason;
  const auto take = [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
    if (error->desc != nullptr) *static_cast<std::string*>(out) = error->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, take, &reason);
  return reason.empty() ? "no reason given" : reason;
}

std::string trimmed(std::string text) {
  const auto blank = [](char c) { return c == '\0' || c == ' ' || c == '\n' || c == '\r'; };
  text.resize(std::min(text.find('\0'), text.size()));
  while (!text.empty() && blank(text.back())) text.pop_back();
  return text;
}

Handle openAttribute(hid_t file, const std::string& object, const std::string& attribute) {
  const hid_t id =
      H5Aexists_by_name(file, object.c_str(), attribute.c_str(), H5P_DEFAULT) > 0
          ? H5Aopen_by_name(file, object.c_str(), attribute.c_str(), H5P_DEFAULT, H5P_DEFAULT)
          : -1;
  return Handle(id, H5Aclose);
}

bool holdsOneValue(hid_t attribute) {
  const Handle space(H5Aget_space(attribute), H5Sclose);
  return space && H5Sget_simple_extent_npoints(space) == 1;
}

std::optional<std::string> variableText(hid_t attribute, hid_t type) {
  char* value = nullptr;
  const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(memory, H5T_VARIABLE);
  H5Tset_cset(memory, H5Tget_cset(type));
  if (H5Aread(attribute, memory, &value) < 0 || value == nullptr) return {};
  std::string text = value;
  H5free_memory(value);
  return trimmed(text);
}

/// Links and datasets that would make the library open other files.
herr_t findForeign(hid_t file, const char* name, const H5L_info_t* link, void* found) {
  bool foreign = link->type != H5L_TYPE_HARD && link->type != H5L_TYPE_SOFT;
  if (link->type == H5L_TYPE_HARD) {
    const Handle object(H5Oopen(file, name, H5P_DEFAULT), H5Oclose);
    const bool isDataset = object && H5Iget_type(object) == H5I_DATASET;
    const Handle layout(isDataset ? H5Dget_create_plist(object) : -1, H5Pclose);
    foreign = layout && (H5Pget_layout(layout) == H5D_VIRTUAL || H5Pget_external_count(layout) > 0);
  }
  if (foreign) *static_cast<bool*>(found) = true;
  return foreign ? 1 : 0;
}

}  // namespace

Hdf5File::Hdf5File(const std::string& path) : path_(path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // for this thread: reasons go into the sentence
  H5PLset_loading_state(0);                     // no filters from other people's folders
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (liesInMemory(path)) H5Pset_fapl_core(access, 1 << 20, 0);
  id_ = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
  H5Pclose(access);
  std::error_code unknown;
  if (id_ < 0 && !liesInMemory(path) && !std::filesystem::exists(path, unknown))
    throw IoError(path + ": there is no such file. Check the name.");
  if (id_ < 0) fail("it cannot be opened as HDF5");
  bool foreign = false;
  const herr_t walked = H5Lvisit(id_, H5_INDEX_NAME, H5_ITER_INC, findForeign, &foreign);
  if (walked >= 0 && !foreign) return;
  H5Fclose(std::exchange(id_, -1));
  if (!foreign) fail("its links cannot be followed");
  throw IoError(path +
                ": parts of it lie in other files (external or virtual data). Fetch one that is "
                "whole.");
}

Hdf5File::~Hdf5File() {
  if (id_ >= 0) H5Fclose(id_);
}

void Hdf5File::fail(const std::string& what) const {
  throw IoError(path_ + ": " + what + " (" + lastReason() +
                "). The file is damaged or incomplete: fetch it again.");
}

bool Hdf5File::has(const std::string& object) const {
  // Every step of the way must exist before the library may be asked for the next one.
  for (std::size_t end = object.find('/', 1);; end = object.find('/', end + 1)) {
    if (H5Lexists(id_, object.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    if (end == std::string::npos) break;
  }
  return H5Oexists_by_name(id_, object.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> Hdf5File::namesIn(const std::string& group) const {
  std::vector<std::string> names;
  const auto take = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    auto& list = *static_cast<std::vector<std::string>*>(out);
    list.emplace_back(name);
    return list.size() < 100000 ? 0 : 1;
  };
  if (H5Literate_by_name(id_, group.c_str(), H5_INDEX_NAME, H5_ITER_INC, nullptr, take, &names,
                         H5P_DEFAULT) < 0) {
    fail("its group " + group + " cannot be read");
  }
  return names;
}

std::optional<std::string> Hdf5File::text(const std::string& object,
                                          const std::string& attribute) const {
  const Handle opened = openAttribute(id_, object, attribute);
  if (!opened || !holdsOneValue(opened)) return {};
  const Handle type(H5Aget_type(opened), H5Tclose);
  if (!type || H5Tget_class(type) != H5T_STRING) return {};
  if (H5Tis_variable_str(type) > 0) return variableText(opened, type);
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || size > 65536) return {};
  std::string value(size, '\0');
  if (H5Aread(opened, type, value.data()) < 0) return {};
  return trimmed(value);
}

std::optional<double> Hdf5File::number(const std::string& object,
                                       const std::string& attribute) const {
  const Handle opened = openAttribute(id_, object, attribute);
  if (!opened || !holdsOneValue(opened)) return {};
  const Handle type(H5Aget_type(opened), H5Tclose);
  const H5T_class_t kind = type ? H5Tget_class(type) : H5T_NO_CLASS;
  if (kind == H5T_INTEGER || kind == H5T_FLOAT) {
    double value = 0.0;
    if (H5Aread(opened, H5T_NATIVE_DOUBLE, &value) < 0) return {};
    return value;
  }
  const std::optional<std::string> written = text(object, attribute);
  if (!written || written->empty()) return {};
  char* end = nullptr;
  const double value = std::strtod(written->c_str(), &end);
  if (end == written->c_str()) return {};
  return value;
}

double Hdf5File::needed(const std::string& object, const std::string& attribute) const {
  const std::optional<double> value = number(object, attribute);
  if (!value || !std::isfinite(*value)) {
    throw IoError(path_ + ": " + object + " has no usable " + attribute +
                  ". The file is damaged: fetch it again.");
  }
  return *value;
}

std::vector<std::size_t> Hdf5File::shape(const std::string& dataset) const {
  const Handle opened(H5Dopen2(id_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!opened) fail("its dataset " + dataset + " cannot be opened");
  const Handle space(H5Dget_space(opened), H5Sclose);
  const int rank = space ? H5Sget_simple_extent_ndims(space) : -1;
  if (rank < 0 || rank > 8) fail("its dataset " + dataset + " has no usable shape");
  std::vector<hsize_t> lengths(std::size_t(rank), 0);
  H5Sget_simple_extent_dims(space, lengths.data(), nullptr);
  return {lengths.begin(), lengths.end()};
}

void Hdf5File::readPlane(const std::string& dataset, RadarGrid& grid) const {
  const std::vector<std::size_t> expected = {std::size_t(grid.height()), std::size_t(grid.width())};
  if (shape(dataset) != expected) {
    throw IoError(path_ + ": its dataset " + dataset + " is not " + std::to_string(grid.width()) +
                  " x " + std::to_string(grid.height()) + " cells, as the file itself says.");
  }
  const Handle opened(H5Dopen2(id_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (H5Dread(opened, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, grid.values().data()) < 0) {
    fail("its dataset " + dataset + " cannot be read");
  }
}

std::vector<std::uint8_t> Hdf5File::readEntry(const std::string& dataset, std::size_t entry) const {
  const std::vector<std::size_t> lengths = shape(dataset);
  if (lengths.size() != 4 || entry >= lengths[0])
    fail("its dataset " + dataset + " has no entry " + std::to_string(entry));
  std::size_t bytes = 1;
  for (std::size_t k = 1; k < 4; ++k) {
    if (lengths[k] == 0 || bytes > kMostBytes / lengths[k])
      fail("its dataset " + dataset + " has an absurd size");
    bytes *= lengths[k];
  }
  const hsize_t start[4] = {entry, 0, 0, 0};
  const hsize_t count[4] = {1, lengths[1], lengths[2], lengths[3]};
  const Handle opened(H5Dopen2(id_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  const Handle space(H5Dget_space(opened), H5Sclose);
  const Handle memory(H5Screate_simple(4, count, nullptr), H5Sclose);
  std::vector<std::uint8_t> values(bytes);
  if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr) < 0 ||
      H5Dread(opened, H5T_NATIVE_UCHAR, memory, space, H5P_DEFAULT, values.data()) < 0) {
    fail("entry " + std::to_string(entry) + " of its dataset " + dataset + " cannot be read");
  }
  return values;
}

std::vector<std::uint8_t> Hdf5File::readBytes(const std::string& dataset) const {
  std::size_t bytes = 1;
  for (const std::size_t length : shape(dataset)) {
    if (length == 0 || bytes > kMostBytes / length)
      fail("its dataset " + dataset + " has an absurd size");
    bytes *= length;
  }
  const Handle opened(H5Dopen2(id_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  std::vector<std::uint8_t> values(bytes);
  if (H5Dread(opened, H5T_NATIVE_UCHAR, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    fail("its dataset " + dataset + " cannot be read");
  return values;
}

std::vector<std::int64_t> Hdf5File::integers(const std::string& dataset) const {
  const std::vector<std::size_t> lengths = shape(dataset);
  if (lengths.size() != 1 || lengths[0] > kMostBytes / sizeof(std::int64_t))
    fail("its dataset " + dataset + " holds no list of numbers");
  const Handle opened(H5Dopen2(id_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  std::vector<std::int64_t> values(lengths[0]);
  if (H5Dread(opened, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    fail("its dataset " + dataset + " cannot be read");
  return values;
}

std::vector<std::string> Hdf5File::texts(const std::string& dataset) const {
  const std::vector<std::size_t> lengths = shape(dataset);
  const Handle opened(H5Dopen2(id_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  const Handle type(H5Dget_type(opened), H5Tclose);
  if (lengths.size() != 1 || !type || H5Tget_class(type) != H5T_STRING || lengths[0] > 1000000) {
    fail("its dataset " + dataset + " holds no list of texts");
  }
  std::vector<std::string> found;
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> values(lengths[0], nullptr);
    const bool done = H5Dread(opened, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0;
    for (char* value : values) {
      found.push_back(value != nullptr ? trimmed(value) : std::string());
      H5free_memory(value);
    }
    if (!done) fail("its dataset " + dataset + " cannot be read");
    return found;
  }
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || size > 4096) fail("its dataset " + dataset + " holds texts of an absurd length");
  std::string values(size * lengths[0], '\0');
  if (H5Dread(opened, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    fail("its dataset " + dataset + " cannot be read");
  }
  for (std::size_t k = 0; k < lengths[0]; ++k)
    found.push_back(trimmed(values.substr(k * size, size)));
  return found;
}

bool isNetCdfHdf5(const std::string& path) {
  const Hdf5File file(path);
  if (file.text("/", "_NCProperties") || file.text("/", "Conventions") || file.text("/", "conventions")) return true;
  const std::vector<std::string> names = file.namesIn("/");  // older libraries left no mark but their axes
  return std::ranges::any_of(names, [&](const std::string& name) {
    return file.text("/" + name, "CLASS") == std::optional<std::string>("DIMENSION_SCALE");
  });
}

bool isGamicHdf5(const std::string& path) {
  const Hdf5File file(path);
  return file.has("/scan0") && file.has("/how");
}

bool isOwnHdf5(const std::string& path) {
  return Hdf5File(path).text("/", "stormloom_kind").has_value();
}

}  // namespace stormloom
