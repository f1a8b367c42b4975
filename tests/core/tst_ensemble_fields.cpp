#include <QtTest>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/contour_lines.h"
#include "core/drawn_sequence.h"
#include "core/drift.h"
#include "core/ensemble_fields.h"
#include "core/errors.h"
#include "core/field_tables.h"
#include "core/frame_words.h"

using namespace stormloom;

namespace {

std::shared_ptr<RadarGrid> grid(int width, int height, std::vector<float> values) {
  auto made = std::make_shared<RadarGrid>(width, height);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool known = std::isfinite(values[i]);
    made->values()[i] = values[i];
    made->states()[i] = known ? CellState::Measured : CellState::Missing;
  }
  return made;
}

std::shared_ptr<RadarGrid> blob(int size, double col, double row, double strength) {
  std::vector<float> values;
  for (int r = 0; r < size; ++r)
    for (int c = 0; c < size; ++c)
      values.push_back(
          float(strength * std::exp(-((c - col) * (c - col) + (r - row) * (r - row)) / 40.0)));
  return grid(size, size, values);
}

double enclosed(const std::vector<CellPoint>& line) {
  double area = 0.0;
  for (std::size_t i = 1; i < line.size(); ++i)
    area += 0.5 * (line[i - 1].col * line[i].row - line[i].col * line[i - 1].row);
  return std::abs(area);
}

}  // namespace

class TestEnsembleFields : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void statisticsOfFourMembersAreThoseOfPaperAndPencil() {
    const GridList members{grid(1, 1, {10}), grid(1, 1, {20}), grid(1, 1, {30}), grid(1, 1, {100})};
    QCOMPARE(meanField(members).at(0, 0), 40.f);
    QCOMPARE(maximumField(members).at(0, 0), 100.f);
    QCOMPARE(percentileField(members, 50).at(0, 0), 25.f);
    QCOMPARE(percentileField(members, 0).at(0, 0), 10.f);
    QCOMPARE(percentileField(members, 100).at(0, 0), 100.f);
    QVERIFY(std::abs(percentileField(members, 90).at(0, 0) - 79.f) < 1e-4f);
    QVERIFY(std::abs(spreadField(members).at(0, 0) - std::sqrt(1250.f)) < 1e-3f);
    QCOMPARE(probabilityField(members, 30).at(0, 0), 50.f);
    QCOMPARE(probabilityField(members, 30.5).at(0, 0), 25.f);
    QCOMPARE(disagreementField(members).at(0, 0), 90.f);
  }

  void membersWithoutAValueDoNotCount() {
    const GridList members{grid(2, 1, {10, NAN}), grid(2, 1, {NAN, NAN})};
    QCOMPARE(meanField(members).at(0, 0), 10.f);
    QCOMPARE(meanField(members).state(0, 0), CellState::Measured);
    QCOMPARE(meanField(members).state(0, 1), CellState::Missing);
    QVERIFY(std::isnan(probabilityField(members, 5).at(0, 1)));
  }

  void differencesNeedBothSidesAndBlendsOne() {
    const auto a = grid(2, 1, {10, 30}), b = grid(2, 1, {4, NAN});
    QCOMPARE(differenceField(*a, *b).at(0, 0), 6.f);
    QCOMPARE(differenceField(*a, *b).state(0, 1), CellState::Missing);
    QCOMPARE(blendedField(*a, *b, 0.25).at(0, 0), 8.5f);
    QCOMPARE(blendedField(*a, *b, 0.25).at(0, 1), 30.f);
  }

  void rastersOfDifferentSizesAreRefused() {
    QVERIFY_THROWS_EXCEPTION(UsageError, meanField({grid(1, 1, {1}), grid(2, 1, {1, 2})}));
    QVERIFY_THROWS_EXCEPTION(UsageError, meanField({}));
  }

  void aContourEnclosesWhatIsAbove() {
    const auto lines = contourLines(*blob(64, 31.5, 31.5, 200), 100);
    QCOMPARE(lines.size(), std::size_t(1));
    const double radius2 = 40.0 * std::log(2.0);
    QVERIFY2(std::abs(enclosed(lines[0]) - 3.14159265 * radius2) < 2.0,
             qPrintable(QString::number(enclosed(lines[0]))));
    QCOMPARE(lines[0].front().col, lines[0].back().col);
    QCOMPARE(lines[0].front().row, lines[0].back().row);
  }

  void contoursCloseAtTheEdgeAndAroundHoles() {
    QVERIFY(contourLines(*grid(3, 3, std::vector<float>(9, 0.f)), 1).empty());
    const auto full = contourLines(*grid(3, 3, std::vector<float>(9, 5.f)), 1);
    QCOMPARE(full.size(), std::size_t(1));
    QVERIFY2(std::abs(enclosed(full[0]) - 8.5) < 1e-9,  // the square less its four cut corners
             qPrintable(QString::number(enclosed(full[0]))));
    std::vector<float> ring(25, 5.f);
    ring[12] = NAN;
    QCOMPARE(contourLines(*grid(5, 5, ring), 1).size(), std::size_t(2));
    // Two cells that touch at a corner stay apart.
    QCOMPARE(contourLines(*grid(2, 2, {5, 0, 0, 5}), 1).size(), std::size_t(2));
  }

  void hatchingCoversOnlyWhatIsAbove() {
    std::vector<float> values(100, 0.f);
    for (int i = 33; i < 37; ++i) values[std::size_t(i)] = 9.f;
    const auto strokes = hatchLines(*grid(10, 10, values), 5, 1);
    QCOMPARE(strokes.size(), std::size_t(4));
    for (const auto& stroke : strokes) QVERIFY(stroke[0].row >= 3 && stroke[0].row <= 4);
  }

  void aDriftIsFoundToAFractionOfACell() {
    const Drift drift = driftBetween(*blob(64, 20, 30, 200), *blob(64, 25, 27, 200));
    QVERIFY2(std::abs(drift.cols - 5) < 0.5 && std::abs(drift.rows + 3) < 0.5,
             qPrintable(QString("%1 %2").arg(drift.cols).arg(drift.rows)));
    QVERIFY(drift.likeness > 0.95);
    const auto dry = grid(8, 8, std::vector<float>(64, 0.f));
    QCOMPARE(driftBetween(*dry, *dry).likeness, 0.0);
  }

  void largeGridsAreDrawnCoarserAndKeepTheirStorms() {
    std::vector<float> values(40 * 30, 1.f);
    values[7 * 40 + 33] = 90.f;
    FrameSequence large{.geo = GeoReference(kSevirProjection, -20000, 15000, 1000, 1000, 40, 30)};
    large.frames.push_back({{}, grid(40, 30, values), "", false});
    const FrameSequence coarse = thinnedForDrawing(large, 150);
    QCOMPARE(coarse.width(), 14);
    QCOMPARE(coarse.height(), 10);
    QCOMPARE(coarse.frames[0].grid->at(2, 11), 90.f);
    QCOMPARE(coarse.geo.cellWidth(), 3000.0);
    QCOMPARE(thinnedForDrawing(large).width(), 40);
    constexpr std::size_t kBudget = 6'000'000'000;
    QCOMPARE(drawnCells(kBudget, 36), kMostDrawnCells);
    QVERIFY(5 * 500 * drawnCells(kBudget, 500) <= kBudget / 6);  // however many frames there are
    QCOMPARE(drawnCells(0, 500), kMostDrawnCells);
    const GeoReference box(kSevirProjection, 8000, 12000, 1000, 1000, 8, 8);
    const FrameSequence near = croppedForDrawing(large, box, 0.5);
    QVERIFY(std::abs(near.geo.left() - 4000) <= 1000 && near.width() >= 16);
    const CellPoint storm = near.geo.cellFromLonLat(large.geo.lonLatFromCell({33.5, 7.5}));
    QCOMPARE(near.frames[0].grid->at(int(storm.row), int(storm.col)), 90.f);
  }

  void aPictureIsSaidInWords() {
    const auto field = grid(2, 2, {0, 140, 201, 20});
    QCOMPARE(frameWords(*field, 133, 30),
             std::string("lead 30 min, 50 % of the area at 133 or above, strongest 201"));
    QCOMPARE(frameWords(*field, 250, {}),
             std::string("none of the area at 250 or above, strongest 201"));
    QCOMPARE(frameWords(*grid(1, 1, {NAN}), 133, {}), std::string("nothing was measured"));
  }

  void safeColoursStayApartForEveryEye() {
    for (const auto vision : {ColorVision::Usual, ColorVision::Deuteranopia,
                              ColorVision::Protanopia, ColorVision::Tritanopia}) {
      for (const auto quantity : {Quantity::VilDigital, Quantity::RainRate}) {
        const auto closest =
            closestSteps(fieldTable(FieldKind::Radar, quantity, {.safe = true}), vision);
        QVERIFY2(closest.distance >= 10.0, qPrintable(QString("eyes %1: %2 at %3")
                                                          .arg(int(vision))
                                                          .arg(closest.distance)
                                                          .arg(closest.lowerLevel)));
      }
    }
  }

  void safeColoursGetLighterWithStrength() {
    const auto& steps = fieldTable(FieldKind::Radar, Quantity::VilDigital, {.safe = true}).steps();
    const auto light = [](Rgb c) { return 0.3 * c.red + 0.59 * c.green + 0.11 * c.blue; };
    for (std::size_t i = 1; i < steps.size(); ++i)
      QVERIFY(light(steps[i].color) > light(steps[i - 1].color));
  }

  void theStrongestRainIsNoPaperOnLightGround() {
    const Rgb paper{223, 228, 236};
    for (const auto quantity : {Quantity::VilDigital, Quantity::RainRate}) {
      const ColorTable& table =
          fieldTable(FieldKind::Radar, quantity, {.safe = true, .onLight = true});
      QVERIFY(colorDistance(table.steps().back().color, paper) > 60);
      for (const auto vision : {ColorVision::Usual, ColorVision::Deuteranopia,
                                ColorVision::Protanopia, ColorVision::Tritanopia})
        QVERIFY(closestSteps(table, vision).distance >= 10.0);
    }
  }

  void smallDifferencesAreNotDrawn() {
    const ColorTable& table = fieldTable(FieldKind::Difference, Quantity::VilDigital);
    QVERIFY(!table.isDrawn(0) && !table.isDrawn(2.9) && !table.isDrawn(-2.9));
    QVERIFY(table.isDrawn(12) && table.isDrawn(-12));
  }

  void greenAndRedComeNearEachOtherWithoutGreen() {
    const Rgb green{60, 160, 60}, red{190, 90, 40};
    QVERIFY(colorDistance(seenColor(green, ColorVision::Deuteranopia),
                          seenColor(red, ColorVision::Deuteranopia)) <
            0.6 * colorDistance(green, red));
  }
};

QTEST_APPLESS_MAIN(TestEnsembleFields)
#include "tst_ensemble_fields.moc"
