// Other producers', other years' rasters: MRMS's other products, GeoTIFF series of any making, RADOLAN's heads of today,
// and what is no composite at all.
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "tests/support/proj_place.h"
#include "tests/support/radolan_sample.h"
#include "tests/support/read_sentence.h"

using namespace stormloom;

namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

struct Picture {
  GDALDataType type = GDT_Float32;
  int bands = 1;
  int epsg = 4326;
  double left = 5.0, top = 51.0, cell = 0.5;
  std::vector<double> values = {1, 2, 3, 4, 5, 6};  ///< of each band: 2 rows, 3 columns
  int columns = 3, rows = 2;                        ///< of the whole: the values again and again
};

GDALDatasetUniquePtr made(const Picture& picture) {
  GDALAllRegister();
  GDALDriver* memory = GetGDALDriverManager()->GetDriverByName("MEM");
  GDALDatasetUniquePtr dataset(
      memory->Create("", picture.columns, picture.rows, picture.bands, picture.type, nullptr));
  double transform[6] = {picture.left, picture.cell, 0, picture.top, 0, -picture.cell};
  dataset->SetGeoTransform(transform);
  OGRSpatialReference system;
  system.importFromEPSG(picture.epsg);
  system.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  dataset->SetSpatialRef(&system);
  for (int band = 1; band <= picture.bands; ++band) {
    std::vector<double> values;
    for (int k = 0; k < picture.columns * picture.rows; ++k)
      values.push_back(picture.values[std::size_t(k) % picture.values.size()] + 10 * (band - 1));
    if (dataset->GetRasterBand(band)->RasterIO(GF_Write, 0, 0, picture.columns, picture.rows,
                                               values.data(), picture.columns, picture.rows,
                                               GDT_Float64, 0, 0) != CE_None)
      throw std::runtime_error("GDAL cannot fill a picture");
  }
  return dataset;
}

void save(GDALDataset& dataset, const std::string& driver, const std::string& path, const Options& options = {}) {
  CPLStringList list;
  for (const auto& [name, value] : options) list.SetNameValue(name.c_str(), value.c_str());
  CPLSetConfigOption("GDAL_PAM_ENABLED", "NO");
  GDALDatasetUniquePtr written(GetGDALDriverManager()->GetDriverByName(driver.c_str())->CreateCopy(
      path.c_str(), &dataset, FALSE, list.List(), nullptr, nullptr));
  if (!written) throw std::runtime_error(CPLGetLastErrorMsg());
}

/// Octets of a GRIB2 product definition 4.0 for a category and a number of discipline 209.
Options mrmsOptions(int category, int number, const std::string& encoding) {
  return {{"DISCIPLINE", "209"},
          {"IDS_CENTER", "161"},
          {"IDS_REF_TIME", "2019-06-10T12:02:38Z"},
          {"PDS_PDTN", "0"},
          {"PDS_TEMPLATE_ASSEMBLED_VALUES", std::to_string(category) + " " + std::to_string(number) +
                                                " 2 0 97 0 0 1 0 102 0 500 255 0 0"},
          {"DATA_ENCODING", encoding}};
}

}  // namespace

class TestRasterVariants : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string at(const std::string& name) const { return folder_.filePath(QString::fromStdString(name)).toStdString(); }
  std::string written(const std::string& name, const std::string& bytes) const {
    std::ofstream(at(name), std::ios::binary) << bytes;
    return at(name);
  }
  std::string grib(const std::vector<double>& values, int category, int number,
                   const std::string& encoding = "IEEE_FLOATING_POINT") const {
    Picture picture;
    picture.values = values;
    save(*made(picture), "GRIB", at("a.grib2"), mrmsOptions(category, number, encoding));
    return at("a.grib2");
  }

private Q_SLOTS:
  void mrmsReflectivityKeepsItsTwoKindsOfNothing() {
    const FrameSequence dbz = onlySequence(grib({-999, -99, -12.5, 0, 55.5, 30}, 3, 57));
    QVERIFY(dbz.quantity == Quantity::Reflectivity);
    QCOMPARE(dbz.product, std::string("MRMS ReflectivityAtLowestAltitude"));
    QCOMPARE(isoText(dbz.frames[0].validTime), std::string("2019-06-10T12:02:38Z"));
    const RadarGrid& grid = *dbz.frames[0].grid;
    QVERIFY(grid.state(0, 0) == CellState::OutsideCoverage);
    QVERIFY(grid.state(0, 1) == CellState::BelowDetection);
    QCOMPARE(grid.at(0, 2), -12.5f);
    QCOMPARE(grid.at(1, 1), 55.5f);
    QVERIFY(cellsOff(dbz.geo, 0, 0, {5.0, 51.0}) < 0.01);
  }

  void mrmsVilFlagsAndHourlySumsAreKnown() {
    const FrameSequence vil = onlySequence(grib({-999, -1, 0, 0.5, 40, 80}, 3, 41));
    QVERIFY(vil.quantity == Quantity::VilMass);
    QVERIFY(vil.frames[0].grid->state(0, 0) == CellState::OutsideCoverage);
    QVERIFY(vil.frames[0].grid->state(0, 1) == CellState::Missing);
    QCOMPARE(vil.frames[0].grid->at(1, 1), 40.0f);
    const FrameSequence flag = onlySequence(grib({-3, -1, 0, 1, 6, 96}, 6, 0));
    QVERIFY(flag.quantity == Quantity::PrecipitationType);
    QVERIFY(flag.frames[0].grid->state(0, 0) == CellState::OutsideCoverage);
    QCOMPARE(flag.frames[0].grid->at(1, 2), 96.0f);
    for (const int number : {2, 9, 30}) {  // radar only, with gauges, multi-sensor
      const FrameSequence sum = onlySequence(grib({-3, -1, 0, 1, 25.5, 3}, 6, number));
      QVERIFY(sum.quantity == Quantity::RainRate);
      QCOMPARE(sum.frames[0].grid->at(1, 1), 25.5f);
      QVERIFY(sum.frames[0].grid->state(0, 0) == CellState::OutsideCoverage);
      QVERIFY(sum.frames[0].grid->state(0, 1) == CellState::Missing);
    }
    QVERIFY(sentenceFor(grib({0, 1, 2, 3, 4, 5}, 6, 6)).find("RadarOnly_QPE_24H") != std::string::npos);
  }

  void gribOfOtherPackingsIsReadTheSame_data() {
    QTest::addColumn<QString>("encoding");
    for (const char* encoding : {"PNG", "SIMPLE_PACKING", "IEEE_FLOATING_POINT"})
      QTest::newRow(encoding) << encoding;
    GDALAllRegister();
    if (GetGDALDriverManager()->GetDriverByName("JP2OpenJPEG") != nullptr)
      QTest::newRow("JPEG2000") << "JPEG2000";
  }
  void gribOfOtherPackingsIsReadTheSame() {
    QFETCH(QString, encoding);
    const std::string file = grib({-3, 0, 1, 20, 148, 3}, 6, 1, encoding.toStdString());
    const FrameSequence rain = onlySequence(file);
    QVERIFY(rain.frames[0].grid->state(0, 0) == CellState::OutsideCoverage);
    QVERIFY(std::abs(rain.frames[0].grid->at(1, 1) - 148.0f) < 0.51f);
  }

  void gribOfOthersIsNotCalledMrms() {
    Picture picture;
    Options options = mrmsOptions(1, 7, "IEEE_FLOATING_POINT");  // precipitation rate, kg/(m2 s)
    options[0].second = "0";
    options[1].second = "7";
    picture.values = {0, 0.001, 0.002, 0, 0, 0};
    save(*made(picture), "GRIB", at("gfs.grib2"), options);
    const FrameSequence rain = onlySequence(at("gfs.grib2"));
    QVERIFY(rain.product.starts_with("GRIB2 ") && rain.attribution.empty());
    QVERIFY(std::abs(rain.frames[0].grid->at(0, 1) - 3.6f) < 1e-3f);
    QVERIFY(sentenceFor(written("one.grib", std::string("GRIB\0\0\x30\x01", 8) + std::string(100, 'a')))
                .find("first edition") != std::string::npos);
  }

  void cellsThatAGribLeavesOutAreNoRain() {
    Picture picture{
        .values = {9999, 0.001, 0.002, 0, 0.004, 0.003, 0.0015}, .columns = 60, .rows = 40};
    Options options = mrmsOptions(1, 7, "COMPLEX_PACKING");
    options[0].second = "0";
    options[1].second = "7";
    options.emplace_back("SPATIAL_DIFFERENCING_ORDER", "1");
    const auto dataset = made(picture);
    dataset->GetRasterBand(1)->SetNoDataValue(9999);
    save(*dataset, "GRIB", at("holes.grib2"), options);
    const FrameSequence rain = onlySequence(at("holes.grib2"));
    QVERIFY(rain.frames[0].grid->state(0, 0) == CellState::OutsideCoverage);
    QVERIFY(rain.frames[0].grid->state(0, 56) == CellState::OutsideCoverage);
    QVERIFY(rain.frames[0].grid->state(0, 3) == CellState::Measured);
    QVERIFY(std::abs(rain.frames[0].grid->at(0, 1) - 3.6f) < 0.1f);
    QVERIFY(std::abs(rain.frames[0].grid->at(0, 4) - 14.4f) < 0.1f);
    QVERIFY(rain.provenance == Provenance::Observed);
  }

  void aBulletinsHeadingMayStandBeforeTheGrib() {
    const std::string path = grib({1, 2, 3, 4, 5, 6}, 6, 1);
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const FrameSequence rain =
        onlySequence(written("bulletin.bin", "\x01\r\r\n123\r\r\nHRUS01 KWBN 101202\r\r\n" + bytes));
    QCOMPARE(rain.frames[0].grid->at(1, 2), 6.0f);
  }

  /// Rain behind a temperature in one file.
  void whatIsNoRadarInAGribLeavesTheRest() {
    Options options = mrmsOptions(0, 0, "IEEE_FLOATING_POINT");
    options[0].second = "0";
    options[1].second = "7";
    options[4].second = "0 0 2 0 97 0 0 1 0 103 0 2 255 0 0";
    save(*made({}), "GRIB", at("warm.grib2"), options);
    std::ifstream warm(at("warm.grib2"), std::ios::binary), rain(grib({1, 2, 3, 4, 5, 6}, 6, 1), std::ios::binary);
    const std::string first{std::istreambuf_iterator<char>(warm), {}}, second{std::istreambuf_iterator<char>(rain), {}};
    QCOMPARE(onlySequence(written("both.grib2", first + second)).frames[0].grid->at(1, 2), 6.0f);
    QVERIFY(sentenceFor(written("warm.grib2", first)).find("rain") != std::string::npos);
  }

  void aGribFromTheEastIsRefusedByName() {
    std::ifstream file(grib({1, 2, 3, 4, 5, 6}, 6, 1), std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::size_t at = 16;
    const auto length = [&] {
      std::size_t value = 0;
      for (std::size_t k = 0; k < 4; ++k) value = value << 8 | std::uint8_t(bytes[at + k]);
      return value;
    };
    while (bytes[at + 4] != 3) at += length();
    bytes[at + 71] = char(std::uint8_t(bytes[at + 71]) | 0x80);
    const std::string sentence = sentenceFor(written("east.grib2", bytes));
    QVERIFY2(sentence.find("from the east") != std::string::npos, sentence.c_str());
  }

  void whatAModelForecastIsNotCalledObserved() {
    Options options = mrmsOptions(1, 7, "IEEE_FLOATING_POINT");
    options[0].second = "0";
    options[1].second = "7";
    options[4].second = "1 7 2 0 97 0 0 1 2 102 0 500 255 0 0";  // two hours on
    save(*made({}), "GRIB", at("ahead.grib2"), options);
    const FrameSequence rain = onlySequence(at("ahead.grib2"));
    QVERIFY(rain.provenance == Provenance::Forecast);
    QCOMPARE(isoText(rain.frames[0].validTime), std::string("2019-06-10T14:02:38Z"));
    QVERIFY2(rain.product.ends_with("run of 2019-06-10T12:02:38Z"), rain.product.c_str());
  }

  void aGeoTiffsTimeMayHaveAZone_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("time");
    QTest::newRow("ahead") << "2019-06-10T14:30:00+02:00"
                           << "2019-06-10T12:30:00Z";
    QTest::newRow("behind") << "2019-06-09T23:30:00-05:30"
                            << "2019-06-10T05:00:00Z";
    QTest::newRow("without colons") << "20190610T143000+0200"
                                    << "2019-06-10T12:30:00Z";
    QTest::newRow("fractions") << "2019-06-10T12:30:00.000Z"
                               << "2019-06-10T12:30:00Z";
    QTest::newRow("UTC") << "2019-06-10 12:30:00 UTC"
                         << "2019-06-10T12:30:00Z";
  }
  void aGeoTiffsTimeMayHaveAZone() {
    QFETCH(QString, text);
    QFETCH(QString, time);
    const auto picture = made({});
    picture->SetMetadataItem("units", "mm/h");
    picture->SetMetadataItem("valid_time", text.toUtf8());
    save(*picture, "GTiff", at("zone.tif"));
    QCOMPARE(QString::fromStdString(isoText(onlySequence(at("zone.tif")).frames[0].validTime)),
             time);
  }

  void whenAGeoTiffWasMadeIsNoValidTimeWhereItsNameSaysOne() {
    const auto picture = made({});
    picture->SetMetadataItem("units", "mm/h");
    picture->SetMetadataItem("TIFFTAG_DATETIME", "2024:01:05 08:00:00");
    save(*picture, "GTiff", at("rain_201906101240.tif"));
    QCOMPARE(isoText(onlySequence(at("rain_201906101240.tif")).frames[0].validTime),
             std::string("2019-06-10T12:40:00Z"));
  }

  void cellsUnderAMaskOrWithoutOpacityLieOutside() {
    const auto masked = made({});
    masked->SetMetadataItem("units", "mm/h");
    CPLSetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES");
    std::vector<unsigned char> mask = {0, 255, 255, 255, 255, 0};
    masked->CreateMaskBand(GMF_PER_DATASET);
    QCOMPARE(masked->GetRasterBand(1)->GetMaskBand()->RasterIO(GF_Write, 0, 0, 3, 2, mask.data(), 3,
                                                               2, GDT_Byte, 0, 0),
             CE_None);
    save(*masked, "GTiff", at("mask_201906101240.tif"));
    const auto opaque = made({.type = GDT_Byte, .bands = 2});
    opaque->SetMetadataItem("units", "mm/h");
    opaque->GetRasterBand(2)->SetColorInterpretation(GCI_AlphaBand);
    QCOMPARE(
        opaque->GetRasterBand(2)->RasterIO(GF_Write, 0, 0, 3, 2, mask.data(), 3, 2, GDT_Byte, 0, 0),
        CE_None);
    save(*opaque, "GTiff", at("alpha_201906101240.tif"));
    for (const char* name : {"mask_201906101240.tif", "alpha_201906101240.tif"}) {
      const FrameSequence rain = onlySequence(at(name));
      QVERIFY2(rain.frames[0].grid->state(0, 0) == CellState::OutsideCoverage, name);
      QVERIFY2(rain.frames[0].grid->state(1, 2) == CellState::OutsideCoverage, name);
      QCOMPARE(rain.frames[0].grid->at(0, 1), 2.0f);
    }
  }

  void geoTiffsSayTheirTimeInTagsOrNames() {
    const auto picture = made({});
    picture->SetMetadataItem("units", "mm/h");
    picture->SetMetadataItem("TIFFTAG_DATETIME", "2019:06:10 12:35:00");
    save(*picture, "GTiff", at("tagged.tif"));
    QCOMPARE(isoText(onlySequence(at("tagged.tif")).frames[0].validTime), std::string("2019-06-10T12:35:00Z"));
    picture->SetMetadataItem("TIFFTAG_DATETIME", nullptr);
    save(*picture, "GTiff", at("rain_20190610T124000Z.tif"));
    QCOMPARE(isoText(onlySequence(at("rain_20190610T124000Z.tif")).frames[0].validTime),
             std::string("2019-06-10T12:40:00Z"));
    save(*picture, "GTiff", at("rain.tif"));
    QVERIFY(sentenceFor(at("rain.tif")).find("say a time") != std::string::npos);
  }

  void adviceIsOfWhatIsMissing_data() {
    QTest::addColumn<QString>("missing");
    QTest::addColumn<QString>("word");
    for (const auto& [missing, word] : {std::pair{"place", "no georeference"}, {"map", "no map projection"},
                                        {"time", "nor its name"}, {"unit", "neither a unit"}, {"meaning", "in \"K\""},
                                        {"minutes", "over how many minutes"}, {"a day", "over 1440 minutes"},
                                        {"bands", "its band 1 of 2"}, {"mirrored", "mirrored"}, {"rotated", "rotated"}})
      QTest::newRow(missing) << missing << word;
  }

  void adviceIsOfWhatIsMissing() {
    QFETCH(QString, missing);
    QFETCH(QString, word);
    const auto picture = made({.bands = missing == "bands" ? 2 : 1});
    if (missing == "map") picture->SetSpatialRef(nullptr);
    double turned[6] = {5.0, missing == "mirrored" ? -0.5 : 0.5, missing == "rotated" ? 0.1 : 0.0, 51.0, 0, -0.5};
    if (missing == "mirrored" || missing == "rotated") picture->SetGeoTransform(turned);
    if (missing != "unit")
      picture->GetRasterBand(1)->SetUnitType(missing == "meaning" ? "K" : missing == "minutes" || missing == "a day" ? "mm" : "mm/h");
    if (missing == "bands") picture->GetRasterBand(2)->SetUnitType("mm/h");
    picture->SetMetadataItem("product", missing == "unit" ? "x" : "rain");
    if (missing == "a day") picture->SetMetadataItem("Accumulation time", "1440");
    const std::string name = missing == "time" ? "field.tif" : "field_201906101235.tif";
    if (missing == "place") {
      GDALDatasetUniquePtr plain(GetGDALDriverManager()->GetDriverByName("GTiff")->Create(at(name).c_str(), 3, 2, 1, GDT_Float32, nullptr));
    } else {
      save(*picture, "GTiff", at(name));
    }
    const std::string sentence = sentenceFor(at(name));
    QVERIFY2(sentence.find(word.toStdString()) != std::string::npos, sentence.c_str());
    if (missing != "time") QVERIFY2(sentence.find("with the valid time") == std::string::npos, sentence.c_str());
  }

  void sumsOfOtherLengthsAreOtherProducts() {
    const auto picture = made({});
    picture->SetMetadataItem("product", "rain");
    picture->GetRasterBand(1)->SetUnitType("mm");
    for (const char* minutes : {"5", "60"}) {
      picture->SetMetadataItem("Accumulation time", minutes);
      save(*picture, "GTiff", at(std::string("sum") + minutes + "_201906101200.tif"));
    }
    const RadarFiles read = readRadarFiles({at("sum5_201906101200.tif"), at("sum60_201906101200.tif")});
    QCOMPARE(read.sequences.size(), 2u);
    QCOMPARE(read.sequences[1].product, std::string("GeoTIFF rain, sums of 60 min"));
    QCOMPARE(read.sequences[0].frames[0].grid->at(0, 0), 12.0f);
  }

  void italysNamesSayTimeAndQuantity() {
    const auto picture = made({});
    save(*picture, "GTiff", at("rdr1_d01_20251202Z1900_VMI.tiff"));
    const FrameSequence dbz = onlySequence(at("rdr1_d01_20251202Z1900_VMI.tiff"));
    QVERIFY(dbz.quantity == Quantity::Reflectivity);
    QCOMPARE(isoText(dbz.frames[0].validTime), std::string("2025-12-02T19:00:00Z"));
    save(*picture, "GTiff", at("rdr1_d01_20251202Z1905_SRI.tiff"));
    QVERIFY(onlySequence(at("rdr1_d01_20251202Z1905_SRI.tiff")).quantity == Quantity::RainRate);
  }

  void vilIsAWordOfItsOwn() {
    const auto picture = made({});
    save(*picture, "GTiff", at("seville_rain_201906101235.tif"));
    QVERIFY(onlySequence(at("seville_rain_201906101235.tif")).quantity == Quantity::RainRate);
    for (const char* name : {"vil_201906101235.tif", "MergedVIL_201906101235.tif"}) {
      save(*picture, "GTiff", at(name));
      QVERIFY2(onlySequence(at(name)).quantity == Quantity::VilMass, name);
    }
  }

  void scaledWholeNumbersAreUnpacked() {
    const auto picture = made({.type = GDT_Int16, .values = {-32768, 0, 125, 1000, -5, 7}});
    GDALRasterBand& band = *picture->GetRasterBand(1);
    band.SetScale(0.1);
    band.SetOffset(0.0);
    band.SetNoDataValue(-32768);
    band.SetUnitType("mm/h");
    save(*picture, "GTiff", at("i16_201906101235.tif"));
    const RadarGrid grid = *onlySequence(at("i16_201906101235.tif")).frames[0].grid;
    QVERIFY(grid.state(0, 0) == CellState::OutsideCoverage);
    QCOMPARE(grid.at(0, 2), 12.5f);
    QCOMPARE(grid.at(1, 0), 100.0f);
    QVERIFY(grid.state(1, 1) == CellState::Missing);
  }

  void bandsAreFramesWhenTheySayTheirTimes() {
    const auto picture = made({.bands = 3});
    picture->SetMetadataItem("time#units", "minutes since 2019-06-10 12:00:00");
    for (int k = 1; k <= 3; ++k) {
      picture->GetRasterBand(k)->SetUnitType("mm/h");
      picture->GetRasterBand(k)->SetMetadataItem("NETCDF_DIM_time", std::to_string(5 * k).c_str());
    }
    save(*picture, "GTiff", at("netcdf_bands.tif"));
    const FrameSequence rain = onlySequence(at("netcdf_bands.tif"));
    QCOMPARE(rain.frames.size(), 3u);
    QCOMPARE(isoText(rain.frames[2].validTime), std::string("2019-06-10T12:15:00Z"));
    QCOMPARE(rain.frames[2].grid->at(1, 2), 26.0f);
    for (int k = 1; k <= 3; ++k) {
      picture->GetRasterBand(k)->SetMetadataItem("NETCDF_DIM_time", nullptr);
      picture->GetRasterBand(k)->SetDescription(("2019-06-10T12:0" + std::to_string(k) + ":00Z").c_str());
    }
    save(*picture, "GTiff", at("described_bands.tif"));
    QCOMPARE(isoText(onlySequence(at("described_bands.tif")).frames[0].validTime), std::string("2019-06-10T12:01:00Z"));
    QCOMPARE(isoText(onlySequence(at("described_bands.tif#2")).frames.at(0).validTime), std::string("2019-06-10T12:02:00Z"));
    QVERIFY(sentenceFor(at("described_bands.tif#4")).find("It holds 1, 2, 3.") != std::string::npos);
  }

  void bytesInThreeOrFourBandsAreValuesWhenTheySayTheirTimes_data() {
    QTest::addColumn<int>("bands");
    QTest::newRow("three") << 3;
    QTest::newRow("four") << 4;
  }

  void bytesInThreeOrFourBandsAreValuesWhenTheySayTheirTimes() {
    QFETCH(int, bands);
    const auto picture = made({.type = GDT_Byte, .bands = bands});
    const GDALColorInterp colours[] = {GCI_RedBand, GCI_GreenBand, GCI_BlueBand, GCI_AlphaBand};
    for (int k = 1; k <= bands; ++k) {
      picture->GetRasterBand(k)->SetColorInterpretation(colours[k - 1]);
      picture->GetRasterBand(k)->SetUnitType("mm/h");
      picture->GetRasterBand(k)->SetDescription(("2019-06-10T12:0" + std::to_string(k) + ":00Z").c_str());
    }
    save(*picture, "GTiff", at("bytes.tif"));
    const FrameSequence rain = onlySequence(at("bytes.tif"));
    QCOMPARE(rain.frames.size(), std::size_t(bands));
    QCOMPARE(rain.frames[2].grid->at(1, 2), 26.0f);
    QVERIFY(rain.frames[2].grid->state(0, 0) == CellState::Measured);
  }

  void aQualityBesideTheRainLeavesTheNamesTimeToIt() {
    const auto picture = made({.bands = 2});
    for (int k = 1; k <= 2; ++k) picture->GetRasterBand(k)->SetDescription(k == 1 ? "rain_rate" : "quality");
    picture->GetRasterBand(1)->SetUnitType("mm/h");
    save(*picture, "GTiff", at("two_201906101235.tif"));
    const FrameSequence rain = onlySequence(at("two_201906101235.tif"));
    QCOMPARE(isoText(rain.frames.at(0).validTime), std::string("2019-06-10T12:35:00Z"));
    QCOMPARE(rain.frames[0].grid->at(1, 2), 6.0f);
    picture->GetRasterBand(2)->SetDescription("rain_rate of tomorrow");
    picture->GetRasterBand(2)->SetUnitType("mm/h");
    save(*picture, "GTiff", at("two_201906101235.tif"));
    QVERIFY(sentenceFor(at("two_201906101235.tif")).find("has no time") != std::string::npos);
  }

  void coloursAreForEyesUnlessAUnitSaysTheyAreValues() {
    const auto picture = made({.type = GDT_Byte});
    GDALColorTable colours;
    const GDALColorEntry red = {255, 0, 0, 255};
    colours.SetColorEntry(1, &red);
    picture->GetRasterBand(1)->SetColorTable(&colours);
    save(*picture, "GTiff", at("eyes_201906101235.tif"));
    QVERIFY(sentenceFor(at("eyes_201906101235.tif")).find("coloured picture") != std::string::npos);
    picture->GetRasterBand(1)->SetUnitType("dBZ");
    save(*picture, "GTiff", at("values_201906101235.tif"));
    QCOMPARE(onlySequence(at("values_201906101235.tif")).frames[0].grid->at(1, 2), 6.0f);
    const auto rgb = made({.type = GDT_Byte, .bands = 3});
    save(*rgb, "GTiff", at("rgb_201906101235.tif"), {{"PHOTOMETRIC", "RGB"}});
    QVERIFY(sentenceFor(at("rgb_201906101235.tif")).find("coloured picture") != std::string::npos);
  }

  void fmisOpenDataAreBytesOfHalfADbz() {
    const auto picture = made({.type = GDT_Byte, .epsg = 3067, .left = 300000, .top = 7000000, .cell = 250,
                               .values = {0, 255, 64, 100, 1, 254}});
    save(*picture, "GTiff", at("202201010010_FIN-DBZ-3067-250M.tif"));
    const FrameSequence dbz = onlySequence(at("202201010010_FIN-DBZ-3067-250M.tif"));
    QCOMPARE(isoText(dbz.frames[0].validTime), std::string("2022-01-01T00:10:00Z"));
    QVERIFY(dbz.frames[0].grid->state(0, 0) == CellState::BelowDetection);
    QVERIFY(dbz.frames[0].grid->state(0, 1) == CellState::OutsideCoverage);
    QCOMPARE(dbz.frames[0].grid->at(1, 0), 18.0f);
    QCOMPARE(dbz.attribution, std::string("Finnish Meteorological Institute, CC BY 4.0"));
  }

  void geoTiffsOfAnyMapArePlaced_data() {
    QTest::addColumn<int>("epsg");
    QTest::addColumn<QString>("proj");
    QTest::addColumn<double>("left");
    QTest::addColumn<double>("top");
    QTest::addColumn<double>("cell");
    const auto row = [](int epsg, const char* proj, double left, double top, double cell) {
      QTest::newRow(std::to_string(epsg).c_str()) << epsg << proj << left << top << cell;
    };
    row(3857, "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +units=m +nadgrids=@null", 700000, 6600000, 1000);
    row(32633, "+proj=utm +zone=33 +datum=WGS84 +units=m", 400000, 5500000, 1000);
    row(3035, "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80 +units=m", 4000000, 3200000, 1000);
    row(2154, "+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80 +units=m",
        600000, 6700000, 1000);
    row(4326, "+proj=longlat +datum=WGS84", 5, 51, 0.01);
  }
  void geoTiffsOfAnyMapArePlaced() {
    QFETCH(int, epsg);
    QFETCH(QString, proj);
    QFETCH(double, left);
    QFETCH(double, top);
    QFETCH(double, cell);
    const auto picture = made({.epsg = epsg, .left = left, .top = top, .cell = cell});
    picture->SetMetadataItem("units", "mm/h");
    save(*picture, "GTiff", at("map_201906101235.tif"));
    const GeoReference geo = onlySequence(at("map_201906101235.tif")).geo;
    const ProjPlace map(proj.toStdString());
    for (const auto& [col, row] : {std::pair{0, 0}, {3, 0}, {0, 2}, {3, 2}})
      QVERIFY(cellsOff(geo, col, row, map.of(left + cell * col, top - cell * row)) < 0.1);
  }

  void radolanHeadsOfTodayAreRead_data() {
    QTest::addColumn<QString>("product");
    QTest::addColumn<QString>("precision");
    QTest::addColumn<int>("lead");
    QTest::addColumn<double>("value");  // of the code 850
    QTest::newRow("WN") << "WN" << "E-01" << 0 << 10.0;
    QTest::newRow("WN, half an hour on") << "WN" << "E-01" << 30 << 10.0;
    QTest::newRow("RV") << "RV" << "E-02" << 0 << 102.0;
    QTest::newRow("RV, two hours on") << "RV" << "E-02" << 120 << 102.0;
  }
  void radolanHeadsOfTodayAreRead() {
    QFETCH(QString, product);
    QFETCH(QString, precision);
    QFETCH(int, lead);
    QFETCH(double, value);
    char head[200];
    std::snprintf(head, sizeof head,
                  "%s161355100000926BY   2640195VS 5SW  P42001HPR %sINT   5GP1200x1100VV %03dMF 00000008"
                  "MS103<deasb,deboo,dedrs,deeis,deess,defbg,defld>",
                  qPrintable(product), qPrintable(precision), lead);
    std::string bytes = std::string(head) + '\x03';
    for (int k = 0; k < 1200 * 1100; ++k) bytes += std::string("\x52\x03", 2);
    const FrameSequence frames = onlySequence(written("DE1200_RV2609161355_000", bytes));
    QCOMPARE(frames.frames[0].validTime, timeFromCalendar(2026, 9, 16, 13, 55, 0) + std::chrono::minutes(lead));
    QVERIFY((frames.provenance == Provenance::Forecast) == (lead > 0));
    QVERIFY(std::abs(frames.frames[0].grid->at(600, 500) - value) < 1e-3);
    QCOMPARE(frames.width(), 1100);
  }

  void runsOfAForecastAreKeptApart() {
    std::vector<std::string> files;
    for (const char* clock : {"161355", "161400"}) {
      const std::string head = "RV" + std::string(clock) +
                               "100000926BY   2640195VS 5SW  P42001HPR E-02INT   5GP1200x1100VV "
                               "010MF 00000008MS  3<deb>";
      files.push_back(written(clock, head + '\x03' + std::string(1200 * 1100 * 2, '\1')));
    }
    const RadarFiles runs = readRadarFiles(files);
    QCOMPARE(runs.sequences.size(), 2u);
    QVERIFY(runs.passedOver.empty());
    QCOMPARE(runs.sequences[1].product, std::string("DWD RV, run of 2026-09-16T14:00:00Z"));
  }

  void radolanOfEarlierYearsIsRead() {
    const std::string head = "RQ210945100000517BY1620162VS 2SW 1.7.2PR E-01INT  60GP 900x 900VV   0MF 00000002QN 001MS 67<bln>";
    const FrameSequence rain = onlySequence(written("rq", head + '\x03' + std::string(900 * 900 * 2, '\x01')));
    QVERIFY(rain.quantity == Quantity::RainRate);
    QVERIFY(std::abs(rain.frames[0].grid->at(0, 0) - 25.7f) < 1e-4f);
    const std::string sentence = sentenceFor(
        written("pg", "PG030905100000814BY22205LV 6  1.0 19.0 28.0 37.0 46.0 55.0CS0MX 0MS 82<boo>" + std::string("\x03", 1)));
    QVERIFY2(sentence.find("product PG") != std::string::npos, sentence.c_str());
    const std::string days = sentenceFor(written("d2", "D2" + head.substr(2) + '\x03' + std::string(900 * 900 * 2, '\x01')));
    QVERIFY2(days.find("product D2") != std::string::npos, days.c_str());
  }

  void whatIsNoCompositeIsNamed_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("word");
    const auto row = [](const char* name, QByteArray start, const char* word) {
      QTest::newRow(name) << start + QByteArray(700, 'a') << word;
    };
    row("NEXRAD level II", "AR2V0006.001", "level II");
    row("NEXRAD level III", "SDUS53 KTLX 101200", "level III");
    row("NEXRAD level III behind a line", "\x01\r\r\n123 \r\r\nSDUS53 KTLX 101200", "level III");
    row("UF", "UF", "UF volume");
    row("UF with lengths of records", QByteArray("\0\0\x10\0UF", 6), "UF volume");
    row("IRIS", QByteArray("\x1b\0\x08\0", 4), "IRIS");
    row("Rainbow", "<volume version=\"5.34\">", "Rainbow");
    row("BUFR", "BUFR", "BUFR");
    row("DORADE", "SSWB", "DORADE");
    row("Nimrod", QByteArray("\0\0\x02\0\x07\xe3", 6), "Nimrod");
    row("damaged ZIP", "PK\x03\x04", "packed");
    row("PNG", "\x89PNG\r\n\x1a\n", "picture");
    row("damaged bzip2", "BZh91AY", "unpacked");
  }
  void whatIsNoCompositeIsNamed() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, word);
    const std::string sentence = sentenceFor(written("stranger", bytes.toStdString()));
    QVERIFY2(sentence.find(word.toStdString()) != std::string::npos, sentence.c_str());
    QVERIFY(sentence.find("stranger") != std::string::npos && sentence.back() == '.');
  }
};

QTEST_APPLESS_MAIN(TestRasterVariants)
#include "tst_raster_variants.moc"
