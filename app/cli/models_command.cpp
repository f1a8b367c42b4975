#include <algorithm>
#include <filesystem>

#include "app/cli/outputs.h"
#include "core/sha256.h"
#include "models/nowcast_engine.h"
#include "models/weights_adoption.h"
#include "models/weights_check.h"

namespace stormloom::cli {

namespace {

namespace fs = std::filesystem;

bool isWeightsFile(const fs::path& path) {
  const std::string ending = path.extension().string();
  return ending == ".safetensors" || ending == ".pt" || ending == ".pth" || ending == ".ckpt";
}

std::vector<std::string> weightsIn(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code failure;
  fs::recursive_directory_iterator walk(folder, failure);
  for (; !failure && walk != fs::recursive_directory_iterator(); walk.increment(failure))
    if (walk->is_regular_file(failure) && isWeightsFile(walk->path()))
      files.push_back(walk->path().string());
  std::sort(files.begin(), files.end());
  return files;
}

Json jsonFromReport(const std::string& file, const WeightsReport& report) {
  return Json::object({{"file", file},
                       {"format", report.format},
                       {"container", report.container},
                       {"architecture", report.architecture},
                       {"tensors", report.tensors},
                       {"parameters", report.parameters},
                       {"networks", report.prefixes},
                       {"missing", report.missing},
                       {"unexpected", report.unexpected},
                       {"sentence", report.sentence},
                       {"sha256", sha256OfFile(file)}});
}

std::string listOf(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

ExitCode checkOne(const Session& session, const std::string& file) {
  const std::string copy = session.arguments.text("--convert");
  if (!copy.empty()) checkOutput(session, copy, {".safetensors"});
  const WeightsReport report = checkWeights(file);
  const Console& console = session.console;
  Json json = jsonFromReport(file, report);
  if (!copy.empty()) {
    convertWeights(file, copy);
    json.set("converted", copy);
  }
  console.resultJson(json);
  console.result(console.strong(file));
  console.result("  " + report.sentence);
  const std::string container = report.container == "lightning"    ? ", a training checkpoint"
                                : report.container == "state_dict" ? ", under \"state_dict\""
                                                                   : "";
  console.result("  " + report.format + container + ", " + std::to_string(report.tensors) +
                 " tensors, " + std::to_string(report.parameters) + " parameters");
  if (!report.prefixes.empty()) console.result("  networks: " + listOf(report.prefixes));
  if (!report.missing.empty()) console.result("  missing: " + listOf(report.missing));
  if (!report.unexpected.empty()) console.result("  unexpected: " + listOf(report.unexpected));
  console.result("  sha256 " + sha256OfFile(file));
  if (!copy.empty()) console.result("  written as safetensors: " + copy);
  return report.missing.empty() && report.unexpected.empty() ? ExitCode::Done
                                                             : ExitCode::UnfitWeights;
}

/// Damaged weights among the installed ones are named and do not hide the others.
ExitCode listAll(const Session& session) {
  const std::string folder = shippedModelFolder();
  Json list = Json::array();
  TextTable table({"weights", "network", "parameters"});
  ExitCode code = ExitCode::Done;
  for (const std::string& file : weightsIn(folder)) {
    stopHere(session);
    const std::string name = fs::path(file).lexically_relative(folder).string();
    try {
      const WeightsReport report = checkWeights(file);
      list.push(jsonFromReport(file, report));
      const std::string network = report.architecture.empty() ? fs::path(name).stem().string()
                                                              : report.architecture;
      table.add({name, network, std::to_string(report.parameters)});
    } catch (const StormloomError& error) {
      code = error.exitCode();
      list.push(Json::object({{"file", file}, {"error", error.what()}}));
      table.add({name, error.what(), ""});
    }
  }
  session.console.resultJson(Json::object({{"folder", folder}, {"models", list}}));
  session.console.result("Model folder: " + folder);
  session.console.result(list.size() ? table.text()
                                     : "  No weights are installed here; $STORMLOOM_MODELS may "
                                       "name another folder.");
  return code;
}

ExitCode adopt(const Session& session, const std::vector<std::string>& files) {
  const std::string folder = session.arguments.required("--out");
  const AdoptionReport report = adoptWeights(files, folder);
  Json networks = Json::array();
  TextTable table({"network", "what it is", "parameters", "from"});
  for (const AdoptedNetwork& network : report.networks) {
    networks.push(Json::object({{"network", network.network},
                                {"name", network.name},
                                {"parameters", network.parameters},
                                {"from", network.from}}));
    table.add({network.network, network.name, std::to_string(network.parameters), network.from});
  }
  session.console.resultJson(
      Json::object({{"folder", folder}, {"networks", networks}, {"notes", report.notes}}));
  session.console.result(table.text());
  for (const std::string& note : report.notes) session.console.note(note);
  session.console.note("Forecast with them: stormloom-cli scenario PATH... --models " + folder +
                       " --out FILE.nc");
  return ExitCode::Done;
}

ExitCode run(const Session& session) {
  const std::vector<std::string>& words = session.arguments.positionals();
  if (!words.empty() && words[0] == "adopt") {
    if (words.size() < 2)
      throw UsageError("Name the files to adopt: models adopt VAE.pt DENOISER.pt --out FOLDER");
    return adopt(session, {words.begin() + 1, words.end()});
  }
  if (words.size() > 2)
    throw UsageError("\"" + words[2] + "\" is too much. Usage: stormloom-cli models check FILE");
  if (words.empty() && session.arguments.has("--convert"))
    throw UsageError("--convert belongs to one file: models check FILE --convert COPY.safetensors");
  if (words.empty()) return listAll(session);
  if (words[0] != "check")
    throw UsageError("models knows check and adopt, not \"" + words[0] + "\".");
  if (words.size() < 2) throw UsageError("Name the file to check: stormloom-cli models check FILE");
  return checkOne(session, words[1]);
}

}  // namespace

Command modelsCommand() {
  return {
      "models",
      "[check FILE | adopt FILE... --out FOLDER]",
      "Shipped and installed weights; checks one file, adopts published ones.",
      "check reads every name and size in the file without running anything in it. Exit code 4 "
      "when it is damaged or does not fit.\nadopt makes a folder of models for --models: of VAE, "
      "denoiser and alignment network of a published PreDiff, an Earthformer, or training "
      "checkpoints that hold several. Names and shapes tell which is which.",
      {{"--convert", "FILE.safetensors", "With check: also write the tensors as safetensors.", "",
        "", true},
       {"--out", "FOLDER", "With adopt: folder of cards and weights to make.", "", "", true}},
      {"models", "models check downloads/earthformer_sevir.pt",
       "models check earthformer_sevir.pt --convert earthformer_sevir.safetensors",
       "models adopt vae.pt earthformerunet.pt alignment.pt --out prediff"},
      0,
      -1,
      run};
}

}  // namespace stormloom::cli
