// Stands in for the readers that need the HDF5 library in builds without it: every call says so.
#include "core/errors.h"
#include "core/formats/format_reader.h"
#include "core/scenario_file.h"

namespace stormloom {
namespace {
[[noreturn]] void refuse(const std::string& path) {
  throw IoError(path + ": this build has no HDF5. Install libhdf5-dev and configure again.");
}
}  // namespace

bool isOwnHdf5(const std::string& path) { return isResultFile(path); }
bool isNetCdfHdf5(const std::string&) { return true; }
bool isGamicHdf5(const std::string&) { return false; }
bool isKnmiHdf5(const std::string&) { return false; }
FileSequences readKnmiHdf5(const std::string& path, const ReadOptions&) { refuse(path); }
bool isOdimHdf5(const std::string&) { return false; }
FileSequences readOdimHdf5(const std::string& path, const ReadOptions&) { refuse(path); }
bool isSevirHdf5(const std::string&) { return false; }
bool isSevirCatalogue(const std::string&) { return false; }
RadarFiles readSevirHdf5(const std::string& path, const ReadOptions&) { refuse(path); }
RadarFiles readSevirCatalogue(const std::string& path, const ReadOptions&) { refuse(path); }

}  // namespace stormloom
