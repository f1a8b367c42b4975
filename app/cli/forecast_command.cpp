#include "app/cli/inputs.h"

namespace stormloom::cli {

namespace {

Json writeDeterministic(const Session& session, const ModelContext& context,
                        const std::string& model, const std::string& out) {
  EngineOptions options = engineOptionsFrom(session);
  options.earthformerWeights = session.arguments.text("--weights");
  NowcastEngine engine(options);
  const auto forecast = withProgress(session, model, [&](const EngineProgress& progress) {
    return engine.forecast(context, model, session.stop, progress);
  });
  Receipt receipt = receiptFor(session, context);
  receipt.insert(receipt.end(), {{"model", forecast->model},
                                 {"weights_sha256", forecast->weightsHash},
                                 {"device", forecast->device}});
  writeForecastFile(out, *forecast, context, receipt);
  return Json::object({{"file", out},
                       {"model", forecast->model},
                       {"weights_sha256", forecast->weightsHash},
                       {"device", forecast->device},
                       {"frames", forecast->frames.frames.size()},
                       {"run_time", isoText(context.runTime)},
                       {"seconds", forecast->secondsTaken}});
}

ExitCode run(const Session& session) {
  const std::string out = session.arguments.required("--out");
  checkOutput(out, ".nc");
  session.arguments.required("--model");
  const std::string model = session.arguments.choice(
      "--model", {"persistence", "extrapolation", "earthformer", "prediff"});
  if (model == "prediff" && session.arguments.has("--weights"))
    throw UsageError("PreDiff is several networks: make a folder of them with stormloom-cli models "
                     "adopt, and name it with --models instead of --weights.");
  return withInputs(session, [&](const RadarFiles& files) {
    const ModelContext context = contextFrom(session, files, gridOfWeights(session));
    const Json result = writeDeterministic(session, context, model, out);
    session.console.resultJson(result);
    session.console.result(out);
    return ExitCode::Done;
  });
}

}  // namespace

Command forecastCommand() {
  std::vector<Option> options = {
      {"--model", "NAME", "persistence, extrapolation, earthformer or prediff (one member, unguided).", ""},
      {"--weights", "FILE", "Earthformer weights instead of the shipped ones.", ""},
      {"--out", "FILE.nc", "CF NetCDF to write.", ""}};
  for (const Option& option : contextOptions()) options.push_back(option);
  for (const Option& option : watchOptions()) options.push_back(option);
  return {"forecast",
          "PATH... --model NAME --out FILE.nc",
          "One future of the next hour.",
          "",
          options,
          {"forecast out/demo.nc --model extrapolation --at 2019-07-01T22:00:00Z --out out/f.nc",
           "forecast /data/radar --model earthformer --box 5.1,52.1 --out f.nc",
           "forecast --watch /data/incoming --model extrapolation --out latest.nc"},
          0,
          -1,
          run};
}

}  // namespace stormloom::cli
