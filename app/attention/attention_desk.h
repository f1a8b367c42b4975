#pragma once

#include <QPointer>
#include <functional>
#include <memory>
#include <vector>

#include "core/frame_sequence.h"
#include "core/lesson.h"
#include "core/model_grid.h"

class QWidget;

namespace stormloom {

class AttentionWindow;
class LessonWindow;
class PatternWindow;

/// What the main window has that attention is asked about.
struct AttentionSubject {
  std::shared_ptr<const ModelContext> context;
  std::vector<FrameSequence> coming;  ///< its extrapolation and a forecast
};

/// Opens attention, pattern lab and lessons, each in a window of its own that is there once.
class AttentionDesk {
public:
  AttentionDesk(std::function<AttentionSubject()> subject, QWidget* parent)
      : subject_(std::move(subject)), parent_(parent) {}

  AttentionWindow* openAttention();
  PatternWindow* openPatternLab();
  LessonWindow* openLessons();
  /// Carries out what a lesson asks for. UsageError for what no window can do.
  void act(const LessonAction& action);

private:
  std::function<AttentionSubject()> subject_;
  QWidget* parent_;
  QPointer<AttentionWindow> attention_;
  QPointer<PatternWindow> lab_;
  QPointer<LessonWindow> lessons_;
};

}  // namespace stormloom
