#include <torch/torch.h>

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>

#include "core/animation_file.h"
#include "core/errors.h"
#include "core/field_scores.h"
#include "core/json.h"
#include "models/engine/model_card.h"
#include "models/training.h"
#include "models/training/averaged_adamw.h"
#include "models/training/forecast_figures.h"
#include "models/training/intensity_fit.h"
#include "models/training/storm_generator.h"
#include "models/training/pool_turns.h"
#include "models/training/trained_range.h"
#include "models/training/training_recipe.h"
#include "models/training/window_augmentation.h"
#include "models/training/window_pool.h"

using namespace stormloom;
using torch::Tensor;

namespace {

const std::string kCorpus = STORMLOOM_SHARED_DIR "/data/train/frames.h5";

/// Two events of random frames, in memory.
FrameCorpus smallCorpus() {
  torch::manual_seed(3);
  FrameCorpus corpus;
  corpus.events = {"first", "second"};
  corpus.frames = (torch::rand({60, 32, 32}) * 200).to(torch::kUInt8);
  for (std::int64_t start = 0; start < 6; ++start) {
    corpus.windows.push_back({start, 1, 30, 10.0, 0, false});
    corpus.windows.push_back({30 + start, 2, 60, 5.0, 1, start % 2 == 1});
  }
  return corpus;
}

constexpr const char* kTinyVae = R"({"network": "vae", "name": "tiny",
  "architecture": {"block_out_channels": [8, 8, 8, 8], "layers_per_block": 1, "latent_channels": 4,
                   "norm_num_groups": 4, "act_fn": "silu"},
  "steps": 6, "validate_every": 4, "batch": 2, "rate": 1e-3, "pool": 8, "synthetic_share": 0.5, "seed": 5})";

TrainingRequest tinyRequest(const QTemporaryDir& folder) {
  const std::string path = folder.path().toStdString();
  std::ofstream(path + "/recipe.json") << kTinyVae;
  TrainingRequest request;
  request.network = "vae";
  request.data = kCorpus;
  request.output = path + "/vae.safetensors";
  request.recipe = path + "/recipe.json";
  request.device = "cpu";
  request.precision = "fp32";
  return request;
}

}  // namespace

class TestTraining : public QObject {
  Q_OBJECT
private Q_SLOTS:
  void stormsOfOneSeedAreTheSameAndOfAnotherAreNot() {
    const Tensor once = generateStorms(2, 7, torch::kCPU),
                 again = generateStorms(2, 7, torch::kCPU);
    QVERIFY(torch::equal(once, again));
    QVERIFY(!torch::equal(once, generateStorms(2, 8, torch::kCPU)));
  }

  void stormsAreRainOnTheDigitalScale() {
    const Tensor storms = generateStorms(8, 11, torch::kCPU);
    QCOMPARE(storms.sizes().vec(), (std::vector<std::int64_t>{8, 13, 128, 128}));
    QVERIFY(storms.min().item<float>() >= 0.0f);
    QVERIFY(storms.max().item<float>() <= 254.0f / 255.0f);
    const double wet = (storms >= 16.0 / 255.0).to(torch::kFloat64).mean().item<double>();
    QVERIFY2(wet > 0.08 && wet < 0.5, std::to_string(wet).c_str());
  }

  void stormsMoveLittleFromFrameToFrameAndMuchOverAll() {
    const Tensor storms = generateStorms(8, 12, torch::kCPU);
    const auto away = [&](std::int64_t frames) {
      return (storms.select(1, frames) - storms.select(1, 0)).abs().mean().item<double>();
    };
    QVERIFY(away(1) > 0.0);
    QVERIFY(away(12) > 1.5 * away(1));
  }

  void aPoolNeverReachesPastItsBoxOrIntoValidation() {
    const FrameCorpus corpus = smallCorpus();
    WindowPool pool(
        corpus,
        {.size = 8, .syntheticShare = 0.0, .intensitySpread = 0.0, .otherStrideShare = 1.0});
    const WindowBatch made = pool.fresh(64, 1);  // gather throws for rows that are not there
    QCOMPARE(made.frames.size(0), 64);
    QVERIFY(torch::equal(pool.fresh(64, 1).frames, made.frames));
  }

  void aRecipeMayTrainOnSomeEventsAlone() {
    FrameCorpus corpus = smallCorpus();
    const std::size_t before = corpus.split(true).size();
    corpus.keepTrainingEvents({"second"});
    for (const CorpusWindow& window : corpus.split(false)) QCOMPARE(window.event, 1);
    QCOMPARE(corpus.split(true).size(), before);
    QVERIFY_EXCEPTION_THROWN(corpus.keepTrainingEvents({"first"}), UsageError);
    const Json json = Json::parse(R"({"network": "vae", "architecture": {}, "events": ["second"]})");
    QCOMPARE(recipeFromJson(json).events, std::vector<std::string>{"second"});
  }

  void aPoolOfARunThatGoesOnIsThePoolThatItHad() {
    const FrameCorpus corpus = smallCorpus();
    const WindowPoolOptions options{.size = 150, .syntheticShare = 0.0};
    WindowPool walked(corpus, options), jumped(corpus, options);
    walked.fill(0, 30);
    for (int step = 0; step < 9; ++step) walked.replaceSome(30);
    jumped.fill(9, 30);
    const auto drawn = [](const WindowPool& pool) {
      torch::manual_seed(8);
      return pool.draw(40).frames;
    };
    QVERIFY(torch::equal(drawn(walked), drawn(jumped)));
    walked.replaceSome(30);
    jumped.replaceSome(30);
    QVERIFY(torch::equal(drawn(walked), drawn(jumped)));
  }

  void onlyPartsThatAreStillThereAreMadeAgain() {
    PoolTurns turns(256);
    QVERIFY(turns.after(1000, 16).size() <= 5);
    QVERIFY(turns.replace(16).empty() || turns.replace(16).size() == 1);
  }

  void augmentedWindowsStayRainAndKnowWhatTheyDoNotKnow() {
    torch::manual_seed(9);
    const Tensor values = torch::rand({16, 13, 32, 32}), measured = torch::ones_like(values);
    const auto [now, known] = augmentedAtRandom(
        values, measured, {.warpedShare = 1.0, .gamma = 0.2, .mixedShare = 0.3});
    QVERIFY(now.min().item<float>() >= 0.0f && now.isfinite().all().item<bool>());
    QVERIFY(known.min().item<float>() == 0.0f);  // some looked past their edge
    QCOMPARE((now * (1.0 - known)).abs().max().item<float>(), 0.0f);
    const auto [same, all] = augmentedAtRandom(values, measured, {});
    QVERIFY(torch::equal(same, values) && torch::equal(all, measured));
  }

  void theTrainedRangeIsThatOfTheTrainingWindows() {
    const Json range = trainedRangeOf(smallCorpus());
    QCOMPARE(range.at("radars").as<std::vector<std::string>>(),
             (std::vector<std::string>{"FIRST", "SECOND"}));
    QVERIFY(range.at("lowest_mean").asDouble() > 0.3 && range.at("highest_mean").asDouble() < 0.5);
    QCOMPARE(range.at("most_missing").asDouble(), 0.0);
  }

  void turningKeepsEveryFrameOfAWindowTogether() {
    torch::manual_seed(4);
    const Tensor frames = torch::rand({6, 1, 8, 8}).expand({6, 13, 8, 8}).contiguous();
    const WindowBatch turned =
        turnedAtRandom({frames, torch::ones_like(frames), frames.slice(1, 0, 6), {}});
    QVERIFY(torch::equal(turned.frames.select(1, 0), turned.frames.select(1, 12)));
    QVERIFY(torch::equal(turned.frames.select(1, 0), turned.extrapolated.select(1, 5)));
    QVERIFY(!torch::equal(turned.frames, frames));
  }

  void anticipationIsFittedWhereTheFutureFollowsFromThePast() {
    FrameCorpus corpus;
    corpus.events = {"one"};
    std::vector<Tensor> frames;
    for (int window = 0; window < 40; ++window) {
      const double level = 40.0 + 3.0 * window, slope = double(window % 5) - 2.0;
      for (int k = 0; k < 13; ++k)
        frames.push_back(torch::full({4, 4}, level + slope * k).to(torch::kUInt8));
      corpus.windows.push_back({window * 13, 1, window * 13 + 13, 10.0, 0, false});
    }
    corpus.frames = torch::stack(frames);
    const IntensityStatistics fitted = fitIntensityStatistics(corpus);
    const AnticipatedIntensity expected = fitted.anticipate(
        {50 / 255., 52 / 255., 54 / 255., 56 / 255., 58 / 255., 60 / 255., 62 / 255.});
    QVERIFY(std::abs(expected.mu[0] * 255.0 - 64.0) < 0.2);
    QVERIFY(std::abs(expected.mu[5] * 255.0 - 74.0) < 0.5);
  }

  void theOptimiserReachesAMinimumAndItsAverageFollows() {
    torch::nn::Linear network(1, 1);
    AveragedAdamW optimiser(*network, {.weightDecay = 0.0, .averageDecay = 0.9});
    const Tensor x = torch::linspace(-1, 1, 16).unsqueeze(1);
    for (int i = 0; i < 400; ++i) {
      (network(x) - 3.0 * x).square().mean().backward();
      optimiser.step(0.02);
    }
    QVERIFY(std::abs(network->weight.item<float>() - 3.0f) < 0.05f);
    optimiser.swapAverage();
    QVERIFY(std::abs(network->weight.item<float>() - 3.0f) < 0.05f);
  }

  void aStepWithoutANumberIsLeftOut() {
    torch::nn::Linear network(1, 1);
    const Tensor before = network->weight.detach().clone();
    AveragedAdamW optimiser(*network, {});
    (network(torch::full({1, 1}, std::numeric_limits<float>::quiet_NaN()))).sum().backward();
    optimiser.step(0.1);
    QVERIFY(torch::equal(network->weight, before));
  }

  void theRateRisesThenFallsToItsLastValue() {
    const RateSchedule rate{.rate = 2.0, .warmUpShare = 0.1, .finalRatio = 0.05};
    QVERIFY(rate.at(0.05) < rate.at(0.1));
    QCOMPARE(rate.at(0.1), 2.0);
    QVERIFY(std::abs(rate.at(1.0) - 0.1) < 1e-12);
  }

  void figuresAgreeWithTheScoresOfCore() {
    torch::manual_seed(6);
    const Tensor members = torch::rand({1, 4, 6, 8, 8}), observed = torch::rand({1, 6, 8, 8});
    ForecastFigures figures;
    figures.add(members, observed, torch::ones_like(observed));
    std::vector<float> flat(members.data_ptr<float>(), members.data_ptr<float>() + members.numel());
    const std::vector<float> truth(observed.data_ptr<float>(),
                                   observed.data_ptr<float>() + observed.numel());
    const std::vector<float> each = crpsField(flat, truth);
    const double mean = std::accumulate(each.begin(), each.end(), 0.0) / double(each.size());
    QVERIFY(std::abs(meanOf(figures.crps()) / 1000.0 - mean) < 1e-6);
  }

  void aRecipeThatMakesNoSenseIsRefused() {
    QVERIFY_EXCEPTION_THROWN(
        recipeFromJson(Json::parse(R"({"network": "vae", "architecture": {}, "steps": 0})")),
        ModelError);
    QVERIFY_EXCEPTION_THROWN(recipeFromJson(Json::parse(R"({"network": "vae"})")), IoError);
  }

  void shippedRecipesAreReadable_data() {
    QTest::addColumn<QString>("network");
    for (const char* network : {"vae", "denoiser", "alignment", "earthformer"})
      QTest::newRow(network) << network;
  }
  void shippedRecipesAreReadable() {
    QFETCH(QString, network);
    QCOMPARE(recipeFromJson(shippedRecipe(network.toStdString())).network, network.toStdString());
  }

  void aStoppedRunGoesOnWhereItWas() {
    if (!std::filesystem::exists(kCorpus)) QSKIP("the training corpus is not beside the project");
    QTemporaryDir folder;
    const TrainingRequest request = tinyRequest(folder);
    const std::string stem = folder.path().toStdString() + "/vae";
    std::stop_source stop;
    stop.request_stop();
    train(request, stop.get_token(), [](const std::string&) {});
    QVERIFY(std::filesystem::exists(stem + ".state.safetensors"));
    QVERIFY(!std::filesystem::exists(stem + ".json"));
    std::string said;
    train(request, {}, [&](const std::string& line) { said += line + "\n"; });
    QVERIFY2(said.find("going on from step 0") != std::string::npos, said.c_str());
    const ModelCard card = readModelCard(stem + ".json");
    QCOMPARE(card.training.at("steps").asInt(), 6);
    checkWeightsOfCard(card);
    QVERIFY(!std::filesystem::exists(stem + ".state.safetensors"));
    QVERIFY(card.validation.at("mae_x1000").asDouble() > 0.0);
    QVERIFY(!canWriteAnimations() || std::filesystem::exists(stem + "-pictures"));
  }
};

QTEST_APPLESS_MAIN(TestTraining)
#include "tst_training.moc"
