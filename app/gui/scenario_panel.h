#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "core/map_region.h"
#include "core/plausibility.h"
#include "core/scenario.h"

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QVBoxLayout;

namespace stormloom {

class CurveChart;
class IntensityDial;
class LightList;

/// What the panel shows of the forecasts; the window puts it together.
struct PanelContent {
  std::shared_ptr<const ModelContext> context;
  std::shared_ptr<const ScenarioForecast> forecast;  ///< of the dial
  std::shared_ptr<const ScenarioForecast> ensemble;
  std::shared_ptr<const FrameSequence> truth;  ///< nothing when hidden
  DialReach reach;
  int lead = -1;  ///< index of the forecast frame shown; -1: an observed time
  double secondsPerMember = 0.0;
};

/// The dial: anticipated intensity in σ, in words, commanded beside achieved, and why to believe
/// it. Takes values and emits values.
class ScenarioPanel : public QWidget {
  Q_OBJECT
public:
  explicit ScenarioPanel(QWidget* parent = nullptr);
  void setContent(PanelContent content);
  void setLights(const std::vector<PlausibilityLight>& lights);
  void setNoLights(const QString& why);
  void setPlace(const QString& heading, const QString& words, const struct ChartContent& chart);
  void clearPlace();
  void setBusy(bool busy);
  void setUndo(bool possible, const QString& what);
  // Without signals: the window says what is.
  void setIntensity(double nSigma);
  void setChoices(quint64 seed, int members, double threshold);
  double intensity() const;

Q_SIGNALS:
  void intensityChanged(double nSigma);
  void handOnDial(bool down);
  void seedChanged(quint64 seed);
  void membersChanged(int members);
  void thresholdChanged(double threshold);
  void placeCleared();
  void stopAsked();
  void exportAsked();
  void commandAsked();
  void undoAsked();

private:
  void buildDial(QVBoxLayout* column);
  void buildNumbers(QVBoxLayout* column);
  void buildChoices(QVBoxLayout* column);
  void buildSeed(QVBoxLayout* column);
  void buildPlace(QVBoxLayout* column);
  void buildBottom(QVBoxLayout* column);
  void onSlider(int tenths);
  void showWords();
  void showNumbers();
  void showChart();
  void showMade();
  void showMembers();

  PanelContent content_;
  QLabel* big_;
  QLabel* words_;
  IntensityDial* slider_;
  QLabel* commanded_;
  QLabel* achieved_;
  QLabel* reach_;
  CurveChart* chart_;
  QSpinBox* members_;
  QDoubleSpinBox* threshold_;
  QLabel* budget_;
  QSpinBox* seed_;
  QCheckBox* lock_;
  QPushButton* newSeed_;
  QWidget* place_;
  QLabel* placeHeading_;
  QLabel* placeWords_;
  CurveChart* placeChart_;
  LightList* lights_;
  QLabel* made_;
  QPushButton* stop_;
  QPushButton* undo_;
};

/// Reasons to believe or to doubt, each with a light and a sentence.
class LightList : public QWidget {
  Q_OBJECT
public:
  explicit LightList(QWidget* parent = nullptr);
  void setLights(const std::vector<PlausibilityLight>& lights);
  void say(const QString& sentence);  ///< why there are no lights
  QString text() const;

private:
  QLabel* sentence_;
  std::vector<std::pair<QLabel*, QLabel*>> rows_;
};

}  // namespace stormloom
