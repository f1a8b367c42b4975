// Blocks of cells in space and time: which faces are seen, where cells go as cuboids part, what is
// under the pointer.
#include <QtTest>
#include <cmath>
#include <set>

#include "core/attention_block.h"
#include "core/errors.h"
#include "core/pattern_text.h"

using namespace stormloom;

namespace {

int openFaces(const BlockShape& shape) {
  int open = 0;
  for (const BlockBox& box : shape.boxes)
    for (int side = 0; side < kBlockSides; ++side) open += box.isOpen(BlockSide(side));
  return open;
}

const BlockBox& boxOf(const BlockShape& shape, const Thw& cell) {
  for (const BlockBox& box : shape.boxes)
    if (box.cell == cell) return box;
  throw UsageError("no such box");
}

/// How far the cells of one cuboid spread, along right, up and to the eye.
std::array<double, 3> spreadOf(const BlockShape& shape, const std::vector<std::int64_t>& numbers,
                               const Thw& field, std::int64_t cuboid) {
  std::array<double, 3> low = {1e9, 1e9, 1e9}, high = {-1e9, -1e9, -1e9};
  for (const BlockBox& box : shape.boxes) {
    if (numbers[std::size_t(flatIndex(box.cell, field))] != cuboid) continue;
    const double at[] = {box.middle.x, box.middle.y, box.middle.z};
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] = std::min(low[a], at[a]);
      high[a] = std::max(high[a], at[a]);
    }
  }
  return {high[0] - low[0], high[1] - low[1], high[2] - low[2]};
}

}  // namespace

class TestCellBlock : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void timesStandOutsideTheBlockHoweverItIsTurned() {
    const CellBlock block = patternBlock(paperFigure()[0], {});
    for (const double turn : {-140.0, -60.0, 0.0, 32.0, 75.0, 130.0, 170.0}) {
      const BlockView view = {.turn = turn};
      const BlockShape shape = shapeOf(block, view);
      const BlockProjection seen(view, shape.radius, 400.0, 400.0);
      double farthest = 0.0;
      for (const BlockShape::Line& edge : shape.frame)
        farthest = std::max(farthest, std::abs(seen.onScreen(edge.from).x));
      QCOMPARE(shape.texts.size(), std::size_t(2));
      for (const BlockShape::Text& text : shape.texts)
        QVERIFY2(std::abs(textOnScreen(text, seen).x) > 0.8 * farthest,
                 qPrintable(QString("%1 at %2").arg(text.text.c_str()).arg(turn)));
    }
  }

  void aFrameOfAnotherLevelIsFoundByItsTime() {
    using Kind = LevelFrame::Kind;
    const auto at = [](int minute) { return ValidTime(std::chrono::minutes(minute)); };
    const std::vector<LevelFrame> frames = {
        {Kind::Observed, at(0)},      {Kind::Observed, at(10)}, {Kind::Extrapolated, at(20)},
        {Kind::Extrapolated, at(30)}, {Kind::Forecast, at(20)}, {Kind::Forecast, at(25)}};
    QCOMPARE(frameLike(frames, {Kind::Forecast, at(20)}), std::size_t(4));
    QCOMPARE(frameLike(frames, {Kind::Forecast, at(30)}),
             std::size_t(3));  // the time, not the kind
    QCOMPARE(frameLike(frames, {Kind::Forecast, at(60)}), std::size_t(5));  // nearest of its kind
    QCOMPARE(frameLike(frames, {Kind::Observed, at(7)}), std::size_t(1));
    QCOMPARE(
        frameLike({{Kind::Observed, at(0)}, {Kind::Observed, at(5)}}, {Kind::Forecast, at(60)}),
        std::size_t(1));
  }

  void onlyTheOutsideOfAWholeBlockHasFaces() {
    const BlockShape shape = shapeOf(patternBlock(paperFigure()[0], {}), {});
    QCOMPARE(openFaces(shape), 2 * (6 * 4 + 6 * 4 + 4 * 4));
  }

  void cuboidsApartHaveFacesOfTheirOwn() {
    // Eight cuboids of 3 x 2 x 2, wherever their cells come from.
    for (const LabPattern& pattern : paperFigure()) {
      const BlockShape shape = shapeOf(patternBlock(pattern, {}), {.apart = 1.0});
      QCOMPARE(openFaces(shape), 8 * 2 * (3 * 2 + 3 * 2 + 2 * 2));
    }
  }

  // Element i of cuboid n: local at n b + i, dilated at i K + n, shifted rolled first; as cuboids
  // go apart, each gathers into a box of its own size, wherever its elements came from.
  void theFigureGathersIntoItsCuboids() {
    for (const LabPattern& pattern : paperFigure()) {
      const auto numbers = cuboidNumbers(pattern, 0);
      const BlockShape shape = shapeOf(patternBlock(pattern, {}), {.apart = 1.0});
      const double depth = boxOf(shape, {0, 0, 0}).half.z * 2.0;
      for (std::int64_t cuboid = 0; cuboid < 8; ++cuboid) {
        const auto spread = spreadOf(shape, numbers, pattern.field, cuboid);
        QVERIFY2(std::abs(spread[0] - 1.0) < 1e-9, pattern.name.c_str());
        QVERIFY2(std::abs(spread[1] - 1.0) < 1e-9, pattern.name.c_str());
        QVERIFY2(std::abs(spread[2] - 2.0 * depth) < 1e-9, pattern.name.c_str());
      }
    }
  }

  void runsOfAlikeCellsBecomeOneBox() {
    const LabPattern axial = patternNamed("axial", {13, 8, 8});
    const CellBlock block = patternBlock(axial, {.element = {4, 2, 3}});
    const BlockShape shape = shapeOf(block, {.apart = 1.0});
    const auto merged = mergedBoxes(block, shape);
    // 63 whole columns; the chosen cell has a colour of its own and cuts its column in three.
    QCOMPARE(merged.size(), std::size_t(63 + 3));
    double volume = 0.0;
    for (const BlockBox& box : merged) volume += 8.0 * box.half.x * box.half.y * box.half.z;
    const BlockPoint one = shape.boxes.front().half;
    QVERIFY(std::abs(volume - 13 * 8 * 8 * 8.0 * one.x * one.y * one.z) < 1e-6 * volume);
  }

  void aDilatedCuboidReachesAcrossTheFieldWhileItIsWhole() {
    const LabPattern dilated = paperFigure()[1];
    const BlockShape shape = shapeOf(patternBlock(dilated, {}), {});
    const auto spread = spreadOf(shape, cuboidNumbers(dilated, 0), dilated.field, 0);
    QCOMPARE(spread[0], 2.0);
    QCOMPARE(spread[1], 2.0);
  }

  void everyCellStandsOnAPlaceOfItsOwn() {
    for (const LabPattern& pattern : labPresets()) {
      if (volumeOf(pattern.field) > 1000) continue;
      for (const double apart : {0.0, 1.0}) {
        std::set<std::tuple<double, double, double>> places;
        CellBlock block = patternBlock(pattern, {});
        for (BlockCell& cell : block.cells) cell.size = 0.9f;  // so that none is hidden
        const BlockShape shape = shapeOf(block, {.apart = apart});
        for (const BlockBox& box : shape.boxes)
          places.emplace(std::round(1e6 * box.middle.x), std::round(1e6 * box.middle.y),
                         std::round(1e6 * box.middle.z));
        QCOMPARE(places.size(), std::size_t(volumeOf(pattern.field)));
      }
    }
  }

  void aSliceShowsOnlyItself() {
    BlockView view;
    view.slice[0] = {2, 3};
    const BlockShape shape = shapeOf(patternBlock(paperFigure()[0], {}), view);
    QCOMPARE(shape.boxes.size(), std::size_t(16));
    for (const BlockBox& box : shape.boxes) QCOMPARE(box.cell[0], std::int64_t(2));
    view.slice[0] = {2, 0};
    for (const BlockBox& box : shapeOf(patternBlock(paperFigure()[0], {}), view).boxes)
      QVERIFY(box.cell[0] >= 2);
  }

  void thePointerFindsTheForemostCell() {
    const CellBlock block = patternBlock(paperFigure()[0], {});
    for (const double turn : {0.0, 30.0, -75.0, 180.0}) {
      const BlockView view = {.turn = turn, .tilt = 20.0};
      const BlockShape shape = shapeOf(block, view);
      const BlockProjection seen(view, shape.radius, 800, 600);
      const BlockBox* nearest = nullptr;
      for (const BlockBox& box : shape.boxes)
        if (!nearest || seen.onScreen(box.middle).z > seen.onScreen(nearest->middle).z)
          nearest = &box;
      const BlockPoint at = seen.onScreen(nearest->middle);
      const auto found = cellUnder(shape, seen, at.x, at.y);
      QVERIFY(found && *found == nearest->cell);
    }
    const BlockShape shape = shapeOf(block, {});
    QVERIFY(!cellUnder(shape, BlockProjection({}, shape.radius, 800, 600), 390, 290));
  }

  void attentionIsSeenInFrontWithItsLinksAndGlobalVectors() {
    AttentionLayer layer;
    layer.query = layer.attended = fitCuboids({{6, 1, 1}, kLocal, {0, 0, 0}}, {6, 4, 4});
    layer.attendedFrames.resize(6);
    AttentionView view{.layer = layer, .geo = GeoReference("", 0, 0, 1, 1, 1, 1)};
    view.query = {5, 1, 2};
    for (std::int64_t t = 0; t < 6; ++t) view.cells.push_back({{t, 1, 2}, t == 3 ? 0.5 : 0.08});
    view.globals = {0.1, 0.0};
    const CellBlock block = attentionBlock(view, BlockGround::Cuboids, {}, true);
    QCOMPARE(block.nodes.size(), std::size_t(2));
    QCOMPARE(block.nodes[0].strength, 1.0);
    QVERIFY(block.links.size() == 6 && block.links[0].cell == (Thw{3, 1, 2}));
    const BlockShape shape = shapeOf(block, {});
    QVERIFY(boxOf(shape, {3, 1, 2}).front);
    QVERIFY(boxOf(shape, {3, 1, 2}).half.x > boxOf(shape, {2, 1, 2}).half.x);
    QVERIFY(!boxOf(shape, {3, 0, 0}).front);
    QCOMPARE(shape.links.size(), std::size_t(6 + 2));
    QVERIFY(shape.nodes[0].middle.y > 2.0);  // above the block
  }

  void patternsAreWrittenAndReadAgain() {
    for (const LabPattern& preset : labPresets()) {
      const LabPattern again = patternNamed(patternText(preset), preset.field);
      QCOMPARE(patternText(again), patternText(preset));
      QCOMPARE(cuboidNumbers(again, 0).size(), cuboidNumbers(preset, 0).size());
    }
    QCOMPARE(patternNamed("axial", {6, 8, 8}).layers.size(), std::size_t(3));
    QCOMPARE(patternText(patternNamed("3x2x2+3x2x2:ddd+3x2x2:lll:1x1x1", {6, 4, 4})),
             std::string("3x2x2+3x2x2:ddd+3x2x2:lll:1x1x1"));
    for (const char* bad : {"", "3x2", "0x1x1", "3x2x2:xyz", "3x2x2:lll:1x1", "moon"})
      QVERIFY_EXCEPTION_THROWN(patternNamed(bad, {6, 4, 4}), UsageError);
    QVERIFY_EXCEPTION_THROWN(thwFromText("--field", "6,4"), UsageError);
  }
};

QTEST_APPLESS_MAIN(TestCellBlock)
#include "tst_cell_block.moc"
