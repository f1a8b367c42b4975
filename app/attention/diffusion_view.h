#pragma once

#include <QWidget>

#include "app/figure/diffusion_figure.h"

namespace stormloom {

/// One moment of members that come out of the same noise: latents, expected frames, push, and the
/// size of the push over the steps. Dragging over the steps scrubs them; arrow keys step, Page Up
/// and Page Down go to another lead time.
class DiffusionView : public QWidget {
  Q_OBJECT
public:
  explicit DiffusionView(QWidget* parent = nullptr);

  void setTraces(DiffusionTraces traces);
  void setStep(int step);
  void setLead(int lead);
  const DiffusionPicture& picture() const { return picture_; }
  int steps() const;
  int leads() const;

  QSize sizeHint() const override { return {1000, 680}; }

Q_SIGNALS:
  void stepChosen(int step);
  void leadChosen(int lead);

protected:
  void changeEvent(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

private:
  int textHeight() const;
  QRectF room() const;
  void scrubTo(const QPointF& place);

  DiffusionPicture picture_;
};

}  // namespace stormloom
