#include "app/attention/lesson_window.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace stormloom {
namespace {

constexpr int kLettersInARow = 34, kLettersProjected = 26;
constexpr int kSmallestText = 18, kLargestText = 54;

QLabel* page(const char* name) {
  auto* label = new QLabel;
  label->setObjectName(name);
  label->setWordWrap(true);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  label->setFocusPolicy(Qt::NoFocus);
  label->setTextFormat(Qt::PlainText);
  return label;
}

void setType(QLabel* label, int pixels, bool bold) {
  label->setStyleSheet(
      QString("font-size: %1px; font-weight: %2").arg(pixels).arg(bold ? 600 : 400));
}

}  // namespace

LessonWindow::LessonWindow(std::vector<Lesson> lessons, Act act, QWidget* parent)
    : QMainWindow(parent), lessons_(std::move(lessons)), act_(std::move(act)) {
  setWindowTitle(tr("Lessons — Stormloom"));
  resize(640, 680);
  auto* all = new QWidget;
  auto* column = new QVBoxLayout(all);
  column->setContentsMargins(20, 16, 20, 16);
  column->setSpacing(14);
  choice_ = new QComboBox;
  choice_->setFocusPolicy(Qt::NoFocus);
  for (const Lesson& lesson : lessons_) choice_->addItem(QString::fromStdString(lesson.title));
  heading_ = page("heading");
  text_ = page("text");
  question_ = page("question");
  answer_ = page("answer");
  place_ = new QLabel;
  showAnswer_ = new QPushButton(tr("Answer (A)"));
  auto* back = new QPushButton(QString::fromUtf8("←"));
  auto* on = new QPushButton(QString::fromUtf8("→"));
  for (QPushButton* button : {showAnswer_, back, on}) {
    button->setFocusPolicy(Qt::NoFocus);
    button->setMinimumHeight(34);
  }
  column->addWidget(choice_);
  for (QLabel* label : {heading_, text_, question_, answer_}) column->addWidget(label);
  column->addStretch(1);
  auto* foot = new QHBoxLayout;
  auto* keys = new QLabel(tr("F: for a projector"));
  keys->setProperty("quiet", true);
  foot->addWidget(showAnswer_);
  foot->addWidget(keys);
  foot->addStretch(1);
  for (QWidget* widget :
       {static_cast<QWidget*>(place_), static_cast<QWidget*>(back), static_cast<QWidget*>(on)})
    foot->addWidget(widget);
  column->addLayout(foot);
  setCentralWidget(all);
  connect(choice_, &QComboBox::activated, this, [this](int lesson) { open(lesson, 0); });
  connect(back, &QPushButton::clicked, this, [this] { go(-1); });
  connect(on, &QPushButton::clicked, this, [this] { go(1); });
  connect(showAnswer_, &QPushButton::clicked, this, &LessonWindow::showAnswer);
  sizeType();
  if (lessons_.empty()) heading_->setText(tr("There are no lessons here."));
}

void LessonWindow::open(int lesson, int step) {
  if (lessons_.empty()) return;
  const int lessonBefore = std::exchange(lesson_, std::clamp(lesson, 0, int(lessons_.size()) - 1));
  const Lesson& chosen = lessons_[std::size_t(lesson_)];
  const int stepBefore = std::exchange(step_, std::clamp(step, 0, int(chosen.steps.size()) - 1));
  const LessonStep& now = chosen.steps[std::size_t(step_)];
  choice_->setCurrentIndex(lesson_);
  heading_->setText(QString::fromStdString(now.heading));
  text_->setText(QString::fromStdString(now.text));
  question_->setText(QString::fromStdString(now.question));
  answer_->clear();
  showAnswer_->setVisible(!now.answer.empty());
  place_->setText(tr("%1 of %2").arg(step_ + 1).arg(chosen.steps.size()));
  // A step goes on from the one before it: who comes from elsewhere gets those before, too.
  const bool goesOn = lesson_ == lessonBefore && step_ == stepBefore + 1;
  for (int each = goesOn ? step_ : 0; each <= step_; ++each)
    carryOut(chosen.steps[std::size_t(each)]);
  raise();
  activateWindow();
}

void LessonWindow::carryOut(const LessonStep& step) {
  for (const LessonAction& action : step.actions) {
    try {
      if (act_) act_(action);
    } catch (const std::exception& error) {
      answer_->setText(
          tr("Line %1 of the lesson: %2").arg(action.line).arg(QString::fromUtf8(error.what())));
    }
  }
}

void LessonWindow::go(int by) {
  if (lessons_.empty()) return;
  const int steps = int(lessons_[std::size_t(lesson_)].steps.size());
  if (step_ + by >= steps && lesson_ + 1 < int(lessons_.size()))
    open(lesson_ + 1, 0);
  else if (step_ + by < 0 && lesson_ > 0)
    open(lesson_ - 1, 1 << 20);
  else
    open(lesson_, step_ + by);
}

void LessonWindow::showAnswer() {
  if (lessons_.empty() || step_ < 0) return;
  answer_->setText(
      QString::fromStdString(lessons_[std::size_t(lesson_)].steps[std::size_t(step_)].answer));
}

void LessonWindow::sizeType() {
  const int text = std::clamp(width() / (projected_ ? kLettersProjected : kLettersInARow),
                              kSmallestText, kLargestText);
  setType(heading_, text * 3 / 2, true);
  setType(text_, text, false);
  setType(question_, text, true);
  setType(answer_, text, false);
}

void LessonWindow::setProjected(bool projected) {
  projected_ = projected;
  sizeType();
}

void LessonWindow::resizeEvent(QResizeEvent* event) {
  sizeType();
  QMainWindow::resizeEvent(event);
}

void LessonWindow::keyPressEvent(QKeyEvent* event) {
  if (event->key() >= Qt::Key_1 && event->key() <= Qt::Key_9 &&
      event->key() - Qt::Key_1 < int(lessons_.size()))
    return open(event->key() - Qt::Key_1, 0);
  switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Space:
    case Qt::Key_PageDown:
      return go(1);
    case Qt::Key_Left:
    case Qt::Key_PageUp:
      return go(-1);
    case Qt::Key_F:
      return Q_EMIT screenAsked();
    case Qt::Key_A:
      return showAnswer();
    default:
      QMainWindow::keyPressEvent(event);
  }
}

}  // namespace stormloom
