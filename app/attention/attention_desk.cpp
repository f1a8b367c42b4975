#include "app/attention/attention_desk.h"

#include <QObject>
#include <QScreen>
#include <algorithm>

#include "app/attention/attention_window.h"
#include "app/attention/diffusion_window.h"
#include "app/attention/lesson_window.h"
#include "app/attention/pattern_window.h"
#include "core/errors.h"

namespace stormloom {
namespace {

/// A window of its own: no stacking above the main one, gone with it.
template <class Window>
Window* shown(Window* window) {
  QWidget& widget = *window;
  widget.setWindowFlag(Qt::Window);
  widget.show();
  widget.raise();
  return window;
}

}  // namespace

AttentionWindow* AttentionDesk::openAttention() {
  if (!attention_) {
    attention_ = new AttentionWindow({}, parent_);
    QObject::connect(attention_, &AttentionWindow::patternLabAsked, attention_,
                     [this] { openPatternLab(); });
    QObject::connect(attention_, &AttentionWindow::lessonsAsked, attention_,
                     [this] { openLessons(); });
    QObject::connect(attention_, &AttentionWindow::diffusionAsked, attention_,
                     [this] { openDiffusion(); });
    QObject::connect(attention_, &AttentionWindow::subjectWanted, attention_,
                     [this] { attention_->setSubject(subject_()); });
  }
  attention_->setSubject(subject_());
  return shown(attention_.data());
}

DiffusionWindow* AttentionDesk::openDiffusion() {
  if (!diffusion_) {
    diffusion_ = new DiffusionWindow({}, parent_);
    QObject::connect(diffusion_, &DiffusionWindow::subjectWanted, diffusion_,
                     [this] { diffusion_->setSubject(subject_()); });
  }
  diffusion_->setSubject(subject_());
  return shown(diffusion_.data());
}

PatternWindow* AttentionDesk::openPatternLab() {
  if (!lab_) lab_ = new PatternWindow(parent_);
  return shown(lab_.data());
}

LessonWindow* AttentionDesk::openLessons() {
  if (!lessons_) {
    lessons_ = new LessonWindow(
        readLessons(), [this](const LessonAction& action) { act(action); }, parent_);
    QObject::connect(lessons_, &LessonWindow::screenAsked, lessons_, [this] { fillScreen(); });
    shown(lessons_.data());
    lessons_->open(0, 0);
  }
  return shown(lessons_.data());
}

/// A lesson and the window it speaks of share the screen, once; where the person puts them then
/// they stay.
void AttentionDesk::placeBeside(QWidget* window) {
  constexpr double kLessonShare = 0.34;
  spokenOf_ = window;
  dress(window);
  if (!lessons_ || !lessons_->isVisible() || !window->screen()) return;
  if (std::find(placed_.begin(), placed_.end(), window) != placed_.end()) return;
  const QRect room = window->screen()->availableGeometry();
  const int lesson = int(kLessonShare * room.width());
  lessons_->setGeometry(room.right() - lesson, room.top(), lesson, room.height());
  window->setGeometry(room.left(), room.top(), room.width() - lesson, room.height());
  placed_.emplace_back(window);
}

/// Letters that are read from the back of a hall, or as they were.
void AttentionDesk::dress(QWidget* window) const {
  constexpr int kLinesOnTheScreen = 60, kUsualPixels = 13;
  const int pixels = window->screen() ? window->screen()->size().height() / kLinesOnTheScreen : 0;
  const QString sheet = projected_ && pixels > kUsualPixels
                            ? QString("* { font-size: %1px; }").arg(pixels)
                            : QString();
  if (window->styleSheet() != sheet) window->setStyleSheet(sheet);
  if (auto* lab = qobject_cast<PatternWindow*>(window)) lab->setProjected(projected_);
}

/// For a projector and back: large letters, and the lesson beside what it speaks of, wherever both
/// stood.
void AttentionDesk::fillScreen() {
  projected_ = !projected_;
  lessons_->setProjected(projected_);
  for (QWidget* window : {static_cast<QWidget*>(attention_.data()), static_cast<QWidget*>(diffusion_.data()),
                          static_cast<QWidget*>(lab_.data())})
    if (window) dress(window);
  if (!spokenOf_ || !spokenOf_->isVisible()) {
    lessons_->setWindowState(lessons_->windowState() ^ Qt::WindowFullScreen);
    return;
  }
  lessons_->showNormal();
  spokenOf_->showNormal();
  std::erase(placed_, spokenOf_);
  placeBeside(spokenOf_);
  lessons_->raise();
  lessons_->activateWindow();
}

void AttentionDesk::act(const LessonAction& action) {
  if (action.target == "lab") {
    PatternWindow* window = openPatternLab();
    placeBeside(window);
    window->act(action.words);
  } else if (action.target == "diffusion") {
    DiffusionWindow* window = openDiffusion();
    placeBeside(window);
    window->act(action.words);
  } else {
    AttentionWindow* window = openAttention();
    placeBeside(window);
    window->act(action.words);
  }
}

}  // namespace stormloom
