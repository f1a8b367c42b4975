// Decompositions, receptive fields and costs of attention patterns beside the papers' rules,
// written out element by element.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <numeric>
#include <set>

#include "core/errors.h"
#include "core/netcdf_file.h"
#include "core/pattern_file.h"
#include "core/pattern_lab.h"

using namespace stormloom;

namespace {

int countOf(const std::vector<std::uint8_t>& marks) {
  return std::accumulate(marks.begin(), marks.end(), 0);
}

LabPattern one(const Thw& field, const CuboidShape& layer,
               PaddingType padding = PaddingType::Zeros) {
  return {.name = "one", .field = field, .layers = {layer}, .padding = padding};
}

std::int64_t numberAt(const LabPattern& pattern, const Thw& at) {
  return cuboidNumbers(pattern, 0)[std::size_t(flatIndex(at, pattern.field))];
}

}  // namespace

class TestPatternLab : public QObject {
  Q_OBJECT

private Q_SLOTS:
  // The rules of the Earthformer paper, section 3.1, for (6,4,4) and cuboids (3,2,2): two cuboids
  // along every axis. Local: element i of cuboid n lies at n b + i. Dilated: at i K + n, K cuboids.
  // Shifted: the field is rolled by the shift first.
  void thePapersFigureIsReproducedElementByElement() {
    const std::vector<LabPattern> figure = paperFigure();
    QCOMPARE(figure.size(), std::size_t(3));
    const Thw field = {6, 4, 4}, block = {3, 2, 2};
    for (std::int64_t t = 0; t < 6; ++t)
      for (std::int64_t h = 0; h < 4; ++h)
        for (std::int64_t w = 0; w < 4; ++w) {
          const Thw at = {t, h, w};
          Thw local, dilated, shifted;
          for (std::size_t a = 0; a < 3; ++a) {
            local[a] = at[a] / block[a];
            dilated[a] = at[a] % 2;
            shifted[a] = (at[a] + field[a] - 1) % field[a] / block[a];
          }
          QCOMPARE(numberAt(figure[0], at), flatIndex(local, {2, 2, 2}));
          QCOMPARE(numberAt(figure[1], at), flatIndex(dilated, {2, 2, 2}));
          QCOMPARE(numberAt(figure[2], at), flatIndex(shifted, {2, 2, 2}));
        }
  }

  void aDecompositionLeavesInNumbersLayerByLayer() {
    const QTemporaryDir folder;
    LabPattern axial = namedLabPatterns({6, 8, 8})[1];
    const Thw element = {2, 3, 4};
    for (const char* name : {"axial.nc", "axial.csv"})
      writePattern(folder.filePath(name).toStdString(), axial, element);
    const NetCdfFile file = NetCdfFile::open(folder.filePath("axial.nc").toStdString());
    QCOMPARE(file.shape("cuboid"), (std::vector<std::size_t>{3, 6, 8, 8}));
    const auto cuboids = file.doubles("cuboid"), attended = file.doubles("attended");
    QFile table(folder.filePath("axial.csv"));
    QVERIFY(table.open(QFile::ReadOnly));
    const QStringList lines = QString(table.readAll()).trimmed().split('\n');
    QCOMPARE(lines.size(), 3 + 384);
    QVERIFY(lines[2].startsWith("frame,row,col,cuboid_in_layer_1,"));
    for (std::int64_t i = 0; i < 384; ++i) {
      const std::int64_t t = i / 64, h = i / 8 % 8, w = i % 8;
      // Lines along time, along columns, along rows, numbered row-major.
      const std::int64_t rule[] = {h * 8 + w, t * 8 + w, t * 8 + h};
      const bool asks[] = {h == 3 && w == 4, t == 2 && w == 4, t == 2 && h == 3};
      const QStringList words = lines[int(3 + i)].split(',');
      for (std::size_t layer = 0; layer < 3; ++layer) {
        const std::size_t at = layer * 384 + std::size_t(i);
        QCOMPARE(cuboids[at], double(rule[layer]));
        QCOMPARE(attended[at], double(asks[layer]));
        QCOMPARE(words[int(3 + layer)].toLongLong(), rule[layer]);
        QCOMPARE(words[int(6 + layer)].toInt(), int(asks[layer]));
      }
    }
    QCOMPARE(file.doubles("reached_after_layers")[std::size_t(flatIndex(element, axial.field))], 0.0);
    QCOMPARE(file.doubles("cuboid_size"), (std::vector<double>{6, 1, 1, 1, 8, 1, 1, 1, 8}));
    QVERIFY(!file.text("", "comment").empty());
  }

  void everyDecompositionCutsTheFieldIntoEqualParts() {
    for (const LabPattern& pattern : paperFigure()) {
      std::vector<std::int64_t> numbers = cuboidNumbers(pattern, 0);
      for (std::int64_t k = 0; k < 8; ++k)
        QCOMPARE(std::count(numbers.begin(), numbers.end(), k), std::ptrdiff_t(12));
    }
  }

  void shiftedRegionsThatOnlyMeetAtTheEdgeDoNotAttendEachOther() {
    const LabPattern shifted = paperFigure()[2];
    const auto middle = attendedBy(shifted, 0, {2, 2, 2});  // a cuboid in the middle is whole
    QCOMPARE(countOf(middle), 12);
    // The corner's cuboid holds corners of the field that are far apart: it sees one element of
    // each axis' edge alone.
    const auto corner = attendedBy(shifted, 0, {0, 0, 0});
    QCOMPARE(countOf(corner), 1);
  }

  void paddingTakesElementsThatAreNotThere() {
    const LabPattern padded = one({3, 4, 4}, {{2, 4, 4}, kLocal, {0, 0, 0}});
    QCOMPARE(countOf(attendedBy(padded, 0, {0, 0, 0})), 32);
    QCOMPARE(countOf(attendedBy(padded, 0, {2, 0, 0})), 16);
    QCOMPARE(layerCost(padded, 0).cuboids, std::int64_t(2));
  }

  void theReceptiveFieldOfAxialAttentionGrowsToAll() {
    const auto patterns = namedLabPatterns({6, 4, 4});
    const auto axial = std::find_if(patterns.begin(), patterns.end(),
                                    [](const LabPattern& p) { return p.name == "axial"; });
    const Thw at = {2, 1, 3};
    QCOMPARE(countOf(receptiveField(*axial, 0, at)), 1);
    QCOMPARE(countOf(receptiveField(*axial, 1, at)), 6);   // a column of time
    QCOMPARE(countOf(receptiveField(*axial, 2, at)), 24);  // time and rows
    QCOMPARE(countOf(receptiveField(*axial, 3, at)), 96);
    QCOMPARE(countOf(receptiveField(*axial, 9, at)), 96);
  }

  void localAttentionNeverLeavesItsCuboidAndGlobalVectorsDo() {
    LabPattern local = paperFigure()[0];
    local.layers.push_back(local.layers[0]);
    QCOMPARE(countOf(receptiveField(local, 2, {0, 0, 0})), 12);
    local.globalVectors = 1;
    QCOMPARE(countOf(receptiveField(local, 1, {0, 0, 0})), 12);
    QCOMPARE(countOf(receptiveField(local, 2, {0, 0, 0})), 96);
  }

  void attentionAlongTimeIsAsMuchCheaperAsThereArePixels() {
    const LabPattern sevir = one({13, 384, 384}, {{13, 1, 1}, kLocal, {0, 0, 0}});
    const LayerCost cost = layerCost(sevir, 0);
    QCOMPARE(cost.cheaper, 384.0 * 384.0);
    QCOMPARE(cost.cuboids, std::int64_t(384 * 384));
    QCOMPARE(cost.volume, std::int64_t(13));
    QCOMPARE(cost.pairs, 384.0 * 384.0 * 13.0 * 13.0);
    QCOMPARE(cost.attentionFlops, 4.0 * 128.0 * cost.pairs);
  }

  void costsOfAPatternAreThoseOfItsLayers() {
    LabPattern axial = namedLabPatterns({13, 32, 32})[1];
    QCOMPARE(axial.layers.size(), std::size_t(3));
    const LayerCost whole = patternCost(axial, {64, 2});
    double pairs = 0.0;
    for (std::size_t i = 0; i < 3; ++i) pairs += layerCost(axial, i, {64, 2}).pairs;
    QCOMPARE(whole.pairs, pairs);
    QCOMPARE(whole.weightBytes, pairs * 2.0 * 4.0);
    axial.globalVectors = 8;
    const double tokens = 13.0 * 32.0 * 32.0;
    QCOMPARE(layerCost(axial, 0, {64, 2}).pairs, tokens * 13.0 + 2.0 * tokens * 8.0 + 64.0);
  }

  void whatIsNotThereIsRefused() {
    const LabPattern pattern = paperFigure()[0];
    QVERIFY_THROWS_EXCEPTION(UsageError, layerCost(pattern, 1));
    QVERIFY_THROWS_EXCEPTION(UsageError, attendedBy(pattern, 0, {6, 0, 0}));
    QVERIFY_THROWS_EXCEPTION(UsageError, receptiveField(pattern, 1, {0, -1, 0}));
  }
};

QTEST_APPLESS_MAIN(TestPatternLab)
#include "tst_pattern_lab.moc"
