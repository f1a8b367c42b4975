#include <chrono>
#include <cmath>

#include "core/errors.h"
#include "models/engine/compute_device.h"
#include "models/engine/earthformer_forecaster.h"
#include "models/engine/scenario_sampling.h"
#include "models/motion/motion_field.h"
#include "models/motion/stochastic_extrapolation.h"
#include "models/nowcast_engine.h"
#include "models/skill.h"
#include "models/skill/obedience.h"
#include "models/training/forecast_figures.h"
#include "models/training/training_task.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::uint64_t kSeed = 1;
const std::vector<double> kCommands = {-4.0, -2.0, 0.0, 2.0, 4.0};

/// A window's past as the engine sees a context.
ContextEncoding encodingOf(const WindowBatch& windows, std::int64_t row) {
  ContextEncoding encoding;
  encoding.hash = std::to_string(row);
  encoding.past = windows.past()[row];
  encoding.measured = windows.measured[row].slice(0, 0, kContextFrames);
  encoding.seen = torch::ones_like(encoding.past[0]);
  encoding.motion = estimateMotion(encoding.past.unsqueeze(0), encoding.measured.unsqueeze(0));
  encoding.extrapolated =
      extrapolate(encoding.past.slice(0, -1), encoding.motion, kTargetFrames)[0];
  const Tensor means = encoding.past.mean({1, 2}).to(torch::kCPU, torch::kFloat64).contiguous();
  encoding.contextMeans.assign(means.data_ptr<double>(), means.data_ptr<double>() + means.numel());
  return encoding;
}

/// Everything that is measured, window by window.
class SkillRun {
public:
  SkillRun(const SkillRequest& request, std::stop_token stop, const SkillProgress& progress)
      : request_(request),
        stop_(stop),
        progress_(progress),
        compute_(chooseDevice(request.device, 0)) {
    setPrecision(request.precision);
    const bool bf16 = request.precision == "bf16";
    const std::string folder =
        request.modelFolder.empty() ? shippedModelFolder() : request.modelFolder;
    FrameCorpus corpus = readFrameCorpus(request.data);
    corpus.frames = corpus.frames.to(compute_.device);
    windows_ = validationWindows(corpus, request.windows);
    earthformer_.emplace(folder, "", compute_.device, bf16);
    prediff_.emplace(folder, compute_.device, bf16);
    sampler_.emplace(*prediff_);
  }

  Json run() {
    const std::int64_t count = windows_.frames.size(0);
    for (std::int64_t row = 0; row < count; ++row) {
      if (progress_)
        progress_(double(row) / double(count),
                  "window " + std::to_string(row + 1) + " of " + std::to_string(count));
      window(row);
    }
    Json methods = Json::array();
    for (std::size_t i = 0; i < figures_.size(); ++i) {
      Json each = figures_[i].toJson();
      each.set("method", kMethods[i]);
      methods.push(each);
    }
    return Json::object({{"windows", count},
                         {"members", request_.members},
                         {"device", compute_.name},
                         {"precision", request_.precision},
                         {"model", prediff_->name()},
                         {"steps", plan(true).steps},
                         {"weights", prediff_->weightsHash()},
                         {"seconds_per_member", seconds_ / std::max(1.0, drawn_)},
                         {"methods", methods},
                         {"obedience", obedienceFigures(obeyed_)}});
  }

private:
  static constexpr const char* kMethods[] = {"persistence", "extrapolation",
                                             "stochastic extrapolation", "Earthformer", "PreDiff"};

  SamplingPlan plan(bool guided) const {
    ScenarioRequest asked;
    asked.seed = kSeed;
    asked.steps = request_.steps;
    asked.guidance = guided ? "" : "none";
    return planOf(asked, *prediff_);
  }

  /// members (M,6,H,W)
  void score(std::size_t method, const Tensor& members, std::int64_t row) {
    figures_[method].add(members.unsqueeze(0), windows_.future()[row].unsqueeze(0),
                         windows_.futureMeasured()[row].unsqueeze(0));
  }

  std::vector<ScenarioRow> rows(const std::vector<double>& commands, int members) const {
    std::vector<ScenarioRow> all;
    for (const double n : commands)
      for (int member = 0; member < members; ++member)
        all.push_back({n, member, std::vector<double>(std::size_t(kTargetFrames), n)});
    return all;
  }

  Tensor drawnRows(const std::vector<ScenarioRow>& all, const ContextEncoding& encoding,
                   const AnticipatedIntensity& anticipated, bool guided, Tensor* achieved) {
    std::vector<Tensor> frames, means;
    const std::size_t atOnce = compute_.device.is_cuda() ? 32 : 1;
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t first = 0; first < all.size(); first += atOnce) {
      const std::vector<ScenarioRow> some(
          all.begin() + std::ptrdiff_t(first),
          all.begin() + std::ptrdiff_t(std::min(all.size(), first + atOnce)));
      const SampledRows sampled =
          sampler_->sample(some, encoding, anticipated, plan(guided), stop_, {});
      frames.push_back(sampled.frames);
      means.push_back(sampled.achieved);
    }
    if (achieved) *achieved = torch::cat(means).to(torch::kCPU, torch::kFloat64).contiguous();
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    drawn_ += double(all.size());
    return torch::cat(frames);
  }

  void window(std::int64_t row) {
    const torch::NoGradGuard noGradient;
    ContextEncoding encoding = encodingOf(windows_, row);
    score(0, encoding.past.slice(0, -1).expand_as(encoding.extrapolated).unsqueeze(0), row);
    score(1, encoding.extrapolated.unsqueeze(0), row);
    score(2,
          stochasticExtrapolation(
              encoding.past, encoding.motion,
              {.members = request_.members, .leads = kTargetFrames, .seed = kSeed}),
          row);
    score(3, earthformer_->forecast(encoding).unsqueeze(0), row);
    encoding.condition = prediff_->condition(encoding);
    const AnticipatedIntensity anticipated =
        prediff_->statistics().anticipate(encoding.contextMeans);
    score(4, drawnRows(rows({0.0}, request_.members), encoding, anticipated, false, nullptr), row);
    Tensor achieved;
    drawnRows(rows(kCommands, 1), encoding, anticipated, true, &achieved);
    ObeyedContext obeyed{anticipated, kCommands, {}};
    for (std::int64_t i = 0; i < achieved.size(0); ++i)
      obeyed.achieved.emplace_back(achieved[i].data_ptr<double>(),
                                   achieved[i].data_ptr<double>() + achieved.size(1));
    obeyed_.push_back(std::move(obeyed));
  }

  SkillRequest request_;
  std::stop_token stop_;
  SkillProgress progress_;
  ComputeDevice compute_;
  WindowBatch windows_;
  std::optional<EarthformerForecaster> earthformer_;
  std::optional<PreDiffModel> prediff_;
  std::optional<ScenarioSampler> sampler_;
  std::vector<ForecastFigures> figures_{std::size(kMethods)};
  std::vector<ObeyedContext> obeyed_;
  double seconds_ = 0.0, drawn_ = 0.0;
};

}  // namespace

Json measureSkill(const SkillRequest& request, std::stop_token stop,
                  const SkillProgress& progress) {
  if (request.windows < 1 || request.members < 2)
    throw UsageError("Skill needs at least one window and two members.");
  try {
    return SkillRun(request, stop, progress).run();
  } catch (const Stopped&) {
    return {};
  }
}

}  // namespace stormloom
