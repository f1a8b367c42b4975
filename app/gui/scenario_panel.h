#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "core/map_region.h"
#include "core/plausibility.h"
#include "core/scenario.h"

class QAbstractSpinBox;
class QCheckBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;
class QSpinBox;
class QVBoxLayout;

namespace stormloom {

class CommandChart;
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
  QString notReached;  ///< where the member shown stays off its command; empty: nowhere
  int lead = -1;       ///< index of the forecast frame shown; -1: an observed time
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
  void setAlongDial(const QString& words, const struct ChartContent& chart);
  void clearAlongDial();
  void setWork(bool busy, bool stopped);
  void setUndo(bool possible, const QString& what);
  // Without signals: the window says what is.
  void setIntensity(double nSigma);
  /// What lead times are bent by, in sigma, and whether the control is limited to an area.
  void setControl(const std::vector<double>& bend, bool limited);
  void setChoices(quint64 seed, int members, double threshold);
  double intensity() const;
  int scrolledTo() const;
  void revealPlace();  ///< what somebody has just asked for comes into sight
  void revealChances();
  void scrollTo(int pixels);  ///< as soon as there is enough below

Q_SIGNALS:
  void intensityChanged(double nSigma);
  void handOnDial(bool down);  ///< or on the chart's handles
  void leadBent(int lead, double nSigma);
  void leadReset(int lead);  ///< -1: all
  void areaAsked();
  void insideAsked(bool only);
  void alongDialAsked(bool on);
  void seedChanged(quint64 seed);
  void membersChanged(int members);
  void thresholdChanged(double threshold);
  void placeCleared();
  void stopAsked();
  void goOnAsked();
  void numberAsked();  ///< the intensity is to be typed
  void exportAsked();
  void commandAsked();
  void undoAsked();

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void buildDial(QVBoxLayout* column);
  void buildNumbers(QVBoxLayout* column);
  void buildChart(QVBoxLayout* column);
  void buildControl(QVBoxLayout* column);
  void buildAlongDial(QVBoxLayout* column);
  void buildChoices(QVBoxLayout* column);
  void buildSeed(QVBoxLayout* column);
  void buildPlace(QVBoxLayout* column);
  void buildBottom(QVBoxLayout* column);
  void onSlider(int tenths);
  static QLineEdit* lineOf(const QAbstractSpinBox* box);
  static bool isTyping(const QAbstractSpinBox* box);  ///< then results that arrive do not overwrite it
  double commandAt(int lead) const;  ///< in sigma
  void bendTo(int lead, double nSigma);
  void showWords();
  void showNumbers();
  void showChart();
  void addCommand(struct ChartContent& chart, double step, double anchor) const;
  void showMade();
  void showMembers(int members);

  PanelContent content_;
  bool ofThisCommand_ = true;  ///< false: the forecast is of a command before, for its fan alone
  std::vector<double> bend_;
  bool limited_ = false;
  bool stopped_ = false;
  QPushButton* big_;
  QLabel* words_;
  IntensityDial* slider_;
  QLabel* commanded_;
  QLabel* achieved_;
  QLabel* reach_;
  CommandChart* chart_;
  QLabel* control_;
  QPushButton* straighten_;
  QPushButton* inside_;
  QPushButton* alongDial_;
  QWidget* chances_;
  QLabel* chanceWords_;
  CurveChart* chanceChart_;
  QSpinBox* members_;
  QDoubleSpinBox* threshold_;
  QLabel* budget_;
  QSpinBox* seed_;
  QCheckBox* lock_;
  QPushButton* newSeed_;
  void reveal(QWidget* section);

  QScrollArea* scroll_;
  int wantedScroll_ = -1;
  QWidget* place_;
  QLabel* placeHeading_;
  QLabel* placeWords_;
  CurveChart* placeChart_;
  LightList* lights_;
  QPushButton* doubts_;  ///< the lights in one line that is always in sight
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
