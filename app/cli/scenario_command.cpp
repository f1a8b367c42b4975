#include <cmath>

#include "app/cli/inputs.h"
#include "app/cli/outputs.h"
#include "app/cli/pictures.h"
#include "core/control_command.h"

namespace stormloom::cli {

namespace {

ScenarioRequest requestFrom(const Session& session) {
  const Arguments& arguments = session.arguments;
  ScenarioRequest request;
  request.nSigma = arguments.numbers("--n", -4.0, 4.0);
  request.seed = arguments.seed("--seed");
  request.members = arguments.integer("--members", 1, 256);
  request.firstMember = arguments.integer("--first-member", 1, 100'000) - 1;
  if (arguments.has("--curve")) {
    request.nSigmaByLead = arguments.numbers("--curve", -4.0, 4.0);
    if (request.nSigma.size() > 1)
      throw UsageError("--curve is one command for each lead time: leave --n out, or give one.");
  }
  request.steps = arguments.integer("--steps", 0, 1000);
  request.sampler = arguments.text("--sampler");  // the weights know which suit them
  if (arguments.has("--guidance"))
    request.guidance = arguments.choice("--guidance", {"own", "official", "none"});
  return request;
}

/// Cells that --within names, or none.
std::shared_ptr<const std::vector<std::uint8_t>> regionFrom(const Session& session,
                                                            const GeoReference& geo) {
  if (!session.arguments.has("--within")) return nullptr;
  const std::vector<double> numbers = session.arguments.numbers("--within", -360.0, 360.0);
  if (numbers.size() < 6 || numbers.size() % 2 != 0)
    throw UsageError("--within needs three corners or more, LON,LAT,LON,LAT,LON,LAT, not " +
                     std::to_string(numbers.size()) + " numbers.");
  MapRegion area;
  for (std::size_t i = 0; i < numbers.size(); i += 2)
    area.outline.push_back({numbers[i], numbers[i + 1]});
  const auto mask = controlMask(area, geo);
  if (!mask) throw UsageError("--within: no cell of the box lies in this area.");
  return mask;
}

double lastOf(const std::vector<double>& values) { return values.empty() ? 0.0 : values.back(); }

/// On the 0-255 scale at the last lead time; n = 0 asks for nothing.
std::string askedText(const ScenarioMember& member, const AnticipatedIntensity& anticipated) {
  const double asked = lastOf(member.commanded);
  if (!std::isnan(asked)) return decimals(255.0 * asked, 1);
  return "free (expected " + decimals(255.0 * lastOf(anticipated.mu), 1) + ")";
}

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
               askedText(member, forecast.anticipated),
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
                                           {"largest_time_offset_seconds",
                                            largestOffset(*forecast.request.context).count()},
                                           {"time_tolerance_seconds", forecast.request.context->tolerance.count()},
                                           {"seconds", forecast.secondsTaken},
                                           {"members", members}}));
  session.console.note("Mean intensity at the last lead time, 0-255 scale:\n" + table.text());
  for (const Json& file : files) session.console.result(file.asString());
}

void writeScenarios(const Session& session, const CutInput& input, ScenarioRequest request,
                    const std::string& out, const std::string& animation) {
  request.context = input.context;
  request.region = regionFrom(session, input.context->frames.geo);
  NowcastEngine& engine = session.bench.engine(engineOptionsFrom(session));
  const auto forecast = withProgress(session, "Scenarios", [&](const EngineProgress& progress) {
    return engine.generate(request, session.stop, progress);
  });
  Json files = Json::array();
  writeScenarioFile(out, *forecast, receiptFor(session, "--out", input));
  files.push(out);
  if (!animation.empty()) {
    const Film film =
        filmOfScenarios(input.context->frames, input.context->runTime, forecast->members);
    animate(session, film, animation,
            withForecast(receiptFor(session, "--animate", input), *forecast));
    files.push(animation);
  }
  report(session, *forecast, files);
}

ExitCode run(const Session& session) {
  const std::string out = session.arguments.required("--out");
  checkOutput(session, out, {".nc"});
  const std::string animation = session.arguments.text("--animate");
  if (!animation.empty()) checkAnimation(session, animation);
  const ScenarioRequest request = requestFrom(session);
  return withInputs(session, [&](const RadarFiles& files) {
    writeScenarios(session, cutInput(session, files), request, out, animation);
    return ExitCode::Done;
  });
}

}  // namespace

Command scenarioCommand() {
  std::vector<Option> options = {
      {"--n", "LIST", "Intensities in standard deviations, −4 to 4, with commas.", "0"},
      {"--curve", "LIST", "Instead of one n: one for each lead time, with commas.", ""},
      {"--within", "LON,LAT,...", "Corners of the area that the command is limited to.", ""},
      {"--members", "M", "Futures for each n.", "1"},
      {"--first-member", "M", "Number of the first: later ones without those before.", "1"},
      {"--seed", "S", "The dice; the same for every n.", "1"},
      {"--sampler", "NAME",
       "flow-ab2, flow-euler or flow-heun; of published weights dpm++, ddim, ddim-quad (:ETA may "
       "follow) or ddpm; else the model's.",
       ""},
      {"--steps", "K", "Sampling steps; 0: the model's own number.", "0"},
      {"--guidance", "NAME",
       "own, official (published weights: their knowledge alignment) or none.", "own"},
      {"--out", "FILE.nc", "CF NetCDF to write.", "", "", true},
      {"--animate", "FILE", "Also an animation: .mp4, .webm, .gif or a folder of PNG.", "", "",
       true}};
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
          {"scenario out/demo.nc --at 2019-07-01T22:00:00Z --n -4,-2,0,2,4 --out out/s.nc --animate out/s.mp4",
           "scenario /data/radar --at 2019-06-10T00:24:00Z --box 5.1,52.1 --members 4 --out s.nc",
           "scenario --watch /data/incoming --n -2,0,2 --out latest.nc"},
          0,
          -1,
          run};
}

}  // namespace stormloom::cli
