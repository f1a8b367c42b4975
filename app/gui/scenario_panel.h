#pragma once

#include <QWidget>
#include <memory>

#include "core/scenario.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QSlider;
class QSpinBox;

namespace stormloom {

class IntensityChart;

/// The dial: anticipated intensity in σ, in words, commanded beside achieved. Takes values and emits values.
class ScenarioPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ScenarioPanel(QWidget* parent = nullptr);
  void setContext(std::shared_ptr<const ModelContext> context);
  void setForecast(std::shared_ptr<const ScenarioForecast> forecast);
  void setLead(int lead);
  void setBusy(bool busy);
  void setIntensity(double nSigma);
  double intensity() const;

 Q_SIGNALS:
  void anticipatedIntensityChanged(double nSigma);
  void seedChanged(quint64 seed);
  void stopAsked();

 private:
  void buildDial();
  void buildNumbers();
  void onSlider(int tenths);
  void showNumbers();

  QLabel* big_;
  QLabel* words_;
  QSlider* slider_;
  QLabel* commanded_;
  QLabel* achieved_;
  IntensityChart* chart_;
  QSpinBox* seed_;
  QCheckBox* lock_;
  QPushButton* newSeed_;
  QPushButton* stop_;
  QLabel* made_;
  QLabel* state_;
  std::shared_ptr<const ScenarioForecast> forecast_;
  bool hasContext_ = false;
  int lead_ = -1;
};

}  // namespace stormloom
