// Stands in for netcdf_file.cpp in builds without the NetCDF library: every call says so.
#include "core/errors.h"
#include "core/netcdf_file.h"

namespace stormloom {
namespace {
[[noreturn]] void refuse(const std::string& path) {
  throw IoError(path + ": this build has no NetCDF. Install libnetcdf-dev and configure again.");
}
}  // namespace

NetCdfFile::NetCdfFile(NetCdfFile&&) noexcept = default;
NetCdfFile::~NetCdfFile() = default;
NetCdfFile NetCdfFile::create(const std::string& path) { refuse(path); }
NetCdfFile NetCdfFile::open(const std::string& path) { refuse(path); }
void NetCdfFile::addDimension(const std::string&, std::size_t) { refuse(path_); }
void NetCdfFile::addVariable(const std::string&, Type, const std::vector<std::string>&) {
  refuse(path_);
}
void NetCdfFile::addFill(const std::string&, std::int16_t) { refuse(path_); }
void NetCdfFile::setText(const std::string&, const std::string&, const std::string&) {
  refuse(path_);
}
void NetCdfFile::setNumbers(const std::string&, const std::string&, const std::vector<double>&) {
  refuse(path_);
}
void NetCdfFile::setFlags(const std::string&, const std::string&, const std::vector<std::int8_t>&) {
  refuse(path_);
}
void NetCdfFile::writeDoubles(const std::string&, const std::vector<double>&) { refuse(path_); }
void NetCdfFile::writeShorts(const std::string&, const std::vector<std::size_t>&,
                             const std::vector<std::size_t>&, const std::vector<std::int16_t>&) {
  refuse(path_);
}
void NetCdfFile::writeBytes(const std::string&, const std::vector<std::size_t>&,
                            const std::vector<std::size_t>&, const std::vector<std::int8_t>&) {
  refuse(path_);
}
void NetCdfFile::commit() { refuse(path_); }
std::vector<StoredVariable> NetCdfFile::variables() const { refuse(path_); }
bool NetCdfFile::hasVariable(const std::string&) const { refuse(path_); }
std::vector<std::size_t> NetCdfFile::shape(const std::string&) const { refuse(path_); }
std::string NetCdfFile::text(const std::string&, const std::string&) const { refuse(path_); }
std::vector<double> NetCdfFile::doubles(const std::string&) const { refuse(path_); }
std::vector<std::int16_t> NetCdfFile::shorts(const std::string&, const std::vector<std::size_t>&,
                                             const std::vector<std::size_t>&) const {
  refuse(path_);
}
std::vector<std::int8_t> NetCdfFile::bytes(const std::string&, const std::vector<std::size_t>&,
                                           const std::vector<std::size_t>&) const {
  refuse(path_);
}

}  // namespace stormloom
