#include <torch/torch.h>

#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/attention_file.h"
#include "core/errors.h"
#include "core/netcdf_file.h"
#include "core/synthetic_event.h"
#include "models/attention.h"
#include "tests/support/tiny_models.h"

using namespace stormloom;

namespace {

const ModelContext& context() {
  static const ModelContext cut = [] {
    const FrameSequence event = syntheticEvent();
    return cutContext(event, {.grid = sevirLrGrid(), .runTime = event.frames[6].validTime});
  }();
  return cut;
}

double sumOf(const AttentionView& view) {
  double sum = view.padding;
  for (const AttentionCell& cell : view.cells) sum += cell.weight;
  for (const double weight : view.globals) sum += weight;
  return sum;
}

const AttentionLayer* find(const std::vector<AttentionLayer>& layers, const std::string& path) {
  const auto found = std::find_if(layers.begin(), layers.end(),
                                  [&](const AttentionLayer& layer) { return layer.path == path; });
  return found == layers.end() ? nullptr : &*found;
}

constexpr const char* kCross = "decoder.cross_blocks.0.0.attn_l.0";

}  // namespace

class TestAttentionLens : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;

  AttentionLens lens() const {
    return AttentionLens({.device = "cpu", .modelFolder = folder_.path().toStdString()});
  }

private Q_SLOTS:
  void initTestCase() {
    tiny::writePrediff(folder_.path());
    tiny::writeEarthformer(folder_.path());
    tiny::writeAlignment(folder_.path());
  }

  void layersSayWhatTheyAreAndWhichFramesTheySee() {
    AttentionLens one = lens();
    const auto layers = one.look(context(), {.model = "earthformer"});
    QCOMPARE(layers.size(), std::size_t(11));
    const AttentionLayer* columns = find(layers, "encoder.blocks.0.0.attn_l.1");
    QVERIFY(columns);
    QCOMPARE(columns->words, std::string("encoder, level 1, block 1, layer 2: along columns"));
    QVERIFY(columns->attended.data == (Thw{13, 32, 32}));
    QVERIFY(columns->attendedFrames[6].kind == LevelFrame::Kind::Observed);
    QVERIFY(columns->attendedFrames[7].kind == LevelFrame::Kind::Extrapolated);
    const AttentionLayer* cross = find(layers, kCross);
    QVERIFY(cross && cross->cross);
    QCOMPARE(cross->queryFrames.size(), std::size_t(6));
    QCOMPARE(cross->attendedFrames.size(), std::size_t(13));
    QCOMPARE(cross->queryFrames[5].validTime, context().runTime + minutes(60));
  }

  void weightsOfEveryLayerAddUpToOne_data() {
    QTest::addColumn<QString>("model");
    for (const char* model : {"earthformer", "prediff", "alignment"})
      QTest::newRow(model) << QString(model);
  }

  void weightsOfEveryLayerAddUpToOne() {
    QFETCH(QString, model);
    AttentionLens one = lens();
    const auto layers = one.look(context(), {.model = model.toStdString(), .nSigma = 1.5});
    QVERIFY(!layers.empty());
    for (const AttentionLayer& layer : layers) {
      const Thw middle = {layer.query.data[0] - 1, layer.query.data[1] / 2, 1};
      const AttentionView mean = one.weights(layer.path, middle);
      QVERIFY2(std::abs(sumOf(mean) - 1.0) < 1e-5, layer.path.c_str());
      QCOMPARE(std::int64_t(mean.cells.size()), layer.attended.volume());
      double byHead = 0.0;
      for (int head = 0; head < layer.heads; ++head)
        byHead += one.weights(layer.path, middle, head).cells[0].weight;
      QVERIFY(std::abs(byHead / layer.heads - mean.cells[0].weight) < 1e-6);
    }
  }

  void aLaterStepOfTheSamplerSeesOtherThings() {
    AttentionLens one = lens();
    const std::string layer = "up_self_blocks.0.0.attn_l.0";
    const auto at = [&](int step) {
      one.look(context(), {.model = "prediff", .step = step, .steps = 3});
      return one.weights(layer, {14, 3, 3}).cells[0].weight;
    };
    const double first = at(0), again = at(0);
    QCOMPARE(first, again);
    QVERIFY(first != at(2));
    QVERIFY_EXCEPTION_THROWN(at(3), UsageError);
  }

  void rolloutIsAShareOfEverythingTheNetworkWasGiven() {
    AttentionLens one = lens();
    for (const char* model : {"earthformer", "prediff"}) {
      one.look(context(), {.model = model});
      const AttentionRollout rollout = one.rollout(5, 64, 64);
      QVERIFY(std::abs(sumOf(rollout.view) - 1.0) < 1e-5);
      QVERIFY(rollout.lost >= 0.0 && rollout.lost < 0.9);
      for (const AttentionCell& cell : rollout.view.cells) QVERIFY(cell.weight > 0.0);
    }
    one.look(context(), {.model = "alignment"});
    QVERIFY_EXCEPTION_THROWN(one.rollout(0, 0, 0), UsageError);
  }

  void dryingOutAPatchChangesTheForecastNearIt() {
    AttentionLens one = lens();
    one.look(context(), {.model = "earthformer"});
    const auto map = one.occlude(context(), 0, 64, 64, 64);
    QVERIFY(map.has_value());
    QCOMPARE(map->change.size(), std::size_t(4));
    QVERIFY(std::any_of(map->change.begin(), map->change.end(),
                        [](double change) { return std::abs(change) > 1e-6; }));
    QVERIFY_EXCEPTION_THROWN(one.occlude(context(), 6, 0, 0), UsageError);
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(!one.occlude(context(), 0, 64, 64, 64, stop.get_token()).has_value());
  }

  void aFileHoldsTheWeightsOnTheLevelsGrid() {
    AttentionLens one = lens();
    one.look(context(), {.model = "earthformer"});
    const AttentionView view = one.weights(kCross, {2, 10, 20});
    const std::string path = folder_.filePath("attention.nc").toStdString();
    writeAttentionFile(path, view, {});
    const NetCdfFile file = NetCdfFile::open(path);
    QVERIFY(file.shape("weights") == (std::vector<std::size_t>{13, 32, 32}));
    const auto weights = file.doubles("weights");
    double sum = 0.0;
    for (const double weight : weights) sum += weight;
    QVERIFY(std::abs(sum - 1.0) < 1e-5);
    QCOMPARE(weights[std::size_t((4 * 32 + 10) * 32 + 20)], view.cells[4].weight);
    QCOMPARE(file.text("", "layer"), std::string(kCross));
    QCOMPARE(file.doubles("attended_x").size(), std::size_t(32));
  }

  void whatIsNotThereIsRefused() {
    AttentionLens one = lens();
    QVERIFY_EXCEPTION_THROWN(one.weights(kCross, {0, 0, 0}), UsageError);  // nothing kept yet
    one.look(context(), {.model = "earthformer"});
    QVERIFY_EXCEPTION_THROWN(one.weights("encoder.nowhere", {0, 0, 0}), UsageError);
    QVERIFY_EXCEPTION_THROWN(one.weights(kCross, {6, 0, 0}), UsageError);
    QVERIFY_EXCEPTION_THROWN(one.weights(kCross, {0, 0, 0}, 4), UsageError);
    QVERIFY_EXCEPTION_THROWN(one.look(context(), {.model = "extrapolation"}), UsageError);
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(one.look(context(), {.model = "prediff"}, stop.get_token()).empty());
  }
};

QTEST_APPLESS_MAIN(TestAttentionLens)
#include "tst_attention_lens.moc"
