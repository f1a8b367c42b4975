#include "app/attention/attention_desk.h"

#include <QObject>

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
  if (!diffusion_) diffusion_ = new DiffusionWindow({}, parent_);
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
    shown(lessons_.data());
    lessons_->open(0, 0);
  }
  return shown(lessons_.data());
}

void AttentionDesk::act(const LessonAction& action) {
  if (action.target == "lab")
    openPatternLab()->act(action.words);
  else if (action.target == "diffusion")
    openDiffusion()->act(action.words);
  else
    openAttention()->act(action.words);
}

}  // namespace stormloom
