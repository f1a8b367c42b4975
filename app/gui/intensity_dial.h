#pragma once

#include <QSlider>
#include <optional>

namespace stormloom {

/// The slider from −4 σ to +4 σ in tenths. The handle is what is commanded, the small ring what was
/// achieved; the ends that the model cannot reach are dimmed. It goes where the finger is.
class IntensityDial : public QSlider {
  Q_OBJECT
public:
  explicit IntensityDial(QWidget* parent = nullptr);
  void setReach(double lowest, double highest);
  void setAchieved(std::optional<double> nSigma);
  std::optional<double> achieved() const { return achieved_; }
  QSize sizeHint() const override { return {272, 62}; }
  QSize minimumSizeHint() const override { return {200, 62}; }

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

private:
  double xFrom(double nSigma) const;
  void takePosition(double x);
  void paintTicks(QPainter& painter) const;

  double lowest_ = -4.0, highest_ = 4.0;
  std::optional<double> achieved_;
};

}  // namespace stormloom
