// The weights of one position, computed from its cuboid alone, beside those of a whole pass.
#include <torch/torch.h>

// clang-format off: LibTorch comes before Qt.
#include <QtTest>
// clang-format on

#include "core/errors.h"
#include "models/cuboid/cuboid_cross_attention.h"
#include "models/cuboid/cuboid_self_attention.h"

using namespace stormloom;
using torch::Tensor;

namespace {

constexpr CuboidStrategy kMixed = {Locality::Local, Locality::Dilated, Locality::Local};

struct SelfRow {
  const char* name;
  Thw data;
  CuboidShape cuboid;
  PaddingType padding = PaddingType::Zeros;
  bool globals = false;
  bool separate = false;
  bool globalSelf = false;
  std::int64_t ratio = 1;
};

const SelfRow kSelfRows[] = {
    {"time axis", {5, 4, 6}, {{5, 1, 1}, kLocal, {0, 0, 0}}},
    {"shifted", {4, 8, 8}, {{2, 4, 4}, kLocal, {1, 2, 2}}},
    {"dilated", {4, 8, 6}, {{2, 4, 3}, kDilated, {0, 0, 0}}},
    {"mixed strategies", {4, 6, 4}, {{2, 3, 2}, kMixed, {1, 1, 1}}},
    {"zeros, padded and shifted", {5, 7, 6}, {{2, 4, 4}, kLocal, {1, 2, 2}}},
    {"ignore, padded", {5, 7, 6}, {{2, 4, 4}, kLocal, {0, 0, 0}}, PaddingType::Ignore},
    {"ignore, shifted, dilated", {5, 7, 6}, {{2, 4, 4}, kMixed, {1, 2, 2}}, PaddingType::Ignore},
    {"nearest", {5, 7, 6}, {{2, 4, 4}, kLocal, {1, 2, 2}}, PaddingType::Nearest},
    {"clipped", {3, 5, 4}, {{4, 8, 2}, kLocal, {2, 2, 1}}},
    {"shared globals", {4, 4, 4}, {{2, 2, 2}, kLocal, {0, 0, 0}}, PaddingType::Zeros, true},
    {"shared globals that see each other",
     {4, 4, 4},
     {{4, 1, 1}, kLocal, {0, 0, 0}},
     PaddingType::Zeros,
     true,
     false,
     true},
    {"separate globals", {4, 5, 4}, {{2, 2, 2}, kLocal, {1, 1, 1}}, PaddingType::Zeros, true, true},
    {"separate globals of twice the width",
     {4, 5, 4},
     {{2, 2, 2}, kDilated, {0, 0, 0}},
     PaddingType::Nearest,
     true,
     true,
     true,
     2},
    {"ignore with globals",
     {5, 7, 6},
     {{2, 4, 4}, kLocal, {1, 2, 2}},
     PaddingType::Ignore,
     true,
     true,
     true},
    {"more tokens than are looked at together",
     {4, 40, 40},
     {{4, 1, 1}, kLocal, {0, 0, 0}},
     PaddingType::Zeros,
     true,
     true,
     true},
};

void shake(torch::nn::Module& module) {
  for (Tensor& parameter : module.parameters()) parameter.data().uniform_(-0.6, 0.6);
  module.eval();
}

/// Corners, and some positions in between.
std::vector<Thw> positionsIn(const Thw& data) {
  std::vector<Thw> positions;
  for (const std::int64_t t : {std::int64_t(0), data[0] / 2, data[0] - 1})
    for (const std::int64_t h : {std::int64_t(0), data[1] / 2, data[1] - 1})
      for (const std::int64_t w : {std::int64_t(0), data[2] / 3, data[2] - 1})
        positions.push_back({t, h, w});
  return positions;
}

bool near(const Tensor& a, const Tensor& b) { return torch::allclose(a, b, 1e-4, 1e-6); }

}  // namespace

class TestAttentionQuery : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void initTestCase() { torch::manual_seed(11); }

  void aSelfAttentionQueryIsARowOfTheWholePass_data() {
    QTest::addColumn<int>("row");
    for (int i = 0; i < int(std::size(kSelfRows)); ++i) QTest::newRow(kSelfRows[i].name) << i;
  }

  void aSelfAttentionQueryIsARowOfTheWholePass() {
    QFETCH(int, row);
    const SelfRow& own = kSelfRows[row];
    CuboidSelfAttentionOptions options;
    options.dim = 8;
    options.numHeads = 2;
    options.cuboid = own.cuboid;
    options.padding = own.padding;
    options.useGlobalVector = own.globals;
    options.separateGlobalQkv = own.separate;
    options.useGlobalSelfAttn = own.globalSelf;
    options.globalDimRatio = own.ratio;
    const torch::NoGradGuard noGradient;
    CuboidSelfAttentionLayer layer(options);
    shake(*layer);
    const Tensor x = torch::randn({2, own.data[0], own.data[1], own.data[2], 8});
    const Tensor globals = own.globals ? torch::randn({2, 3, 8 * own.ratio}) : Tensor();
    AttentionProbe whole;
    layer->setProbe(&whole);
    own.globals ? void(layer->forward(x, globals)) : void(layer->forward(x));
    layer->setProbe(nullptr);

    const CuboidMap map = fitCuboids(own.cuboid, own.data);
    const auto sources = sourceIndex(map, own.padding);
    for (const Thw& at : positionsIn(own.data)) {
      const QueryWeights one = layer->weightsOf({x, {}, globals}, {1, at});
      const auto element = queryElement(map, at, own.padding);
      QCOMPARE(one.cuboid, element.cuboid);
      const Tensor row =
          whole.local.select(0, 1).select(1, element.cuboid).select(1, element.element);
      QVERIFY(near(one.local, row));
      QVERIFY(std::equal(one.keys.begin(), one.keys.end(),
                         sources.begin() + element.cuboid * map.volume()));
      if (!own.globals) continue;
      const auto flat = element.cuboid * map.volume() + element.element;
      QVERIFY(near(one.global, whole.global.select(0, 1).select(2, flat)));
    }
  }

  void aCrossAttentionQueryIsARowOfTheWholePass_data() {
    QTest::addColumn<int>("side");
    QTest::addColumn<int>("temporal");
    QTest::addColumn<bool>("dilated");
    QTest::addColumn<bool>("globals");
    QTest::addColumn<int>("lastFrames");
    QTest::newRow("one place") << 1 << 1 << false << false << 0;
    QTest::newRow("shifted and padded") << 4 << 1 << false << false << 0;
    QTest::newRow("dilated, in two parts of time") << 2 << 2 << true << false << 0;
    QTest::newRow("globals") << 2 << 1 << false << true << 0;
    QTest::newRow("the last three frames") << 2 << 1 << false << false << 3;
  }

  void aCrossAttentionQueryIsARowOfTheWholePass() {
    QFETCH(int, side);
    QFETCH(int, temporal);
    QFETCH(bool, dilated);
    QFETCH(bool, globals);
    QFETCH(int, lastFrames);
    CuboidCrossAttentionOptions options;
    options.dim = 8;
    options.numHeads = 2;
    options.cuboid = {{side, side}, {side / 2, side / 2}, dilated ? kDilated : kLocal, temporal};
    options.maxTemporalRelative = 9;
    options.useGlobalVector = globals;
    options.separateGlobalQkv = globals;
    if (lastFrames > 0) options.lastNFrames = lastFrames;
    const torch::NoGradGuard noGradient;
    CuboidCrossAttentionLayer layer(options);
    shake(*layer);
    const Thw data = {4, 6, 7};
    const Tensor x = torch::randn({2, 4, 6, 7, 8}), memory = torch::randn({2, 5, 6, 7, 8});
    const Tensor g = globals ? torch::randn({2, 3, 8}) : Tensor();
    AttentionProbe whole;
    layer->setProbe(&whole);
    layer->forward(x, memory, g);
    layer->setProbe(nullptr);
    for (const Thw& at : positionsIn(data)) {
      const QueryWeights one = layer->weightsOf({x, memory, g}, {1, at});
      const auto element = one.query.elementAt(at);
      QVERIFY(near(one.local,
                   whole.local.select(0, 1).select(1, element.cuboid).select(1, element.element)));
      QVERIFY(!one.global.defined());
      for (const std::int64_t key : one.keys)
        QVERIFY(key < 5 * 6 * 7 && (key < 0 || lastFrames == 0 || key >= 2 * 6 * 7));
    }
  }

  void aPositionOutsideTheFieldIsRefused() {
    CuboidSelfAttentionOptions options;
    options.dim = 8;
    options.cuboid = {{2, 2, 2}, kLocal, {0, 0, 0}};
    CuboidSelfAttentionLayer layer(options);
    const AttentionInputs given{torch::zeros({1, 2, 4, 4, 8}), {}, {}};
    for (const Thw& at : {Thw{2, 0, 0}, Thw{0, 4, 0}, Thw{0, 0, -1}})
      QVERIFY_EXCEPTION_THROWN(layer->weightsOf(given, {0, at}), UsageError);
    QVERIFY_EXCEPTION_THROWN(layer->weightsOf(given, {1, {0, 0, 0}}), UsageError);
  }

  void cuboidsOfNothingAreRefused() {
    QVERIFY_EXCEPTION_THROWN(fitCuboids({{0, 1, 1}, kLocal, {0, 0, 0}}, {2, 2, 2}), ModelError);
    QVERIFY_EXCEPTION_THROWN(fitCuboids({{1, 1, 1}, kLocal, {0, 0, 0}}, {2, 0, 2}), ModelError);
    QVERIFY_EXCEPTION_THROWN(fitCrossCuboids({{1, -1}, {0, 0}, kLocal, 1}, {2, 2, 2}, {2, 2, 2}),
                             ModelError);
  }
};

QTEST_APPLESS_MAIN(TestAttentionQuery)
#include "tst_attention_query.moc"
