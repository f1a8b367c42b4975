#pragma once

#include <QWidget>
#include <vector>

#include "core/valid_time.h"

namespace stormloom {

/// What the time bar draws for one frame.
struct TimeCell {
  ValidTime time;
  bool forecast = false;
  bool synthetic = false;
  double still = 0.0;  ///< share of the rain that stands still
};

/// Frames as cells in their colours on a true time axis, gaps left open, "now" across, and the
/// playhead.
class TimeBar : public QWidget {
  Q_OBJECT
public:
  explicit TimeBar(QWidget* parent = nullptr);
  void setCells(std::vector<TimeCell> cells, ValidTime now);
  const std::vector<TimeCell>& cells() const { return cells_; }
  int current() const { return current_; }
  void setCurrent(int index);
  QRectF cellRect(int index) const;
  QSize sizeHint() const override { return {600, 76}; }
  QSize minimumSizeHint() const override { return {300, 76}; }

Q_SIGNALS:
  void seekAsked(int index);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

private:
  double xFromTime(ValidTime time) const;
  void seek(double x);
  void paintLabels(QPainter& painter) const;

  std::vector<TimeCell> cells_;
  ValidTime now_{};
  double stepSeconds_ = 300.0;  ///< median
  int current_ = 0;
};

}  // namespace stormloom
