// The networks and the diffusion of PreDiff beyond what the golden cases say.
#include <torch/torch.h>

// clang-format off: LibTorch comes before Qt.
#include <QtTest>
// clang-format on
#include <filesystem>

#include "core/errors.h"
#include "core/json.h"
#include "models/checkpoint/state_dict.h"
#include "models/prediff/official_prediff.h"
#include "models/sampling/ancestral_sampler.h"

using namespace stormloom;
using torch::Tensor;

namespace {

constexpr const char* kSpec = STORMLOOM_SHARED_DIR "/spec/";

/// Empty when the network has exactly the tensors of the list, in its order.
QString differenceFromSpec(const torch::nn::Module& network, const Json& spec) {
  const auto& wanted = spec.at("tensors");
  const std::vector<NamedTensor> tensors = stateDict(network);
  if (tensors.size() != wanted.size())
    return QString("%1 tensors instead of %2").arg(tensors.size()).arg(wanted.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const Json& entry = wanted.at(i);
    if (tensors[i].name != entry.at("name").asString())
      return QString::fromStdString(tensors[i].name + " stands where " +
                                    entry.at("name").asString() + " belongs");
    if (tensors[i].tensor.sizes() !=
        at::IntArrayRef(entry.at("shape").as<std::vector<std::int64_t>>()))
      return QString::fromStdString(tensors[i].name + " has another shape");
  }
  return {};
}

Json specOf(const std::string& name) { return readJsonFile(kSpec + name + ".json"); }

Json smallAlignmentConfig() {
  Json config = prediffSevirLr().alignment;
  config.set("input_shape", Json::parse("[2, 8, 8, 4]"));
  config.set("base_units", 16);
  config.set("out_len", 2);
  return config;
}

NoiseSchedule shortSchedule() {
  DiffusionOptions options;
  options.timesteps = 12;
  return NoiseSchedule(options);
}

}  // namespace

class TestPrediff : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void initTestCase() { torch::manual_seed(7); }

  void theOfficialNetworksHaveTheTensorsOfTheirCheckpoints() {
    if (!std::filesystem::exists(std::string(kSpec) + "vae_sevirlr.json"))
      QSKIP("The lists of official tensors are not here.");
    const PrediffConfiguration official = prediffByName("prediff-sevirlr");
    QVERIFY(official.vae == specOf("vae_sevirlr").at("config"));
    QVERIFY(official.denoiser == specOf("prediff_unet_sevirlr").at("config"));
    QVERIFY(official.alignment == specOf("alignment_sevirlr").at("config"));
    AutoencoderKL vae(autoencoderKLOptionsFromJson(official.vae));
    QCOMPARE(differenceFromSpec(*vae, specOf("vae_sevirlr")), QString());
    CuboidTransformerUNet denoiser(cuboidTransformerUNetOptionsFromJson(official.denoiser));
    QCOMPARE(differenceFromSpec(*denoiser, specOf("prediff_unet_sevirlr")), QString());
    NoisyCuboidTransformerEncoder alignment(
        noisyCuboidTransformerEncoderOptionsFromJson(official.alignment));
    QCOMPARE(differenceFromSpec(*alignment, specOf("alignment_sevirlr")), QString());
  }

  void theOfficialDiffusionIsFoundByName() {
    const DiffusionOptions diffusion = diffusionOptionsFromJson(prediffSevirLr().diffusion);
    QCOMPARE(diffusion.timesteps, std::int64_t(1000));
    QCOMPARE(prediffByName("prediff-sevirlr").guideScale, 50.0);
    QVERIFY_EXCEPTION_THROWN(prediffByName("prediff-mars"), ModelError);
  }

  void controlThatWasNeverTrainedChangesNothing() {
    Json config = prediffSevirLr().denoiser;
    config.set("input_shape", Json::parse("[3, 8, 8, 4]"));
    config.set("target_shape", Json::parse("[2, 8, 8, 4]"));
    config.set("base_units", 32);
    config.set("depth", Json::parse("[1, 1]"));
    config.set("control_features", 3);
    CuboidTransformerUNet network(cuboidTransformerUNetOptionsFromJson(config));
    network->eval();
    const torch::NoGradGuard noGrad;
    const Tensor zt = torch::randn({1, 2, 8, 8, 4}), zc = torch::randn({1, 3, 8, 8, 4});
    const Tensor t = torch::tensor({5});
    const Tensor calm = network->forward(zt, t, zc, torch::zeros({1, 3}));
    QVERIFY(torch::equal(calm, network->forward(zt, t, zc, torch::ones({1, 3}))));
    network->named_parameters()["control_embed.2.weight"].fill_(0.1);
    QVERIFY(!torch::equal(calm, network->forward(zt, t, zc, torch::ones({1, 3}))));
    QVERIFY_EXCEPTION_THROWN(network->forward(zt, t, zc), c10::Error);
  }

  void guidanceLowersWhatItIsTheGradientOf() {
    NoisyCuboidTransformerEncoder network(
        noisyCuboidTransformerEncoderOptionsFromJson(smallAlignmentConfig()));
    network->eval();
    const AlignmentGuidance guidance(network, 1.0);
    const Tensor zt = torch::randn({1, 2, 8, 8, 4}), t = torch::tensor({3});
    const Tensor wanted = torch::full({1, 1}, 2.0);
    const AlignmentValue before = guidance.evaluate(zt, t, wanted);
    const Tensor step = 1e-3 * before.gradient / before.gradient.norm();
    const AlignmentValue after = guidance.evaluate(zt - step, t, wanted);
    QVERIFY(after.value.item<float>() < before.value.item<float>());
  }

  // The official function averages axis 1 whatever stands there, so that (B) meets (B,1) as (B,B).
  void officialGuidanceOfAPooledReadoutMeasuresAllPairs() {
    Json config = smallAlignmentConfig();
    config.set("readout_seq", false);
    config.set("out_len", 9);  // officially not looked at without readout_seq
    NoisyCuboidTransformerEncoder network(noisyCuboidTransformerEncoderOptionsFromJson(config));
    network->eval();
    const Tensor zt = torch::randn({2, 2, 8, 8, 4}), t = torch::tensor({3, 3});
    const Tensor wanted = torch::tensor({0.2f, 0.9f}).view({2, 1});
    const Tensor prediction = network->forward(zt, t).detach();
    const Tensor pairs = prediction.mean(1) - wanted;
    QCOMPARE(pairs.sizes().vec(), (std::vector<std::int64_t>{2, 2}));
    const AlignmentValue joint = AlignmentGuidance(network, 1.0).evaluate(zt, t, wanted);
    QVERIFY(torch::allclose(joint.value, pairs.norm()));
    const AlignmentValue alone =
        AlignmentGuidance(network, 1.0, GuidanceNorm::EachAlone).evaluate(zt, t, wanted);
    QVERIFY(torch::allclose(alone.value, (prediction - wanted).abs().squeeze(1)));
  }

  void cuboidsOfANetworkMayBeNamedOneByOne() {
    Json config = smallAlignmentConfig();
    for (const char* key : {"block_attn_patterns", "self_pattern"})
      if (config.contains(key)) config.set(key, nullptr);
    config.set("block_cuboid_size", Json::parse("[[2, 4, 4], [1, 2, 8]]"));
    config.set("block_cuboid_strategy", Json::parse("[[\"l\",\"l\",\"l\"],[\"l\",\"d\",\"l\"]]"));
    config.set("block_cuboid_shift_size", Json::parse("[[0, 2, 2], [0, 0, 0]]"));
    const auto options = noisyCuboidTransformerEncoderOptionsFromJson(config);
    QVERIFY(options.selfPattern.names.empty());
    QCOMPARE(options.selfPattern.layers.size(), std::size_t(2));
    QCOMPARE(options.selfPattern.layers[0].size[1], std::int64_t(4));
    QVERIFY(options.selfPattern.layers[1].strategy[1] == Locality::Dilated);
  }

  void guidanceWorksWhereGradientsAreOff() {
    NoisyCuboidTransformerEncoder network(
        noisyCuboidTransformerEncoderOptionsFromJson(smallAlignmentConfig()));
    const torch::NoGradGuard noGrad;
    const AlignmentValue value = AlignmentGuidance(network, 50.0)
                                     .evaluate(torch::randn({2, 2, 8, 8, 4}), torch::tensor({3, 3}),
                                               torch::full({2, 1}, 0.5));
    QVERIFY(value.gradient.abs().sum().item<float>() > 0.0f);
    QVERIFY(!value.value.requires_grad());
  }

  void anOracleLeadsTheSamplerBackToTheCleanLatents() {
    const NoiseSchedule schedule = shortSchedule();
    const Tensor z0 = torch::randn({2, 1, 4, 4, 3});
    const auto oracle = [&](const Tensor& zt, const Tensor& t) {
      const auto at = [&](const Tensor& table) {
        return table.index_select(0, t).view({-1, 1, 1, 1, 1});
      };
      return (zt - at(schedule.sqrtAlphasCumprod) * z0) / at(schedule.sqrtOneMinusAlphasCumprod);
    };
    const auto noise = [&](std::int64_t) { return torch::randn_like(z0); };
    const auto z = AncestralSampler(schedule, oracle).sample(torch::randn_like(z0), noise);
    QVERIFY(z.has_value());
    QVERIFY(torch::allclose(*z, z0, 1e-4, 1e-4));
  }

  void aStoppedSamplerReturnsNothing() {
    std::stop_source stop;
    const auto denoiser = [](const Tensor& zt, const Tensor&) { return zt; };
    int steps = 0;
    const auto z = AncestralSampler(shortSchedule(), denoiser)
                       .sample(
                           torch::zeros({1, 1, 2, 2, 1}),
                           [](std::int64_t) {
                             return torch::zeros({1, 1, 2, 2, 1});
                           },
                           stop.get_token(),
                           [&](std::int64_t, const Tensor&) {
                             if (++steps == 3) stop.request_stop();
                           });
    QVERIFY(!z.has_value());
    QCOMPARE(steps, 3);
  }

  void aScheduleThatDoesNotExistIsNamed() {
    DiffusionOptions options;
    options.betaSchedule = "square";
    QVERIFY_EXCEPTION_THROWN(NoiseSchedule{options}, ModelError);
    QVERIFY_EXCEPTION_THROWN(ddimTables(shortSchedule(), "uniform", 13, 0.0), ModelError);
  }
};

QTEST_APPLESS_MAIN(TestPrediff)
#include "tst_prediff.moc"
