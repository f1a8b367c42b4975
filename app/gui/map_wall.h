#pragma once

#include <QToolButton>
#include <memory>
#include <optional>
#include <vector>

#include "app/scene/scene_widget.h"
#include "core/pane_layout.h"
#include "render/radar_scene.h"

namespace stormloom {

/// All panes: one VTK window with a renderer for each, so that a layout costs no new OpenGL
/// context. Camera and cursor are the same in all of them. Slots store and call update(); drawing
/// happens in paintGL.
class MapWall : public SceneWidget {
  Q_OBJECT
public:
  explicit MapWall(QWidget* parent = nullptr);
  ~MapWall() override;

  void setLayoutOfPanes(const PaneLayout& layout);
  const PaneLayout& layoutOfPanes() const { return layout_; }
  int count() const { return layout_.count(); }
  RadarScene& scene(int pane) { return *scenes_[std::size_t(pane)]; }
  QRect paneRect(int pane) const;
  int paneAt(const QPointF& at) const;  ///< -1 between panes
  int activePane() const { return active_; }
  void setActivePane(int pane);

  void setStyle(const MapStyle& style);
  void setView(const MapView& view);
  void resetView();
  /// What lies under a mouse that rests, after the pictures have changed.
  void sayCursorAgain();
  std::optional<MapView> view() const { return fitted_ ? std::nullopt : std::optional(view_); }
  /// What "the whole map" is: this grid (the models' box), or all of the picture.
  void setHome(const std::optional<GeoReference>& home);
  void refit();  ///< after grounds have changed
  enum class Tool { Look, Place, Area };
  void setTool(Tool tool);
  Tool tool() const { return tool_; }
  /// A thin line at the lower edge shows the work; below 0: none.
  void setWork(double share);
  void setChromeShown(bool shown);
  void drawAllAgain();  ///< not only the panes that have changed

Q_SIGNALS:
  void viewChanged();  ///< by the person's hand, not by setView
  void cursorMoved(int pane, double lon, double lat);
  void cursorLeft();
  void layoutEdited(const QString& what);
  void menuAsked(int pane, const QPoint& globalPosition);
  void placeMenuAsked(int pane, const QPoint& globalPosition, double lon, double lat);
  void activePaneChanged(int pane);
  void placeChosen(double lon, double lat);
  void boxMoved(double lon, double lat);  ///< the models' box, under the hand
  void boxLetGo();
  void areaChosen(const std::vector<stormloom::LonLat>& outline);

protected:
  void initializeGL() override;
  void resizeGL(int width, int height) override;
  bool prepareDrawing() override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  enum class Drag { None, Map, Border, Pane, Area, Box };
  void placePanes();
  void placeButton(int pane);
  PictureSize sizeOf(const QRect& rect) const;
  void takeView(const MapView& view);
  std::optional<PaneLayout::Border> borderAt(const QPointF& at) const;
  void dragTo(const QPointF& at);
  void dragBoxTo(const QPointF& at);
  void addCorner(const QPointF& at);
  void finishDrag(const QPointF& at);
  void sayCursor(const QPointF& at);
  std::optional<QPointF> cursorAt_;  ///< while the mouse is over the maps

  PaneLayout layout_;
  std::vector<std::unique_ptr<RadarScene>> scenes_;  ///< at least one a pane; the rest is not drawn
  std::vector<QToolButton*> buttons_;
  vtkNew<vtkRenderer> ground_;
  MapStyle style_ = MapStyle::dark();
  MapView view_;
  std::optional<GeoReference> home_;
  bool fitted_ = true;  ///< follow the window's size until the person moves the map
  bool chrome_ = true;
  bool drawAll_ = true;
  Tool tool_ = Tool::Look;
  int active_ = 0;
  Drag drag_ = Drag::None;
  int dragPane_ = -1;
  QPointF draggedFrom_, pressedAt_;
  LonLat boxHold_;  ///< middle of the box minus the place it was taken hold of
  std::optional<PaneLayout::Border> border_;
  std::vector<LonLat> corners_;
  QWidget* work_;
  double workShare_ = -1.0;
};

}  // namespace stormloom
