// Cloud-optimised GeoTIFF through GDAL.
#include <cpl_string.h>
#include <gdal_priv.h>

#include <cerrno>
#include <cmath>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>

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

/// The value of cells where nothing was found, which the tag "undetect" names; nothing where some
/// were measured with the same value.
std::optional<float> belowDetectionCode(const Product& product) {
  const float code = belowDetectionValue(product.quantity);
  bool found = false;
  for (const ProductMap& map : product.maps) {
    for (std::size_t k = 0; k < map.grid->size(); ++k) {
      const CellState state = map.grid->states()[k];
      if (state == CellState::Measured && map.grid->values()[k] == code) return {};
      found = found || state == CellState::BelowDetection;
    }
  }
  return found ? std::optional(code) : std::nullopt;
}

void describe(GDALDataset& dataset, const Product& product, const Receipt& receipt) {
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
  if (const auto code = belowDetectionCode(product))
    dataset.SetMetadataItem("undetect", std::to_string(*code).c_str());
  for (const auto& [name, value] : receiptAttributes(receipt))
    if (name != "receipt") dataset.SetMetadataItem(name.c_str(), value.c_str());
}

void fillBand(GDALRasterBand& band, const Product& product, const ProductMap& map) {
  band.SetNoDataValue(std::nan(""));
  band.SetDescription((product.name + " " + mapTitle(map)).c_str());
  band.SetUnitType(product.units == "1" ? "" : product.units.c_str());
  band.SetMetadataItem("long_name", product.longName.c_str());
  band.SetMetadataItem("time", isoText(map.until).c_str());
  if (map.from != map.until) band.SetMetadataItem("time_from", isoText(map.from).c_str());
  const int width = product.geo.width();
  const int height = product.geo.height();
  auto* values = const_cast<float*>(map.grid->values().data());  // GDAL only reads them
  if (band.RasterIO(GF_Write, 0, 0, width, height, values, width, height, GDT_Float32, 0, 0) !=
      CE_None)
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

void writeGeoTiff(const std::string& path, const Product& product, const Receipt& receipt) {
  GDALDatasetUniquePtr memory(
      driverNamed("MEM").Create("", product.geo.width(), product.geo.height(),
                                int(product.maps.size()), GDT_Float32, nullptr));
  if (!memory) throw IoError(path + ": " + CPLGetLastErrorMsg());
  describe(*memory, product, receipt);
  for (std::size_t k = 0; k < product.maps.size(); ++k)
    fillBand(*memory->GetRasterBand(int(k) + 1), product, product.maps[k]);
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
  scratch.commit();
}

}  // namespace stormloom
