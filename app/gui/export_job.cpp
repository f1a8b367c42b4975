#include "app/gui/export_job.h"

#include <QFileInfo>
#include <QtConcurrent>
#include <algorithm>
#include <optional>

#include "app/figure/film.h"
#include "core/animation_file.h"
#include "core/errors.h"
#include "core/scratch_file.h"
#include "core/sha256.h"
#include "models/frame_interpolation.h"

namespace stormloom {

namespace {

struct Stopped {};

QString timeLeft(double share, qint64 milliseconds) {
  if (share <= 0.0 || milliseconds < 1000) return {};
  const qint64 left = qRound64(double(milliseconds) * (1.0 - share) / share / 1000.0);
  return left >= 90 ? QObject::tr("%1 min left").arg((left + 30) / 60)
                    : QObject::tr("%1 s left").arg(left);
}

FigureOptions figureOptions(const Film& film, const ExportRequest& request) {
  if (film.frames.empty()) throw IoError("There is no frame to write.");
  FigureOptions options;
  options.width = request.width;
  options.height = request.height;
  options.panes = int(film.frames.front().panes.size());
  options.footnote = film.footnote;
  return options;
}

/// What is drawn and how it was made: as the command line would, from a result file.
struct Drawn {
  Film film;
  Receipt receipt;
};

Drawn drawnFrom(const ExportSubject& subject, const ExportRequest& request) {
  Receipt made;
  std::optional<Film> film;
  if (subject.scenario) {
    const ScratchFolder scratch;
    const std::string file = (scratch.path() / "scenario.nc").string();
    writeResult(subject, file);
    const ResultFile result = readResultFile(file);
    film = filmOfResult(result);
    made = result.receipt;
    made.inputs = {{"scenario.nc", sha256OfFile(file), result.receipt.toJson()}};
  } else {
    film = filmOfSequence(*subject.observed);
    made = resultReceipt(subject, "observed.nc");
  }
  const auto firstForecast =
      std::find_if(film->frames.begin(), film->frames.end(),
                   [](const FigureFrame& frame) { return !frame.leadTime.empty(); });
  made.command = "render";
  made.options.clear();
  const bool picture = QFileInfo(request.file).suffix().toLower() == "png";
  const int between = picture ? 0 : request.between;
  if (between > 0) made.options = {"--between", std::to_string(between)};
  made.options.insert(made.options.end(),
                      {"--fps", QString::number(request.framesPerSecond).toStdString()});
  if (!request.withPast && firstForecast != film->frames.end()) {
    made.options.insert(made.options.end(),
                        {"--from", std::to_string(1 + (firstForecast - film->frames.begin()))});
    film->frames.erase(film->frames.begin(), firstForecast);
  }
  made.options.insert(made.options.end(),
                      {"--out", QFileInfo(request.file).fileName().toStdString()});
  if (request.width > 0)
    made.options.insert(made.options.end(), {"--size", std::to_string(request.width) + "x" +
                                                           std::to_string(request.height)});
  return {withInBetweens(*film, between, frameAlongMotion), made};
}

}  // namespace

ExportJob::ExportJob(QObject* parent) : QObject(parent) {}

ExportJob::~ExportJob() {
  cancel();
  job_.waitForFinished();
}

void ExportJob::start(const ExportSubject& subject, const ExportRequest& request) {
  if (isRunning()) return;
  stop_ = std::stop_source();
  job_ = QtConcurrent::run([this, subject, request, stop = stop_.get_token()] {
    try {
      write(subject, request, stop);
      Q_EMIT done(request.file);
    } catch (const Stopped&) {
      Q_EMIT cancelled();
    } catch (const std::exception& error) {
      Q_EMIT failed(QString::fromUtf8(error.what()));
    }
  });
}

void ExportJob::write(const ExportSubject& subject, const ExportRequest& request,
                      std::stop_token stop) {
  const QString ending = QFileInfo(request.file).suffix().toLower();
  if (ending == "nc") return writeResult(subject, request.file.toStdString());
  const Drawn drawn = drawnFrom(subject, request);
  const Film& film = drawn.film;
  if (stop.stop_requested()) throw Stopped();
  const FigurePainter painter(film.geo, film.quantity, figureOptions(film, request));
  if (ending == "png")
    return writePng(request.file.toStdString(), painter.draw(film.frames.back()), drawn.receipt);
  AnimationOptions options;
  options.framesPerSecond = request.framesPerSecond;
  options.holdLastSeconds = 1.0;
  options.title = film.frames.front().title;
  options.receipt = receiptText(drawn.receipt);
  AnimationWriter writer(request.file.toStdString(), options);
  QElapsedTimer clock;
  clock.start();
  for (std::size_t k = 0; k < film.frames.size(); ++k) {
    if (stop.stop_requested()) throw Stopped();
    writer.add(painter.draw(film.frames[k]));
    const double share = double(k + 1) / double(film.frames.size());
    Q_EMIT progress(share, timeLeft(share, clock.elapsed()));
  }
  writer.finish();
}

}  // namespace stormloom
