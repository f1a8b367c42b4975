// The official Earthformers by name, and what a network keeps of its attention.
#include <torch/torch.h>

// clang-format off: LibTorch comes before Qt.
#include <QtTest>
// clang-format on
#include <filesystem>

#include "core/errors.h"
#include "core/json.h"
#include "models/checkpoint/state_dict.h"
#include "models/cuboid/attention_recorder.h"
#include "models/earthformer/cuboid_transformer_model.h"
#include "models/earthformer/official_configurations.h"

using namespace stormloom;

namespace {

std::string specFile(const std::string& name) {
  std::string stem = name;
  std::replace(stem.begin(), stem.end(), '-', '_');
  return STORMLOOM_SHARED_DIR "/spec/" + stem + ".json";
}

Json smallConfig() {
  Json config = earthformerConfig("earthformer-nbody");
  config.set("input_shape", Json::parse("[4, 16, 16, 1]"));
  config.set("target_shape", Json::parse("[3, 16, 16, 1]"));
  config.set("base_units", 16);
  config.set("enc_depth", Json::parse("[1, 1]"));
  config.set("dec_depth", Json::parse("[1, 1]"));
  return config;
}

}  // namespace

class TestEarthformer : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void anOfficialNetworkHasTheTensorsOfItsCheckpoint_data() {
    QTest::addColumn<QString>("name");
    for (const std::string& name : earthformerNames())
      QTest::newRow(name.c_str()) << QString::fromStdString(name);
  }

  void anOfficialNetworkHasTheTensorsOfItsCheckpoint() {
    QFETCH(QString, name);
    const std::string file = specFile(name.toStdString());
    if (!std::filesystem::exists(file)) QSKIP("The list of official tensors is not here.");
    const Json spec = readJsonFile(file);
    const Json config = earthformerConfig(name.toStdString());
    for (const auto& [key, value] : spec.at("config").items()) {
      QVERIFY2(config.contains(key), key.c_str());
      QVERIFY2(config.at(key) == value, key.c_str());
    }
    QCOMPARE(config.size(), spec.at("config").size());

    CuboidTransformerModel network(cuboidTransformerOptionsFromJson(config));
    const auto tensors = stateDict(*network);
    QCOMPARE(tensors.size(), spec.at("tensors").size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const Json& expected = spec.at("tensors").at(i);
      QCOMPARE(tensors[i].name, expected.at("name").asString());
      QCOMPARE(tensors[i].tensor.sizes().vec(),
               expected.at("shape").as<std::vector<std::int64_t>>());
      QCOMPARE(tensors[i].tensor.scalar_type() == torch::kLong,
               expected.at("dtype").asString() == "int64");
    }
    std::int64_t parameters = 0;
    for (const torch::Tensor& parameter : network->parameters()) parameters += parameter.numel();
    QCOMPARE(parameters, spec.at("parameter_count").asInt());
  }

  void anUnknownConfigurationNamesTheKnownOnes() {
    try {
      earthformerConfig("earthformer-mars");
      QFAIL("no error");
    } catch (const ModelError& error) {
      QVERIFY(QString(error.what()).contains("earthformer-sevirlr"));
    }
  }

  void whatIsNotBuiltInIsRefusedWhenTheConfigurationIsRead() {
    Json config = smallConfig();
    config.set("norm_layer", "rms_norm");
    QVERIFY_EXCEPTION_THROWN(cuboidTransformerOptionsFromJson(config), ModelError);
    config = smallConfig();
    config.set("self_pattern", "spiral");
    QVERIFY_EXCEPTION_THROWN(CuboidTransformerModel(cuboidTransformerOptionsFromJson(config)),
                             ModelError);
  }

  void gradientsReachEveryParameterButTheUnusedOnes() {
    torch::manual_seed(3);
    CuboidTransformerModel network(cuboidTransformerOptionsFromJson(smallConfig()));
    for (torch::Tensor& parameter : network->parameters()) parameter.data().uniform_(-0.2, 0.2);
    network->eval();
    network->forward(torch::rand({2, 4, 16, 16, 1})).square().mean().backward();
    for (const auto& entry : network->named_parameters()) {
      const torch::Tensor gradient = entry.value().grad();
      QVERIFY2(gradient.defined() && gradient.abs().sum().item<float>() > 0, entry.key().c_str());
    }
  }

  void aKeptPassAnswersForEveryLayerAndPosition() {
    torch::manual_seed(4);
    const torch::NoGradGuard noGrad;
    CuboidTransformerModel network(cuboidTransformerOptionsFromJson(smallConfig()));
    for (torch::Tensor& parameter : network->parameters()) parameter.data().uniform_(-0.3, 0.3);
    network->eval();
    const torch::Tensor x = torch::rand({2, 4, 16, 16, 1});
    std::map<std::string, torch::Tensor> whole;
    {
      const AttentionRecorder recorder(*network);
      network->forward(x);
      for (const auto& [path, probe] : recorder.probes()) whole[path] = probe.local;
    }
    AttentionRecorder recorder(*network, AttentionProbe::Keep::Inputs);
    network->forward(x);
    recorder.stop();
    network->forward(torch::rand({2, 4, 16, 16, 1}));  // must not disturb what was kept
    for (const auto& [path, weights] : whole) {
      const QueryPosition query{1, {2, 1, 3}};
      const QueryWeights one = recorder.weightsOf(path, query);
      const auto at = queryElement(one.query, query.at, PaddingType::Zeros);
      const torch::Tensor row = weights.select(0, 1).select(1, at.cuboid).select(1, at.element);
      QVERIFY2(torch::allclose(one.local, row, 1e-5, 1e-6), path.c_str());
      QCOMPARE(std::int64_t(one.keys.size()), weights.size(4));
    }
    QVERIFY_EXCEPTION_THROWN(recorder.weightsOf("encoder.nowhere", {}), UsageError);
    QVERIFY_EXCEPTION_THROWN(recorder.weightsOf(whole.begin()->first, {0, {0, 0, 99}}), UsageError);
  }

  void crossAttentionCountsTheFramesBehindTheInitialStage() {
    Json config = smallConfig();
    config.set("initial_downsample_scale", Json::parse("[2, 2, 2]"));
    CuboidTransformerModel network(cuboidTransformerOptionsFromJson(config));
    std::int64_t rows = -1;
    for (const auto& parameter : network->named_parameters())
      if (parameter.key().ends_with("relative_position_bias_table") &&
          parameter.key().find("cross") != std::string::npos)
        rows = std::max(rows, parameter.value().size(0));
    QVERIFY(rows > 0);
    // 4 frames in become 2, 3 come out: offsets of -4 to 4 in time (spec 3.4). One cell in space.
    QCOMPARE(rows % (2 * (2 + 3) - 1), std::int64_t(0));
    QVERIFY(rows % (2 * (4 + 3) - 1) != 0);
  }

  void aStackOfConvolutionsMayLeaveItsWidthsOut() {
    Json config = smallConfig();
    config.set("initial_downsample_type", "stack_conv");
    config.set("initial_downsample_stack_conv_num_layers", 2);
    config.set("initial_downsample_stack_conv_dim_list", nullptr);
    config.set("initial_downsample_stack_conv_downscale_list", Json::parse("[2, 1]"));
    config.set("initial_downsample_stack_conv_num_conv_list", Json::parse("[1, 1]"));
    QCOMPARE(cuboidTransformerOptionsFromJson(config).stackDims, (std::vector<std::int64_t>{16, 16}));
  }

  void aNetworkForgetsItsProbesWithTheirRecorder() {
    const torch::NoGradGuard noGrad;
    CuboidTransformerModel network(cuboidTransformerOptionsFromJson(smallConfig()));
    network->eval();
    QCOMPARE(attentionLayers(*network).size(), std::size_t(11));  // 2*3 + 3 + 2 * 1
    { const AttentionRecorder recorder(*network); }
    network->forward(torch::rand({1, 4, 16, 16, 1}));
  }
};

QTEST_APPLESS_MAIN(TestEarthformer)
#include "tst_earthformer.moc"
