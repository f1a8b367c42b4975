#include "app/cli/outputs.h"
#include "app/cli/pictures.h"
#include "app/cli/subject.h"

namespace stormloom::cli {

namespace {

ExitCode run(const Session& session) {
  const std::string out = session.arguments.required("--out");
  const bool onePicture = lowerEnding(out) == ".png";
  const int frame = session.arguments.integer("--frame", 0, 1'000'000);
  if (onePicture)
    checkOutput(session, out, {".png"});
  else
    checkAnimation(session, out);
  const Subject subject = subjectFrom(session, "--out");
  const Film film = filmOfResult(subject.result);
  if (onePicture)
    drawOne(session, film, frame, out, subject.receipt);
  else
    animate(session, film, out, subject.receipt);
  session.console.result(out);
  session.console.resultJson(
      Json::object({{"file", out}, {"frames", onePicture ? 1 : film.frames.size()}}));
  return ExitCode::Done;
}

}  // namespace

Command renderCommand() {
  std::vector<Option> options = {
      {"--out", "FILE", ".mp4, .webm, .gif, .png, or a folder for one PNG a frame.", "", "", true},
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
