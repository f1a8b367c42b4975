#include <algorithm>
#include <chrono>

#include "app/cli/command.h"
#include "models/training.h"

namespace stormloom::cli {

namespace {

TrainingRequest requestFrom(const Arguments& arguments) {
  const std::vector<std::string> networks = {"vae", "denoiser", "alignment", "earthformer"};
  TrainingRequest request;
  request.network = arguments.positionals().front();
  if (std::find(networks.begin(), networks.end(), request.network) == networks.end())
    throw UsageError("train knows vae, denoiser, alignment and earthformer, not \"" +
                     request.network + "\".");
  request.data = arguments.text("--data");
  request.output = arguments.required("--out");
  request.recipe = arguments.text("--recipe");
  request.vae = arguments.text("--vae");
  request.start = arguments.text("--start");
  request.teacher = arguments.text("--teacher");
  request.device = arguments.text("--device");
  if (arguments.has("--precision"))
    request.precision = arguments.choice("--precision", {"fp32", "tf32", "bf16"});
  request.maxMinutes = arguments.number("--minutes", 0.0, 1e6);
  request.stateSeconds = arguments.number("--state-seconds", 0.0, 1e6);
  request.resume = !arguments.has("--fresh");
  return request;
}

ExitCode run(const Session& session) {
  const TrainingRequest request = requestFrom(session.arguments);
  const auto start = std::chrono::steady_clock::now();
  train(request, session.stop, [&](const std::string& line) { session.console.note(line); });
  if (session.stop.stop_requested()) {
    session.console.note("Stopped. The same command goes on from the state beside " +
                         request.output + ".");
    throw Cancelled();
  }
  const double minutes =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / 60.0;
  session.console.result(request.output);
  session.console.resultJson(Json::object(
      {{"network", request.network}, {"weights", request.output}, {"minutes", minutes}}));
  return ExitCode::Done;
}

}  // namespace

Command trainCommand() {
  return {"train",
          "vae|denoiser|alignment|earthformer --data FILE --out FILE",
          "Trains a network from a corpus of radar events.",
          "Model card, run, log and state lie beside the weights; an interrupted run goes on from its "
          "state, and --recipe NAME.run.json repeats a run.",
          {{"--data", "FILE", "Training corpus, HDF5; may be left out where the recipe is a whole run.", ""},
           {"--out", "FILE", "Weights to write, .safetensors.", ""},
           {"--recipe", "FILE", "JSON with sizes and rates, or a whole run; without it the shipped one.", ""},
           {"--vae", "FILE", "Weights of the VAE; the denoiser and alignment need it.", ""},
           {"--start", "FILE", "Weights to begin with instead of random ones.", ""},
           {"--teacher", "FOLDER", "Models whose PreDiff teaches the Earthformer what to expect.", ""},
           {"--state-seconds", "S", "Time between states that a killed run goes on from.", "60"},
           {"--minutes", "M", "Stop after that long; 0: as the recipe says.", "0"},
           {"--fresh", "", "Begin anew even if there is a state to go on from.", ""}},
          {"train vae --data frames.h5 --out vae.safetensors --device cuda",
           "train denoiser --data frames.h5 --vae vae.safetensors --out denoiser.safetensors"},
          1,
          1,
          run};
}

}  // namespace stormloom::cli
