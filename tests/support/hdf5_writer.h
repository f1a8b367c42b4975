#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

/// Writes small HDF5 files in other people's layouts for tests.
class Hdf5Writer {
public:
  explicit Hdf5Writer(const std::string& path)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {}
  ~Hdf5Writer() { H5Fclose(file_); }
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  void group(const std::string& name) {
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    H5Gclose(H5Gcreate2(file_, name.c_str(), links, H5P_DEFAULT, H5P_DEFAULT));
    H5Pclose(links);
  }
  void text(const std::string& object, const std::string& name, const std::string& value) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, value.size() + 1);
    attribute(object, name, type, value.c_str());
    H5Tclose(type);
  }
  void number(const std::string& object, const std::string& name, double value) {
    attribute(object, name, H5T_NATIVE_DOUBLE, &value);
  }
  template <typename T>
  void plane(const std::string& name, hid_t type, hsize_t rows, hsize_t columns,
             const std::vector<T>& values) {
    dataset(name, type, {rows, columns}, values.data());
  }
  void dataset(const std::string& name, hid_t type, const std::vector<hsize_t>& lengths,
               const void* values) {
    const hid_t space = H5Screate_simple(int(lengths.size()), lengths.data(), nullptr);
    const hid_t made =
        H5Dcreate2(file_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(made);
    H5Sclose(space);
  }
  void texts(const std::string& name, const std::vector<std::string>& values) {
    std::vector<const char*> each;
    for (const std::string& value : values) each.push_back(value.c_str());
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    dataset(name, type, {values.size()}, each.data());
    H5Tclose(type);
  }
  hid_t id() const { return file_; }

private:
  void attribute(const std::string& object, const std::string& name, hid_t type,
                 const void* value) {
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t owner = H5Oopen(file_, object.c_str(), H5P_DEFAULT);
    const hid_t written = H5Acreate2(owner, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(written, type, value);
    H5Aclose(written);
    H5Oclose(owner);
    H5Sclose(space);
  }
  hid_t file_;
};
