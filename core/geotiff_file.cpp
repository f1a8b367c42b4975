// Cloud-optimised GeoTIFF through GDAL.
#include <cpl_string.h>
#include <gdal_priv.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <vector>

#include "core/cf_projection.h"
#include "core/errors.h"
#include "core/export_files.h"
#include "core/scratch_file.h"

namespace stormloom {

namespace {

GDALDriver& driverNamed(const char* name) {
  static std::once_flag registered;
  std::call_once(registered, [] { GDALAllRegister(); });
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName(name);
  if (!driver) throw IoError(std::string("This GDAL has no driver ") + name + "; GDAL 3.1 has it.");
  return *driver;
}

/// "2019:07:01 21:10:00", as TIFF wants times.
std::string tiffTime(ValidTime time) {
  std::string text = isoText(time).substr(0, 19);
  text[4] = text[7] = ':';
  text[10] = ' ';
  return text;
}

bool anyCell(const Product& product, CellState state, const std::optional<float>& value = {}) {
  for (const ProductMap& map : product.maps)
    for (std::size_t k = 0; k < map.grid->size(); ++k)
      if (map.grid->states()[k] == state && (!value || map.grid->values()[k] == *value)) return true;
  return false;
}

/// The value of cells where nothing was found, which the tag "undetect" names: a hair below the usual
/// one where that was measured as well. Nothing where there are no such cells.
std::optional<float> belowDetectionCode(const Product& product) {
  if (!anyCell(product, CellState::BelowDetection)) return std::nullopt;
  float code = belowDetectionValue(product.quantity);
  while (std::isfinite(code) && anyCell(product, CellState::Measured, code))
    code -= std::max(1e-6f, std::abs(code) * 1e-6f);
  return code;
}

std::string numberText(float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", double(value));
  return text;
}

void describe(GDALDataset& dataset, const Product& product, const std::optional<float>& undetect,
              const Receipt& receipt) {
  const GeoReference& geo = product.geo;
  double place[6] = {geo.left(), geo.cellWidth(), 0.0, geo.top(), 0.0, -geo.cellHeight()};
  dataset.SetGeoTransform(place);
  dataset.SetProjection(wktFromProjection(geo.projection()).c_str());
  dataset.SetMetadataItem("TIFFTAG_IMAGEDESCRIPTION", receiptText(receipt).c_str());
  dataset.SetMetadataItem("TIFFTAG_SOFTWARE", "Stormloom " STORMLOOM_VERSION);
  dataset.SetMetadataItem("TIFFTAG_DATETIME", tiffTime(product.maps.front().until).c_str());
  dataset.SetMetadataItem("TIFFTAG_DOCUMENTNAME", product.title.c_str());
  if (!product.attribution.empty())
    dataset.SetMetadataItem("TIFFTAG_COPYRIGHT", product.attribution.c_str());
  if (!product.observed.empty()) dataset.SetMetadataItem("product", product.observed.c_str());
  if (undetect) dataset.SetMetadataItem("undetect", numberText(*undetect).c_str());
  for (const auto& [name, value] : receiptAttributes(receipt))
    if (name != "receipt") dataset.SetMetadataItem(name.c_str(), value.c_str());
}

void fillBand(GDALRasterBand& band, const Product& product, const ProductMap& map,
              const std::optional<float>& undetect) {
  band.SetNoDataValue(std::nan(""));
  band.SetDescription((product.name + " " + mapTitle(map)).c_str());
  band.SetUnitType(product.units == "1" ? "" : product.units.c_str());
  band.SetMetadataItem("long_name", product.longName.c_str());
  band.SetMetadataItem("time", isoText(map.until).c_str());
  if (map.from != map.until) band.SetMetadataItem("time_from", isoText(map.from).c_str());
  const int width = product.geo.width();
  const int height = product.geo.height();
  const auto cells = map.grid->values();
  std::vector<float> values(cells.begin(), cells.end());
  for (std::size_t k = 0; undetect && k < values.size(); ++k)
    if (map.grid->states()[k] == CellState::BelowDetection) values[k] = *undetect;
  if (band.RasterIO(GF_Write, 0, 0, width, height, values.data(), width, height, GDT_Float32, 0,
                    0) != CE_None)
    throw IoError(std::string("GDAL: ") + CPLGetLastErrorMsg());
}

/// GDAL's last words are of little use when the disk is full; whether it is can be asked.
[[noreturn]] void refuseUnwritten(const std::string& path) {
  const std::string reason = CPLGetLastErrorMsg();
  std::error_code unknown;
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  const auto space = std::filesystem::space(folder, unknown);
  if (!unknown && space.available < (1u << 20)) refuseTarget(path, ENOSPC);
  throw IoError(path + ": it could not be written and read again (" + reason +
                "), so it was not kept. Is there space on the disk?");
}

}  // namespace

ScratchFile geoTiffToCommit(const std::string& path, const Product& product, const Receipt& receipt) {
  GDALDatasetUniquePtr memory(
      driverNamed("MEM").Create("", product.geo.width(), product.geo.height(),
                                int(product.maps.size()), GDT_Float32, nullptr));
  if (!memory) throw IoError(path + ": " + CPLGetLastErrorMsg());
  const std::optional<float> undetect = belowDetectionCode(product);
  describe(*memory, product, undetect, receipt);
  for (std::size_t k = 0; k < product.maps.size(); ++k)
    fillBand(*memory->GetRasterBand(int(k) + 1), product, product.maps[k], undetect);
  CPLStringList options;
  options.SetNameValue("COMPRESS", "DEFLATE");
  options.SetNameValue("PREDICTOR", "YES");
  options.SetNameValue("RESAMPLING", "AVERAGE");
  ScratchFile scratch(path);
  const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
  CPLErrorReset();
  GDALDatasetUniquePtr written(driverNamed("COG").CreateCopy(
      scratch.path().c_str(), memory.get(), FALSE, options.List(), nullptr, nullptr));
  if (!written) refuseUnwritten(path);
  written.reset();
  GDALDatasetUniquePtr again(GDALDataset::Open(scratch.path().c_str(), GDAL_OF_RASTER));
  if (!again || again->GetRasterCount() != int(product.maps.size())) refuseUnwritten(path);
  again.reset();
  return scratch;
}

void writeGeoTiff(const std::string& path, const Product& product, const Receipt& receipt) {
  geoTiffToCommit(path, product, receipt).commit();
}

}  // namespace stormloom
