// MeteoSwiss composites (AQC, RZC and their kin) as GIF: the index into the colour table is the
// value. Nothing else is in the file: the grid is the producer's published one, "Radar products",
// CH1903 / LV03 (EPSG:21781), 710 x 640 km; the formula is 316 R^1.5 of the products' description.
#include <array>
#include <cmath>
#include <limits>

#include "core/errors.h"
#include "core/formats/format_reader.h"
#include "core/formats/gdal_file.h"
#include "core/formats/packed_file.h"
#include "core/formats/swiss_grid.h"
#include "core/formats/time_in_name.h"

namespace stormloom {
namespace {

constexpr int kOutside = 255;
constexpr int kFirstValue = 2, kLastValue = 250;

/// Minutes over which a product adds rain up; the name is the only place that tells:
/// "..._00005.801.gif".
double minutesOf(const std::string& name, const std::string& path) {
  const std::size_t at = name.find('_');
  const int minutes = at == std::string::npos ? 0 : std::atoi(name.c_str() + at + 1);
  if (minutes < 1 || minutes > 60) {
    throw IoError(
        path +
        ": its name does not tell over how many minutes its rain was added up (as in "
        "AQC161932045V_00005.801.gif), or they are more than 60. Keep the producer's name.");
  }
  return minutes;
}

/// Value in mm/h of each index; NaN for those that are none.
std::array<float, 256> valuesOfIndices(double minutes) {
  std::array<float, 256> values{};
  values.fill(std::numeric_limits<float>::quiet_NaN());
  for (int i = kFirstValue; i <= kLastValue; ++i) {
    const double depth = std::pow(std::pow(10.0, (i - 71.5) / 20.0) / 316.0, 1.0 / 1.5);
    values[std::size_t(i)] = float(depth * 60.0 / minutes);
  }
  return values;
}

std::shared_ptr<const RadarGrid> gridOf(GDALDataset& dataset, double minutes,
                                        const std::string& path) {
  auto grid = std::make_shared<RadarGrid>(kSwissColumns, kSwissRows);
  readBand(*dataset.GetRasterBand(1), *grid, path);
  const std::array<float, 256> values = valuesOfIndices(minutes);
  for (std::size_t i = 0; i < grid->size(); ++i) {
    const int index = int(grid->values()[i]);
    CellState state = CellState::BelowDetection;
    if (index == kOutside) state = CellState::OutsideCoverage;
    if (index >= kFirstValue && index <= kLastValue) state = CellState::Measured;
    grid->states()[i] = state;
    grid->values()[i] = state == CellState::BelowDetection ? 0.0f : values[std::size_t(index)];
  }
  return grid;
}

}  // namespace

FileSequences readMeteoSwissGif(const std::string& path, const ReadOptions& options) {
  const GDALDatasetUniquePtr dataset = openWithGdal(path, "GIF", path);
  if (dataset->GetRasterXSize() != kSwissColumns || dataset->GetRasterYSize() != kSwissRows) {
    throw IoError(path +
                  ": it is a GIF picture, but not of MeteoSwiss's radar grid (710 x 640). Its "
                  "colours cannot be turned into rain: fetch the product as data.");
  }
  const std::string name = fileNameOf(path);
  if (!name.starts_with("AQC") && !name.starts_with("CPC")) {
    throw IoError(
        path +
        ": only MeteoSwiss's products AQC and CPC hold values; other pictures of its radar "
        "grid hold classes of colours. Choose AQC or CPC, under the producer's name.");
  }
  const std::optional<ValidTime> time = timeInName(fileNameOf(path));
  if (!time) {
    throw IoError(path +
                  ": the file has no time, and its name neither (as in "
                  "AQC161932045V_00005.801.gif). Keep the producer's name.");
  }
  const double minutes = minutesOf(name, path);
  FrameSequence sequence{.quantity = Quantity::RainRate, .geo = swissRadarGrid()};
  sequence.product = "MeteoSwiss " + name.substr(0, 3);
  sequence.attribution = "MeteoSwiss";
  addFrame(sequence,
           {.validTime = *time,
            .grid = options.framesToo ? gridOf(*dataset, minutes, path) : nullptr,
            .source = path},
           options);
  return {std::move(sequence)};
}

}  // namespace stormloom
