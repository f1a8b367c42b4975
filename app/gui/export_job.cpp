#include "app/gui/export_job.h"

#include <QFileInfo>
#include <QtConcurrent>
#include <algorithm>
#include <functional>
#include <optional>

#include "app/gui/command_process.h"
#include "app/figure/desk_film.h"
#include "core/animation_file.h"
#include "core/checked_result.h"
#include "core/errors.h"
#include "core/map_data.h"
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

/// As the command line would from a result file, which is written for that.
Drawn scenariosDrawn(const ExportSubject& subject) {
  Receipt receipt;
  std::optional<Film> film;
  if (subject.scenario) {
    const ScratchFolder scratch;
    const std::string file = (scratch.path() / "scenario.nc").string();
    writeResult(subject, file);
    const ResultFile result = readCheckedResult(file);
    film = filmOfResult(result);
    receipt = result.receipt;
    receipt.inputs = {{"scenario.nc", sha256OfFile(file), result.receipt.toJson()}};
  } else {
    film = filmOfSequence(*subject.observed);
    receipt = resultReceipt(subject, "observed.nc");
  }
  if (film->frames.empty()) throw IoError("There is no frame to write.");
  Drawn drawn{.film = std::move(*film), .receipt = std::move(receipt)};
  drawn.look.panes = int(drawn.film.frames.front().panes.size());
  drawn.look.footnote = drawn.film.footnote;
  drawn.still = subject.panes ? subject.panes->frameLookedAt() : drawn.film.frames.size() - 1;
  drawn.receipt.command = "render";
  drawn.receipt.mapSha256 = mapDataHash();
  return drawn;
}

/// The window's panes, as `render --layout` draws them.
Drawn panesDrawn(const ExportSubject& subject, const ExportRequest& request) {
  if (!subject.panes || subject.panes->film().frames.empty())
    throw IoError("There is no frame to write.");
  return {subject.panes->film(), subject.panes->look(),
          panesReceipt(subject, renderWords(subject, request)), subject.panes->frameLookedAt()};
}

/// The frames that are asked for, counted from 1.
void limitTimes(const ExportRequest& request, Film& film) {
  auto& frames = film.frames;
  const auto last = request.to > 0 ? std::min(std::size_t(request.to), frames.size()) : frames.size();
  const auto first = std::min(std::size_t(std::max(request.from, 1)), last);
  frames.erase(frames.begin() + std::ptrdiff_t(last), frames.end());
  frames.erase(frames.begin(), frames.begin() + std::ptrdiff_t(first - 1));
}

void takeLook(const FigureOptions& asked, FigureOptions& look) {
  look.width = asked.width;
  look.height = asked.height;
  look.legend = asked.legend;
  look.clock = asked.clock;
  look.title = asked.title;
  look.scaleBar = asked.scaleBar;
  look.note = asked.note;
  look.logoFile = asked.logoFile;
}

Drawn drawnFrom(const ExportSubject& subject, const ExportRequest& request,
                const std::function<void(double)>& eachStep) {
  Drawn drawn = request.asInWindow ? panesDrawn(subject, request) : scenariosDrawn(subject);
  drawn.receipt.options = renderWords(subject, request);
  if (!request.look.logoFile.empty())
    drawn.receipt.inputs.push_back(optionInput("--logo", request.look.logoFile));
  takeLook(request.look, drawn.look);
  if (request.isOnePicture()) return drawn;
  limitTimes(request, drawn.film);
  drawn.film =
      withInBetweens(drawn.film, request.between, framesBetweenOf(drawn.film.quantity), eachStep);
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
  job_.waitForFinished();
  running_ = true;
  stop_ = std::stop_source();
  job_ = QtConcurrent::run([this, subject, request, stop = stop_.get_token()] {
    try {
      write(subject, request, stop);
      end([this, file = request.file] { Q_EMIT done(file); });
    } catch (const Stopped&) {
      end([this] { Q_EMIT cancelled(); });
    } catch (const std::exception& error) {
      end([this, sentence = QString::fromUtf8(error.what())] { Q_EMIT failed(sentence); });
    }
  });
}

void ExportJob::tell(double share, const QString& sentence) {
  QMetaObject::invokeMethod(
      this, [=, this] { Q_EMIT progress(share, sentence); }, Qt::QueuedConnection);
}

template <class Ending>
void ExportJob::end(Ending&& ending) {
  QMetaObject::invokeMethod(
      this,
      [this, ending] {
        running_ = false;
        ending();
      },
      Qt::QueuedConnection);
}

/// What the command line makes of a result is made by it, so that both are the same file.
void ExportJob::writeByCommand(const ExportSubject& subject, const ExportRequest& request,
                               std::stop_token stop) {
  const ScratchFolder scratch;
  QStringList words = {request.command.front()};
  words += writeForCommands(subject, QString::fromStdString(scratch.path().string()));
  tell(0.5, QObject::tr("the result is written; now what is made of it"));
  if (needsTruth(subject, request)) {
    ExportSubject truth = subject;
    truth.scenario.reset();
    words += writeForCommands(truth, QString::fromStdString(scratch.path().string()));
  }
  words += request.command.mid(1);
  words += {"--out", request.file, "--overwrite", "-q"};
  if (!runCommandLine(words, stop)) throw Stopped();
}

void ExportJob::write(const ExportSubject& subject, const ExportRequest& request,
                      std::stop_token stop) {
  if (!request.command.isEmpty()) return writeByCommand(subject, request, stop);
  if (request.file.endsWith(".nc", Qt::CaseInsensitive)) {
    tell(0.5, QObject::tr("the values are written"));
    return writeResult(subject, request.file.toStdString());
  }
  const Drawn drawn = drawnFrom(subject, request, [&](double share) {
    if (stop.stop_requested()) throw Stopped();
    tell(share, QObject::tr("pictures in between"));
  });
  const Film& film = drawn.film;
  if (stop.stop_requested()) throw Stopped();
  const FigurePainter painter(film.geo, film.quantity, drawn.look);
  if (request.isOnePicture())
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
    tell(share, timeLeft(share, clock.elapsed()));
  }
  tell(1.0, QObject::tr("the last pictures are packed"));
  writer.finish([&](double share) {
    if (stop.stop_requested()) throw Stopped();
    tell(share, QObject::tr("read again, %1 %").arg(int(100.0 * share)));
  });
}

}  // namespace stormloom
