#include "app/cli/outputs.h"
#include "app/cli/panes.h"
#include "app/cli/pictures.h"
#include "app/cli/subject.h"

namespace stormloom::cli {

namespace {

/// What is drawn: panes as in the window, or what PATH... hold.
PaneSubject subjectOf(const Session& session) {
  if (session.arguments.has("--layout")) return panesFrom(session, "--out");
  refusePaneOptions(session);
  const Subject subject = subjectFrom(session, "--out");
  return {filmOfResult(subject.result), {}, subject.receipt};
}

/// One picture has no time axis: what an animation alone can do is not silently left out.
void refuseAnimationOptions(const Arguments& arguments) {
  for (const char* name : {"--between", "--from", "--to"})
    if (arguments.has(name))
      throw UsageError(std::string(name) +
                       " is for animations; a single .png shows one time, which --frame chooses. "
                       "For a folder of PNG files give --out a name without ending.");
}

ExitCode run(const Session& session) {
  const std::string out = session.arguments.required("--out");
  const bool onePicture = lowerEnding(out) == ".png";
  const int frame = session.arguments.integer("--frame", 0, 1'000'000);
  if (onePicture) {
    refuseAnimationOptions(session.arguments);
    checkOutput(session, out, {".png"});
  } else {
    checkAnimation(session, out);
  }
  const PaneSubject subject = subjectOf(session);
  const Film& film = subject.film;
  std::size_t pictures = 1;
  if (onePicture)
    drawOne(session, film, frame, out, subject.receipt, subject.look);
  else
    pictures = animate(session, film, out, subject.receipt, subject.look);
  session.console.result(out);
  session.console.resultJson(Json::object({{"file", out}, {"frames", pictures}}));
  return ExitCode::Done;
}

}  // namespace

Command renderCommand() {
  std::vector<Option> options = {
      {"--out", "FILE", ".mp4, .webm, .gif, .png, or a folder for one PNG a frame.", "", "", true},
      {"--frame", "K", "For .png: which frame, from 1 on; 0: the last.", "0"}};
  for (const Option& option : paneOptions()) options.push_back(option);
  for (const Option& option : pictureOptions()) options.push_back(option);
  return {"render",
          "FILE.nc|PATH... --out FILE.mp4|.gif|.png",
          "Draws a result or radar files as an animation or a picture.",
          "Scenarios stand side by side; --layout arranges observations, forecasts and what is made of "
          "them as the window does. Needs no display.",
          options,
          {"render out/scenario.nc --out out/scenario.mp4 --size 1920x1080",
           "render out/demo.nc --out out/demo.gif --fps 6", "render /data/radar --out now.png",
           "render /data/radar --layout compare --box 5.1,52.1 --out compare.mp4"},
          1,
          -1,
          run};
}

}  // namespace stormloom::cli
