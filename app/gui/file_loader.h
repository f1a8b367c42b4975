#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QStringList>
#include <memory>
#include <optional>

#include "core/radar_files.h"
#include "core/model_grid.h"

namespace stormloom {

/// Reads radar files and cuts contexts in the background; newer questions replace older ones.
class FileLoader : public QObject {
  Q_OBJECT
 public:
  explicit FileLoader(QObject* parent = nullptr);
  ~FileLoader() override;
  void load(const QStringList& paths);
  void loadSyntheticEvent();
  void cancel();
  void cut(std::shared_ptr<const FrameSequence> sequence, std::optional<ValidTime> runTime);

 Q_SIGNALS:
  void progress(int done, int total);
  void loaded(std::shared_ptr<const stormloom::RadarFiles> files);
  void contextReady(std::shared_ptr<const stormloom::ModelContext> context);
  void failed(const QString& sentence);
  void noContext(const QString& sentence);  ///< the frames can be looked at, but no model can start from them

 private:
  void start(std::function<RadarFiles(std::stop_token)> read);

  std::stop_source loading_;
  int loadNumber_ = 0;
  int cutNumber_ = 0;
  QFuture<void> loadingJob_;
  QFuture<void> cuttingJob_;
};

}  // namespace stormloom
