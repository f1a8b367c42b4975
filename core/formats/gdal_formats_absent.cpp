// Stands in for the readers that need GDAL in builds without it: every call says so.
#include "core/errors.h"
#include "core/formats/format_reader.h"

namespace stormloom {
namespace {
[[noreturn]] void refuse(const std::string& path) {
  throw IoError(path + ": this build has no GDAL. Install libgdal-dev and configure again.");
}
}  // namespace

FileSequences readMrmsGrib(const std::string& path, const ReadOptions&) { refuse(path); }
FileSequences readGeoTiff(const std::string& path, const ReadOptions&) { refuse(path); }
FileSequences readGeoTiffBands(const std::string& path, const ReadOptions&) { refuse(path); }
FileSequences readMeteoSwissGif(const std::string& path, const ReadOptions&) { refuse(path); }
std::string unzippedStart(const std::string& path, std::size_t) { refuse(path); }

}  // namespace stormloom
