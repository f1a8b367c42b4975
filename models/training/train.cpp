#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "core/errors.h"
#include "core/sha256.h"
#include "models/checkpoint/network_tensors.h"
#include "models/engine/compute_device.h"
#include "models/training/run_description.h"
#include "models/training/training_log.h"
#include "models/training/training_task.h"
#include "models/training/worker_group.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr const char* kStepKey = "step";
constexpr const char* kSecondsKey = "seconds";

using Clock = std::chrono::steady_clock;

std::unique_ptr<TrainingTask> taskOf(const TrainingMaterial& material) {
  const std::string& network = material.recipe.network;
  if (network == "vae") return vaeTask(material);
  if (network == "denoiser") return denoiserTask(material);
  if (network == "alignment") return alignmentTask(material);
  if (network == "earthformer") return earthformerTask(material);
  throw UsageError("There is no network \"" + network + "\" to train.");
}

TrainingRecipe recipeOf(const TrainingRequest& request) {
  TrainingRecipe recipe = recipeFromJson(request.recipe.empty() ? shippedRecipe(request.network)
                                                                : readJsonFile(request.recipe));
  if (recipe.network != request.network)
    throw UsageError(request.recipe + ": this recipe is for the network \"" + recipe.network +
                     "\", not \"" + request.network + "\".");
  return recipe;
}

std::string stemOf(const std::string& weights) {
  return std::filesystem::path(weights).replace_extension().string();
}

/// Weights as they are shipped: half precision, whole numbers as they are.
std::vector<NamedTensor> halved(std::vector<NamedTensor> tensors) {
  for (NamedTensor& each : tensors)
    if (each.tensor.is_floating_point()) each.tensor = each.tensor.to(torch::kCPU, torch::kHalf);
  return tensors;
}

Json dataOfCorpus(const FrameCorpus& corpus) {
  Json events = Json::array();
  std::vector<int> counts(corpus.events.size(), 0);
  for (const CorpusWindow& window : corpus.split(false)) ++counts[std::size_t(window.event)];
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0)
      events.push(Json::object({{"event", corpus.events[i]}, {"windows", counts[i]}}));
  return events;
}

/// Parameters whose names begin so stay as they are.
void freeze(torch::nn::Module& network, const std::vector<std::string>& beginnings) {
  for (auto& parameter : network.named_parameters())
    for (const std::string& beginning : beginnings)
      if (parameter.key().starts_with(beginning)) parameter.value().set_requires_grad(false);
}

/// One run, from its state to its weights.
class TrainingRun {
public:
  TrainingRun(const TrainingRequest& request, std::stop_token stop, const TrainingLog& log)
      : recipe_(recipeOf(request)),
        request_(completedBy(recipe_, request)),
        stop_(stop),
        log_(log),
        compute_(chooseDevice(request.device, 0)),
        group_(compute_.device) {
    setPrecision(request_.precision == "fp32" ? "fp32" : "tf32");
    at::globalContext().setBenchmarkCuDNN(true);
    torch::manual_seed(recipe_.seed);
    corpus_ = readFrameCorpus(request_.data);
    corpus_.keepTrainingEvents(recipe_.events);
    corpus_.frames = corpus_.frames.to(compute_.device);
    material_.emplace(TrainingMaterial{recipe_, corpus_, compute_.device,
                                       request_.precision == "bf16" && compute_.device.is_cuda(),
                                       request_.vae, request_.start, request_.teacher});
    task_ = taskOf(*material_);
    if (!request_.start.empty()) loadInto(task_->network(), readTensorFile(request_.start));
    freeze(task_->network(), recipe_.own.value("frozen", std::vector<std::string>{}));
    std::vector<Tensor> weights = task_->network().parameters();
    group_.shareFirst(weights);
    optimiser_.emplace(task_->network(), recipe_.optimiser);
    resume();
    if (!group_.leads()) return;
    files_.emplace(stemOf(request_.output), optimiser_->steps());
    writeJsonFile(stemOf(request_.output) + ".run.json", runDescription(request_, recipe_));
  }

  void run() {
    task_->network().train();
    task_->prepare(optimiser_->steps());
    note("training " + recipe_.network + " on " + compute_.name +
         (group_.size() > 1 ? " and " + std::to_string(group_.size() - 1) + " more" : ""));
    sittingStart_ = lastState_ = lastLine_ = Clock::now();
    while (progress() < 1.0 && !stop_.stop_requested()) {
      oneStep();
      if (secondsSince(lastState_) > request_.stateSeconds) saveState();
    }
    saveState();
    if (!stop_.stop_requested()) finish();
  }

private:
  static double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }
  double seconds() const { return earlierSeconds_ + secondsSince(sittingStart_); }
  void note(const std::string& line) const {
    if (group_.leads()) log_(line);
  }

  /// Share of the run that is done: by time where a time was given, else by steps.
  double progress() {
    double done = request_.maxMinutes > 0.0 ? seconds() / (60.0 * request_.maxMinutes)
                                            : double(optimiser_->steps()) / double(recipe_.steps);
    if (request_.maxMinutes > 0.0 && group_.size() > 1) {  // all stop at the same step
      std::vector<Tensor> shared{torch::tensor({float(done)}, compute_.device)};
      group_.shareFirst(shared);
      done = shared[0].item<double>();
    }
    return done;
  }

  /// Every batch of a step has numbers of its own, whichever process draws it: two processes that take a batch each
  /// learn what one learns that accumulates two.
  void seedFor(std::int64_t step, std::int64_t batch) const {
    const std::int64_t part = group_.rank() * recipe_.accumulate + batch;
    torch::manual_seed(recipe_.seed * 1000003 + std::uint64_t(step) * 31 +
                       std::uint64_t(part) * 7919);
  }

  void oneStep() {
    const double rate = recipe_.rate.at(progress());
    Tensor loss;
    for (std::int64_t k = 0; k < recipe_.accumulate; ++k) {
      seedFor(optimiser_->steps(), k);
      const Tensor part = task_->loss() / double(recipe_.accumulate);
      part.backward();
      loss = loss.defined() ? loss + part.detach() : part.detach();
    }
    group_.average(optimiser_->gradients());
    const Tensor norm = optimiser_->step(rate);
    task_->refresh();
    lossSum_ = lossSum_.defined() ? lossSum_ + loss : loss;
    ++lossSteps_;
    const std::int64_t step = optimiser_->steps();
    if (step % recipe_.logEvery == 0) logLine(step, rate, norm);
    if (recipe_.validateEvery > 0 && step % recipe_.validateEvery == 0) validate();
  }

  void logLine(std::int64_t step, double rate, const Tensor& norm) {
    std::vector<Tensor> mean{lossSum_ / double(lossSteps_)};
    group_.average(mean);
    const double samples = double(lossSteps_ * recipe_.batch * recipe_.accumulate * group_.size());
    lossSum_ = Tensor();
    lossSteps_ = 0;
    if (!group_.leads()) return;
    TrainingLogRow row;
    row.step = step;
    row.loss = mean[0].item<double>();
    row.gradientNorm = norm.item<double>();
    row.rate = rate;
    row.seconds = seconds();
    row.samplesPerSecond = samples / secondsSince(lastLine_);
    lastLine_ = Clock::now();
    files_->add(row);
    if (!std::isfinite(row.loss))
      throw ModelError("The loss is no number any more at step " + std::to_string(step) +
                       ". Lower the rate in the recipe and begin anew with --fresh.");
    const double done = request_.maxMinutes > 0.0 ? row.seconds / (60.0 * request_.maxMinutes)
                                                  : double(step) / double(recipe_.steps);
    char text[160];
    std::snprintf(text, sizeof text,
                  "step %lld, %3.0f %%, loss %.5f, %.0f samples/s, %.1f min left",
                  static_cast<long long>(step), 100.0 * done, row.loss, row.samplesPerSecond,
                  row.seconds / 60.0 * (1.0 - done) / std::max(done, 1e-6));
    note(text);
  }

  Json validate() {
    Json figures;
    if (group_.leads()) {
      optimiser_->swapAverage();
      task_->network().eval();
      torch::manual_seed(recipe_.seed);
      figures = task_->validate();
      files_->addValidation(optimiser_->steps(), seconds(), figures);
      if (recipe_.pictures) files_->draw(task_->pictures());
      note("validation: " + figures.dump());
      task_->network().train();
      optimiser_->swapAverage();
    }
    return figures;
  }

  std::string statePath() const { return stemOf(request_.output) + ".state.safetensors"; }

  void saveState() {
    lastState_ = Clock::now();
    if (!group_.leads()) return;
    writeSafetensors(statePath(), optimiser_->state(),
                     {{kStepKey, std::to_string(optimiser_->steps())},
                      {kSecondsKey, std::to_string(seconds())}});
  }

  void resume() {
    if (!request_.resume || !std::filesystem::exists(statePath())) return;
    const TensorFile file = readSafetensors(statePath());
    optimiser_->restore(file, std::stoll("0" + file.metadataValue(kStepKey)));
    earlierSeconds_ = std::stod("0" + file.metadataValue(kSecondsKey));
    note("going on from step " + std::to_string(optimiser_->steps()) + " in " + statePath());
  }

  void finish() {
    const Json figures = validate();
    if (!group_.leads()) return;
    optimiser_->swapAverage();
    task_->network().eval();
    writeSafetensors(request_.output, halved(stateDict(task_->network())));
    ModelCard card;
    card.network = recipe_.network;
    card.name = recipe_.name;
    card.weightsFile = std::filesystem::path(request_.output).filename().string();
    card.sha256 = sha256OfFile(request_.output);
    card.architecture = recipe_.architecture;
    card.use = task_->use();
    card.training = Json::object({{"recipe", recipeAlone(recipe_)},
                                  {"steps", optimiser_->steps()},
                                  {"seconds", std::round(seconds())},
                                  {"devices", group_.size()},
                                  {"device", compute_.name},
                                  {"precision", request_.precision}});
    card.validation = figures;
    card.data = dataOfCorpus(corpus_);
    card.licence =
        "Contains modified information of the Finnish Meteorological Institute (CC BY 4.0) and "
        "KNMI (CC BY 4.0) "
        "and of NOAA MRMS (public domain); synthetic storms of this program";
    writeModelCard(stemOf(request_.output) + ".json", card);
    std::filesystem::remove(statePath());
  }

  TrainingRecipe recipe_;
  TrainingRequest request_;
  std::stop_token stop_;
  TrainingLog log_;
  ComputeDevice compute_;
  WorkerGroup group_;
  FrameCorpus corpus_;
  std::optional<TrainingMaterial> material_;
  std::unique_ptr<TrainingTask> task_;
  std::optional<AveragedAdamW> optimiser_;
  std::optional<TrainingLogFiles> files_;
  double earlierSeconds_ = 0.0;
  Clock::time_point sittingStart_ = Clock::now(), lastState_ = Clock::now(),
                    lastLine_ = Clock::now();
  Tensor lossSum_;
  std::int64_t lossSteps_ = 0;  // in lossSum_
};

}  // namespace

WindowBatch validationWindows(const FrameCorpus& corpus, std::int64_t atMost, int event) {
  std::vector<CorpusWindow> all = corpus.split(true);
  if (event >= 0) std::erase_if(all, [&](const CorpusWindow& one) { return one.event != event; });
  if (all.empty()) throw IoError("The corpus has no validation windows.");
  const std::size_t count = std::min(all.size(), std::size_t(atMost));
  std::vector<CorpusWindow> some;
  for (std::size_t i = 0; i < count; ++i) some.push_back(all[i * all.size() / count]);
  return windowBatch(corpus.gather(some));
}

void train(const TrainingRequest& request, std::stop_token stop, const TrainingLog& log) {
  try {
    TrainingRun(request, stop, log).run();
  } catch (const c10::OutOfMemoryError&) {
    throw DeviceError(
        "The memory of the device ran out. Make batch or pool of the recipe smaller.");
  } catch (const c10::Error& error) {
    throw ModelError(std::string("The training failed: ") + error.what_without_backtrace());
  }
}

}  // namespace stormloom
