// Published weights through the engine: adopted, sampled, guided, equal to what the official
// program computes.
#include <torch/torch.h>

// clang-format off: LibTorch comes before Qt.
#include <QTemporaryDir>
#include <QtTest>
// clang-format on
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/errors.h"
#include "core/synthetic_event.h"
#include "models/attention.h"
#include "models/engine/latent_draw.h"
#include "models/nowcast_engine.h"
#include "models/parity/parity_case.h"
#include "models/prediff/alignment_guidance.h"
#include "models/sampling/counter_noise.h"
#include "models/weights_adoption.h"
#include "tests/models/published_prediff.h"

using namespace stormloom;
using torch::Tensor;

namespace {

constexpr int kShortDiffusion = 12;  // steps of a diffusion that a test can wait for

std::shared_ptr<const ModelContext> context() {
  static const auto cut = [] {
    const FrameSequence event = syntheticEvent();
    return std::make_shared<const ModelContext>(
        cutContext(event, {.grid = sevirLrGrid(), .runTime = event.frames[6].validTime}));
  }();
  return cut;
}

ScenarioRequest request(const std::string& sampler, const std::string& guidance,
                        std::vector<double> nSigma, int members = 1) {
  ScenarioRequest asked;
  asked.context = context();
  asked.nSigma = std::move(nSigma);
  asked.members = members;
  asked.seed = 77;
  asked.sampler = sampler;
  asked.guidance = guidance;
  return asked;
}

/// (6,128,128), [0, 1]
Tensor valuesOf(const ScenarioMember& member) {
  std::vector<Tensor> frames;
  for (const Frame& frame : member.frames.frames) {
    const auto values = frame.grid->values();
    frames.push_back(torch::tensor(std::vector<float>(values.begin(), values.end())));
  }
  return torch::stack(frames).view({-1, 128, 128}) / 255.0;
}

double largest(const Tensor& difference) { return difference.abs().max().item<double>(); }

/// The official sampler on the engine's noise, one member, as spec 8 and 9 write it.
Tensor officialFrames(tiny::PublishedPrediff& networks, int member, double wanted, bool guided) {
  const torch::NoGradGuard noGradient;
  DiffusionOptions options;
  options.timesteps = kShortDiffusion;
  std::vector<Tensor> past;
  for (const Frame& frame : context()->frames.frames) {
    Tensor values = torch::zeros({128, 128});
    for (std::size_t i = 0; i < frame.grid->size(); ++i)
      if (frame.grid->states()[i] <= CellState::BelowDetection)
        values.view({-1})[std::int64_t(i)] = frame.grid->values()[i] * (1.0f / 255.0f);
    past.push_back(values);
  }
  const Tensor zc = networks.vae->encodeField(torch::stack(past).view({1, 7, 128, 128, 1}));
  const AlignmentGuidance guidance(networks.alignment, 50.0);
  MeanGuide guide;
  if (guided)
    guide = [&](const Posterior& posterior, const Tensor& zt, const Tensor& t) {
      const auto value = guidance.evaluate(zt, t, torch::full({1, 1}, wanted));
      return alignedMean(posterior.mean, posterior.logVariance, guidance.meanShift(value.gradient));
    };
  const auto noise = [&](std::uint32_t step) {
    return counterNoise({77, std::uint32_t(member), step}, {1, 6, 16, 16, 4});
  };
  const AncestralSampler sampler(
      NoiseSchedule(options),
      [&](const Tensor& zt, const Tensor& t) { return networks.denoiser->forward(zt, t, zc); },
      guide);
  const auto z =
      sampler.sample(noise(0), [&](std::int64_t k) { return noise(std::uint32_t(k + 1)); });
  return networks.vae->decodeField(*z).view({6, 128, 128}).clamp(0.0, 1.0);
}

}  // namespace

class TestPublishedPrediff : public QObject {
  Q_OBJECT
  QTemporaryDir models_, files_;
  tiny::PublishedPrediff networks_ = tiny::publishedPrediff();
  AdoptionReport report_;

  NowcastEngine engine() const {
    return NowcastEngine({.device = "cpu", .modelFolder = models_.path().toStdString()});
  }

  void makeQuickAndMiddling() const {
    ModelCard card = readModelCard(models_.filePath("denoiser.json").toStdString());
    Json diffusion = card.use.at("diffusion");
    diffusion.set("timesteps", kShortDiffusion);
    card.use.set("diffusion", diffusion);
    // What the decoder of procedural weights gives, so that there is something to command.
    card.use.set("statistics", Json::object({{"a", tiny::six(0.3)},
                                             {"b", tiny::six(0.0)},
                                             {"t", tiny::six(0.0)},
                                             {"s0", tiny::six(0.02)},
                                             {"s1", tiny::six(0.0)}}));
    writeModelCard(card.path, card);
  }

private Q_SLOTS:
  void initTestCase() {
    const std::string file = tiny::writeTrainingCheckpoint(files_.path(), networks_);
    report_ = adoptWeights({file}, models_.path().toStdString());
    makeQuickAndMiddling();
  }

  void aTrainingCheckpointBecomesAFolderOfModels() {
    std::vector<std::string> roles;
    for (const AdoptedNetwork& network : report_.networks) roles.push_back(network.network);
    QCOMPARE(roles, (std::vector<std::string>{"alignment", "denoiser", "vae"}));
    QVERIFY(std::ranges::any_of(report_.notes, [](const std::string& note) {
      return note.find("mu and sigma") != std::string::npos;
    }));
    const ModelCard card = readModelCard(models_.filePath("denoiser.json").toStdString());
    QCOMPARE(card.use.at("guide_scale").as<double>(), 50.0);
    QCOMPARE(card.use.at("context_frames").asInt(), std::int64_t(7));
  }

  void separateFilesAreAdoptedInAnyOrder() {
    QTemporaryDir out;
    const std::string vae = files_.filePath("a.safetensors").toStdString();
    const std::string denoiser = files_.filePath("b.safetensors").toStdString();
    writeSafetensors(vae, stateDict(*networks_.vae));
    writeSafetensors(denoiser, stateDict(*networks_.denoiser));
    QCOMPARE(adoptWeights({denoiser, vae}, out.path().toStdString()).networks.size(),
             std::size_t(2));
    NowcastEngine one({.device = "cpu", .modelFolder = out.path().toStdString()});
    QVERIFY_EXCEPTION_THROWN(one.generate(request("dpm++", "official", {0})), UsageError);
    QVERIFY_EXCEPTION_THROWN(adoptWeights({denoiser}, out.path().toStdString()), ModelError);
    const std::string other = files_.filePath("c.safetensors").toStdString();
    auto changed = stateDict(*networks_.vae);
    changed[0].tensor = changed[0].tensor + 1.0;
    writeSafetensors(other, changed);
    QVERIFY_EXCEPTION_THROWN(adoptWeights({denoiser, vae, other}, out.path().toStdString()),
                             ModelError);
  }

  void anotherNoiseScheduleIsNotAdopted() {
    QTemporaryDir out;
    std::vector<NamedTensor> all = tiny::prefixed("torch_nn_module.", *networks_.denoiser);
    for (NamedTensor& tensor : tiny::prefixed("first_stage_model.", *networks_.vae))
      all.push_back(tensor);
    DiffusionOptions options;
    options.betaSchedule = "cosine";
    all.push_back({"betas", NoiseSchedule(options).betas});
    const std::string path = files_.filePath("cosine.ckpt").toStdString();
    writeSafetensors(path, all);
    QVERIFY_EXCEPTION_THROWN(adoptWeights({path}, out.path().toStdString()), ModelError);
  }

  void theEngineDrawsWhatTheOfficialSamplerDraws_data() {
    QTest::addColumn<bool>("guided");
    QTest::newRow("plain") << false;
    QTest::newRow("with knowledge alignment") << true;
  }

  void theEngineDrawsWhatTheOfficialSamplerDraws() {
    QFETCH(bool, guided);
    NowcastEngine one = engine();
    const auto forecast = one.generate(request("ddpm", guided ? "official" : "none", {2}, 2));
    double wanted = 0.0;
    for (int lead = 0; lead < 6; ++lead) wanted += forecast->anticipated.commanded(lead, 2.0) / 6.0;
    for (int member = 0; member < 2; ++member) {
      const Tensor expected = officialFrames(networks_, member, wanted, guided);
      QVERIFY(expected.std().item<double>() > 1e-3);  // there is something to see
      const double error = largest(valuesOf(forecast->members[std::size_t(member)]) -
                                   expected.clamp_max(254.0 / 255.0));
      QVERIFY2(error < 1e-4, qPrintable(QString::number(error)));
    }
    QCOMPARE(forecast->guidance, std::string(guided ? "official" : "none"));
    QCOMPARE(forecast->sampler, std::string("ddpm"));
    QCOMPARE(forecast->steps, kShortDiffusion);
  }

  void guidanceMovesTheForecast() {
    NowcastEngine one = engine();
    const auto forecast = one.generate(request("ddpm", "official", {4}));
    const auto plain = one.generate(request("ddpm", "none", {4}));
    QVERIFY(largest(valuesOf(forecast->members[0]) - valuesOf(plain->members[0])) > 1e-3);
    QCOMPARE(forecast->members[0].commanded[2], forecast->anticipated.commanded(2, 4.0));
    QVERIFY(std::isnan(plain->members[0].commanded[2]));
    const auto expected =
        one.generate(request("ddpm", "official", {0}));  // n = 0 pulls, too: to mu
    QCOMPARE(expected->members[0].commanded[2], expected->anticipated.mu[2]);
  }

  // DDIM with all its dice and every step is the official sampler but for its last step.
  void guidanceOfOtherSamplersIsTheOfficialOne() {
    PreDiffModel model(models_.path().toStdString(), torch::kCPU, torch::kFloat32);
    const Tensor zc = torch::randn({1, 7, 16, 16, 4}), silent = torch::zeros({1, 3});
    LatentDraw draw = drawOf(3, {0}, model, torch::kCPU);
    draw.wantedMean = torch::full({1, 1}, 0.9);
    const auto ask = [&](const Tensor& z, const Tensor& t) {
      return model.denoise(z, t, zc, silent);
    };
    const Tensor official =
        drawLatents(model, draw, planOf(request("ddpm", "official", {1}), model), ask);
    ScenarioRequest asked = request("ddim:1", "official", {1});
    asked.steps = kShortDiffusion;
    const Tensor z = drawLatents(model, draw, planOf(asked, model), ask);
    const torch::NoGradGuard noGradient;
    const Tensor t = torch::zeros({1}, torch::kInt64);
    const Tensor last = model.diffusion()->schedule.cleanLatents(ask(z, t), z, t);
    QVERIFY2(largest(last - official) < 1e-3,
             qPrintable(QString::number(largest(last - official))));
  }

  void ourOwnGuidanceWorksOnEverySampler_data() {
    QTest::addColumn<QString>("sampler");
    for (const char* name : {"dpm++", "ddim", "ddim-quad:0.5", "ddpm"}) QTest::newRow(name) << name;
  }

  void ourOwnGuidanceWorksOnEverySampler() {
    QFETCH(QString, sampler);
    NowcastEngine one = engine();
    ScenarioRequest asked = request(sampler.toStdString(), "", {-2, 0, 2});
    if (sampler != "ddpm") asked.steps = 4;
    int evaluations = 0;
    const auto forecast =
        one.generate(asked, {}, [&](double, const std::string&) { ++evaluations; });
    const auto overall = [&](std::size_t i) {
      double sum = 0.0;
      for (const double mean : forecast->members[i].achieved) sum += mean;
      return sum;
    };
    QVERIFY(overall(0) < overall(1) && overall(1) < overall(2));
    // The denoiser was asked for one member only: three pulls go on from there.
    QVERIFY2(evaluations <= (sampler == "ddpm" ? kShortDiffusion : 6) + 3,
             qPrintable(QString::number(evaluations)));
    QCOMPARE(forecast->guidance, std::string("own"));
  }

  void membersAreTheSameBitsAloneAndTogether() {
    for (const char* sampler : {"ddpm", "ddim:1", "dpm++"}) {
      NowcastEngine one = engine(), other = engine();
      ScenarioRequest together = request(sampler, "official", {1, 2}, 2);
      ScenarioRequest alone = request(sampler, "official", {2}, 1);
      if (std::string(sampler) != "ddpm") together.steps = alone.steps = 4;
      alone.firstMember = 1;
      const auto many = one.generate(together), single = other.generate(alone);
      QVERIFY(torch::equal(valuesOf(many->members[3]), valuesOf(single->members[0])));
    }
  }

  void previewsAreFewStepsAndAnswerToN() {
    NowcastEngine one = engine();
    ScenarioRequest preview = request("ddpm", "", {-3, 3});
    preview.quality = Quality::Preview;
    const auto forecast = one.generate(preview);
    QCOMPARE(forecast->sampler, std::string("dpm++"));
    QVERIFY(forecast->steps < kShortDiffusion);
    QVERIFY(forecast->members[0].frames.provenance == Provenance::Preview);
    QVERIFY(forecast->members[0].achieved[3] < forecast->members[1].achieved[3]);
  }

  void aStopIsNoticedAtTheNextStep() {
    for (const char* sampler : {"ddpm", "ddim", "dpm++"}) {
      NowcastEngine one = engine();
      std::stop_source stop;
      int steps = 0;
      const auto afterTheSecond = [&](double, const std::string&) {
        if (++steps == 2) stop.request_stop();
      };
      QVERIFY(!one.generate(request(sampler, "none", {0}), stop.get_token(), afterTheSecond));
      QCOMPARE(steps, 2);
    }
  }

  void whatDoesNotSuitTheWeightsIsRefused() {
    NowcastEngine one = engine();
    QVERIFY_EXCEPTION_THROWN(one.generate(request("flow-euler", "", {0})), UsageError);
    QVERIFY_EXCEPTION_THROWN(one.generate(request("", "astrology", {0})), UsageError);
    ScenarioRequest respaced = request("ddpm", "", {0});
    respaced.steps = 5;
    QVERIFY_EXCEPTION_THROWN(one.generate(respaced), UsageError);
    ScenarioRequest many = request("dpm++", "", {0});
    many.steps = kShortDiffusion + 1;
    QVERIFY_EXCEPTION_THROWN(one.generate(many), UsageError);
    ScenarioRequest local = request("dpm++", "official", {1});
    local.region = std::make_shared<std::vector<std::uint8_t>>(128 * 128, std::uint8_t(1));
    QVERIFY_EXCEPTION_THROWN(one.generate(local), UsageError);
    ModelContext small = *context();
    small.frames.frames.erase(small.frames.frames.begin());
    small.hash += "short";
    QVERIFY_EXCEPTION_THROWN(one.forecast(small, "prediff"), UsageError);
  }

  void aSingleFutureIsTheFirstMemberUnguided() {
    NowcastEngine one = engine();
    ScenarioRequest asked = request("", "none", {0});
    asked.seed = 1;
    const auto member = one.generate(asked)->members[0];
    const auto forecast = one.forecast(*context(), "prediff");
    QVERIFY(valuesOf(member).isfinite().all().item<bool>());
    QVERIFY(std::ranges::equal(forecast->frames.frames[5].grid->values(),
                               member.frames.frames[5].grid->values()));
    QVERIFY(!forecast->weightsHash.empty());
  }

  void theDenoiserAndTheAlignmentNetworkCanBeLookedInto() {
    AttentionLens lens({.device = "cpu", .modelFolder = models_.path().toStdString()});
    AttentionPass pass;
    pass.steps = 3;
    for (const char* model : {"prediff", "alignment"}) {
      pass.model = model;
      const auto layers = lens.look(*context(), pass);
      QVERIFY(!layers.empty());
      const AttentionView view = lens.weights(layers.front().path, {0, 3, 4}, -1);
      double sum = view.padding;
      for (const AttentionCell& cell : view.cells) sum += cell.weight;
      QVERIFY2(std::abs(sum - 1.0) < 1e-4, qPrintable(QString::number(sum)));
    }
    pass.step = 3;
    QVERIFY_EXCEPTION_THROWN(lens.look(*context(), pass), UsageError);
  }

  void theGoldenTrajectoriesComeOutOfTheEngine_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"pipeline_vae_scale_factor", "loop_plain_b1", "loop_aligned_b1",
                             "loop_plain_b3_cosine_clip"})
      QTest::newRow(name) << name;
  }

  void theGoldenTrajectoriesComeOutOfTheEngine() {
    QFETCH(QString, name);
    const std::string golden = STORMLOOM_SHARED_DIR "/golden/diffusion/";
    if (!std::filesystem::exists(golden)) QSKIP("The golden cases are not beside this checkout.");
    const ParityCase parity = readParityCase(golden + name.toStdString() + ".json", torch::kCPU);
    const Json whole = readJsonFile(golden + "pipeline_vae_scale_factor.json");
    const QTemporaryDir folder;
    writeGoldenModels(folder.path(), parity, whole.at("config").at("vae"));
    PreDiffModel model(folder.path().toStdString(), torch::kCPU, torch::kFloat32);
    const Tensor zc = parity.has("context")
                          ? model.condition(parity.input("context").squeeze(-1), {})
                          : parity.input("zc");
    const Tensor& noise = parity.input("noise");
    LatentDraw draw{parity.input("z_T"), [&](std::int64_t k) { return noise[k]; }, {}};
    const bool guided = parity.has("avg_x_gt");
    if (guided) draw.wantedMean = parity.input("avg_x_gt");
    const SamplingPlan plan = planOf(request("ddpm", guided ? "official" : "none", {0}), model);
    const Tensor z = drawLatents(model, draw, plan, [&](const Tensor& zt, const Tensor& t) {
      return model.denoise(zt, t, zc, {});
    });
    compareWithGolden(parity, "z_0", z);
    if (!parity.has("context")) return;
    compareWithGolden(parity, "zc", zc);
    compareWithGolden(parity, "frames", model.decode(z.flatten(0, 1)));
  }

  void theOfficialPullIsSeenInTheTrace_data() {
    QTest::addColumn<QString>("sampler");
    for (const char* name : {"dpm++", "ddim", "ddpm"}) QTest::newRow(name) << name;
  }
  void theOfficialPullIsSeenInTheTrace() {
    QFETCH(QString, sampler);
    ScenarioRequest request;
    request.context = context();
    request.nSigma = {4.0};
    request.sampler = sampler.toStdString();
    if (sampler != "ddpm") request.steps = 3;
    request.guidance = "official";
    const auto trace = engine().trace(request).front();
    request.guidance = "none";
    const auto free = engine().trace(request).front();
    QCOMPARE(trace->guidance, std::string("official"));
    QVERIFY(trace->steps[1].pushSize > 0.0);
    QVERIFY(!trace->steps[1].push.empty() && free->steps[1].push.empty());
    // The push is what was added to what is expected without it: both begin alike.
    const auto& pushed = trace->steps[0];
    const auto& plain = free->steps[0];
    const std::size_t pixel = 64 * 128 + 64;
    QVERIFY(std::abs(pushed.clean.frames[5].grid->values()[pixel] -
                     plain.clean.frames[5].grid->values()[pixel] - pushed.push[5][pixel]) < 0.01f);
  }

private:
  static void writeGoldenModels(const QString& folder, const ParityCase& parity,
                                const Json& vaeKeys) {
    const Json& config = parity.config();
    const std::uint64_t seed = parity.weightsSeed();
    AutoencoderKL vae(autoencoderKLOptionsFromJson(vaeKeys));
    fillProcedural(*vae, seed, "vae.");
    tiny::writeModel(folder, "vae", *vae, vaeKeys, Json::object());
    CuboidTransformerUNet denoiser(cuboidTransformerUNetOptionsFromJson(config.at("denoiser")));
    fillProcedural(*denoiser, seed, "denoiser.");
    const std::vector<double> two(2, 0.1);
    tiny::writeModel(
        folder, "denoiser", *denoiser, config.at("denoiser"),
        Json::object(
            {{"process", "diffusion"},
             {"diffusion", config.at("diffusion")},
             {"guide_scale", config.value("guide_scale", 50.0)},
             {"context_frames", 3},
             {"extrapolated_frames", 0},
             {"statistics",
              Json::object({{"a", two}, {"b", two}, {"t", two}, {"s0", two}, {"s1", two}})},
             {"defaults", Json::object({{"sampler", "ddpm"}, {"steps", 4}})}}));
    const Json* keys = config.find("alignment");
    if (!keys || keys->isNull()) return;
    NoisyCuboidTransformerEncoder network(noisyCuboidTransformerEncoderOptionsFromJson(*keys));
    fillProcedural(*network, seed, "alignment.");
    tiny::writeModel(folder, "alignment", *network, *keys,
                     Json::object({{"process", "diffusion"}}));
  }

  static void compareWithGolden(const ParityCase& parity, const std::string& output,
                                const Tensor& got) {
    auto file = parity.file;
    const TensorFile reference = readSafetensors(file.replace_extension(".safetensors").string());
    Tensor expected = reference.at(output);
    if (output == "frames") expected = expected.clamp(0.0, 1.0);  // as they are shown
    const double atol = parity.description.at("outputs").at(output).at("atol").as<double>();
    const double error = largest(got.view(expected.sizes()) - expected);
    QVERIFY2(error <= atol,
             qPrintable(QString("%1: %2, not %3").arg(output.c_str()).arg(error).arg(atol)));
  }
};

QTEST_APPLESS_MAIN(TestPublishedPrediff)
#include "tst_published_prediff.moc"
