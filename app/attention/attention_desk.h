#pragma once

#include <QPointer>
#include <functional>

#include "app/attention/attention_subject.h"
#include "core/lesson.h"

class QWidget;

namespace stormloom {

class AttentionWindow;
class DiffusionWindow;
class LessonWindow;
class PatternWindow;

/// Opens attention, diffusion, pattern lab and lessons, each in a window of its own that is there once.
class AttentionDesk {
public:
  AttentionDesk(std::function<AttentionSubject()> subject, QWidget* parent)
      : subject_(std::move(subject)), parent_(parent) {}

  AttentionWindow* openAttention();
  DiffusionWindow* openDiffusion();
  PatternWindow* openPatternLab();
  LessonWindow* openLessons();
  /// Carries out what a lesson asks for. UsageError for what no window can do.
  void act(const LessonAction& action);

private:
  void placeBeside(QWidget* window);
  void fillScreen();
  void dress(QWidget* window) const;

  std::function<AttentionSubject()> subject_;
  QWidget* parent_;
  bool projected_ = false;  ///< large letters, for a hall
  QPointer<AttentionWindow> attention_;
  QPointer<DiffusionWindow> diffusion_;
  QPointer<PatternWindow> lab_;
  QPointer<LessonWindow> lessons_;
  QPointer<QWidget> spokenOf_;             ///< the window that the lesson drove last
  std::vector<QPointer<QWidget>> placed_;  ///< windows that stand beside the lesson already
};

}  // namespace stormloom
