// What must hold of cuboid maps, masks and the masked softmax whatever the shape.
#include <torch/torch.h>

#include <QtTest>

#include "core/errors.h"
#include "models/cuboid/cuboid_layout.h"
#include "core/cuboid_pattern.h"

using namespace stormloom;
using torch::Tensor;

namespace {

Tensor numbered(const Thw& shape) {
  return torch::arange(1, volumeOf(shape) + 1, torch::kFloat32)
      .reshape({1, shape[0], shape[1], shape[2], 1});
}

CuboidStrategy strategyOf(const QString& letters) {
  CuboidStrategy strategy;
  for (int a = 0; a < 3; ++a)
    strategy[std::size_t(a)] = letters[a] == 'l' ? Locality::Local : Locality::Dilated;
  return strategy;
}

}  // namespace

class TestCuboidMaps : public QObject {
  Q_OBJECT

  void addShapes() {
    QTest::addColumn<QString>("strategy");
    QTest::addColumn<QList<int>>("data");
    QTest::addColumn<QList<int>>("size");
    QTest::addColumn<QList<int>>("shift");
    const QList<QList<int>> fields = {{4, 6, 6}, {5, 7, 9}, {1, 1, 1}, {13, 3, 8}, {2, 16, 5}};
    const QList<QList<int>> sizes = {{2, 3, 3}, {1, 1, 4}, {13, 1, 1}, {3, 2, 5}};
    for (const char* strategy : {"lll", "ddd", "ldl", "dld"})
      for (const auto& field : fields)
        for (const auto& size : sizes)
          for (const auto& shift : {QList<int>{0, 0, 0}, QList<int>{1, 1, 2}})
            QTest::addRow("%s field %d %d %d, cuboid %d %d %d, shift %d %d %d", strategy, field[0],
                          field[1], field[2], size[0], size[1], size[2], shift[0], shift[1],
                          shift[2])
                << QString(strategy) << field << size << shift;
  }

  static Thw thw(const QList<int>& list) { return {list[0], list[1], list[2]}; }

  static CuboidMap fetchedMap() {
    const auto fetch = [](const char* name) {
      return thw(*static_cast<QList<int>*>(QTest::qData(name, qMetaTypeId<QList<int>>())));
    };
    const auto strategy = *static_cast<QString*>(QTest::qData("strategy", qMetaTypeId<QString>()));
    return fitCuboids({fetch("size"), strategyOf(strategy), fetch("shift")}, fetch("data"));
  }

private Q_SLOTS:
  void reorderUndoesItself_data() { addShapes(); }
  void reorderUndoesItself() {
    const CuboidMap map = fetchedMap();
    const Tensor field = numbered(map.data);
    for (const PaddingType padding : {PaddingType::Zeros, PaddingType::Ignore})
      QVERIFY(torch::equal(fieldFromCuboids(cuboidsFromField(field, map, padding), map, padding),
                           field));
  }

  void tensorsFollowTheIntegerMap_data() { addShapes(); }
  void tensorsFollowTheIntegerMap() {
    const CuboidMap map = fetchedMap();
    const Tensor field = numbered(map.data);
    for (const PaddingType padding : {PaddingType::Zeros, PaddingType::Nearest}) {
      const Tensor cuboids = cuboidsFromField(field, map, padding).flatten();
      const auto source = sourceIndex(map, padding);
      QCOMPARE(std::size_t(cuboids.numel()), source.size());
      for (std::size_t i = 0; i < source.size(); ++i)
        QCOMPARE(cuboids[std::int64_t(i)].item<float>(), float(source[i] + 1));
    }
  }

  void everyPositionFindsItsElement_data() { addShapes(); }
  void everyPositionFindsItsElement() {
    const CuboidMap map = fetchedMap();
    for (std::int64_t k = 0; k < map.cuboids(); ++k)
      for (std::int64_t v = 0; v < map.volume(); ++v) {
        const Thw position = map.dataPosition(map.rolledPosition(k, v));
        if (!map.holdsData(position)) continue;
        const auto element = map.elementAt(position);
        QCOMPARE(element.cuboid, k);
        QCOMPARE(element.element, v);
      }
  }

  void aCuboidIsClippedToTheDataAndThenNotShifted() {
    const CuboidMap map = fitCuboids({{4, 3, 4}, kLocal, {2, 1, 2}}, {2, 3, 8});
    QCOMPARE(map.size, (Thw{2, 3, 4}));
    QCOMPARE(map.shift, (Thw{0, 0, 2}));
    QVERIFY(!map.isPadded());
  }

  void aDilatedAxisIsNeverShifted() {
    const CuboidMap map = fitCuboids({{2, 3, 2}, strategyOf("ldl"), {1, 1, 1}}, {4, 6, 6});
    QCOMPARE(map.shift, (Thw{1, 0, 1}));
  }

  void aFullyMaskedRowIsZeroAndOthersAddToOne() {
    const Tensor mask = torch::tensor({{1, 1, 0}, {0, 0, 0}}, torch::kBool);
    const Tensor weights = maskedSoftmax(torch::randn({2, 3}), mask);
    QVERIFY(torch::equal(weights[1], torch::zeros({3})));
    QVERIFY(std::abs(weights[0].sum().item<float>() - 1.0f) < 1e-6f);
    QCOMPARE(weights[0][2].item<float>(), 0.0f);
  }

  void withoutShiftAndIgnoredPaddingNothingIsMasked() {
    const CuboidMap map = fitCuboids({{2, 3, 3}, kLocal, {0, 0, 0}}, {5, 7, 7});
    QVERIFY(!selfAttentionMask(map, PaddingType::Zeros).defined());
    QVERIFY(!selfAttentionMask(map, PaddingType::Nearest).defined());
    QVERIFY(selfAttentionMask(map, PaddingType::Ignore).defined());
  }

  void relativePositionsStayInsideTheirTable() {
    for (const Thw& size : {Thw{1, 1, 1}, Thw{13, 1, 1}, Thw{2, 3, 4}}) {
      const Tensor index = relativePositionIndexTensor(size);
      QCOMPARE(index.min().item<std::int64_t>(), std::int64_t(0));
      QCOMPARE(index.max().item<std::int64_t>(), relativePositionCount(size) - 1);
    }
  }

  void crossMemoryIsPaddedInFront() {
    const CrossCuboidMaps maps = fitCrossCuboids({{2, 2}, {0, 0}, kLocal, 2}, {6, 4, 4}, {5, 4, 4});
    QCOMPARE(maps.mem.padded, (Thw{6, 4, 4}));
    QCOMPARE(maps.mem.dataPosition(maps.mem.rolledPosition(0, 0))[0], std::int64_t(-1));
    QCOMPARE(maps.x.cuboids(), maps.mem.cuboids());
  }

  void anUnknownPatternIsRefused_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"", "axia", "video_swin_", "video_swin_3x4", "video_swin_2x4x4",
                             "spatial_lg_3", "axial_space_dilate_1", "cross_2x2"})
      QTest::newRow(name) << QString(name);
  }
  void anUnknownPatternIsRefused() {
    QFETCH(QString, name);
    QVERIFY_EXCEPTION_THROWN(selfPattern(name.toStdString(), {4, 8, 8}), ModelError);
  }

  void anUnknownCrossPatternIsRefused_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"", "axial", "cross_", "cross_1x2", "cross_3x3", "cross_2x2_",
                             "cross_2x2_far", "cross_2_x2"})
      QTest::newRow(name) << QString(name);
  }
  void anUnknownCrossPatternIsRefused() {
    QFETCH(QString, name);
    QVERIFY_EXCEPTION_THROWN(crossPattern(name.toStdString(), {4, 8, 8}), ModelError);
  }
};

QTEST_APPLESS_MAIN(TestCuboidMaps)
#include "tst_cuboid_maps.moc"
