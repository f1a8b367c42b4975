#include "app/gui/file_loader.h"

#include <QtConcurrent>
#include <algorithm>

#include "core/drawn_sequence.h"
#include "core/synthetic_event.h"

namespace stormloom {
namespace {

constexpr std::size_t kMostGrounds = 4;  ///< worked out ahead; the rest when they are looked at

bool isTooLarge(const FrameSequence& sequence) {
  return std::size_t(sequence.width()) * std::size_t(sequence.height()) > kMostDrawnCells;
}

void addDrawn(LoadedFiles& loaded) {
  for (const FrameSequence& sequence : loaded.files->sequences)
    loaded.drawn.push_back(isTooLarge(sequence)
                               ? std::make_shared<const FrameSequence>(thinnedForDrawing(sequence))
                               : std::shared_ptr<const FrameSequence>(loaded.files, &sequence));
}

void addGrounds(LoadedFiles& loaded, const std::vector<MapLine>& lines) {
  for (const auto& sequence : loaded.drawn) {
    const bool known = std::ranges::any_of(
        loaded.grounds, [&](const auto& ground) { return ground->frame.geo() == sequence->geo; });
    if (!known && loaded.grounds.size() < kMostGrounds)
      loaded.grounds.push_back(makeMapGround(lines, sequence->geo));
  }
}

void addNear(LoadedContext& loaded, const std::vector<MapLine>& lines) {
  if (!isTooLarge(*loaded.sequence)) return;
  loaded.near = std::make_shared<const FrameSequence>(
      croppedForDrawing(*loaded.sequence, loaded.context->frames.geo));
  loaded.nearGround = makeMapGround(lines, loaded.near->geo);
}

}  // namespace

FileLoader::FileLoader(QObject* parent)
    : QObject(parent), baseMap_(QtConcurrent::run([]() -> BaseMap {
        return std::make_shared<const std::vector<MapLine>>(loadBaseMap());
      })) {}

FileLoader::~FileLoader() {
  loading_.request_stop();
  loadingJob_.waitForFinished();
  cuttingJob_.waitForFinished();
  baseMap_.waitForFinished();
}

void FileLoader::cancel() {
  loading_.request_stop();
  ++loadNumber_;
}

void FileLoader::load(const QStringList& paths) {
  cancel();
  loading_ = std::stop_source();
  const int number = loadNumber_;
  // The older reading ends at its next file; its answer is dropped by number.
  QFuture<void> before = loadingJob_;
  loadingJob_ = QtConcurrent::run(
      [this, number, before, paths, base = baseMap_, stop = loading_.get_token()]() mutable {
        before.waitForFinished();
        try {
          std::vector<std::string> names;
          for (const QString& path : paths) names.push_back(path.toStdString());
          ReadOptions options;
          options.stop = stop;
          options.progress = [this](int done, int total) { Q_EMIT progress(done, total); };
          LoadedFiles loaded{paths, nullptr, {}, {}};
          loaded.files = std::make_shared<const RadarFiles>(
              names.empty() ? RadarFiles{{syntheticEvent()}, {}} : readRadarFiles(names, options));
          if (stop.stop_requested()) return;
          addDrawn(loaded);
          addGrounds(loaded, *base.result());
          QMetaObject::invokeMethod(this, [this, number, loaded] {
            if (number == loadNumber_) Q_EMIT this->loaded(loaded);
          });
        } catch (const std::exception& error) {
          const QString sentence = QString::fromUtf8(error.what());
          QMetaObject::invokeMethod(this, [this, number, sentence] {
            if (number == loadNumber_) Q_EMIT failed(sentence);
          });
        }
      });
}

void FileLoader::cut(std::shared_ptr<const FrameSequence> sequence,
                     std::optional<ValidTime> runTime) {
  const int number = ++cutNumber_;
  QFuture<void> before = cuttingJob_;
  cuttingJob_ =
      QtConcurrent::run([this, number, before, sequence, runTime, base = baseMap_]() mutable {
        before.waitForFinished();
        try {
          LoadedContext loaded{sequence, runTime, nullptr, nullptr, nullptr, nullptr, nullptr};
          loaded.context = std::make_shared<const ModelContext>(
              cutContext(*sequence, {sevirLrGrid(), std::nullopt, runTime, std::nullopt}));
          loaded.truth =
              std::make_shared<const FrameSequence>(cutTruth(*sequence, *loaded.context));
          loaded.ground = makeMapGround(*base.result(), loaded.context->frames.geo);
          addNear(loaded, *base.result());
          QMetaObject::invokeMethod(this, [this, number, loaded] {
            if (number == cutNumber_) Q_EMIT contextReady(loaded);
          });
        } catch (const std::exception& error) {
          const QString sentence = QString::fromUtf8(error.what());
          QMetaObject::invokeMethod(this, [this, number, sentence] {
            if (number == cutNumber_) Q_EMIT noContext(sentence);
          });
        }
      });
}

}  // namespace stormloom
