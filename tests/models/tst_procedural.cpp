// The numbers golden cases are drawn from, against the worked values of the recipe (seed 7).
#include <torch/torch.h>

#include <QtTest>
#include <bit>

#include "models/parity/procedural.h"

using namespace stormloom;

namespace {
constexpr std::uint64_t kSeed = 7;

void compareFloats(const torch::Tensor& got, const std::vector<std::int64_t>& elements,
                   const std::vector<float>& expected) {
  const torch::Tensor flat = got.flatten();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const float value = flat[elements[i]].item<float>();
    QVERIFY2(std::bit_cast<std::uint32_t>(value) == std::bit_cast<std::uint32_t>(expected[i]),
             qPrintable(QString("element %1 is %2, not %3")
                            .arg(elements[i])
                            .arg(double(value), 0, 'g', 9)
                            .arg(double(expected[i]), 0, 'g', 9)));
  }
}
}  // namespace

class TestProcedural : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void bytesHashToTheWorkedValues() {
    QCOMPARE(fnv1a64(""), 0xcbf29ce484222325u);
    QCOMPARE(fnv1a64("qkv.weight"), 0x403c94cdc2291e09u);
  }

  void numbersAreTheWorkedOnes() {
    const ProceduralNumbers numbers(kSeed, "qkv.weight");
    QCOMPARE(numbers.bits(0), 0xa4b09d55d6a455b4u);
    QCOMPARE(numbers.bits(1), 0x93bb24b28b03bd44u);
    QCOMPARE(numbers.bits(2), 0xfb9b9dc9227ab255u);
    QVERIFY(numbers.uniform(0) == 0.28663984958010014);
    QVERIFY(numbers.uniform(1) == 0.15414866178437392);
    QVERIFY(numbers.uniform(2) == 0.9656865341284706);
  }

  void everyWeightRuleGivesItsWorkedValues() {
    const auto weight = [](const char* name, std::vector<std::int64_t> shape) {
      return proceduralWeight(kSeed, name, shape);
    };
    compareFloats(weight("qkv.weight", {6, 8}), {0, 1, 2},
                  {std::bit_cast<float>(0x3e33be3au), std::bit_cast<float>(0x3dc152e5u),
                   std::bit_cast<float>(0x3f17635bu)});
    compareFloats(weight("norm.weight", {8}), {0, 1, 2},
                  {std::bit_cast<float>(0x3f74a3c8u), std::bit_cast<float>(0x3f85298cu),
                   std::bit_cast<float>(0x3f677c45u)});
    compareFloats(weight("norm.bias", {8}), {0, 1, 2},
                  {-0.0423453562f, 0.0319571868f, -0.039795585f});
    compareFloats(weight("relative_position_bias_table", {5, 2}), {0, 1, 2},
                  {-0.0537105799f, 0.191373721f, -0.154588997f});
    compareFloats(weight("pos_embed.T_embed.weight", {4, 8}), {0, 1, 2},
                  {-0.0460561886f, -0.0722714216f, 0.00341604347f});
    compareFloats(weight("init_global_vectors", {2, 8}), {0, 1, 2},
                  {-0.352113783f, 0.135682568f, 0.394766867f});
    compareFloats(weight("logvar", {10}), {0, 1, 2},
                  {-0.0436884537f, -0.0146433273f, 0.0292298999f});
  }

  void everyInputRecipeGivesItsWorkedValues() {
    const auto input = [](const char* recipe, std::vector<std::int64_t> shape) {
      return proceduralInput(recipe, kSeed, "x", shape);
    };
    compareFloats(input("uniform", {3}), {0, 1, 2}, {0.715134025f, 0.893778265f, 0.0337539315f});
    compareFloats(input("uniform01", {3}), {0, 1, 2}, {0.857567012f, 0.946889162f, 0.516876996f});
    compareFloats(input("normal", {3}), {0, 1, 2}, {-0.106783807f, 0.522894621f, -0.112225629f});
    const std::vector<std::int64_t> elements = {0, 7, 13, 22, 39};
    compareFloats(input("radar", {1, 2, 4, 5, 1}), elements,
                  {0.0107352016f, 0.778017521f, 0.00572084682f, 0.298077881f, 0.00644889986f});
    compareFloats(input("texture", {1, 2, 4, 5, 1}), elements,
                  {0.434151113f, 0.620991111f, 0.358104467f, 0.564130008f, 0.492036343f});
  }

  void probesSampleTheWorkedElements() {
    const std::vector<std::int64_t> expected = {494, 129, 29, 936};
    QCOMPARE(probedElements(kSeed, "y", 4, 1000), expected);
  }

  void aNetworkTakesItsOwnNamesBehindThePrefix() {
    torch::nn::Linear linear(8, 6);
    fillProcedural(*linear, kSeed, "vae.");
    QVERIFY(torch::equal(linear->weight, proceduralWeight(kSeed, "vae.weight", {6, 8})));
    QVERIFY(torch::equal(linear->bias, proceduralWeight(kSeed, "vae.bias", {6})));
  }
};

QTEST_APPLESS_MAIN(TestProcedural)
#include "tst_procedural.moc"
