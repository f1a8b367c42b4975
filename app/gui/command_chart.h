#pragma once

#include "app/gui/curve_chart.h"

namespace stormloom {

/// The chart of the command: each lead time has a handle that is dragged up and down. Double-click
/// on a handle puts it back to the dial, beside the handles all of them. With the keyboard: Left
/// and Right choose a handle, Up and Down (Page Up, Page Down) move it, Delete puts it back.
class CommandChart : public CurveChart {
  Q_OBJECT
public:
  explicit CommandChart(QWidget* parent = nullptr);
  int selectedHandle() const { return selected_; }
  QPointF handlePosition(int handle) const;  ///< in pixels

Q_SIGNALS:
  void handHeld(bool down);
  void handleMoved(int handle, double value);  ///< in the chart's unit
  void handleNudged(int handle, double bySigma);
  void handleReset(int handle);  ///< -1: all

protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;

private:
  int handleAt(const QPointF& at) const;  ///< -1: none there

  int selected_ = 0;
  int held_ = -1;
};

}  // namespace stormloom
