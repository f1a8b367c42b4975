#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "core/animation_file.h"
#include "core/errors.h"
#include "models/engine/compute_device.h"
#include "models/engine/earthformer_forecaster.h"
#include "models/engine/scenario_sampling.h"
#include "models/motion/motion_field.h"
#include "models/motion/stochastic_extrapolation.h"
#include "models/nowcast_engine.h"
#include "models/skill.h"
#include "models/skill/ensemble_figures.h"
#include "models/skill/obedience.h"
#include "models/training/forecast_figures.h"
#include "models/training/picture_sheet.h"
#include "models/training/training_task.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr double kPicturesPerSecond = 3.0;
const std::vector<double> kCommands = {-4.0, -2.0, 0.0, 2.0, 4.0};
constexpr const char* kMethods[] = {"persistence", "extrapolation", "stochastic extrapolation",
                                    "Earthformer", "PreDiff"};

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

/// What was measured on one event.
struct EventSkill {
  std::string name;
  bool open = true;
  WindowBatch windows;
  std::vector<ForecastFigures> figures{std::size(kMethods)};
  std::vector<EnsembleFigures> ensembles{std::size(kMethods)};
  std::vector<ObeyedContext> obeyed;
  std::vector<double> ranked;  ///< CRPS of PreDiff, window by window

  Json toJson() const {
    Json methods = Json::array();
    for (std::size_t i = 0; i < figures.size(); ++i) {
      Json each = figures[i].toJson();
      each.set("method", kMethods[i]);
      each.set("ensemble", ensembles[i].toJson());
      methods.push(each);
    }
    return Json::object({{"event", name},
                         {"shippable", open},
                         {"windows", windows.frames.size(0)},
                         {"methods", methods},
                         {"obedience", obedienceFigures(obeyed)}});
  }
};

/// Everything that is measured, event by event, window by window.
class SkillRun {
public:
  SkillRun(const SkillRequest& request, std::stop_token stop, const SkillProgress& progress)
      : request_(request),
        stop_(stop),
        progress_(progress),
        compute_(chooseDevice(request.device, 0)) {
    setPrecision(request.precision);
    const torch::ScalarType products = productsOf(request.precision, compute_.device);
    const std::string folder =
        request.modelFolder.empty() ? shippedModelFolder() : request.modelFolder;
    readEvents();
    earthformer_.emplace(folder, "", compute_.device, products);
    prediff_.emplace(folder, compute_.device, products);
    sampler_.emplace(*prediff_);
  }

  Json run() {
    Json events = Json::array();
    for (EventSkill& event : events_) {
      for (std::int64_t row = 0; row < event.windows.frames.size(0); ++row) {
        tell(event.name);
        window(event, row);
      }
      draw(event);
      events.push(event.toJson());
    }
    return Json::object({{"members", request_.members},
                         {"device", compute_.name},
                         {"precision", request_.precision},
                         {"model", prediff_->name()},
                         {"steps", plan(true).steps},
                         {"sampler", plan(true).sampler},
                         {"weights", prediff_->weightsHash()},
                         {"seconds_per_member", seconds_ / std::max(1.0, drawn_)},
                         {"events", events}});
  }

private:
  void readEvents() {
    FrameCorpus corpus = readFrameCorpus(request_.data, /*closedToo=*/true);
    corpus.frames = corpus.frames.to(compute_.device);
    std::map<int, bool> open;
    for (const CorpusWindow& one : corpus.split(true)) open[one.event] = one.open;
    for (const auto& [event, isOpen] : open) {
      EventSkill skill;
      skill.name = corpus.events[std::size_t(event)];
      skill.open = isOpen;
      skill.windows = validationWindows(corpus, request_.windows, event);
      windows_ += skill.windows.frames.size(0);
      events_.push_back(std::move(skill));
    }
    if (events_.empty()) throw IoError(request_.data + ": no windows are kept for validation.");
  }

  void tell(const std::string& event) {
    if (stop_.stop_requested()) throw Stopped();
    if (progress_)
      progress_(double(done_) / double(windows_), event + ", window " + std::to_string(done_ + 1) +
                                                      " of " + std::to_string(windows_));
    ++done_;
  }

  SamplingPlan plan(bool guided) const {
    ScenarioRequest asked;
    asked.seed = kSeed;
    asked.steps = request_.steps;
    asked.sampler = request_.sampler;
    asked.guidance = guided ? "" : "none";
    return planOf(asked, *prediff_);
  }

  /// members (M,6,H,W)
  static void score(EventSkill& event, std::size_t method, const Tensor& members,
                    std::int64_t row) {
    const Tensor observed = event.windows.future()[row];
    const Tensor measured = event.windows.futureMeasured()[row];
    event.figures[method].add(members.unsqueeze(0), observed.unsqueeze(0), measured.unsqueeze(0));
    event.ensembles[method].add(members, observed, measured);
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

  void window(EventSkill& event, std::int64_t row) {
    const torch::NoGradGuard noGradient;
    ContextEncoding encoding = encodingOf(event.windows, row);
    encoding.hash = event.name + encoding.hash;
    score(event, 0, encoding.past.slice(0, -1).expand_as(encoding.extrapolated).unsqueeze(0), row);
    score(event, 1, encoding.extrapolated.unsqueeze(0), row);
    score(event, 2,
          stochasticExtrapolation(
              encoding.past, encoding.motion,
              {.members = request_.members, .leads = kTargetFrames, .seed = kSeed}),
          row);
    score(event, 3, earthformer_->forecast(encoding).unsqueeze(0), row);
    encoding.condition = prediff_->condition(encoding);
    const AnticipatedIntensity anticipated =
        prediff_->statistics().anticipate(encoding.contextMeans);
    const Tensor members =
        drawnRows(rows({0.0}, request_.members), encoding, anticipated, false, nullptr);
    score(event, 4, members, row);
    event.ranked.push_back(rankedScore(event, members, row));
    if (request_.obedience) obey(event, encoding, anticipated);
  }

  static double rankedScore(const EventSkill& event, const Tensor& members, std::int64_t row) {
    ForecastFigures one;
    one.add(members.unsqueeze(0), event.windows.future()[row].unsqueeze(0),
            event.windows.futureMeasured()[row].unsqueeze(0));
    return meanOf(one.crps());
  }

  void obey(EventSkill& event, const ContextEncoding& encoding,
            const AnticipatedIntensity& anticipated) {
    Tensor achieved;
    drawnRows(rows(kCommands, 1), encoding, anticipated, true, &achieved);
    ObeyedContext obeyed{anticipated, kCommands, {}};
    for (std::int64_t i = 0; i < achieved.size(0); ++i)
      obeyed.achieved.emplace_back(achieved[i].data_ptr<double>(),
                                   achieved[i].data_ptr<double>() + achieved.size(1));
    event.obeyed.push_back(std::move(obeyed));
  }

  /// The best and the worst case, moving: observed, extrapolation, Earthformer, two members of
  /// PreDiff.
  void draw(const EventSkill& event) {
    if (request_.pictures.empty() || !canWriteAnimations() || !event.open) return;
    const torch::NoGradGuard noGradient;
    const auto [best, worst] = std::ranges::minmax_element(event.ranked);
    for (const auto& [word, at] : {std::pair{"best", best}, std::pair{"worst", worst}}) {
      const std::int64_t row = at - event.ranked.begin();
      ContextEncoding encoding = encodingOf(event.windows, row);
      encoding.hash = event.name + encoding.hash;
      encoding.condition = prediff_->condition(encoding);
      const Tensor members =
          drawnRows(rows({0.0}, 2), encoding,
                    prediff_->statistics().anticipate(encoding.contextMeans), false, nullptr);
      const Tensor rows = torch::stack({event.windows.future()[row], encoding.extrapolated,
                                        earthformer_->forecast(encoding), members[0], members[1]});
      AnimationWriter writer(request_.pictures + "/" + event.name + "-" + word + ".gif",
                             {.framesPerSecond = kPicturesPerSecond});
      for (std::int64_t lead = 0; lead < kTargetFrames; ++lead)
        writer.add(sheetOf(rows.select(1, lead).unsqueeze(0)));
      writer.finish();
    }
  }

  SkillRequest request_;
  std::stop_token stop_;
  SkillProgress progress_;
  ComputeDevice compute_;
  std::vector<EventSkill> events_;
  std::int64_t windows_ = 0, done_ = 0;
  std::optional<EarthformerForecaster> earthformer_;
  std::optional<PreDiffModel> prediff_;
  std::optional<ScenarioSampler> sampler_;
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
