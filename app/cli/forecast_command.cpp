#include "app/cli/inputs.h"
#include "app/cli/outputs.h"

namespace stormloom::cli {

namespace {

/// PreDiff's first member, asked for nothing.
std::shared_ptr<const DeterministicForecast> firstMember(const ScenarioForecast& forecast) {
  return std::make_shared<DeterministicForecast>(
      DeterministicForecast{.model = forecast.model,
                            .weightsHash = forecast.weightsHash,
                            .frames = forecast.members.at(0).frames,
                            .device = forecast.device,
                            .secondsTaken = forecast.secondsTaken});
}

std::shared_ptr<const DeterministicForecast> compute(const Session& session, const CutInput& input,
                                                     const std::string& model, Receipt& receipt) {
  EngineOptions options = engineOptionsFrom(session);
  options.earthformerWeights = session.arguments.text("--weights");
  NowcastEngine& engine = session.bench.engine(options);
  if (model == "prediff") {
    ScenarioRequest request;
    request.context = input.context;
    request.seed = session.arguments.seed("--seed");
    const auto forecast = withProgress(session, model, [&](const EngineProgress& progress) {
      return engine.generate(request, session.stop, progress);
    });
    receipt = withForecast(receipt, *forecast);
    return firstMember(*forecast);
  }
  const auto forecast = withProgress(session, model, [&](const EngineProgress& progress) {
    return engine.forecast(*input.context, model, session.stop, progress);
  });
  receipt = withForecast(receipt, *forecast);
  return forecast;
}

void writeForecast(const Session& session, const CutInput& input, const std::string& model,
                   const std::string& out) {
  Receipt receipt = receiptFor(session, "--out", input);
  const auto forecast = compute(session, input, model, receipt);
  writeForecastFile(out, *forecast, *input.context, receipt);
  session.console.resultJson(Json::object({{"file", out},
                                           {"model", forecast->model},
                                           {"weights_sha256", forecast->weightsHash},
                                           {"device", forecast->device},
                                           {"frames", forecast->frames.frames.size()},
                                           {"run_time", isoText(input.context->runTime)},
                                           {"largest_time_offset_seconds", largestOffset(*input.context).count()},
                                           {"time_tolerance_seconds", input.context->tolerance.count()},
                                           {"seconds", forecast->secondsTaken}}));
  session.console.result(out);
}

ExitCode run(const Session& session) {
  const std::string out = session.arguments.required("--out");
  session.arguments.required("--model");
  const std::string model = session.arguments.choice(
      "--model", {"persistence", "extrapolation", "earthformer", "prediff"});
  if (model == "prediff" && session.arguments.has("--weights"))
    throw UsageError(
        "PreDiff is several networks: make a folder of them with stormloom-cli models "
        "adopt, and name it with --models instead of --weights.");
  checkOutput(session, out, {".nc"});
  return withInputs(session, [&](const RadarFiles& files) {
    writeForecast(session, cutInput(session, files, gridOfWeights(session)), model, out);
    return ExitCode::Done;
  });
}

}  // namespace

Command forecastCommand() {
  std::vector<Option> options = {
      {"--model", "NAME",
       "persistence, extrapolation, earthformer or prediff (one member, unguided).", ""},
      {"--weights", "FILE", "Earthformer weights instead of the shipped ones.", ""},
      {"--seed", "S", "The dice of prediff.", "1"},
      {"--out", "FILE.nc", "CF NetCDF to write.", "", "", true}};
  for (const Option& option : contextOptions()) options.push_back(option);
  for (const Option& option : watchOptions()) options.push_back(option);
  return {"forecast",
          "PATH... --model NAME --out FILE.nc",
          "One future of the next hour.",
          "persistence: the last frame stays; extrapolation: it moves on; earthformer: one smooth "
          "future;\nprediff: one sharp future of many, without any wish for its intensity (more: "
          "scenario).",
          options,
          {"forecast out/demo.nc --model extrapolation --at 2019-07-01T22:00:00Z --out out/f.nc",
           "forecast /data/radar --model earthformer --box 5.1,52.1 --out f.nc",
           "forecast --watch /data/incoming --model extrapolation --out latest.nc"},
          0,
          -1,
          run};
}

}  // namespace stormloom::cli
