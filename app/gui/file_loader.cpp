#include "app/gui/file_loader.h"

#include <QtConcurrent>
#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "core/frame_picking.h"
#include "core/live_folder.h"
#include "core/synthetic_event.h"
#include "models/frame_interpolation.h"

namespace stormloom {
namespace {

constexpr std::size_t kMostGrounds = 4;  ///< worked out ahead; the rest when they are looked at

bool isTooLarge(const FrameSequence& sequence) {
  return std::size_t(sequence.width()) * std::size_t(sequence.height()) > kMostDrawnCells;
}

void addNear(LoadedContext& loaded) {
  if (!isTooLarge(*loaded.sequence)) return;
  loaded.near = std::make_shared<const FrameSequence>(
      croppedForDrawing(*loaded.sequence, loaded.context->frames.geo));
}

void waitASecond(std::stop_token stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
}

LoadedContext contextOf(std::shared_ptr<const FrameSequence> sequence,
                        const ContextChoices& choices, const std::vector<MapLine>& lines,
                        const std::vector<PlaceName>& places) {
  LoadedContext loaded{sequence, choices, nullptr, nullptr, nullptr, nullptr};
  const FrameBetween between = choices.interpolate ? frameAlongMotion : FrameBetween();
  loaded.context = std::make_shared<const ModelContext>(cutContextBetween(
      *sequence, {sevirLrGrid(), choices.box, choices.runTime, std::nullopt}, between));
  loaded.truth = std::make_shared<const FrameSequence>(cutTruth(*sequence, *loaded.context));
  loaded.ground = makeMapGround(lines, loaded.context->frames.geo, places);
  addNear(loaded);
  return loaded;
}

}  // namespace

bool ContextChoices::operator==(const ContextChoices& other) const {
  const bool sameBox = box.has_value() == other.box.has_value() &&
                       (!box || (box->lon == other.box->lon && box->lat == other.box->lat));
  return runTime == other.runTime && sameBox && interpolate == other.interpolate;
}

FileLoader::FileLoader(std::vector<PlaceName> places, QObject* parent)
    : QObject(parent), places_(std::move(places)) {
  pool_.setMaxThreadCount(3);  // one reads or watches, one cuts, one comes after the other's end
  baseMap_ = QtConcurrent::run(&pool_, []() -> BaseMap {
    return std::make_shared<const std::vector<MapLine>>(loadBaseMap());
  });
}

FileLoader::~FileLoader() {
  loading_.request_stop();
  pool_.waitForDone();
}

void FileLoader::cancel() {
  loading_.request_stop();
  ++loadNumber_;
}

void FileLoader::load(const QStringList& paths, bool watch) {
  cancel();
  loading_ = std::stop_source();
  const int number = loadNumber_;
  // The older reading ends at its next file; its answer is dropped by number.
  QFuture<void> before = loadingJob_;
  loadingJob_ = QtConcurrent::run(
      &pool_, [this, number, before, paths, watch, stop = loading_.get_token()]() mutable {
        before.waitForFinished();
        try {
          LoadedFiles like;
          like.paths = paths;
          like.load = number;
          like.watched = watch;
          watch ? watchFolder(like, stop) : readOnce(like, stop);
        } catch (const std::exception& error) {
          const QString sentence = QString::fromUtf8(error.what());
          QMetaObject::invokeMethod(this, [this, number, sentence] {
            if (number == loadNumber_) Q_EMIT failed(sentence);
          });
        }
      });
}

void FileLoader::readOnce(const LoadedFiles& like, std::stop_token stop) {
  if (like.paths.isEmpty()) return deliver(like, RadarFiles{{syntheticEvent()}, {}});
  std::vector<std::string> names;
  for (const QString& path : like.paths) names.push_back(path.toStdString());
  ReadOptions options;
  options.stop = stop;
  options.progress = [this](int done, int total) { Q_EMIT progress(done, total); };
  options.soFar = [&](const RadarFiles& files) {
    LoadedFiles part = like;
    part.complete = false;
    if (!stop.stop_requested()) deliver(part, files);
  };
  RadarFiles files = readRadarFiles(names, options);
  if (!stop.stop_requested()) deliver(like, std::move(files));
}

void FileLoader::watchFolder(const LoadedFiles& like, std::stop_token stop) {
  ReadOptions options;
  options.stop = stop;
  LiveFolder live(like.paths.front().toStdString(), options);
  for (; !stop.stop_requested(); waitASecond(stop)) {
    const bool news = live.update();
    for (const std::string& sentence : live.takeSentences())
      Q_EMIT passedOver(QString::fromStdString(sentence));
    if (news && !stop.stop_requested()) deliver(like, live.files());
  }
}

void FileLoader::deliver(LoadedFiles loaded, RadarFiles files) {
  if (files.sequences.empty()) return;
  loaded.files = std::make_shared<const RadarFiles>(std::move(files));
  addDrawn(loaded);
  addGrounds(loaded);
  QMetaObject::invokeMethod(this, [this, loaded] {
    if (loaded.load == loadNumber_) Q_EMIT this->loaded(loaded);
  });
}

void FileLoader::addDrawn(LoadedFiles& loaded) {
  std::size_t frames = 0;
  for (const FrameSequence& sequence : loaded.files->sequences)
    if (isTooLarge(sequence)) frames += sequence.frames.size();
  const std::size_t cells = drawnCells(loaded.files->memoryBudget, frames);
  for (const FrameSequence& sequence : loaded.files->sequences)
    loaded.drawn.push_back(
        isTooLarge(sequence)
            ? std::make_shared<const FrameSequence>(thinned_.thinned(sequence, cells))
            : std::shared_ptr<const FrameSequence>(loaded.files, &sequence));
}

void FileLoader::addGrounds(LoadedFiles& loaded) {
  for (const auto& sequence : loaded.drawn) {
    const auto lies = [&](const auto& ground) { return ground->frame.geo() == sequence->geo; };
    if (loaded.grounds.size() >= kMostGrounds) break;
    if (std::ranges::any_of(loaded.grounds, lies)) continue;
    const auto made = std::ranges::find_if(madeGrounds_, lies);
    loaded.grounds.push_back(made != madeGrounds_.end()
                                 ? *made
                                 : makeMapGround(*baseMap_.result(), sequence->geo, places_));
  }
  madeGrounds_ = loaded.grounds;
}

// A newer question replaces the one that waits; what is being worked on is shown when it is done,
// so that a box under the hand always has a picture.
void FileLoader::cut(std::shared_ptr<const FrameSequence> sequence, const ContextChoices& choices) {
  nextCut_ = {std::move(sequence), choices};
  if (!cutting_) startCutting();
}

void FileLoader::startCutting() {
  cutting_ = true;
  pool_.start([this, asked = *std::exchange(nextCut_, std::nullopt)] {
    std::function<void()> tell;
    try {
      const LoadedContext loaded =
          contextOf(asked.sequence, asked.choices, *baseMap_.result(), places_);
      tell = [this, loaded] { Q_EMIT contextReady(loaded); };
    } catch (const std::exception& error) {
      tell = [this, sentence = QString::fromUtf8(error.what())] { Q_EMIT noContext(sentence); };
    }
    QMetaObject::invokeMethod(this, [this, tell] {
      cutting_ = false;
      if (nextCut_) startCutting();
      tell();
    });
  });
}

}  // namespace stormloom
