#include <torch/torch.h>

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>

#include "core/errors.h"
#include "core/json.h"
#include "models/checkpoint/known_networks.h"
#include "models/checkpoint/state_dict.h"
#include "models/earthformer/cuboid_transformer_model.h"
#include "models/earthformer/official_configurations.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/weights_check.h"

using namespace stormloom;

namespace {

std::vector<NamedTensor> earthformer(const std::string& name) {
  return stateDict(
      *CuboidTransformerModel(cuboidTransformerOptionsFromJson(earthformerConfig(name))));
}

}  // namespace

class TestWeightsCheck : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::string write(const std::vector<NamedTensor>& tensors) {
    const std::string path = folder_.filePath("weights.safetensors").toStdString();
    writeSafetensors(path, tensors);
    return path;
  }

private Q_SLOTS:
  void everyOfficialEarthformerIsRecognizedFromNamesAndShapes() {
    for (const std::string& name : earthformerNames()) {
      const WeightsReport report = checkWeights(write(earthformer(name)));
      QCOMPARE(report.architecture, name);
      QCOMPARE(report.format, std::string("safetensors"));
      QVERIFY2(report.missing.empty() && report.unexpected.empty(), report.sentence.c_str());
      QVERIFY(report.sentence.find(name) != std::string::npos);
    }
  }

  void thePartsOfPreDiffAreRecognizedFromTheirSpecifiedTensors_data() {
    QTest::addColumn<QString>("specification");
    QTest::addColumn<QString>("architecture");
    QTest::newRow("VAE") << "vae_sevirlr"
                         << "prediff-sevirlr-vae";
    QTest::newRow("denoiser") << "prediff_unet_sevirlr"
                              << "prediff-sevirlr-denoiser";
    QTest::newRow("alignment") << "alignment_sevirlr"
                               << "prediff-sevirlr-alignment";
  }

  void thePartsOfPreDiffAreRecognizedFromTheirSpecifiedTensors() {
    QFETCH(QString, specification);
    QFETCH(QString, architecture);
    const std::string path = STORMLOOM_SHARED_DIR "/spec/" + specification.toStdString() + ".json";
    if (!std::filesystem::exists(path)) QSKIP("The specification is not beside this checkout.");
    const Json specified = readJsonFile(path);
    std::vector<NamedTensor> tensors;  // names and shapes are enough: no memory behind them
    for (const Json& tensor : specified.at("tensors")) {
      const auto type = tensor.at("dtype").asString() == "int64" ? torch::kInt64 : torch::kFloat32;
      const auto shape = tensor.at("shape").as<std::vector<std::int64_t>>();
      tensors.push_back({tensor.at("name").asString(), torch::zeros({1}, type).expand(shape)});
    }
    const NetworkVerdict verdict = recognizeNetwork(tensors);
    QCOMPARE(verdict.architecture, architecture.toStdString());
    QVERIFY(verdict.known());
    QCOMPARE(std::int64_t(parameterCount(tensors)), specified.at("parameter_count").asInt());
  }

  void parametersAreCountedWithoutIndices() {
    QCOMPARE(checkWeights(write(earthformer("earthformer-sevir"))).parameters, 8659677u);
    QCOMPARE(checkWeights(write(earthformer("earthformer-enso"))).parameters, 1394325u);
  }

  void missingUnexpectedAndMisshapenTensorsAreNamed() {
    auto tensors = earthformer("earthformer-sevirlr");
    const std::string missing = tensors[3].name;
    const std::string misshapen = tensors[7].name;
    tensors[7].tensor = torch::zeros({1, 2, 3});
    tensors.erase(tensors.begin() + 3);
    tensors.push_back({"extra.weight", torch::zeros({2})});
    const WeightsReport report = checkWeights(write(tensors));
    QCOMPARE(report.architecture, std::string("earthformer-sevirlr"));
    QCOMPARE(report.missing, std::vector<std::string>{missing});
    QCOMPARE(report.unexpected,
             (std::vector<std::string>{"extra.weight", misshapen + " (of another shape or kind of number)"}));
  }

  void aTrainingCheckpointIsLookedAtUnderItsPrefix() {
    auto tensors = earthformer("earthformer-enso");
    for (NamedTensor& tensor : tensors) tensor.name = "torch_nn_module." + tensor.name;
    tensors.push_back({"total_train_steps", torch::zeros({1})});
    const WeightsReport report = checkWeights(write(tensors));
    QCOMPARE(report.architecture, std::string("earthformer-enso"));
    QCOMPARE(report.prefixes, std::vector<std::string>{"torch_nn_module."});
    QVERIFY(report.unexpected.empty());
  }

  void anEarthformerOfAnySizesIsFoundFromItsTensors_data() {
    QTest::addColumn<QString>("changes");
    QTest::newRow("other sizes")
        << R"({"input_shape": [5, 48, 48, 2], "target_shape": [3, 48, 48, 1],
      "base_units": 32, "num_heads": 2, "initial_downsample_stack_conv_num_layers": 2,
      "initial_downsample_stack_conv_dim_list": [16, 32],
      "initial_downsample_stack_conv_downscale_list": [3, 2],
      "initial_downsample_stack_conv_num_conv_list": [1, 2]})";
    QTest::newRow("deep, with global vectors in all places") << R"({"enc_depth": [2, 1],
      "dec_depth": [1, 2], "num_global_vectors": 3, "separate_global_qkv": true,
      "use_global_self_attn": true, "use_dec_self_global": true, "use_dec_cross_global": true,
      "use_global_vector_ffn": true, "gated_ffn": true})";
    QTest::newRow("other patterns") << R"({"self_pattern": "video_swin_2x8",
      "cross_self_pattern": "divided_st", "cross_pattern": "cross_2x2_lg",
      "dec_use_first_self_attn": true, "enc_use_inter_ffn": false, "pos_embed_type": "t+hw"})";
    QTest::newRow("three levels") << R"({"enc_depth": [1, 1, 1], "dec_depth": [1, 1, 1],
      "self_pattern": "spatial_lg_4", "self_attn_use_final_proj": false})";
    QTest::newRow("convolutions in front") << R"({"initial_downsample_type": "conv",
      "initial_downsample_scale": 4, "initial_downsample_conv_layers": 3,
      "final_upsample_conv_layers": 2})";
  }

  void anEarthformerOfAnySizesIsFoundFromItsTensors() {
    QFETCH(QString, changes);
    Json config = earthformerConfig("earthformer-sevirlr");
    const Json changed = Json::parse(changes.toStdString());
    for (const auto& [key, value] : changed.items()) config.set(key, value);
    const auto tensors =
        stateDict(*CuboidTransformerModel(cuboidTransformerOptionsFromJson(config)));
    const NetworkVerdict verdict = recognizeNetwork(tensors);
    QVERIFY(verdict.known() && !verdict.official());
    const auto again =
        stateDict(*CuboidTransformerModel(cuboidTransformerOptionsFromJson(verdict.config)));
    QCOMPARE(again.size(), tensors.size());
    for (std::size_t i = 0; i < again.size(); ++i) QCOMPARE(again[i].name, tensors[i].name);
    for (const char* key : {"input_shape", "target_shape", "enc_depth", "dec_depth", "base_units"})
      QVERIFY2(verdict.config.at(key) == config.at(key), key);
  }

  // Nine tensors of a kilobyte together must not make the program build a network of gigabytes.
  void namesThatDemandAHugeNetworkBuildNone() {
    auto tensors = earthformer("earthformer-sevirlr");
    for (NamedTensor& tensor : tensors) {
      if (tensor.name == "enc_pos_embed.T_embed.weight")
        tensor.tensor = torch::zeros({1 << 14, 64});
      if (tensor.name == "initial_encoder.conv_block_list.0.0.weight")
        tensor.tensor = torch::zeros({1}).expand({1 << 15, 1, 3, 3});
    }
    QVERIFY(!recognizeNetwork(tensors).known());
    for (NamedTensor& tensor : tensors)
      tensor.tensor = torch::zeros({1}).expand({1 << 15, 1 << 15});
    QVERIFY(!recognizeNetwork(tensors).known());
  }

  void networksOfOtherSizesAndOtherFilesAreCalledThat() {
    AutoencoderKLOptions small;
    small.blockOutChannels = {32, 64};
    const WeightsReport own = checkWeights(write(stateDict(*AutoencoderKL(small))));
    QVERIFY(own.architecture.empty() && own.missing.empty() && own.unexpected.empty());
    QVERIFY2(own.sentence.find("PreDiff VAE with sizes of its own") != std::string::npos,
             own.sentence.c_str());
    const WeightsReport other = checkWeights(write({{"fc.weight", torch::zeros({2, 2})}}));
    QVERIFY(other.architecture.empty());
    QVERIFY(other.sentence.find("no network that Stormloom knows") != std::string::npos);
  }

  void whatLoadingWouldRefuseIsRefusedHereToo() {
    auto tensors = earthformer("earthformer-enso");
    const auto index = std::ranges::find_if(
        tensors, [](const auto& t) { return t.name.ends_with("relative_position_index"); });
    QVERIFY(index != tensors.end());
    index->tensor = index->tensor.clone();
    index->tensor[0][0] += 1;  // still within its table
    QVERIFY_EXCEPTION_THROWN(checkWeights(write(tensors)), ModelError);
    index->tensor[0][0] -= 1;
    QVERIFY(!checkWeights(write(tensors)).architecture.empty());
    const auto weight = std::ranges::find_if(
        tensors, [](const auto& t) { return t.name.ends_with(".weight"); });
    weight->tensor = weight->tensor.to(torch::kFloat64);
    QVERIFY(!checkWeights(write(tensors)).architecture.empty());
    weight->tensor.flatten()[0] = 1e300;
    QVERIFY_EXCEPTION_THROWN(checkWeights(write(tensors)), ModelError);
  }

  void aHalfOfANetworkIsToldByWhatIsMissing() {
    auto tensors = earthformer("earthformer-enso");
    tensors.erase(tensors.begin() + 20, tensors.begin() + 60);
    const WeightsReport report = checkWeights(write(tensors));
    QCOMPARE(report.architecture, std::string("earthformer-enso"));
    QCOMPARE(report.missing.size(), std::size_t(5));
    auto headless = earthformer("earthformer-enso");  // not one tensor of the first block
    headless.erase(headless.begin(), headless.begin() + 30);
    QCOMPARE(checkWeights(write(headless)).architecture, std::string("earthformer-enso"));
  }

  void aNetworkTrainedOnSeveralGpusIsFoundUnderItsPrefix() {
    auto tensors = earthformer("earthformer-enso");
    for (NamedTensor& tensor : tensors) tensor.name = "module." + tensor.name;
    QCOMPARE(checkWeights(write(tensors)).architecture, std::string("earthformer-enso"));
  }

  void namesThatSteerATerminalAreRefused() {
    for (const char* name : {"evil\x1b[31m.weight", "\u202Eabc", "tab\there", "\u009b31m", "\u200Eleft"})
      QVERIFY_EXCEPTION_THROWN(checkWeights(write({{name, torch::zeros({2})}})), ModelError);
    QVERIFY(checkWeights(write({{"größe.weight", torch::zeros({2})}})).tensors == 1);
  }

  void aDamagedFileIsRefused() {
    const std::string path = write({{"x", torch::zeros({64})}});
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
    QVERIFY_EXCEPTION_THROWN(checkWeights(path), ModelError);
  }

  void convertingATorchFileKeepsEveryTensor() {
    const std::string torchFile = STORMLOOM_SHARED_DIR "/golden/checkpoints/zip_shared_views.pt";
    if (!std::filesystem::exists(torchFile)) QSKIP("The golden data are not beside this checkout.");
    const std::string path = folder_.filePath("converted.safetensors").toStdString();
    convertWeights(torchFile, path);
    const TensorFile before = readTensorFile(torchFile);
    const TensorFile after = readTensorFile(path);
    QCOMPARE(after.format(), std::string("safetensors"));
    QCOMPARE(after.tensors().size(), before.tensors().size());
    for (const NamedTensor& tensor : before.tensors())
      QVERIFY(torch::equal(after.at(tensor.name), tensor.tensor));
  }
};

QTEST_APPLESS_MAIN(TestWeightsCheck)
#include "tst_weights_check.moc"
