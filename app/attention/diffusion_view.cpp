#include "app/attention/diffusion_view.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "app/attention/view_theme.h"
#include "app/figure/diffusion_drawing.h"

namespace stormloom {

DiffusionView::DiffusionView(QWidget* parent) : QWidget(parent) {
  setObjectName("diffusionView");
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(560, 420);
  setAccessibleName(tr("Steps of the denoiser"));
}

void DiffusionView::setTraces(DiffusionTraces traces) {
  picture_.traces = std::move(traces);
  picture_.step = std::clamp(picture_.step, 0, std::max(0, steps() - 1));
  picture_.lead = std::clamp(picture_.lead, 0, std::max(0, leads() - 1));
  picture_.dark = isDark(*this);
  update();
}

void DiffusionView::setStep(int step) {
  picture_.step = std::clamp(step, 0, std::max(0, steps() - 1));
  update();
}

void DiffusionView::setLead(int lead) {
  picture_.lead = std::clamp(lead, 0, std::max(0, leads() - 1));
  update();
}

int DiffusionView::steps() const {
  return picture_.traces.empty() ? 0 : int(picture_.traces.front()->steps.size());
}

int DiffusionView::leads() const {
  return steps() == 0 ? 0 : int(picture_.traces.front()->steps.front().clean.frames.size());
}

int DiffusionView::textHeight() const { return std::max(12, fontMetrics().ascent() + 1); }
QRectF DiffusionView::room() const { return QRectF(rect()).adjusted(12, 8, -12, -8); }

void DiffusionView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) picture_.dark = isDark(*this);
  QWidget::changeEvent(event);
}

void DiffusionView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), viewTheme(*this).ground);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
  if (!picture_.traces.empty())
    return diffusion_drawing::drawMoment(painter, room(), picture_, textHeight());
  painter.setPen(viewTheme(*this).quietText);
  painter.drawText(rect(), Qt::AlignCenter, tr("The denoiser is watched step by step…"));
}

void DiffusionView::scrubTo(const QPointF& place) {
  const QRectF curve = diffusion_drawing::curveRoom(room(), textHeight());
  if (!curve.contains(place) || steps() == 0) return;
  Q_EMIT stepChosen(
      std::clamp(int((place.x() - curve.left()) / curve.width() * steps()), 0, steps() - 1));
}

void DiffusionView::mousePressEvent(QMouseEvent* event) { scrubTo(event->position()); }
void DiffusionView::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) scrubTo(event->position());
}

void DiffusionView::keyPressEvent(QKeyEvent* event) {
  const auto step = [this](int by) {
    Q_EMIT stepChosen(std::clamp(picture_.step + by, 0, std::max(0, steps() - 1)));
  };
  const auto lead = [this](int by) {
    Q_EMIT leadChosen(std::clamp(picture_.lead + by, 0, std::max(0, leads() - 1)));
  };
  switch (event->key()) {
    case Qt::Key_Left:
      return step(-1);
    case Qt::Key_Right:
      return step(1);
    case Qt::Key_Home:
      return step(-steps());
    case Qt::Key_End:
      return step(steps());
    case Qt::Key_PageUp:
      return lead(-1);
    case Qt::Key_PageDown:
      return lead(1);
    default:
      QWidget::keyPressEvent(event);
  }
}

}  // namespace stormloom
