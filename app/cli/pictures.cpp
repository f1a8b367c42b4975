#include "app/cli/pictures.h"

#include <algorithm>
#include <charconv>

#include "app/cli/outputs.h"
#include "core/scratch_file.h"

namespace stormloom::cli {

namespace {

FigureOptions figureOptions(const Session& session, const Film& film) {
  if (film.frames.empty()) throw IoError("There are no frames to draw in these files.");
  FigureOptions options;
  options.panes = int(film.frames.front().panes.size());
  options.footnote = film.footnote;
  const std::string size = session.arguments.text("--size");
  if (size.empty()) return options;
  const char* end = size.data() + size.size();
  const auto width = std::from_chars(size.data(), end, options.width);
  const bool split = width.ec == std::errc() && width.ptr != end && *width.ptr == 'x';
  if (!split || std::from_chars(width.ptr + 1, end, options.height).ptr != end ||
      options.width <= 0 || options.height <= 0)
    throw UsageError("--size needs WIDTHxHEIGHT, for instance 1920x1080, not \"" + size + "\".");
  return options;
}

}  // namespace

std::vector<Option> pictureOptions() {
  return {{"--size", "WxH", "Pixels; without it as large as the panes need.", ""},
          {"--fps", "F", "Pictures a second.", "4"}};
}

void checkAnimation(const Session& session, const std::string& path) {
  animationFormatFor(path);
  if (!canDrawFigures())
    throw UsageError(
        "This build has no pictures. Leave --animate out, or build Stormloom with "
        "STORMLOOM_GUI=ON.");
  if (!canWriteAnimations())
    throw UsageError(
        "This build has no FFmpeg, so it writes no animations. Leave them out, or "
        "build with FFmpeg.");
  checkOutput(session, path);
}

void animate(const Session& session, const Film& film, const std::string& path,
             const Receipt& receipt) {
  AnimationOptions options;
  options.framesPerSecond = session.arguments.number("--fps", 0.1, 60.0);
  options.holdLastSeconds = 1.0;
  options.title = film.frames.empty() ? "" : film.frames.front().title;
  options.receipt = receiptText(receipt);
  const FigurePainter painter(film.geo, film.quantity, figureOptions(session, film));
  AnimationWriter writer(path, options);
  ProgressLine line(session.console, "Drawing");
  for (std::size_t k = 0; k < film.frames.size(); ++k) {
    stopHere(session);
    writer.add(painter.draw(film.frames[k]));
    line.update(double(k + 1) / double(film.frames.size()));
  }
  writer.finish();
}

std::string filmAsMp4(const Session& session, const Film& film, const Receipt& receipt) {
  const ScratchFolder scratch;
  const std::string file = (scratch.path() / "film.mp4").string();
  animate(session, film, file, receipt);
  return readWholeFile(file);
}

void drawOne(const Session& session, const Film& film, int number, const std::string& path,
             const Receipt& receipt) {
  const FigureOptions options = figureOptions(session, film);
  const int frames = int(film.frames.size());
  if (number > frames)
    throw UsageError("--frame " + std::to_string(number) + " is behind the last frame, " +
                     std::to_string(frames) + ".");
  const FigurePainter painter(film.geo, film.quantity, options);
  const std::size_t index = std::size_t(number == 0 ? frames : number) - 1;
  writePng(path, painter.draw(film.frames[index]), receipt);
}

}  // namespace stormloom::cli
