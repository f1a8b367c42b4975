#include "core/formats/gdal_file.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <gdal_frmts.h>

#include <atomic>
#include <mutex>

#include "core/errors.h"
#include "core/formats/format_reader.h"

namespace stormloom {
namespace {

void CPL_STDCALL keepFirst(CPLErr level, CPLErrorNum, const char* message) {
  auto* first = static_cast<std::string*>(CPLGetErrorHandlerUserData());
  if (level >= CE_Failure && first->empty()) *first = message;
}

}  // namespace

void prepareGdal() {
  static std::once_flag once;
  std::call_once(once, [] {
    // A radar folder belongs to its owner: GDAL would otherwise put .aux.xml files beside the data.
    CPLSetConfigOption("GDAL_PAM_ENABLED", "NO");
    CPLSetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR");
    // No driver but these is there to be opened: none that reads other files, runs scripts or asks
    // the network.
    // Every block is read once: a twentieth of the machine's memory of them, in each decoder, serves nobody.
    GDALSetCacheMax64(GIntBig(32) << 20);
    GDALRegister_GTiff();
    GDALRegister_GRIB();
#ifdef STORMLOOM_JPEG2000
    GDALRegister_JP2OpenJPEG();  // GRIB2 packs values so; no file is opened with it by itself
#endif
    GDALRegister_GIF();
  });
}

GdalReasons::GdalReasons() { CPLPushErrorHandlerEx(keepFirst, &first_); }
GdalReasons::~GdalReasons() { CPLPopErrorHandler(); }
std::string GdalReasons::text() const { return first_.empty() ? "no reason given" : first_; }

GdalMemoryFile::GdalMemoryFile(std::string bytes) : bytes_(std::move(bytes)) {
  static std::atomic<unsigned> next{0};
  name_ = "/vsimem/stormloom_" + std::to_string(next++);
  VSILFILE* file = VSIFileFromMemBuffer(name_.c_str(), reinterpret_cast<GByte*>(bytes_.data()),
                                        bytes_.size(), FALSE);
  if (file != nullptr) VSIFCloseL(file);
}

GdalMemoryFile::~GdalMemoryFile() { VSIUnlink(name_.c_str()); }

GDALDatasetUniquePtr openWithGdal(const std::string& name, const char* driver,
                                  const std::string& path) {
  prepareGdal();
  const GdalReasons reasons;
  const char* const drivers[] = {driver, nullptr};
  GDALDatasetUniquePtr dataset(GDALDataset::Open(
      name.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, drivers));
  if (!dataset) {
    throw IoError(path + ": it cannot be read (" + reasons.text() +
                  "). The file is damaged or incomplete: fetch it again.");
  }
  return dataset;
}

void readBand(GDALRasterBand& band, RadarGrid& grid, const std::string& path) {
  const GdalReasons reasons;
  const CPLErr status =
      band.RasterIO(GF_Read, 0, 0, grid.width(), grid.height(), grid.values().data(), grid.width(),
                    grid.height(), GDT_Float32, 0, 0, nullptr);
  if (status == CE_None) return;
  throw IoError(path + ": its values cannot be read (" + reasons.text() +
                "). The file is damaged or incomplete: fetch it again.");
}

void checkRasterSize(GDALDataset& dataset, const std::string& path) {
  constexpr std::int64_t kLongestSide = 20000;
  constexpr std::int64_t kMostCells = std::int64_t(1) << 27;  // MRMS's largest has 98 million
  const std::int64_t width = dataset.GetRasterXSize();
  const std::int64_t height = dataset.GetRasterYSize();
  if (width <= kLongestSide && height <= kLongestSide && width * height <= kMostCells) return;
  throw IoError(path + ": a raster of " + std::to_string(width) + " x " + std::to_string(height) +
                " cells is larger than any radar product. Choose a smaller one.");
}

std::string unzippedStart(const std::string& path, std::size_t limit) {
  prepareGdal();
  const GdalReasons reasons;
  // GDAL would keep an index of the compressed file beside it.
  CPLSetThreadLocalConfigOption("CPL_VSIL_GZIP_WRITE_PROPERTIES", "NO");
  VSILFILE* file = VSIFOpenL(("/vsigzip/" + path).c_str(), "rb");
  if (file == nullptr) {
    throw IoError(path + ": it cannot be unpacked (" + reasons.text() +
                  "). The file is damaged or incomplete: fetch it again.");
  }
  std::string bytes;
  constexpr std::size_t kPiece = 1 << 18;
  while (bytes.size() < limit) {
    const std::size_t before = bytes.size();
    bytes.resize(std::min(limit, before + kPiece));
    const std::size_t read = VSIFReadL(bytes.data() + before, 1, bytes.size() - before, file);
    bytes.resize(before + read);
    if (read == 0) break;
  }
  VSIFCloseL(file);
  return bytes;
}

}  // namespace stormloom
