#include "app/gui/export_job.h"

#include <QFileInfo>
#include <QtConcurrent>

#include "core/animation_file.h"
#include "core/errors.h"

namespace stormloom {

namespace {

struct Stopped {};

QString timeLeft(double share, qint64 milliseconds) {
  if (share <= 0.0 || milliseconds < 1000) return {};
  const qint64 left = qRound64(double(milliseconds) * (1.0 - share) / share / 1000.0);
  return left >= 90 ? QObject::tr("%1 min left").arg((left + 30) / 60)
                    : QObject::tr("%1 s left").arg(left);
}

/// Only the frames behind the run time.
void dropPast(Film& film) {
  std::erase_if(film.frames, [](const FigureFrame& frame) { return frame.leadTime.empty(); });
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

void writeNetCdf(const ExportSubject& subject, const QString& file, const Receipt& receipt) {
  if (subject.scenario)
    writeScenarioFile(file.toStdString(), *subject.scenario, receipt);
  else
    writeSequenceFile(file.toStdString(), *subject.observed, receipt);
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
  const bool numbers = ending == "nc";
  const QString output = subject.scenario && !numbers ? "--animate" : "--out";
  const Receipt receipt = receiptOfSubject(subject, output, request.file);
  if (stop.stop_requested()) throw Stopped();
  if (numbers) return writeNetCdf(subject, request.file, receipt);
  Film film = filmOfSubject(subject);
  if (!request.withPast) dropPast(film);
  const FigurePainter painter(film.geo, film.quantity, figureOptions(film, request));
  if (ending == "png")
    return writePng(request.file.toStdString(), painter.draw(film.frames.back()), receipt);
  AnimationOptions options;
  options.framesPerSecond = request.framesPerSecond;
  options.holdLastSeconds = 1.0;
  options.title = film.frames.front().title;
  options.receipt = receiptText(receipt);
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
