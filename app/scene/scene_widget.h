#pragma once

#include <vtkNew.h>

#include <QOpenGLWidget>

class vtkGenericOpenGLRenderWindow;
class vtkObject;
class vtkRenderer;

namespace stormloom {

/// A VTK window inside a Qt widget. What is drawn comes from renderers of render/; slots store and
/// call update(), drawing happens in paintGL.
class SceneWidget : public QOpenGLWidget {
  Q_OBJECT
public:
  /// OpenGL 3.2 core for every widget; call before the application object is made.
  static void setDefaultFormat();

  explicit SceneWidget(QWidget* parent = nullptr);
  ~SceneWidget() override;

protected:
  /// Renderers of a higher layer are drawn over those of a lower one.
  void addRenderer(vtkRenderer* renderer);
  /// Gives back what the scenes hold of OpenGL; destructors call it before their scenes go.
  void releaseGl();

  /// Before drawing: false where what was drawn last still holds.
  virtual bool prepareDrawing() { return true; }

  void initializeGL() override;
  void resizeGL(int width, int height) override;
  void paintGL() override;

private:
  void makeVtkCurrent();
  void answerIsCurrent(vtkObject*, unsigned long, void* callData);

  vtkNew<vtkGenericOpenGLRenderWindow> window_;
  QMetaObject::Connection contextGone_;
};

}  // namespace stormloom
