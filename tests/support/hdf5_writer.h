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
    const hsize_t lengths[2] = {rows, columns};
    const hid_t space = H5Screate_simple(2, lengths, nullptr);
    const hid_t dataset =
        H5Dcreate2(file_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(dataset);
    H5Sclose(space);
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
