#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/coverage.h"

using namespace stormloom;

class TestCoverage : public QObject {
  Q_OBJECT

private:
  /// Covered within `radius` cells of the middle.
  static RadarGrid disc(int size, double radius) {
    RadarGrid grid(size, size);
    for (int row = 0; row < size; ++row) {
      for (int col = 0; col < size; ++col) {
        const bool inside = std::hypot(col + 0.5 - size / 2.0, row + 0.5 - size / 2.0) <= radius;
        grid.set(row, col, inside ? 0.0f : NAN,
                 inside ? CellState::BelowDetection : CellState::OutsideCoverage);
      }
    }
    return grid;
  }

private Q_SLOTS:
  void theEdgeRunsWhereCoverageEnds_data() {
    QTest::addColumn<int>("size");
    QTest::addColumn<double>("tolerance");  // cells
    QTest::newRow("every cell") << 200 << 1.0;
    QTest::newRow("in coarser steps") << 1400 << 3.0;
  }

  void theEdgeRunsWhereCoverageEnds() {
    QFETCH(int, size);
    QFETCH(double, tolerance);
    const double radius = 0.4 * size;
    const auto lines = coverageEdge(disc(size, radius));
    QCOMPARE(lines.size(), 1u);
    for (const CellPoint& point : lines[0]) {
      const double away = std::hypot(point.col - size / 2.0, point.row - size / 2.0);
      QVERIFY2(std::abs(away - radius) < tolerance, QByteArray::number(away - radius));
    }
  }

  void whereAllIsCoveredThereIsNoEdge() {
    QVERIFY(coverageEdge(disc(50, 500)).empty());
    QCOMPARE(withoutValueText(disc(50, 500)), std::string());
  }

  void sharesAreSaidApart() {
    RadarGrid grid = disc(10, 100);
    grid.set(0, 0, NAN, CellState::Missing);
    QCOMPARE(withoutValueText(grid), std::string("1.0 % missing"));
    for (int k = 0; k < 40; ++k) grid.set(5 + k / 10, k % 10, NAN, CellState::OutsideCoverage);
    QCOMPARE(withoutValueText(grid), std::string("1.0 % missing, 40 % outside coverage"));
  }

  void aSingleCellIsNotRoundedAway() {
    RadarGrid grid = disc(200, 1000);
    grid.set(7, 7, NAN, CellState::Missing);
    QCOMPARE(withoutValueText(grid), std::string("less than 0.1 % missing"));
  }
};

QTEST_APPLESS_MAIN(TestCoverage)
#include "tst_coverage.moc"
