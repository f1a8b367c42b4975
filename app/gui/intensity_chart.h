#pragma once

#include <QWidget>
#include <memory>

#include "core/scenario.h"

namespace stormloom {

/// Mean intensity of the box over time: observed so far, what the context lets expect with its spread, what was
/// commanded and what came out. On the 0-255 scale.
class IntensityChart : public QWidget {
  Q_OBJECT
 public:
  explicit IntensityChart(QWidget* parent = nullptr);
  void setContext(std::shared_ptr<const ModelContext> context);
  void setForecast(std::shared_ptr<const ScenarioForecast> forecast);
  void setIntensity(double nSigma);  ///< the commanded curve follows the slider at once
  void setLead(int lead);            ///< index of the forecast frame shown; -1: an observed time
  QSize minimumSizeHint() const override { return {220, 104}; }
  QSize sizeHint() const override { return {270, 200}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QPointF at(double minute, double mean) const;
  void paintFan(QPainter& painter) const;
  void paintCurves(QPainter& painter) const;
  void paintAxes(QPainter& painter) const;
  double leadMinute(int lead) const;

  std::shared_ptr<const ModelContext> context_;
  std::shared_ptr<const ScenarioForecast> forecast_;
  std::vector<double> observed_;
  double stepMinutes_ = 10.0;
  double top_ = 60.0;
  double nSigma_ = 0.0;
  int lead_ = -1;
};

}  // namespace stormloom
