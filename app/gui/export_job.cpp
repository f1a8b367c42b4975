#include "app/gui/export_job.h"

#include <QFileInfo>
#include <QtConcurrent>
#include <algorithm>
#include <functional>
#include <optional>

#include "app/gui/command_process.h"
#include "app/gui/desk_film.h"
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

/// What is drawn and how it was made.
struct Drawn {
  Film film;
  FigureOptions look;
  Receipt receipt;
  std::size_t still = 0;  ///< the frame of a single picture
};

void limitToForecast(Drawn& drawn) {
  auto& frames = drawn.film.frames;
  const auto first = std::find_if(frames.begin(), frames.end(), [](const FigureFrame& frame) {
    return !frame.leadTime.empty();
  });
  if (first == frames.end()) return;
  const auto before = std::size_t(first - frames.begin());
  drawn.receipt.options.insert(drawn.receipt.options.end(), {"--from", std::to_string(1 + before)});
  drawn.still -= std::min(drawn.still, before);
  frames.erase(frames.begin(), first);
}

/// As the command line would from a result file, which is written for that.
Drawn scenariosDrawn(const ExportSubject& subject) {
  Receipt receipt;
  std::optional<Film> film;
  if (subject.scenario) {
    const ScratchFolder scratch;
    const std::string file = (scratch.path() / "scenario.nc").string();
    writeResult(subject, file);
    const ResultFile result = readResultFile(file);
    film = filmOfResult(result);
    receipt = result.receipt;
    receipt.inputs = {{"scenario.nc", sha256OfFile(file), result.receipt.toJson()}};
  } else {
    film = filmOfSequence(*subject.observed);
    receipt = resultReceipt(subject, "observed.nc");
  }
  Drawn drawn{.film = std::move(*film), .receipt = std::move(receipt)};
  if (drawn.film.frames.empty()) throw IoError("There is no frame to write.");
  drawn.look.panes = int(drawn.film.frames.front().panes.size());
  drawn.look.footnote = drawn.film.footnote;
  drawn.still = drawn.film.frames.size() - 1;
  drawn.receipt.command = "render";
  drawn.receipt.options.clear();
  return drawn;
}

/// The window's panes. Their receipt tells what they show; only the window arranges them again.
Drawn panesDrawn(const ExportSubject& subject) {
  if (!subject.panes || subject.panes->film().frames.empty())
    throw IoError("There is no frame to write.");
  Drawn drawn{subject.panes->film(), subject.panes->look(), resultReceipt(subject, "result.nc"),
              subject.panes->frameLookedAt()};
  drawn.receipt.command = kWindowCommand;
  drawn.receipt.options = {"--layout", subject.panes->layoutText()};
  return drawn;
}

Drawn drawnFrom(const ExportSubject& subject, const ExportRequest& request,
                const std::function<void(double)>& eachStep) {
  Drawn drawn = request.asInWindow ? panesDrawn(subject) : scenariosDrawn(subject);
  std::vector<std::string>& options = drawn.receipt.options;
  const bool picture = QFileInfo(request.file).suffix().toLower() == "png";
  const int between = picture || request.asInWindow ? 0 : request.between;
  if (between > 0) options.insert(options.end(), {"--between", std::to_string(between)});
  options.insert(options.end(), {"--fps", QString::number(request.framesPerSecond).toStdString()});
  if (!request.withPast) limitToForecast(drawn);
  options.insert(options.end(), {"--out", QFileInfo(request.file).fileName().toStdString()});
  if (request.width > 0)
    options.insert(options.end(), {"--size", std::to_string(request.width) + "x" +
                                                 std::to_string(request.height)});
  drawn.look.width = request.width;
  drawn.look.height = request.height;
  if (between > 0) drawn.film = withInBetweens(drawn.film, between, frameAlongMotion, eachStep);
  return drawn;
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

/// What the command line makes of a result is made by it, so that both are the same file.
void ExportJob::writeByCommand(const ExportSubject& subject, const ExportRequest& request,
                               std::stop_token stop) {
  const ScratchFolder scratch;
  QStringList words = {request.command.front()};
  words += writeForCommands(subject, QString::fromStdString(scratch.path().string()));
  Q_EMIT progress(0.5, QObject::tr("the result is written; now what is made of it"));
  if (request.command.front() != "export" && subject.truthIsShown) words += subject.inputs;
  words += request.command.mid(1);
  words += {"--out", request.file, "--overwrite", "-q"};
  if (!runCommandLine(words, stop)) throw Stopped();
}

void ExportJob::write(const ExportSubject& subject, const ExportRequest& request,
                      std::stop_token stop) {
  if (!request.command.isEmpty()) return writeByCommand(subject, request, stop);
  const QString ending = QFileInfo(request.file).suffix().toLower();
  if (ending == "nc") return writeResult(subject, request.file.toStdString());
  const Drawn drawn = drawnFrom(subject, request, [&](double share) {
    if (stop.stop_requested()) throw Stopped();
    Q_EMIT progress(share, QObject::tr("pictures in between"));
  });
  const Film& film = drawn.film;
  if (stop.stop_requested()) throw Stopped();
  const FigurePainter painter(film.geo, film.quantity, drawn.look);
  if (ending == "png")
    return writePng(request.file.toStdString(),
                    painter.draw(film.frames[std::min(drawn.still, film.frames.size() - 1)]),
                    drawn.receipt);
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
