#include <QtTest>
#include <cmath>

#include "core/errors.h"
#include "core/frame_picking.h"
#include "core/frame_words.h"
#include "core/model_grid.h"
#include "core/resample.h"
#include "core/synthetic_event.h"
#include "core/vil_scale.h"

using namespace stormloom;

namespace {

const ValidTime kStart = timeFromCalendar(2019, 6, 10, 0, 0, 0);

/// Rain rate `rain(lon, lat)` on a longitude/latitude grid of the USA, a frame every `step`
/// minutes.
template <typename Rain>
FrameSequence overTheUsa(int frames, int step, Rain rain) {
  const GeoReference geo("+proj=longlat +datum=WGS84", -105.0, 45.0, 0.02, 0.02, 700, 600);
  FrameSequence sequence{.quantity = Quantity::RainRate, .geo = geo};
  auto grid = std::make_shared<RadarGrid>(700, 600);
  for (int row = 0; row < 600; ++row) {
    for (int col = 0; col < 700; ++col) {
      grid->set(row, col, float(rain(-105.0 + 0.02 * (col + 0.5), 45.0 - 0.02 * (row + 0.5))),
                CellState::Measured);
    }
  }
  for (int k = 0; k < frames; ++k) {
    sequence.frames.push_back(
        {.validTime = kStart + minutes(step * k), .grid = grid, .source = "radar.file"});
  }
  return sequence;
}

FrameSequence evenRain(int frames, int step) {
  return overTheUsa(frames, step, [](double, double) { return 5.0; });
}

std::string sentenceOf(const FrameSequence& sequence, const ContextRequest& request,
                       const FrameBetween& between = {}) {
  try {
    cutContextBetween(sequence, request, between);
  } catch (const IoError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

class TestModelGrid : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void observedRainHasTheValuesThatModelsSeeOfIt() {
    RadarGrid rain(2, 2);
    rain.set(0, 0, 21.3f, CellState::Measured);
    rain.set(0, 1, 0.0f, CellState::BelowDetection);
    rain.set(1, 0, NAN, CellState::Missing);
    rain.set(1, 1, 9000.0f, CellState::Measured);
    const RadarGrid scaled = onModelScale(rain, Quantity::RainRate);
    QCOMPARE(scaled.at(0, 0), float(digitalFromRain(21.3f)));
    QCOMPARE(scaled.at(0, 1), 0.0f);
    QVERIFY(scaled.state(0, 1) == CellState::BelowDetection);
    QVERIFY(scaled.state(1, 0) == CellState::Missing);
    QCOMPARE(scaled.at(1, 1), 254.0f);
    QVERIFY(!hasModelScale(Quantity::PrecipitationType) && !hasModelScale(Quantity::VilDigital));
    QCOMPARE(modelScaleNote(Quantity::RainRate), std::string("VIL-like, from rain rate"));
  }

  void noForecastStartsFromAnother() {
    FrameSequence rain = evenRain(25, 5);
    rain.provenance = Provenance::Forecast;
    QVERIFY_THROWS_EXCEPTION(IoError, cutContext(rain, {.grid = sevirLrGrid()}));
  }

  void anEventOnTheModelsOwnCellsKeepsItsValuesToTheBit() {
    const FrameSequence event = syntheticEvent();
    const ModelContext context =
        cutContext(event, {.grid = sevirLrGrid(),
                           .center = event.geo.lonLatFromCell({96.0, 96.0}),
                           .runTime = event.frames[6].validTime});
    QCOMPARE(context.frames.frames.size(), std::size_t(7));
    QCOMPARE(context.runTime, event.frames[6].validTime);
    QCOMPARE(context.frames.geo.width(), 128);
    const RadarGrid& cut = *context.frames.frames[3].grid;
    for (int row = 0; row < 128; ++row) {
      for (int col = 0; col < 128; ++col) {
        QCOMPARE(cut.at(row, col), event.frames[3].grid->at(row + 32, col + 32));
      }
    }
    QVERIFY(context.frames.synthetic);
    const FrameSequence truth = cutTruth(event, context);
    QCOMPARE(truth.frames.size(), std::size_t(6));
    QCOMPARE(truth.frames[5].grid->at(0, 0), event.frames[12].grid->at(32, 32));
  }

  void rainIsAveragedBeforeItGoesOnTheScale() {
    const GeoReference fine(kSevirProjection, 0.0, 0.0, 1000.0, 1000.0, 3, 3);
    const GeoReference coarse(kSevirProjection, 0.0, 0.0, 3000.0, 3000.0, 1, 1);
    RadarGrid grid(3, 3);
    for (int i = 0; i < 9; ++i) grid.set(i / 3, i % 3, i == 4 ? 90.0f : 0.0f, CellState::Measured);
    const auto mean = Resampler(fine, coarse).digitalVil(grid, Quantity::RainRate);
    QVERIFY(std::abs(mean->at(0, 0) - digitalFromRain(10.0)) < 1e-4);
  }

  void aCellWithLessThanHalfOfItsPixelsIsMissing() {
    const GeoReference fine(kSevirProjection, 0.0, 0.0, 1000.0, 1000.0, 3, 3);
    const GeoReference coarse(kSevirProjection, 0.0, 0.0, 3000.0, 3000.0, 1, 1);
    RadarGrid grid(3, 3);
    for (int i = 0; i < 4; ++i) grid.set(i / 3, i % 3, 10.0f, CellState::Measured);
    QCOMPARE(Resampler(fine, coarse).digitalVil(grid, Quantity::RainRate)->state(0, 0),
             CellState::Missing);
    grid.set(2, 2, 10.0f, CellState::Measured);
    const auto enough = Resampler(fine, coarse).digitalVil(grid, Quantity::RainRate);
    QVERIFY(std::abs(enough->at(0, 0) - digitalFromRain(10.0)) < 1e-4);
  }

  void theBoxFindsTheRainByItself() {
    const FrameSequence sequence = overTheUsa(13, 5, [](double lon, double lat) {
      return std::hypot(lon + 96.0, lat - 41.0) < 0.7 ? 20.0 : 0.0;
    });
    const ModelContext context = cutContext(sequence, {.grid = sevirLrGrid()});
    const CellPoint storm = context.frames.geo.cellFromLonLat({-96.0, 41.0});
    QVERIFY(storm.col > 40 && storm.col < 88);
    QVERIFY(storm.row > 40 && storm.row < 88);
    QVERIFY(context.note.empty());
    QVERIFY(std::abs(context.frames.frames[0].grid->at(int(storm.row), int(storm.col)) -
                     digitalFromRain(20.0)) < 1e-3);
  }

  void aShortSeriesIsReadOnAShorterClockAndSaysSo() {
    const ModelContext context = cutContext(evenRain(25, 2), {.grid = sevirLrGrid()});
    QCOMPARE(context.grid.stepMinutes, 8);
    QCOMPARE(context.grid.cellSizeMeters, 2400.0);
    QCOMPARE(context.frames.frames[0].validTime, kStart);
    QVERIFY(!context.note.empty());
    // Pictures and files carry it with the scale.
    QCOMPARE(context.frames.scaleNote,
             std::string("VIL-like, from rain rate; 8 min steps on 2.4 km cells"));
    QVERIFY(shorterClockWords(sevirLrGrid()).empty());
  }

  void framesBetweenObservedOnesAreComputedOnlyWhenAskedAndSaid() {
    FrameSequence sequence = evenRain(13, 10);
    sequence.frames.erase(sequence.frames.begin() + 9);  // 01:30
    sequence.frames[10].validTime -= seconds(36);        // 01:50, observed at 01:49:24
    QVERIFY(!sentenceOf(sequence, {.grid = sevirLrGrid()}).empty());
    std::vector<double> shares;
    const FrameBetween between = [&](const RadarGrid& before, const RadarGrid&, double share) {
      shares.push_back(share);
      return before;
    };
    const ModelContext context = cutContextBetween(sequence, {.grid = sevirLrGrid()}, between);
    QCOMPARE(shares.size(), 2u);
    QCOMPARE(shares[0], 0.5);           // 01:30 of 01:20 and 01:40
    QCOMPARE(shares[1], 36.0 / 636.0);  // 01:50 of 01:49:24 and 02:00
    const auto& frames = context.frames.frames;
    QCOMPARE(frames.size(), 7u);
    for (std::size_t k = 0; k < 7; ++k) {
      QCOMPARE(frames[k].validTime, kStart + minutes(60 + 10 * int(k)));
      QCOMPARE(isComputed(frames[k]), k == 3 || k == 5);
    }
    QVERIFY2(context.note.starts_with("2 of 7 frames were not observed but computed"),
             context.note.c_str());
    QVERIFY(context.note.find("01:50:00 from 01:49:24 and 02:00:00") != std::string::npos);
  }

  void framesOffTheModelsClockAreSaid() {
    const ModelContext context = cutContext(evenRain(14, 7), {.grid = sevirLrGrid()});
    QCOMPARE(context.tolerance, seconds(210));
    QCOMPARE(largestOffset(context), seconds(180));
    QVERIFY2(context.note.find("up to 180 s off (at most 210 s are allowed)") != std::string::npos,
             context.note.c_str());
    QVERIFY(cutContext(evenRain(25, 5), {.grid = sevirLrGrid()}).note.empty());
  }

  void pausesOfMoreThanHalfAnHourAreNotBridged() {
    FrameSequence sequence = evenRain(13, 10);
    sequence.frames.erase(sequence.frames.begin() + 8, sequence.frames.begin() + 11);
    const FrameBetween between = [](const RadarGrid& before, const RadarGrid&, double) {
      return before;
    };
    const std::string sentence = sentenceOf(sequence, {.grid = sevirLrGrid()}, between);
    QVERIFY2(sentence.find("2019-06-10T01:30:00Z") != std::string::npos, sentence.c_str());
  }

  void tooFewFramesAreRefusedByName() {
    const std::string sentence = sentenceOf(evenRain(5, 2), {.grid = sevirLrGrid()});
    QVERIFY2(sentence.starts_with("radar.file: 5 frames"), sentence.c_str());
  }

  void aGapNamesTheMissingTimes() {
    FrameSequence sequence = evenRain(13, 10);
    sequence.frames.erase(sequence.frames.begin() + 9);
    const std::string sentence = sentenceOf(sequence, {.grid = sevirLrGrid()});
    QVERIFY2(sentence.find("2019-06-10T01:30:00Z") != std::string::npos, sentence.c_str());
  }

  void aBoxOutsideIsRefusedWithWhereTheDataAre() {
    const std::string sentence =
        sentenceOf(evenRain(13, 10), {.grid = sevirLrGrid(), .center = LonLat{10.0, 50.0}});
    QVERIFY2(sentence.find("-105.00, 33.00") != std::string::npos, sentence.c_str());
  }

  void aRunTimeWithoutAFrameIsRefused() {
    const std::string sentence =
        sentenceOf(evenRain(13, 10), {.grid = sevirLrGrid(), .runTime = kStart + minutes(300)});
    QVERIFY2(sentence.find("no frame near 2019-06-10T05:00:00Z") != std::string::npos,
             sentence.c_str());
  }

  void theHashTellsContextsApart() {
    const FrameSequence event = syntheticEvent();
    FrameSequence changed = event;
    auto grid = std::make_shared<RadarGrid>(*event.frames[12].grid);
    grid->set(96, 96, 77.0f, CellState::Measured);
    changed.frames[12].grid = grid;
    const ContextRequest request{.grid = sevirLrGrid(),
                                 .center = event.geo.lonLatFromCell({96.0, 96.0})};
    QCOMPARE(cutContext(event, request).hash, cutContext(event, request).hash);
    QVERIFY(cutContext(event, request).hash != cutContext(changed, request).hash);
  }
};

QTEST_APPLESS_MAIN(TestModelGrid)
#include "tst_model_grid.moc"
