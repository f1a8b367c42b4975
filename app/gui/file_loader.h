#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QStringList>
#include <memory>
#include <optional>

#include "core/model_grid.h"
#include "core/radar_files.h"
#include "render/map_ground.h"

namespace stormloom {

/// What a forecast starts from, and everything the maps need to show it.
struct LoadedContext {
  std::shared_ptr<const FrameSequence> sequence;  ///< it was cut from
  std::optional<ValidTime> asked;                 ///< run time; none: the latest
  std::shared_ptr<const ModelContext> context;
  std::shared_ptr<const FrameSequence>
      truth;  ///< observed after the run time on the same box; no frames: not yet
  std::shared_ptr<const MapGround> ground;
  std::shared_ptr<const FrameSequence>
      near;  ///< observed around the box, for drawing; none: small enough as it is
  std::shared_ptr<const MapGround> nearGround;
};

/// Radar files as they were read, with the map below each sequence.
struct LoadedFiles {
  QStringList paths;  ///< none: the built-in event
  std::shared_ptr<const RadarFiles> files;
  std::vector<std::shared_ptr<const FrameSequence>>
      drawn;  ///< of each sequence, coarser where it is too large to draw
  std::vector<std::shared_ptr<const MapGround>> grounds;  ///< of the distinct grids drawn
};

/// Reads radar files and cuts contexts in the background; newer questions replace older ones.
class FileLoader : public QObject {
  Q_OBJECT
public:
  explicit FileLoader(QObject* parent = nullptr);
  ~FileLoader() override;
  void load(const QStringList& paths);  ///< none: the built-in event
  void cancel();
  void cut(std::shared_ptr<const FrameSequence> sequence, std::optional<ValidTime> runTime);

Q_SIGNALS:
  void progress(int done, int total);
  void loaded(const stormloom::LoadedFiles& files);
  void contextReady(const stormloom::LoadedContext& loaded);
  void failed(const QString& sentence);
  void noContext(
      const QString& sentence);  ///< the frames can be looked at, but no model can start from them

private:
  using BaseMap = std::shared_ptr<const std::vector<MapLine>>;
  BaseMap baseMap();

  std::stop_source loading_;
  int loadNumber_ = 0;
  int cutNumber_ = 0;
  QFuture<BaseMap> baseMap_;
  QFuture<void> loadingJob_;
  QFuture<void> cuttingJob_;
};

}  // namespace stormloom
