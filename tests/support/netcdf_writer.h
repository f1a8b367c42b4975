#pragma once

#include <netcdf.h>

#include <stdexcept>
#include <string>
#include <vector>

/// Writes small NetCDF files in other people's manners for tests.
class NetCdfWriter {
public:
  explicit NetCdfWriter(const std::string& path, int kind = NC_NETCDF4) {
    check(nc_create(path.c_str(), kind | NC_CLOBBER, &root_));
    file_ = root_;
  }
  ~NetCdfWriter() { nc_close(root_); }
  NetCdfWriter(const NetCdfWriter&) = delete;
  NetCdfWriter& operator=(const NetCdfWriter&) = delete;

  /// What follows is written into a new group.
  void enterGroup(const std::string& name) {
    int id = -1;
    check(nc_def_grp(file_, name.c_str(), &id));
    file_ = id;
  }
  void dimension(const std::string& name, std::size_t length) {
    int id = -1;
    check(nc_def_dim(file_, name.c_str(), length, &id));
  }
  void variable(const std::string& name, nc_type type, const std::vector<std::string>& dimensions) {
    std::vector<int> ids(dimensions.size());
    for (std::size_t k = 0; k < ids.size(); ++k) check(nc_inq_dimid(file_, dimensions[k].c_str(), &ids[k]));
    int id = -1;
    check(nc_def_var(file_, name.c_str(), type, int(ids.size()), ids.data(), &id));
  }
  /// Variable "" is the file.
  void text(const std::string& variable, const std::string& name, const std::string& value) {
    check(nc_put_att_text(file_, idOf(variable), name.c_str(), value.size(), value.c_str()));
  }
  void numbers(const std::string& variable, const std::string& name, nc_type type, const std::vector<double>& values) {
    check(nc_put_att_double(file_, idOf(variable), name.c_str(), type, values.size(), values.data()));
  }
  void number(const std::string& variable, const std::string& name, double value) {
    numbers(variable, name, NC_DOUBLE, {value});
  }
  void put(const std::string& variable, const std::vector<double>& values) {
    nc_enddef(file_);
    check(nc_put_var_double(file_, idOf(variable), values.data()));
    nc_redef(file_);
  }
  void characters(const std::string& variable, const std::string& all) {
    nc_enddef(file_);
    check(nc_put_var_text(file_, idOf(variable), all.c_str()));
    nc_redef(file_);
  }
  /// So many entries along each dimension: of an unlimited one none are there yet.
  void records(const std::string& variable, const std::vector<std::size_t>& count, const std::vector<double>& values) {
    const std::vector<std::size_t> start(count.size(), 0);
    nc_enddef(file_);
    check(nc_put_vara_double(file_, idOf(variable), start.data(), count.data(), values.data()));
    nc_redef(file_);
  }
  /// A variable of one dimension of its own name: evenly spaced.
  void axis(const std::string& name, const std::string& units, double first, double step, std::size_t count) {
    dimension(name, count);
    variable(name, NC_DOUBLE, {name});
    if (!units.empty()) text(name, "units", units);
    std::vector<double> values;
    for (std::size_t k = 0; k < count; ++k) values.push_back(first + double(k) * step);
    put(name, values);
  }

private:
  int idOf(const std::string& variable) {
    int id = NC_GLOBAL;
    if (!variable.empty()) check(nc_inq_varid(file_, variable.c_str(), &id));
    return id;
  }
  static void check(int status) {
    if (status != NC_NOERR) throw std::runtime_error(nc_strerror(status));
  }
  int root_ = -1;
  int file_ = -1;  ///< or the group that was entered last
};
