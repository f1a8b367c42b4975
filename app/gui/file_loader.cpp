#include "app/gui/file_loader.h"

#include <QtConcurrent>

#include "core/synthetic_event.h"

namespace stormloom {

FileLoader::FileLoader(QObject* parent) : QObject(parent) {}

FileLoader::~FileLoader() {
  loading_.request_stop();
  loadingJob_.waitForFinished();
  cuttingJob_.waitForFinished();
}

void FileLoader::load(const QStringList& paths) {
  std::vector<std::string> names;
  for (const QString& path : paths) names.push_back(path.toStdString());
  start([this, names](std::stop_token stop) {
    ReadOptions options;
    options.stop = stop;
    options.progress = [this](int done, int total) { Q_EMIT progress(done, total); };
    return readRadarFiles(names, options);
  });
}

void FileLoader::loadSyntheticEvent() {
  start([](std::stop_token) { return RadarFiles{{syntheticEvent()}, {}}; });
}

void FileLoader::cancel() {
  loading_.request_stop();
  ++loadNumber_;
}

void FileLoader::start(std::function<RadarFiles(std::stop_token)> read) {
  cancel();
  loading_ = std::stop_source();
  const int number = loadNumber_;
  // The older reading ends at its next file; its answer is dropped by number.
  QFuture<void> before = loadingJob_;
  loadingJob_ = QtConcurrent::run([this, number, before, read = std::move(read), stop = loading_.get_token()]() mutable {
    before.waitForFinished();
    try {
      auto files = std::make_shared<const RadarFiles>(read(stop));
      QMetaObject::invokeMethod(this, [this, number, files] { if (number == loadNumber_) Q_EMIT loaded(files); });
    } catch (const std::exception& error) {
      const QString sentence = QString::fromUtf8(error.what());
      QMetaObject::invokeMethod(this, [this, number, sentence] { if (number == loadNumber_) Q_EMIT failed(sentence); });
    }
  });
}

void FileLoader::cut(std::shared_ptr<const FrameSequence> sequence, std::optional<ValidTime> runTime) {
  const int number = ++cutNumber_;
  QFuture<void> before = cuttingJob_;
  cuttingJob_ = QtConcurrent::run([this, number, before, sequence, runTime]() mutable {
    before.waitForFinished();
    try {
      ContextRequest request{sevirLrGrid(), std::nullopt, runTime, std::nullopt};
      auto context = std::make_shared<const ModelContext>(cutContext(*sequence, request));
      QMetaObject::invokeMethod(this, [this, number, context] { if (number == cutNumber_) Q_EMIT contextReady(context); });
    } catch (const std::exception& error) {
      const QString sentence = QString::fromUtf8(error.what());
      QMetaObject::invokeMethod(this, [this, number, sentence] { if (number == cutNumber_) Q_EMIT noContext(sentence); });
    }
  });
}

}  // namespace stormloom
