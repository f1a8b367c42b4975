#include "app/scene/scene_widget.h"

#include <vtkCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkOpenGLFramebufferObject.h>
#include <vtkOpenGLState.h>
#include <vtkRenderer.h>

#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <QSurfaceFormat>
#include <algorithm>
#include <cmath>

namespace stormloom {

void SceneWidget::setDefaultFormat() {
  QSurfaceFormat format;
  format.setRenderableType(QSurfaceFormat::OpenGL);
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setAlphaBufferSize(8);
  format.setSwapInterval(0);
  QSurfaceFormat::setDefaultFormat(format);
}

SceneWidget::SceneWidget(QWidget* parent) : QOpenGLWidget(parent) {
  window_->SetFrameBlitModeToNoBlit();
  window_->SetOwnContext(false);
  window_->SetMultiSamples(0);
  window_->AddObserver(vtkCommand::WindowMakeCurrentEvent, this, &SceneWidget::makeVtkCurrent);
  window_->AddObserver(vtkCommand::WindowIsCurrentEvent, this, &SceneWidget::answerIsCurrent);
}

SceneWidget::~SceneWidget() {
  QObject::disconnect(contextGone_);
  releaseGl();
}

void SceneWidget::addRenderer(vtkRenderer* renderer) {
  window_->SetNumberOfLayers(std::max(window_->GetNumberOfLayers(), renderer->GetLayer() + 1));
  window_->AddRenderer(renderer);
}

// VTK's state stays true only when Qt does not rebind its own framebuffer, as the widget's
// makeCurrent() does.
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
  contextGone_ =
      connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, [this] { releaseGl(); });
  window_->SetReadyForRendering(true);
  window_->SetMapped(true);
  window_->OpenGLInit();
}

void SceneWidget::resizeGL(int width, int height) {
  const double scale = devicePixelRatioF();
  window_->SetSize(int(std::lround(width * scale)), int(std::lround(height * scale)));
}

void SceneWidget::paintGL() {
  QOpenGLFunctions* gl = context()->functions();
  vtkOpenGLState* state = window_->GetState();
  state->Reset();
  state->Push();
  state->vtkglDepthFunc(GL_LEQUAL);
  if (prepareDrawing()) window_->Render();
  if (vtkOpenGLFramebufferObject* drawn = window_->GetDisplayFramebuffer()) {
    const int* size = window_->GetSize();
    state->vtkglBindFramebuffer(GL_DRAW_FRAMEBUFFER, defaultFramebufferObject());
    drawn->Bind(GL_READ_FRAMEBUFFER);
    state->vtkglViewport(0, 0, size[0], size[1]);
    state->vtkglScissor(0, 0, size[0], size[1]);
    state->vtkglBlitFramebuffer(0, 0, size[0], size[1], 0, 0, size[0], size[1], GL_COLOR_BUFFER_BIT,
                                GL_NEAREST);
    // Qt composes widgets with their alpha; VTK's plates leave less than 1 behind.
    gl->glBindFramebuffer(GL_FRAMEBUFFER, defaultFramebufferObject());
    gl->glColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_TRUE);
    gl->glClearColor(0, 0, 0, 1);
    gl->glClear(GL_COLOR_BUFFER_BIT);
    gl->glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  }
  state->Pop();
}

}  // namespace stormloom
