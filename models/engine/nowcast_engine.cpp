#include "models/nowcast_engine.h"

#include <chrono>
#include <cstdlib>
#include <limits>
#include <optional>

#include "core/errors.h"
#include "core/program_folder.h"
#include "models/engine/compute_device.h"
#include "models/engine/context_encoding.h"
#include "models/engine/diffusion_keeper.h"
#include "models/engine/earthformer_forecaster.h"
#include "models/engine/engine_errors.h"
#include "models/engine/prediff_lanes.h"
#include "models/engine/tensor_numbers.h"
#include "models/motion/stochastic_extrapolation.h"

namespace stormloom {
using torch::Tensor;
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<ScenarioRow> rowsOf(const ScenarioRequest& request, std::size_t leads) {
  std::vector<ScenarioRow> rows;
  for (const double n : request.nSigma) {
    const std::vector<double> byLead =
        request.nSigmaByLead.empty() ? std::vector<double>(leads, n) : request.nSigmaByLead;
    for (int k = 0; k < request.members; ++k) rows.push_back({n, request.firstMember + k, byLead});
  }
  return rows;
}

/// What was asked of a row for each lead time; NaN where nothing was: n = 0 is no pull, but for the
/// official guidance, which pulls to mu.
std::vector<double> commandedOf(const ScenarioRow& row, const AnticipatedIntensity& anticipated,
                                const SamplingPlan& plan, const Tensor& ofRegion) {
  const std::vector<double> whole = numbersOf(ofRegion);
  std::vector<double> commanded(anticipated.mu.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t lead = 0; plan.guided && lead < commanded.size(); ++lead) {
    const double n = row.nByLead[lead];
    if (n == 0.0 && !plan.official) continue;
    commanded[lead] = plan.region.defined() ? whole[lead] : anticipated.commanded(int(lead), n);
  }
  return commanded;
}

DiffusionTrace traceOf(const ScenarioRow& row, const AnticipatedIntensity& expected,
                       const SamplingPlan& plan) {
  DiffusionTrace trace{.nSigma = row.nSigma, .seed = plan.seed, .member = row.member};
  const double leads = double(expected.mu.size());
  for (std::size_t lead = 0; lead < expected.mu.size(); ++lead) {
    trace.expectedMean += expected.mu[lead] / leads;
    trace.commandedMean += expected.commanded(int(lead), row.nByLead[lead]) / leads;
  }
  trace.sampler = plan.sampler;
  trace.guidance = plan.guidance();
  return trace;
}

Tensor regionOf(const ScenarioRequest& request, const Tensor& like) {
  if (!request.region) return {};
  if (std::int64_t(request.region->size()) != like.numel())
    throw UsageError("The region has " + std::to_string(request.region->size()) +
                     " cells, the model's grid " + std::to_string(like.numel()) + ".");
  Tensor region = torch::zeros(like.sizes(), torch::kFloat32);
  float* cell = region.data_ptr<float>();
  for (std::size_t i = 0; i < request.region->size(); ++i)
    cell[i] = (*request.region)[i] ? 1.f : 0.f;
  return region.to(like.device());
}

/// A member of which only one lead time is known.
ScenarioMember earlyMember(const ScenarioRow& row, const ModelContext& context, Provenance provenance,
                           std::int64_t lead, const Tensor& frame, const Tensor& mean) {
  ScenarioMember member{.nSigma = row.nSigma,
                        .member = row.member,
                        .frames = framesFromValues(frame.unsqueeze(0), context, provenance, "")};
  member.frames.frames.front().validTime += minutes(context.grid.stepMinutes * lead);
  member.achieved = {mean.item<double>()};
  return member;
}

void requireSensible(const ScenarioRequest& request) {
  if (!request.context) throw UsageError("A scenario needs a context.");
  if (request.nSigma.empty() || request.members < 1)
    throw UsageError("A scenario needs at least one n and one member.");
  if (request.firstMember < 0) throw UsageError("Members are numbered from 0.");
  for (const auto* values : {&request.nSigma, &request.nSigmaByLead})
    for (const double n : *values)
      if (!(std::abs(n) <= 4.0))
        throw UsageError("n = " + std::to_string(n) +
                         " is outside -4 to 4, which the models know.");
}

}  // namespace

struct NowcastEngine::Impl {
  explicit Impl(const EngineOptions& asked)
      : options(asked), devices(chooseDevices(asked.device, asked.threads)) {
    setPrecision(options.precision);
    requireSameBits();
    if (options.modelFolder.empty()) options.modelFolder = shippedModelFolder();
  }

  /// Where everything but the members of ensembles is computed.
  const torch::Device& device() const { return devices.front().device; }
  torch::ScalarType products() const { return productsOf(options.precision, device()); }

  PreDiffLanes& prediffs() {
    if (!lanes) lanes.emplace(options.modelFolder, devices, products());
    return *lanes;
  }
  PreDiffModel& prediff() { return prediffs().model(); }

  EarthformerForecaster& earthformer() {
    if (!deterministic)
      deterministic.emplace(options.modelFolder, options.earthformerWeights, device(), products());
    return *deterministic;
  }

  ContextEncoding& encodingOf(const ModelContext& context) {
    if (!encoding || encoding->hash != context.hash) encoding = encodeContext(context, device());
    return *encoding;
  }

  std::shared_ptr<const DeterministicForecast> forecast(const ModelContext& context,
                                                        const std::string& name,
                                                        std::stop_token stop,
                                                        const EngineProgress& progress);
  /// Member 0 of PreDiff, which nothing pulls.
  std::shared_ptr<const DeterministicForecast> plainMember(const ModelContext& context,
                                                           std::stop_token stop,
                                                           const EngineProgress& progress);
  std::shared_ptr<const ScenarioForecast> generate(const ScenarioRequest& request,
                                                   std::stop_token stop,
                                                   const EngineProgress& progress,
                                                   const EachMember& eachMember,
                                                   const EarlyFrameReady& early);
  DiffusionTraces trace(const ScenarioRequest& request, std::stop_token stop,
                        const EngineProgress& progress, const TracesSoFar& soFar);
  std::shared_ptr<const ScenarioForecast> stochastic(std::shared_ptr<const ModelContext> context,
                                                     int members, std::uint64_t seed,
                                                     std::stop_token stop);

  EngineOptions options;
  std::vector<ComputeDevice> devices;
  std::optional<PreDiffLanes> lanes;
  std::optional<EarthformerForecaster> deterministic;
  std::optional<ContextEncoding> encoding;
};

std::shared_ptr<const DeterministicForecast> NowcastEngine::Impl::forecast(
    const ModelContext& context, const std::string& name, std::stop_token stop,
    const EngineProgress& progress) {
  const auto start = Clock::now();
  runInBackground();
  auto forecast = std::make_shared<DeterministicForecast>(
      DeterministicForecast{.model = name, .frames = {.geo = context.frames.geo}});
  if (progress) progress(0.0, "reading the motion of the rain");
  const ContextEncoding& encoded = encodingOf(context);
  Tensor values, known;
  if (name == "persistence") {
    values = encoded.past.slice(0, -1).expand_as(encoded.extrapolated);
  } else if (name == "extrapolation") {
    values = encoded.extrapolated;
    known = comesFromInside(encoded);
  } else if (name == "earthformer") {
    if (stop.stop_requested()) throw Stopped();
    if (progress) progress(0.3, "Earthformer");
    values = earthformer().forecast(encoded);
    forecast->model = earthformer().name();
    forecast->weightsHash = earthformer().weightsHash();
  } else if (name == "prediff") {
    return plainMember(context, stop, progress);
  } else {
    throw UsageError("The model \"" + name +
                     "\" is unknown. Use persistence, extrapolation, earthformer or prediff.");
  }
  if (stop.stop_requested()) throw Stopped();
  forecast->frames = framesFromValues(values, context, Provenance::Forecast, forecast->model, known);
  forecast->device = devices.front().name;
  forecast->secondsTaken = secondsSince(start);
  if (progress) progress(1.0, "done");
  return forecast;
}

std::shared_ptr<const ScenarioForecast> NowcastEngine::Impl::generate(
    const ScenarioRequest& request, std::stop_token stop, const EngineProgress& progress,
    const EachMember& eachMember, const EarlyFrameReady& early) {
  const auto start = Clock::now();
  runInBackground();
  requireSensible(request);
  const ModelContext& context = *request.context;
  PreDiffModel& diffusion = prediff();
  SamplingPlan plan = planOf(request, diffusion);
  ContextEncoding& encoded = encodingOf(context);
  plan.region = regionOf(request, encoded.seen);
  if (!encoded.condition.defined()) encoded.condition = diffusion.condition(encoded);

  auto forecast = std::make_shared<ScenarioForecast>();
  forecast->id = request.id;
  forecast->request = request;
  forecast->anticipated = diffusion.statistics().anticipate(encoded.contextMeans);
  forecast->trained = diffusion.trainedRange();
  forecast->model = diffusion.name();
  forecast->weightsHash = diffusion.weightsHash();
  forecast->sampler = plan.sampler;
  forecast->steps = plan.steps;
  forecast->guidance = plan.guidance();
  forecast->device = nameOf(devices);
  forecast->precision = options.precision;
  const Provenance provenance =
      request.quality == Quality::Full ? Provenance::Forecast : Provenance::Preview;

  if (!request.nSigmaByLead.empty() &&
      request.nSigmaByLead.size() != forecast->anticipated.mu.size())
    throw UsageError("A bent command needs one n for each of " +
                     std::to_string(forecast->anticipated.mu.size()) + " lead times.");
  const std::vector<ScenarioRow> rows = rowsOf(request, forecast->anticipated.mu.size());
  DrawObserver observer;
  if (early)
    observer.early = [&](std::int64_t lead, const Tensor& frame, const Tensor& mean) {
      auto first = std::make_shared<ScenarioForecast>(*forecast);  // no members yet
      first->members = {earlyMember(rows.front(), context, provenance, lead, frame, mean)};
      first->secondsTaken = secondsSince(start);
      early(std::move(first));
    };
  const PreDiffLanes::OwnWork own = prediffs().ownWork(rows.size());
  const double expected =
      double(own.parts) * double(plan.evaluations()) + (plan.pulls ? double(own.rows) : 0.0);
  double done = 0.0;
  const auto eachStep = [&] {
    if (progress) progress(std::min(1.0, ++done / expected), "PreDiff");
  };
  const auto addMembers = [&](const std::vector<ScenarioRow>& some, const SampledRows& sampled) {
    for (std::size_t i = 0; i < some.size(); ++i) {
      const auto row = std::int64_t(i);
      forecast->members.push_back(
          {.nSigma = some[i].nSigma,
           .member = some[i].member,
           .frames = framesFromValues(sampled.frames[row], context, provenance, diffusion.name()),
           .commanded = commandedOf(some[i], forecast->anticipated, plan, sampled.commanded[row]),
           .achieved = numbersOf(sampled.achieved[row])});
      if (eachMember) eachMember(forecast->members.back());
    }
  };
  prediffs().sample(
      rows, {encoded, forecast->anticipated, plan, std::move(stop), eachStep, observer}, addMembers);
  forecast->secondsTaken = secondsSince(start);
  return forecast;
}

DiffusionTraces NowcastEngine::Impl::trace(const ScenarioRequest& request, std::stop_token stop,
                                           const EngineProgress& progress,
                                           const TracesSoFar& soFar) {
  constexpr double kDrawing = 0.2;  // of the work; decoding is the rest
  const auto start = Clock::now();
  runInBackground();
  requireSensible(request);
  ScenarioRequest one = request;
  one.members = 1;
  PreDiffModel& diffusion = prediff();
  SamplingPlan plan = planOf(one, diffusion);
  ContextEncoding& encoded = encodingOf(*request.context);
  plan.region = regionOf(request, encoded.seen);
  if (!encoded.condition.defined()) encoded.condition = diffusion.condition(encoded);
  const AnticipatedIntensity expected = diffusion.statistics().anticipate(encoded.contextMeans);
  const std::vector<ScenarioRow> rows = rowsOf(one, expected.mu.size());
  std::vector<DiffusionKeeper> keepers(rows.size(), DiffusionKeeper(diffusion, encoded));
  double done = 0.0;
  const double steps = double(plan.evaluations() + 1) * double(rows.size());
  const auto eachStep = [&] {
    if (progress) progress(kDrawing * std::min(1.0, ++done / steps), "drawing step by step");
  };
  for (std::size_t i = 0; i < rows.size(); ++i)
    prediffs().sampler().sample({rows[i]}, encoded, expected, plan, stop, eachStep, keepers[i].observer());
  const auto traces = [&] {
    DiffusionTraces all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto trace = std::make_shared<DiffusionTrace>(traceOf(rows[i], expected, plan));
      trace->steps = keepers[i].steps(*request.context);
      trace->model = diffusion.name();
      trace->weightsHash = diffusion.weightsHash();
      trace->device = devices.front().name;
      trace->secondsTaken = secondsSince(start);
      all.push_back(std::move(trace));
    }
    return all;
  };
  const std::int64_t leads = keepers.front().leads();
  for (std::int64_t lead = leads - 1; lead >= 0; --lead) {
    if (progress)
      progress(1.0 - (1.0 - kDrawing) * double(lead + 1) / double(leads), "decoding every step");
    for (DiffusionKeeper& keeper : keepers) {
      if (stop.stop_requested()) throw Stopped();
      keeper.decodeLead(lead);
    }
    if (lead == leads - 1 && lead > 0 && soFar) soFar(traces());
  }
  return traces();
}

std::shared_ptr<const DeterministicForecast> NowcastEngine::Impl::plainMember(
    const ModelContext& context, std::stop_token stop, const EngineProgress& progress) {
  ScenarioRequest request;
  request.context = std::shared_ptr<const ModelContext>(std::shared_ptr<void>(), &context);  // lent
  request.guidance = "none";
  const auto drawn = generate(request, stop, progress, {}, {});
  return std::make_shared<DeterministicForecast>(
      DeterministicForecast{.model = drawn->model,
                            .weightsHash = drawn->weightsHash,
                            .frames = drawn->members.front().frames,
                            .device = drawn->device,
                            .secondsTaken = drawn->secondsTaken});
}

std::shared_ptr<const ScenarioForecast> NowcastEngine::Impl::stochastic(
    std::shared_ptr<const ModelContext> context, int members, std::uint64_t seed,
    std::stop_token stop) {
  const auto start = Clock::now();
  runInBackground();
  if (!context || members < 1)
    throw UsageError("An ensemble needs a context and at least one member.");
  const ContextEncoding& encoded = encodingOf(*context);
  auto forecast = std::make_shared<ScenarioForecast>();
  forecast->request.context = context;
  forecast->request.members = members;
  forecast->request.seed = seed;
  forecast->model = "stochastic extrapolation";
  forecast->device = devices.front().name;
  forecast->precision = "fp32";
  const Tensor drawn = stormloom::stochasticExtrapolation(
      encoded.past, encoded.motion,
      {.members = members, .leads = context->grid.targetFrames, .seed = seed});
  for (std::int64_t member = 0; member < drawn.size(0); ++member) {
    if (stop.stop_requested()) throw Stopped();
    const Tensor frames = drawn[member];
    forecast->members.push_back(
        {.nSigma = std::numeric_limits<double>::quiet_NaN(),
         .member = int(member),
         .frames = framesFromValues(frames, *context, Provenance::Forecast, forecast->model),
         .commanded = std::vector<double>(std::size_t(frames.size(0)),
                                          std::numeric_limits<double>::quiet_NaN()),
         .achieved = numbersOf(frameMeans(frames, encoded.seen))});
  }
  forecast->secondsTaken = secondsSince(start);
  return forecast;
}

NowcastEngine::NowcastEngine(const EngineOptions& options)
    : impl_(std::make_unique<Impl>(options)) {}
NowcastEngine::~NowcastEngine() = default;

std::string NowcastEngine::deviceName() const { return nameOf(impl_->devices); }
std::string NowcastEngine::modelName() const { return impl_->prediff().name(); }

std::shared_ptr<const DeterministicForecast> NowcastEngine::forecast(
    const ModelContext& context, const std::string& model, std::stop_token stop,
    const EngineProgress& progress) {
  return inWords(deviceName(), [&]() -> std::shared_ptr<const DeterministicForecast> {
    return impl_->forecast(context, model, stop, progress);
  });
}

std::shared_ptr<const ScenarioForecast> NowcastEngine::generate(const ScenarioRequest& request,
                                                                std::stop_token stop,
                                                                const EngineProgress& progress,
                                                                const EachMember& eachMember,
                                                                const EarlyFrameReady& early) {
  return inWords(deviceName(), [&]() -> std::shared_ptr<const ScenarioForecast> {
    return impl_->generate(request, stop, progress, eachMember, early);
  });
}

DiffusionTraces NowcastEngine::trace(const ScenarioRequest& request, std::stop_token stop,
                                     const EngineProgress& progress, const TracesSoFar& soFar) {
  return inWords(deviceName(), [&]() -> DiffusionTraces {
    return impl_->trace(request, stop, progress, soFar);
  });
}

std::shared_ptr<const ScenarioForecast> NowcastEngine::stochasticExtrapolation(
    std::shared_ptr<const ModelContext> context, int members, std::uint64_t seed,
    std::stop_token stop) {
  return inWords(deviceName(), [&]() -> std::shared_ptr<const ScenarioForecast> {
    return impl_->stochastic(std::move(context), members, seed, stop);
  });
}

AnticipatedIntensity NowcastEngine::anticipated(const ModelContext& context) const {
  return impl_->prediff().statistics().anticipate(contextMeansOf(context));
}

std::string shippedModelFolder() {
  if (const char* chosen = std::getenv("STORMLOOM_MODELS"); chosen && *chosen) return chosen;
  for (const char* place : {"share/stormloom/models", "resources/models"})
    if (const auto found = findAboveProgram(place)) return found->string();
  return "resources/models";
}

}  // namespace stormloom
