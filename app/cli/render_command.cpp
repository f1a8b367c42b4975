#include <filesystem>

#include "app/cli/inputs.h"
#include "app/cli/pictures.h"

namespace stormloom::cli {

namespace {

Film filmFrom(const Session& session) {
  const std::vector<std::string>& paths = session.arguments.positionals();
  if (paths.size() == 1 && std::filesystem::is_regular_file(paths.front()) &&
      isResultFile(paths.front()))
    return filmOfResult(readResultFile(paths.front()));
  const RadarFiles files = readInputs(session);
  const FrameSequence* longest = &files.sequences.front();
  for (const FrameSequence& sequence : files.sequences)
    if (sequence.frames.size() > longest->frames.size()) longest = &sequence;
  if (files.sequences.size() > 1)
    session.console.note("Of " + std::to_string(files.sequences.size()) + " sequences, " +
                         longest->product + " " + longest->event + " is drawn.");
  return filmOfSequence(*longest);
}

ExitCode run(const Session& session) {
  const std::string out = session.arguments.required("--out");
  const bool onePicture = std::filesystem::path(out).extension() == ".png";
  const int frame = session.arguments.integer("--frame", 0, 1'000'000);
  if (onePicture)
    checkOutput(out, ".png");
  else
    checkAnimation(out);
  const Film film = filmFrom(session);
  if (onePicture)
    drawOne(session, film, frame, out, session.commandLine);
  else
    animate(session, film, out, session.commandLine);
  session.console.result(out);
  session.console.resultJson(Json::object({{"file", out}, {"frames", film.frames.size()}}));
  return ExitCode::Done;
}

}  // namespace

Command renderCommand() {
  std::vector<Option> options = {
      {"--out", "FILE", ".mp4, .gif, .png, or a folder for one PNG a frame.", ""},
      {"--frame", "K", "For .png: which frame, from 1 on; 0: the last.", "0"}};
  for (const Option& option : pictureOptions()) options.push_back(option);
  return {"render",
          "FILE.nc|PATH... --out FILE.mp4|.gif|.png",
          "Draws a result or radar files as an animation or a picture.",
          "Scenarios stand side by side. Needs no display.",
          options,
          {"render out/scenario.nc --out out/scenario.mp4 --size 1920x1080",
           "render out/demo.nc --out out/demo.gif --fps 6", "render /data/radar --out now.png"},
          1,
          -1,
          run};
}

}  // namespace stormloom::cli
