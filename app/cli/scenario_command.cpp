#include <memory>
#include <optional>

#include "app/cli/inputs.h"
#include "app/cli/pictures.h"

namespace stormloom::cli {

namespace {

ScenarioRequest requestFrom(const Session& session, std::shared_ptr<const ModelContext> context) {
  const Arguments& arguments = session.arguments;
  ScenarioRequest request;
  request.context = std::move(context);
  request.nSigma = arguments.numbers("--n", -4.0, 4.0);
  request.seed = arguments.seed("--seed");
  request.members = arguments.integer("--members", 1, 256);
  request.steps = arguments.integer("--steps", 0, 1000);
  request.sampler = arguments.text("--sampler");  // the weights know which suit them
  if (arguments.has("--guidance"))
    request.guidance = arguments.choice("--guidance", {"own", "official", "none"});
  return request;
}

std::string numberList(const std::vector<double>& values) {
  std::string text;
  char number[32];
  for (const double value : values) {
    std::snprintf(number, sizeof number, "%s%g", text.empty() ? "" : ",", value);
    text += number;
  }
  return text;
}

Receipt scenarioReceipt(const Session& session, const ScenarioForecast& forecast) {
  Receipt receipt = receiptFor(session, *forecast.request.context);
  receipt.insert(receipt.end(), {{"model", forecast.model},
                                 {"weights_sha256", forecast.weightsHash},
                                 {"sampler", forecast.sampler},
                                 {"steps", std::to_string(forecast.steps)},
                                 {"guidance", forecast.guidance},
                                 {"requested_n_sigma", numberList(forecast.request.nSigma)},
                                 {"seed", std::to_string(forecast.request.seed)},
                                 {"members", std::to_string(forecast.request.members)},
                                 {"device", forecast.device},
                                 {"precision", forecast.precision}});
  return receipt;
}

double lastOf(const std::vector<double>& values) { return values.empty() ? 0.0 : values.back(); }

Json jsonFromMember(const ScenarioMember& member) {
  return Json::object({{"n", member.nSigma},
                       {"realization", member.member},
                       {"commanded_intensity", member.commanded},
                       {"achieved_intensity", member.achieved}});
}

void report(const Session& session, const ScenarioForecast& forecast, const Json& files) {
  Json members = Json::array();
  TextTable table({"scenario", "member", "asked", "got", ""});
  for (const ScenarioMember& member : forecast.members) {
    members.push(jsonFromMember(member));
    table.add({sigmaText(member.nSigma), std::to_string(member.member + 1),
               decimals(255.0 * lastOf(member.commanded), 1),
               decimals(255.0 * lastOf(member.achieved), 1), intensityWords(member.nSigma)});
  }
  session.console.resultJson(Json::object({{"files", files},
                                           {"model", forecast.model},
                                           {"weights_sha256", forecast.weightsHash},
                                           {"sampler", forecast.sampler},
                                           {"steps", forecast.steps},
                                           {"guidance", forecast.guidance},
                                           {"seed", forecast.request.seed},
                                           {"device", forecast.device},
                                           {"precision", forecast.precision},
                                           {"run_time", isoText(forecast.request.context->runTime)},
                                           {"seconds", forecast.secondsTaken},
                                           {"members", members}}));
  session.console.note("Mean intensity at the last lead time, 0-255 scale:\n" + table.text());
  for (const Json& file : files) session.console.result(file.asString());
}

void writeScenarios(const Session& session, NowcastEngine& engine, const ScenarioRequest& request,
                    const std::string& out, const std::string& animation) {
  const auto forecast = withProgress(session, "Scenarios", [&](const EngineProgress& progress) {
    return engine.generate(request, session.stop, progress);
  });
  Json files = Json::array();
  writeScenarioFile(out, *forecast, scenarioReceipt(session, *forecast));
  files.push(out);
  if (!animation.empty()) {
    const ModelContext& context = *request.context;
    animate(session, filmOfScenarios(context.frames, context.runTime, forecast->members), animation,
            session.commandLine);
    files.push(animation);
  }
  report(session, *forecast, files);
}

ExitCode run(const Session& session) {
  const std::string out = session.arguments.required("--out");
  checkOutput(out, ".nc");
  const std::string animation = session.arguments.text("--animate");
  if (!animation.empty()) checkAnimation(animation);
  const ScenarioRequest request = requestFrom(session, nullptr);
  std::optional<NowcastEngine> engine;  // kept while watching
  return withInputs(session, [&](const RadarFiles& files) {
    ScenarioRequest full = request;
    full.context = std::make_shared<const ModelContext>(contextFrom(session, files));
    if (!engine) engine.emplace(engineOptionsFrom(session));
    writeScenarios(session, *engine, full, out, animation);
    return ExitCode::Done;
  });
}

}  // namespace

Command scenarioCommand() {
  std::vector<Option> options = {
      {"--n", "LIST", "Intensities in standard deviations, −4 to 4, with commas.", "0"},
      {"--members", "M", "Futures for each n.", "1"},
      {"--seed", "S", "The dice; the same for every n.", "1"},
      {"--sampler", "NAME",
       "flow-ab2, flow-euler or flow-heun; of published weights dpm++, ddim, ddim-quad (:ETA may "
       "follow) or ddpm; else the model's.",
       ""},
      {"--steps", "K", "Sampling steps; 0: the model's own number.", "0"},
      {"--guidance", "NAME",
       "own, official (published weights: their knowledge alignment) or none.", "own"},
      {"--out", "FILE.nc", "CF NetCDF to write.", ""},
      {"--animate", "FILE", "Also an animation: .mp4, .gif or a folder of PNG.", ""}};
  for (const Option& option : contextOptions()) options.push_back(option);
  for (const Option& option : watchOptions()) options.push_back(option);
  for (const Option& option : pictureOptions()) options.push_back(option);
  return {"scenario",
          "PATH... --n -4,-2,0,2,4 --out FILE.nc",
          "What if the storm becomes weaker or stronger than expected?",
          "One future for each n and member: mean intensity as anticipated plus n standard "
          "deviations.\nThe same seed serves every n, so the pictures differ by the intensity, not "
          "by the dice.",
          options,
          {"scenario out/demo.nc --n -4,-2,0,2,4 --out out/s.nc --animate out/s.mp4",
           "scenario /data/radar --at 2019-06-10T00:24:00Z --box 5.1,52.1 --members 4 --out s.nc",
           "scenario --watch /data/incoming --n -2,0,2 --out latest.nc"},
          0,
          -1,
          run};
}

}  // namespace stormloom::cli
