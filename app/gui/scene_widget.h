#pragma once

#include <QOpenGLWidget>
#include <vtkNew.h>

#include "render/radar_scene.h"

class vtkGenericOpenGLRenderWindow;
class vtkObject;

namespace stormloom {

/// One pane: a RadarScene drawn by VTK into Qt's widget. Slots store and call update(); drawing happens in paintGL.
class SceneWidget : public QOpenGLWidget {
  Q_OBJECT
 public:
  /// OpenGL 3.2 core for every widget; call before the application object is made.
  static void setDefaultFormat();

  explicit SceneWidget(QWidget* parent = nullptr);
  ~SceneWidget() override;
  RadarScene& scene() { return scene_; }
  void setView(const MapView& view);
  void resetView();
  /// What "the whole map" is: this grid (the models' box), or all of the picture.
  void setHome(const std::optional<GeoReference>& home) { home_ = home; }
  bool isViewFitted() const { return fitted_; }

 Q_SIGNALS:
  void viewChanged(const stormloom::MapView& view);  ///< by the person's hand, not by setView
  void resetAsked();
  void cursorMoved(double lon, double lat);
  void cursorLeft();

 protected:
  void initializeGL() override;
  void resizeGL(int width, int height) override;
  void paintGL() override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  void makeVtkCurrent();
  void answerIsCurrent(vtkObject*, unsigned long, void* callData);
  void releaseGl();
  void takeView(const MapView& view);

  RadarScene scene_;
  vtkNew<vtkGenericOpenGLRenderWindow> window_;
  QMetaObject::Connection contextGone_;
  std::optional<GeoReference> home_;
  QPointF draggedFrom_;
  bool dragging_ = false;
  bool fitted_ = true;  ///< follow the window's size until the person moves the map
};

}  // namespace stormloom
