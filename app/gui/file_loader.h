#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QStringList>
#include <QThreadPool>
#include <memory>
#include <optional>

#include "core/drawn_sequence.h"
#include "core/model_grid.h"
#include "core/radar_files.h"
#include "render/map_ground.h"

namespace stormloom {

/// What a person chose of how a context is cut.
struct ContextChoices {
  std::optional<ValidTime> runTime;  ///< none: the latest
  std::optional<LonLat> box;         ///< its middle; none: where it rains most
  bool interpolate = false;  ///< frames that were not observed at the models' times are computed
  bool operator==(const ContextChoices& other) const;
};

/// What a forecast starts from, and everything the maps need to show it.
struct LoadedContext {
  std::shared_ptr<const FrameSequence> sequence;  ///< it was cut from
  ContextChoices asked;
  std::shared_ptr<const ModelContext> context;
  std::shared_ptr<const FrameSequence>
      truth;  ///< observed after the run time on the same box; no frames: not yet
  std::shared_ptr<const MapGround> ground;
  std::shared_ptr<const FrameSequence>
      near;  ///< observed around the box, for drawing; none: small enough as it is
};

/// Radar files as they were read, with the map below each sequence.
struct LoadedFiles {
  QStringList paths;  ///< none: the built-in event
  std::shared_ptr<const RadarFiles> files;
  std::vector<std::shared_ptr<const FrameSequence>>
      drawn;  ///< of each sequence, coarser where it is too large to draw
  std::vector<std::shared_ptr<const MapGround>> grounds;  ///< of the distinct grids drawn
  int load = 0;  ///< the same for all that comes of one question
  bool watched = false;
  bool complete = true;  ///< false: more is being read
};

/// Reads radar files and cuts contexts in the background; newer questions replace older ones. What
/// there is of the files is given at the first frame, and again as more of them is read.
class FileLoader : public QObject {
  Q_OBJECT
public:
  /// `places`: towns for the maps.
  explicit FileLoader(std::vector<PlaceName> places, QObject* parent = nullptr);
  ~FileLoader() override;
  /// No paths: the built-in event. `watch`: the one folder again and again, as files come.
  void load(const QStringList& paths, bool watch = false);
  void cancel();
  void cut(std::shared_ptr<const FrameSequence> sequence, const ContextChoices& choices);

Q_SIGNALS:
  void progress(int done, int total);
  void loaded(const stormloom::LoadedFiles& files);
  void contextReady(const stormloom::LoadedContext& loaded);
  void failed(const QString& sentence);
  void passedOver(const QString& sentence);  ///< a file of a folder that is watched
  void noContext(
      const QString& sentence);  ///< the frames can be looked at, but no model can start from them

private:
  using BaseMap = std::shared_ptr<const std::vector<MapLine>>;
  struct Question {
    std::shared_ptr<const FrameSequence> sequence;
    ContextChoices choices;
  };
  /// On the reading thread.
  void readOnce(const LoadedFiles& like, std::stop_token stop);
  void watchFolder(const LoadedFiles& like, std::stop_token stop);
  void deliver(LoadedFiles loaded, RadarFiles files);
  void addDrawn(LoadedFiles& loaded);
  void addGrounds(LoadedFiles& loaded);
  void startCutting();

  const std::vector<PlaceName> places_;
  QThreadPool pool_;  ///< of its own: a folder is watched for days
  std::stop_source loading_;
  int loadNumber_ = 0;
  std::optional<Question> nextCut_;
  bool cutting_ = false;
  QFuture<BaseMap> baseMap_;
  QFuture<void> loadingJob_;
  ThinnedGrids thinned_;                                       ///< of the reading thread
  std::vector<std::shared_ptr<const MapGround>> madeGrounds_;  ///< of the reading thread
};

}  // namespace stormloom
