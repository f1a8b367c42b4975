#include "app/gui/scene_widget.h"

#include <QMouseEvent>
#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <QSurfaceFormat>
#include <QWheelEvent>
#include <vtkCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkOpenGLFramebufferObject.h>
#include <vtkOpenGLState.h>
#include <vtkRenderer.h>

#include <cmath>

namespace stormloom {

void SceneWidget::setDefaultFormat() {
  QSurfaceFormat format;
  format.setRenderableType(QSurfaceFormat::OpenGL);
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setAlphaBufferSize(8);
  format.setSwapInterval(0);  // several panes must not each wait for the screen
  QSurfaceFormat::setDefaultFormat(format);
}

SceneWidget::SceneWidget(QWidget* parent) : QOpenGLWidget(parent) {
  setMouseTracking(true);
  setMinimumSize(260, 240);
  setCursor(Qt::CrossCursor);
  window_->SetFrameBlitModeToNoBlit();
  window_->SetOwnContext(false);
  window_->SetMultiSamples(0);
  window_->AddRenderer(scene_.renderer());
  window_->AddObserver(vtkCommand::WindowMakeCurrentEvent, this, &SceneWidget::makeVtkCurrent);
  window_->AddObserver(vtkCommand::WindowIsCurrentEvent, this, &SceneWidget::answerIsCurrent);
}

SceneWidget::~SceneWidget() {
  QObject::disconnect(contextGone_);
  releaseGl();
}

// VTK's state stays true only when Qt does not rebind its own framebuffer, as the widget's makeCurrent() does.
void SceneWidget::makeVtkCurrent() {
  if (context()) context()->makeCurrent(context()->surface());
}

void SceneWidget::answerIsCurrent(vtkObject*, unsigned long, void* callData) {
  *static_cast<bool*>(callData) = context() && QOpenGLContext::currentContext() == context();
}

void SceneWidget::releaseGl() {
  if (!context()) return;
  makeCurrent();
  window_->Finalize();
  window_->SetReadyForRendering(false);
  doneCurrent();
}

void SceneWidget::initializeGL() {
  QObject::disconnect(contextGone_);
  contextGone_ = connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, [this] { releaseGl(); });
  window_->SetReadyForRendering(true);
  window_->SetMapped(true);
  window_->OpenGLInit();
}

void SceneWidget::resizeGL(int width, int height) {
  const double scale = devicePixelRatioF();
  const PictureSize size{int(std::lround(width * scale)), int(std::lround(height * scale)), scale};
  window_->SetSize(size.width, size.height);
  scene_.setSize(size);
  if (fitted_ && scene_.frame()) scene_.setView(scene_.fittingView(home_));
}

void SceneWidget::paintGL() {
  QOpenGLFunctions* gl = context()->functions();
  vtkOpenGLState* state = window_->GetState();
  state->Reset();
  state->Push();
  state->vtkglDepthFunc(GL_LEQUAL);
  window_->Render();
  vtkOpenGLFramebufferObject* drawn = window_->GetDisplayFramebuffer();
  if (drawn) {
    const int* size = window_->GetSize();
    state->vtkglBindFramebuffer(GL_DRAW_FRAMEBUFFER, defaultFramebufferObject());
    drawn->Bind(GL_READ_FRAMEBUFFER);
    state->vtkglViewport(0, 0, size[0], size[1]);
    state->vtkglScissor(0, 0, size[0], size[1]);
    state->vtkglBlitFramebuffer(0, 0, size[0], size[1], 0, 0, size[0], size[1], GL_COLOR_BUFFER_BIT, GL_NEAREST);
    // Qt composes widgets with their alpha; VTK's plates leave less than 1 behind.
    gl->glBindFramebuffer(GL_FRAMEBUFFER, defaultFramebufferObject());
    gl->glColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_TRUE);
    gl->glClearColor(0, 0, 0, 1);
    gl->glClear(GL_COLOR_BUFFER_BIT);
    gl->glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  }
  state->Pop();
}

void SceneWidget::setView(const MapView& view) {
  fitted_ = false;
  scene_.setView(view);
  update();
}

void SceneWidget::resetView() {
  fitted_ = true;
  scene_.setView(scene_.fittingView(home_));
  update();
}

void SceneWidget::takeView(const MapView& view) {
  setView(view);
  Q_EMIT viewChanged(view);
}

void SceneWidget::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  dragging_ = true;
  draggedFrom_ = event->position();
  setCursor(Qt::ClosedHandCursor);
}

void SceneWidget::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (dragging_) {
    const QPointF by = at - draggedFrom_;
    draggedFrom_ = at;
    takeView(scene_.panned(by.x(), by.y()));
  }
  const LonLat place = scene_.lonLatFromPixel(at.x(), at.y());
  if (std::isfinite(place.lon) && std::isfinite(place.lat)) Q_EMIT cursorMoved(place.lon, place.lat);
}

void SceneWidget::mouseReleaseEvent(QMouseEvent*) {
  dragging_ = false;
  setCursor(Qt::CrossCursor);
}

void SceneWidget::mouseDoubleClickEvent(QMouseEvent*) { Q_EMIT resetAsked(); }

void SceneWidget::wheelEvent(QWheelEvent* event) {
  const double notches = event->angleDelta().y() / 120.0;
  takeView(scene_.zoomed(std::pow(1.25, notches), event->position().x(), event->position().y()));
  event->accept();
}

void SceneWidget::leaveEvent(QEvent*) { Q_EMIT cursorLeft(); }

}  // namespace stormloom
