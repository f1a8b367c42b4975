#include "app/cli/pictures.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "app/cli/outputs.h"
#include "core/scratch_file.h"
#include "models/frame_interpolation.h"

namespace stormloom::cli {

namespace {

/// --without legend,clock,...
void readWithout(const std::string& list, FigureOptions& options) {
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    if (word == "legend")
      options.legend = false;
    else if (word == "clock")
      options.clock = false;
    else if (word == "title")
      options.title = false;
    else if (word == "scale")
      options.scaleBar = false;
    else
      throw UsageError("--without knows legend, clock, title and scale, not \"" + word + "\".");
  }
}

FigureOptions figureOptions(const Session& session, const Film& film, const FigureOptions& look) {
  if (film.frames.empty()) throw IoError("There are no frames to draw in these files.");
  const Arguments& arguments = session.arguments;
  FigureOptions options = look;
  const FigureOptions asked = figureOptionsFrom(session);
  options.width = asked.width;
  options.height = asked.height;
  options.panes = int(film.frames.front().panes.size());
  options.footnote = film.footnote;
  readWithout(arguments.text("--without"), options);
  options.note = arguments.text("--note");
  options.logoFile = arguments.text("--logo");
  return options;
}

/// The frames --from to --to, counted from 1.
Film part(const Session& session, const Film& film) {
  const int frames = int(film.frames.size());
  const int from = session.arguments.integer("--from", 0, 1'000'000);
  const int to = session.arguments.integer("--to", 0, 1'000'000);
  const int first = std::max(from, 1);
  const int last = to == 0 ? frames : to;
  if (first > last || last > frames)
    throw UsageError("--from and --to must lie between 1 and " + std::to_string(frames) +
                     ", the number of frames.");
  Film some = film;
  some.frames.assign(film.frames.begin() + first - 1, film.frames.begin() + last);
  return some;
}

}  // namespace

std::vector<Option> pictureOptions() {
  return {{"--size", "WxH", "Pixels; without it as large as the panes need.", ""},
          {"--fps", "F", "Pictures a second.", "4"},
          {"--from", "K", "First frame, from 1 on.", "0"},
          {"--to", "K", "Last frame; 0: the last there is.", "0"},
          {"--between", "K", "Pictures computed between every two, marked so.", "0"},
          {"--without", "LIST", "Leave out: legend, clock, title, scale.", ""},
          {"--note", "TEXT", "A line of your own in the picture.", ""},
          {"--logo", "FILE", "A picture for the upper right corner.", ""}};
}

FigureOptions figureOptionsFrom(const Session& session) {
  FigureOptions options;
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

std::size_t animate(const Session& session, const Film& whole, const std::string& path,
             const Receipt& receipt, const FigureOptions& look) {
  const int between = session.arguments.integer("--between", 0, 60);
  const Film film = [&] {
    ProgressLine line(session.console, "Pictures in between");
    return withInBetweens(part(session, whole), between, framesBetweenOf(whole.quantity),
                          [&](double share) {
                            stopHere(session);
                            line.update(share);
                          });
  }();
  AnimationOptions options;
  options.framesPerSecond = session.arguments.number("--fps", 0.1, 60.0);
  options.holdLastSeconds = 1.0;
  options.title = film.frames.empty() ? "" : film.frames.front().title;
  options.receipt = receiptText(receipt);
  const FigurePainter painter(film.geo, film.quantity, figureOptions(session, film, look));
  AnimationWriter writer(path, options);
  ProgressLine line(session.console, "Drawing");
  for (std::size_t k = 0; k < film.frames.size(); ++k) {
    stopHere(session);
    writer.add(painter.draw(film.frames[k]));
    line.update(double(k + 1) / double(film.frames.size()));
  }
  writer.finish([&](double) { stopHere(session); });
  return film.frames.size();
}

std::string filmAsMp4(const Session& session, const Film& film, const Receipt& receipt) {
  const ScratchFolder scratch;
  const std::string file = (scratch.path() / "film.mp4").string();
  animate(session, film, file, receipt);
  return readWholeFile(file);
}

void drawOne(const Session& session, const Film& film, int number, const std::string& path,
             const Receipt& receipt, const FigureOptions& look) {
  const FigureOptions options = figureOptions(session, film, look);
  const int frames = int(film.frames.size());
  if (number > frames)
    throw UsageError("--frame " + std::to_string(number) + " is behind the last frame, " +
                     std::to_string(frames) + ".");
  const FigurePainter painter(film.geo, film.quantity, options);
  const std::size_t index = std::size_t(number == 0 ? frames : number) - 1;
  writePng(path, painter.draw(film.frames[index]), receipt);
}

}  // namespace stormloom::cli
