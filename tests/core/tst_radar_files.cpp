#include <QtTest>
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/errors.h"
#include "core/radar_files.h"
#include "core/sevir_events.h"

using namespace stormloom;

namespace {

const std::string kRadar = STORMLOOM_SHARED_DIR "/data/radar/";
const std::string kSevir = STORMLOOM_SHARED_DIR "/data/sevir_layout/";

/// Position of a cell's centre, in tenths of a cell off an independently computed place.
double cellsOff(const GeoReference& geo, int row, int col, LonLat expected) {
  const CellPoint found = geo.cellFromLonLat(expected);
  return std::hypot(found.col - (col + 0.5), found.row - (row + 0.5));
}

bool isNear(double value, double expected, double tolerance) {
  return std::abs(value - expected) <= tolerance;
}

bool boundsAre(const GeoReference& geo, LonLatBox box) {
  const LonLatBox found = geo.bounds();
  return isNear(found.west, box.west, 1e-4) && isNear(found.south, box.south, 1e-4) &&
         isNear(found.east, box.east, 1e-4) && isNear(found.north, box.north, 1e-4);
}

const FrameSequence& eventNamed(const RadarFiles& files, const std::string& id) {
  for (const FrameSequence& sequence : files.sequences) {
    if (sequence.event.rfind(id, 0) == 0) return sequence;
  }
  throw IoError("no event " + id);
}

double meanOf(const FrameSequence& sequence) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const Frame& frame : sequence.frames) {
    for (const float value : frame.grid->values()) {
      if (std::isnan(value)) continue;
      sum += value;
      ++count;
    }
  }
  return sum / double(count);
}

#define NEEDS(path) \
  if (!std::filesystem::exists(path)) QSKIP("The radar data beside the project are missing.")

}  // namespace

class TestRadarFiles : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void mrmsIsReadAsItsReadmeSays() {
    NEEDS(kRadar + "mrms");
    const RadarFiles files =
        readRadarFiles({kRadar + "mrms/PrecipRate_00.00_20190610-000[02]00.grib2"});
    QCOMPARE(files.sequences.size(), 1u);
    const FrameSequence& mrms = files.sequences.front();
    QCOMPARE(mrms.product, std::string("MRMS PrecipRate"));
    QVERIFY(mrms.quantity == Quantity::RainRate);
    QCOMPARE(mrms.width(), 7000);
    QCOMPARE(mrms.height(), 3500);
    QCOMPARE(mrms.frames.size(), 2u);
    QCOMPARE(isoText(mrms.frames[1].validTime), std::string("2019-06-10T00:02:00Z"));
    QCOMPARE(stepMinutes(mrms), 2.0);
    QVERIFY(boundsAre(mrms.geo, {-130, 20, -60, 55}));
    const GridSummary first = summarize(*mrms.frames[0].grid);
    QVERIFY(isNear(first.max, 148.8, 1e-4));
    QVERIFY(isNear(first.min, 0.0, 0.0));
    QVERIFY(isNear(first.mean, 0.135200, 1e-6));
    QVERIFY(isNear(first.wetFraction, 0.062483, 1e-6));
    QVERIFY(isNear(first.outsideFraction, 8769493.0 / 24.5e6, 1e-9));
    QVERIFY(isNear(mrms.frames[0].grid->at(2191, 4371), 148.8, 1e-4));
    QVERIFY(cellsOff(mrms.geo, 0, 0, {-129.995, 54.995}) < 0.1);
    QVERIFY(cellsOff(mrms.geo, 1750, 3500, {-94.995, 37.495}) < 0.1);
    QVERIFY(cellsOff(mrms.geo, 3499, 6999, {-60.005, 20.005}) < 0.1);
    QVERIFY(!mrms.frames[1].standsStill);
  }

  void knmiIsReadAsItsReadmeSays() {
    NEEDS(kRadar + "knmi");
    const RadarFiles files = readRadarFiles({kRadar + "knmi"});
    QCOMPARE(files.sequences.size(), 1u);
    const FrameSequence& knmi = files.sequences.front();
    QCOMPARE(knmi.width(), 700);
    QCOMPARE(knmi.height(), 765);
    QCOMPARE(knmi.frames.size(), 68u);
    QCOMPARE(stepMinutes(knmi), 5.0);
    QCOMPARE(findGaps(knmi).size(), 0u);
    QCOMPARE(isoText(knmi.frames.front().validTime), std::string("2010-08-26T00:00:00Z"));
    QCOMPARE(isoText(knmi.frames.back().validTime), std::string("2010-08-26T05:35:00Z"));
    QVERIFY(boundsAre(knmi.geo, {0, 48.895298, 10.856413, 55.973562}));
    const GridSummary first = summarize(*knmi.frames[0].grid);
    QVERIFY(isNear(first.max, 12 * 0.72, 1e-4));
    QVERIFY(isNear(first.mean, 0.399134, 1e-5));
    QVERIFY(isNear(first.wetFraction, 0.655241, 1e-6));
    QVERIFY(isNear(first.outsideFraction, 398271.0 / (700 * 765), 1e-9));
    QVERIFY(isNear(knmi.frames[0].grid->at(522, 328), 12 * 0.72, 1e-4));
    QVERIFY(isNear(knmi.frames[0].grid->at(382, 350), 12 * 0.04, 1e-4));
    QVERIFY(isNear(summarize(*knmi.frames[4].grid).mean, 12 * 0.0313, 12 * 6e-5));
    QVERIFY(cellsOff(knmi.geo, 0, 0, {0.007848, 55.969161}) < 0.1);
    QVERIFY(cellsOff(knmi.geo, 382, 350, {4.967595, 52.505207}) < 0.1);
    QVERIFY(cellsOff(knmi.geo, 764, 699, {9.003949, 48.900133}) < 0.1);
    QVERIFY(files.passedOver.empty());
    QCOMPARE(files.leftAside, 1);  // the README
  }

  void operaIsReadAsItsReadmeSays() {
    NEEDS(kRadar + "opera");
    const RadarFiles files = readRadarFiles({kRadar + "opera/*.hdf"});
    QCOMPARE(files.sequences.size(), 1u);
    const FrameSequence& opera = files.sequences.front();
    QVERIFY(opera.quantity == Quantity::RainRate);
    QCOMPARE(opera.width(), 1900);
    QCOMPARE(opera.height(), 2200);
    QCOMPARE(opera.frames.size(), 6u);
    QCOMPARE(stepMinutes(opera), 15.0);
    QCOMPARE(isoText(opera.frames.front().validTime), std::string("2018-08-24T18:00:00Z"));
    QVERIFY(boundsAre(opera.geo, {-39.535786, 31.746215, 57.811965, 73.927097}));
    const GridSummary first = summarize(*opera.frames[0].grid);
    QVERIFY(isNear(first.max, 1205.22, 1e-2));
    QVERIFY(isNear(first.mean, 0.1451783, 1e-7));
    QVERIFY(isNear(first.wetFraction, 0.2302130, 1e-4));
    QVERIFY(isNear(first.outsideFraction, 2085857.0 / (1900 * 2200), 1e-9));
    QVERIFY(isNear(opera.frames[0].grid->at(407, 391), 1205.22, 1e-2));
    QVERIFY(opera.frames[0].grid->at(1100, 950) == 0.03f);
    QVERIFY(cellsOff(opera.geo, 0, 0, {-39.502484, 67.022604}) < 0.1);
    QVERIFY(cellsOff(opera.geo, 1100, 950, {9.251146, 54.090319}) < 0.1);
    QVERIFY(cellsOff(opera.geo, 2199, 1899, {29.413120, 31.998875}) < 0.1);
  }

  void sevirEventsLieWhereTheCatalogueSays_data() {
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("first");
    QTest::addColumn<double>("west");
    QTest::addColumn<double>("south");
    QTest::addColumn<double>("east");
    QTest::addColumn<double>("north");
    QTest::addColumn<double>("mean");
    QTest::addColumn<double>("firstMax");
    QTest::addColumn<int>("rowFromSouth");
    QTest::addColumn<int>("col");
    QTest::newRow("SEVIR, regular") << "sevir"
                                    << "S996000"
                                    << "2019-07-08T17:30:00Z" << -99.817823 << 34.196355
                                    << -95.455291 << 37.676244 << 24.9240 << 254.0 << 104 << 78;
    QTest::newRow("SEVIR, irregular") << "sevir"
                                      << "S996001"
                                      << "2019-07-13T18:38:00Z" << -95.943051 << 39.530182
                                      << -91.114084 << 43.144873 << 18.3190 << 182.0 << 369 << 14;
    QTest::newRow("SEVIR-LR") << "sevir_lr"
                              << "S986000"
                              << "2018-02-11T15:00:00Z" << -99.817823 << 34.196355 << -95.455291
                              << 37.676244 << 21.6459 << 209.0 << 41 << 10;
    QTest::newRow("random event") << "sevir_lr"
                                  << "R180613"
                                  << "2018-05-14T18:15:00Z" << -112.760883 << 40.335379
                                  << -107.474411 << 44.205048 << 26.7970 << 217.0 << 108 << 113;
    QTest::newRow("missing values") << "sevir_lr"
                                    << "S986004"
                                    << "2018-06-15T19:20:00Z" << -83.334896 << 40.669370
                                    << -77.753583 << 44.696272 << 21.9674 << 175.0 << 51 << 77;
  }

  void sevirEventsLieWhereTheCatalogueSays() {
    QFETCH(QString, folder);
    NEEDS(kSevir);
    QFETCH(QString, id);
    const RadarFiles files = readRadarFiles({kSevir + folder.toStdString()});
    QCOMPARE(files.sequences.size(), folder == "sevir" ? 2u : 6u);
    QVERIFY(files.passedOver.empty());
    const FrameSequence& event = eventNamed(files, id.toStdString());
    QFETCH(QString, first);
    QCOMPARE(isoText(event.frames.front().validTime), first.toStdString());
    QCOMPARE(event.frames.size(), folder == "sevir" ? 49u : 25u);
    QFETCH(double, west);
    QFETCH(double, south);
    QFETCH(double, east);
    QFETCH(double, north);
    QVERIFY(boundsAre(event.geo, {west, south, east, north}));
    QFETCH(double, mean);
    QVERIFY(isNear(meanOf(event), mean, 6e-5));
    QFETCH(double, firstMax);
    QFETCH(int, rowFromSouth);
    QFETCH(int, col);
    QCOMPARE(double(event.frames.front().grid->at(event.height() - 1 - rowFromSouth, col)),
             firstMax);
  }

  void aSevirPixelIsWhereTheReadmeSays() {
    NEEDS(kSevir);
    const RadarFiles files = readRadarFiles({kSevir + "sevir/CATALOG.csv"});
    const FrameSequence& event = eventNamed(files, "S996000");
    QCOMPARE(event.frames[24].grid->at(383 - 192, 192), 145.0f);
    QVERIFY(cellsOff(event.geo, 383 - 192, 192, {-97.638992, 35.953373}) < 0.1);
    QVERIFY(cellsOff(event.geo, 383, 0, {-99.733783, 34.213575}) < 0.1);
  }

  void sevirEventsAreListedWithoutTheirFrames() {
    NEEDS(kSevir);
    std::vector<std::string> problems;
    const std::vector<SevirEvent> events = listSevirEvents(kSevir + "sevir_lr", problems);
    QCOMPARE(events.size(), 6u);
    QVERIFY(problems.empty());
    const auto event = std::ranges::find(events, "S986004", &SevirEvent::id);
    QVERIFY(event != events.end());
    QVERIFY(isNear(event->missingPercent, 28.697754, 1e-5));
    QVERIFY(isNear(event->bounds.west, -83.334896, 1e-4) && isNear(event->bounds.north, 44.696272, 1e-4));
    QCOMPARE(event->frames, 25);
    QVERIFY(event->isHere);
    QCOMPARE(isoText(event->begin), std::string("2018-06-15T19:20:00Z"));
  }

  void sevirEventsAreFilteredByPlaceDateTypeAndGaps() {
    NEEDS(kSevir);
    std::vector<std::string> problems;
    const std::vector<SevirEvent> events = listSevirEvents(kSevir + "sevir_lr", problems);
    const auto count = [&](const SevirFilter& filter) {
      return std::ranges::count_if(events, [&](const SevirEvent& event) { return matches(event, filter); });
    };
    QCOMPARE(count({}), 6);
    QCOMPARE(count({.words = "hail"}), std::ranges::count(events, "Hail", &SevirEvent::type));
    QCOMPARE(count({.type = ""}), 1);  // R180613
    QCOMPARE(count({.words = "s986"}), 5);
    QCOMPARE(count({.mostMissingPercent = 20.0}), 5);
    QCOMPARE(count({.from = timeFromCalendar(2018, 4, 1, 0, 0, 0), .until = timeFromCalendar(2018, 5, 1, 0, 0, 0)}), 1);
    QCOMPARE(count({.area = LonLatBox{-100.0, 34.0, -95.0, 38.0}}), 1);
    QCOMPARE(count({.onlyHere = true}), 6);
  }

  void aPathMayNameOneOfSevirsEvents() {
    NEEDS(kSevir);
    for (const char* path : {"sevir_lr#S986002", "sevir_lr/CATALOG.csv#S986002"}) {
      const RadarFiles files = readRadarFiles({kSevir + path});
      QCOMPARE(files.sequences.size(), 1u);
      QVERIFY(files.sequences[0].event.starts_with("S986002"));
    }
  }

  void sevirsMissingPixelsStayMissing() {
    NEEDS(kSevir);
    const RadarFiles files = readRadarFiles({kSevir + "sevir_lr"});
    const FrameSequence& event = eventNamed(files, "S986004");
    double missing = 0.0;
    for (const Frame& frame : event.frames) missing += summarize(*frame.grid).missingFraction / 25;
    QVERIFY(isNear(missing, 0.28697754, 1e-8));
    QCOMPARE(summarize(*event.frames[11].grid).missingFraction, 1.0);
  }

  void oneSevirEventCanBeChosen() {
    NEEDS(kSevir);
    ReadOptions options;
    options.events = {"S986002"};
    const RadarFiles files = readRadarFiles(
        {kSevir + "sevir_lr/data/vil/2018/SEVIR_VIL_STORMEVENTS_2018_0101_0630.h5"}, options);
    QCOMPARE(files.sequences.size(), 1u);
    QVERIFY(files.sequences.front().event.rfind("S986002", 0) == 0);
  }

  void stoppingKeepsWhatWasRead() {
    NEEDS(kRadar + "knmi");
    std::stop_source source;
    ReadOptions options;
    options.stop = source.get_token();
    options.progress = [&](int done, int total) {
      QCOMPARE(total, 68);
      if (done == 3) source.request_stop();
    };
    const RadarFiles files = readRadarFiles({kRadar + "knmi"}, options);
    QVERIFY(files.sequences.front().frames.size() <= 3u);
  }
};

QTEST_APPLESS_MAIN(TestRadarFiles)
#include "tst_radar_files.moc"
