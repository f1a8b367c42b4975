// Every real file beside the project, cell by cell, against a reading of its own: GDAL, HDF5 and PROJ alone, written
// from the producers' descriptions and sharing nothing with the readers under test.
#include <gdal_priv.h>
#include <hdf5.h>

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "core/errors.h"
#include "core/radar_files.h"
#include "core/radar_paths.h"
#include "tests/support/proj_place.h"

using namespace stormloom;

namespace {

const std::string kRadar = STORMLOOM_SHARED_DIR "/data/radar/";

/// What a cell is by the independent reading: a value, or one of these.
constexpr float kOutside = -3e30f, kMissing = -2e30f, kBelow = -1e30f;

struct Raster {
  std::size_t width = 0, height = 0;
  std::vector<float> cells;  ///< row 0 in the north
};

Raster gdalRaster(const std::string& path) {
  GDALAllRegister();
  const GDALDatasetUniquePtr dataset(GDALDataset::Open(path.c_str(), GDAL_OF_RASTER));
  if (!dataset) throw IoError(path + ": GDAL cannot open it");
  Raster raster{std::size_t(dataset->GetRasterXSize()), std::size_t(dataset->GetRasterYSize()), {}};
  raster.cells.resize(raster.width * raster.height);
  if (dataset->GetRasterBand(1)->RasterIO(GF_Read, 0, 0, int(raster.width), int(raster.height), raster.cells.data(),
                                          int(raster.width), int(raster.height), GDT_Float32, 0, 0) != CE_None)
    throw IoError(path + ": GDAL cannot read it");
  return raster;
}

Raster hdf5Raster(const std::string& path, const char* dataset) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const hid_t data = H5Dopen2(file, dataset, H5P_DEFAULT);
  const hid_t space = H5Dget_space(data);
  hsize_t lengths[2] = {};
  if (H5Sget_simple_extent_ndims(space) != 2 || H5Sget_simple_extent_dims(space, lengths, nullptr) != 2)
    throw IoError(path + ": not a plane");
  std::vector<double> values(lengths[0] * lengths[1]);
  const bool done = H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0;
  H5Sclose(space);
  H5Dclose(data);
  H5Fclose(file);
  if (!done) throw IoError(path + ": HDF5 cannot read it");
  return {lengths[1], lengths[0], {values.begin(), values.end()}};
}

void decode(Raster& raster, const std::function<float(float)>& value) {
  for (float& cell : raster.cells) cell = value(cell);
}

Raster mrms(const std::string& path) {
  Raster raster = gdalRaster(path);
  decode(raster, [](float v) { return v == -3.0f ? kOutside : v < 0.0f ? kMissing : v; });
  return raster;
}

Raster knmi(const std::string& path) {
  Raster raster = hdf5Raster(path, "/image1/image_data");
  decode(raster, [](float v) { return v == 65535.0f ? kOutside : float(12 * 0.01 * double(v)); });
  return raster;
}

Raster fmiGeoTiff(const std::string& path) {
  Raster raster = gdalRaster(path);
  decode(raster, [](float v) { return v == 255.0f ? kOutside : v == 0.0f ? kBelow : 0.5f * v - 32.0f; });
  return raster;
}

/// The last 760 x 1226 bytes: a head of notes may be as long as it likes.
Raster fmiPgm(const std::string& path) {
  Raster raster{760, 1226, std::vector<float>(760 * 1226)};
  VSILFILE* file = VSIFOpenL(("/vsigzip/" + path).c_str(), "rb");
  std::string bytes(1 << 21, '\0');
  bytes.resize(VSIFReadL(bytes.data(), 1, bytes.size(), file));
  VSIFCloseL(file);
  const std::size_t from = bytes.size() - raster.cells.size();
  for (std::size_t k = 0; k < raster.cells.size(); ++k)
    raster.cells[k] = float(static_cast<unsigned char>(bytes[from + k]));
  decode(raster, [](float v) { return v == 255.0f ? kOutside : v == 0.0f ? kBelow : (v - 64.0f) / 2.0f; });
  return raster;
}

Raster bom(const std::string& path) {
  Raster raster = hdf5Raster(path, "/precipitation");
  decode(raster, [](float v) { return v == -1.0f ? kOutside : float(6 * 0.05 * double(v)); });
  return raster;
}

Raster opera(const std::string& path) {
  Raster raster = hdf5Raster(path, "/dataset1/data1/data");
  decode(raster, [](float v) { return v == -9999000.0f ? kOutside : v == -8888000.0f ? kBelow : v; });
  return raster;
}

Raster meteoSwiss(const std::string& path) {
  Raster raster = gdalRaster(path);
  decode(raster, [](float i) {
    if (i == 255.0f) return kOutside;
    if (i < 2.0f || i > 250.0f) return kBelow;
    return float(12.0 * std::pow(std::pow(10.0, (double(i) - 71.5) / 20.0) / 316.0, 2.0 / 3.0));
  });
  return raster;
}

/// A grid by its producer's description: PROJ text with metres, outer edges.
struct Grid {
  const char* name;
  const char* files;
  std::size_t every;  ///< of the files, unless STORMLOOM_ALL_FILES is set
  Raster (*read)(const std::string&);
  const char* projection;
  double left, top, right, bottom;
};

const Grid kGrids[] = {
    {"MRMS", "mrms/*.grib2", 8, mrms, "+proj=longlat +datum=WGS84", -130.0, 55.0, -60.0, 20.0},
    {"KNMI", "knmi/*.h5", 1, knmi, "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378137 +b=6356752 +units=m", 0.0,
     -3650000.0, 700000.0, -4415000.0},
    {"FMI PGM", "fmi_pgm/*.gz", 1, fmiPgm, "+proj=stere +lat_0=90 +lon_0=25 +lat_ts=60 +R=6371288 +units=m",
     -380886.305, -2170133.261, 378865.975, -3395677.910},
    {"FMI GeoTIFF", "fmi_geotiff/*.tif", 1, fmiGeoTiff, "+proj=utm +zone=35 +ellps=GRS80 +units=m", -196593.004314,
     8084432.005259, -196593.004314 + 4963 * 250.004018873606, 8084432.005259 - 7316 * 250.013983930901},
    {"BOM", "bom/*.nc", 1, bom,
     "+proj=aea +lat_0=-27.7178 +lon_0=153.24 +lat_1=-26.2 +lat_2=-29.3 +ellps=GRS80 +units=m", -128000.0, 128000.0,
     128000.0, -128000.0},
    {"OPERA", "opera/*.hdf", 1, opera,
     "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +ellps=WGS84 +units=m", 0.0, 0.0, 3800000.0,
     -4400000.0},
    {"MeteoSwiss", "mch/*.gif", 1, meteoSwiss,
     "+proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +k_0=1 +x_0=600000 +y_0=200000 +ellps=bessel "
     "+towgs84=674.374,15.056,405.346,0,0,0,0 +units=m",
     255000.0, 480000.0, 965000.0, -160000.0}};

std::vector<std::string> chosen(const Grid& grid) {
  std::vector<std::string> files = radarFilesIn({kRadar + grid.files}).radar, some;
  const std::size_t every = std::getenv("STORMLOOM_ALL_FILES") != nullptr ? 1 : grid.every;
  for (std::size_t k = 0; k < files.size(); k += every) some.push_back(files[k]);
  return some;
}

/// Cells that the two readings do not agree about; values to six digits.
std::size_t cellsApart(const Raster& expected, const RadarGrid& found, Quantity quantity) {
  std::size_t apart = 0;
  for (std::size_t i = 0; i < expected.cells.size(); ++i) {
    const float e = expected.cells[i], f = found.values()[i];
    const CellState state = found.states()[i];
    bool same = state == CellState::Measured && std::abs(e - f) <= 1e-6f * std::abs(e);
    if (e == kOutside) same = state == CellState::OutsideCoverage && std::isnan(f);
    if (e == kMissing) same = state == CellState::Missing && std::isnan(f);
    if (e == kBelow) same = state == CellState::BelowDetection && f == belowDetectionValue(quantity);
    if (!same) ++apart;
  }
  return apart;
}

}  // namespace

class TestRadarValues : public QObject {
  Q_OBJECT

  static void rows() {
    QTest::addColumn<int>("number");
    for (int k = 0; k < int(std::size(kGrids)); ++k) QTest::newRow(kGrids[k].name) << k;
  }

private Q_SLOTS:
  void everyCellIsWhatAnotherReadingSays_data() { rows(); }
  void everyCellIsWhatAnotherReadingSays() {
    QFETCH(int, number);
    const Grid& grid = kGrids[number];
    if (!std::filesystem::exists(kRadar)) QSKIP("The radar data beside the project are missing.");
    for (const std::string& file : chosen(grid)) {
      const Raster expected = grid.read(file);
      const RadarFiles files = readRadarFiles({file});
      QCOMPARE(files.sequences.size(), 1u);
      const FrameSequence& sequence = files.sequences[0];
      QCOMPARE(std::size_t(sequence.width()), expected.width);
      QCOMPARE(std::size_t(sequence.height()), expected.height);
      const std::size_t apart = cellsApart(expected, *sequence.frames.at(0).grid, sequence.quantity);
      QVERIFY2(apart == 0, qPrintable(QString("%1: %2 cells").arg(file.c_str()).arg(apart)));
    }
  }

  void edgesAndCentresLieWhereProjPutsThem_data() { rows(); }
  void edgesAndCentresLieWhereProjPutsThem() {
    QFETCH(int, number);
    const Grid& grid = kGrids[number];
    if (!std::filesystem::exists(kRadar)) QSKIP("The radar data beside the project are missing.");
    ReadOptions onlyPlaces;
    onlyPlaces.framesToo = false;
    const GeoReference geo = readRadarFiles({chosen(grid).front()}, onlyPlaces).sequences.at(0).geo;
    const ProjPlace place(grid.projection);
    for (int v = 0; v <= 8; ++v) {
      for (int u = 0; u <= 8; ++u) {
        const double across = u / 8.0, down = v / 8.0;
        const LonLat expected = place.of(grid.left + across * (grid.right - grid.left),
                                         grid.top + down * (grid.bottom - grid.top));
        const CellPoint found = geo.cellFromLonLat(expected);
        // Longitude 180 degrees apart at an edge is the same edge.
        const double col = across * geo.width(), row = down * geo.height();
        const double off = std::hypot(found.col - col, found.row - row);
        QVERIFY2(off < 0.05, qPrintable(QString("%1, %2: %3 cells off").arg(col).arg(row).arg(off)));
        const LonLat back = geo.lonLatFromCell({col, row});
        QVERIFY(std::abs(back.lat - expected.lat) < 1e-5);
        QVERIFY(std::abs(std::remainder(back.lon - expected.lon, 360.0)) < 2e-5);
      }
    }
  }

  void sevirsEventsAreReadAsHdf5SaysCellByCell() {
    const std::string folder = STORMLOOM_SHARED_DIR "/data/sevir_layout/sevir_lr/";
    if (!std::filesystem::exists(folder)) QSKIP("SEVIR's layout beside the project is missing.");
    const std::string data = folder + "data/vil/2018/SEVIR_VIL_STORMEVENTS_2018_0101_0630.h5";
    const hid_t file = H5Fopen(data.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t vil = H5Dopen2(file, "/vil", H5P_DEFAULT);
    std::vector<unsigned char> codes(6u * 128 * 128 * 25);
    QVERIFY(H5Dread(vil, H5T_NATIVE_UCHAR, H5S_ALL, H5S_ALL, H5P_DEFAULT, codes.data()) >= 0);
    H5Dclose(vil);
    H5Fclose(file);
    const RadarFiles files = readRadarFiles({data});
    QCOMPARE(files.sequences.size(), 6u);
    for (std::size_t event = 0; event < 6; ++event) {
      const FrameSequence& sequence = files.sequences[event];
      QCOMPARE(sequence.frames.size(), 25u);
      for (std::size_t t = 0; t < 25; ++t) {
        for (std::size_t y = 0; y < 128; ++y) {
          for (std::size_t x = 0; x < 128; ++x) {
            const unsigned char code = codes[((event * 128 + y) * 128 + x) * 25 + t];
            const int row = int(127 - y);
            const RadarGrid& grid = *sequence.frames[t].grid;
            const bool same = code == 255 ? grid.state(row, int(x)) == CellState::Missing
                                          : grid.at(row, int(x)) == float(code);
            if (!same) QFAIL("A cell of SEVIR-LR is not what HDF5 says.");
          }
        }
      }
    }
  }
};

QTEST_APPLESS_MAIN(TestRadarValues)
#include "tst_radar_values.moc"
