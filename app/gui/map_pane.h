#pragma once

#include <QWidget>
#include <map>
#include <memory>

#include "app/gui/scene_widget.h"
#include "core/scenario.h"

class QComboBox;
class QProgressBar;

namespace stormloom {

/// Everything panes may show, owned by the window; nothing in it changes once it is set, it is replaced.
struct Desk {
  std::shared_ptr<const FrameSequence> observed;
  std::shared_ptr<const ModelContext> context;
  std::shared_ptr<const ScenarioForecast> scenario;
  std::map<std::string, std::shared_ptr<const DeterministicForecast>> deterministic;
  std::map<std::string, QString> failures;  ///< why a model has no forecast
  ValidTime time{};
};

/// One map with the choice of what it shows.
class MapPane : public QWidget {
  Q_OBJECT
 public:
  enum class Shows { Observed, Extrapolation, Earthformer, Scenario };
  MapPane(Shows shows, QWidget* parent = nullptr);
  SceneWidget* scene() const { return scene_; }
  Shows shows() const;
  void setShows(Shows shows);
  void present(const Desk& desk);
  void setBusy(bool busy);
  void setLinkedCursor(const std::optional<LonLat>& place);
  const PictureCaption& caption() const { return caption_; }

 Q_SIGNALS:
  void showsChanged();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  struct Picture {
    const FrameSequence* sequence = nullptr;
    const Frame* frame = nullptr;
    PictureCaption caption;
  };
  Picture observedPicture(const Desk& desk) const;
  Picture forecastPicture(const Desk& desk) const;
  const FrameSequence* forecastFrames(const Desk& desk, PictureCaption& caption) const;
  void draw(const Picture& picture, const Desk& desk);

  SceneWidget* scene_;
  QComboBox* choice_;
  QProgressBar* work_;
  PictureCaption caption_;
};

/// Value with unit, place and cell under a position, as the panes and the status line say it.
QString readoutText(const RadarScene& scene, LonLat place, bool withPlace);

}  // namespace stormloom
