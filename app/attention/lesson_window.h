#pragma once

#include <QMainWindow>
#include <functional>
#include <vector>

#include "core/lesson.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace stormloom {

/// Guided lessons in large type that grows with the window, also for a projector: right arrow or
/// space goes on, left arrow back, A shows the answer, a digit opens a lesson, F fills the screen
/// together with the window it speaks of.
/// Each step drives the windows it speaks of.
class LessonWindow : public QMainWindow {
  Q_OBJECT
public:
  /// `act` carries a step's actions out; what it throws is shown instead of stopping the lesson.
  using Act = std::function<void(const LessonAction& action)>;
  LessonWindow(std::vector<Lesson> lessons, Act act, QWidget* parent = nullptr);

  void open(int lesson, int step);
  int lesson() const { return lesson_; }
  int step() const { return step_; }

  void setProjected(bool projected);  ///< larger letters

Q_SIGNALS:
  void screenAsked();  ///< lesson and picture shall fill the screen

protected:
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

private:
  void go(int by);
  void carryOut(const LessonStep& step);
  void showAnswer();
  void sizeType();

  std::vector<Lesson> lessons_;
  bool projected_ = false;
  Act act_;
  int lesson_ = 0, step_ = -1;  ///< step -1: none is open yet
  QComboBox* choice_;
  QLabel* heading_;
  QLabel* text_;
  QLabel* question_;
  QLabel* answer_;
  QLabel* place_;
  QPushButton* showAnswer_;
};

}  // namespace stormloom
