#include "app/attention/block_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>

#include "app/attention/view_theme.h"

namespace stormloom {
namespace {

constexpr int kApartSteps = 100;
constexpr int kApartMilliseconds = 500;

}  // namespace

BlockPanel::BlockPanel(bool narrow, QWidget* parent) : QWidget(parent), canvas_(new BlockCanvas) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(canvas_, 1);
  auto* over = new QVBoxLayout(canvas_);
  over->setContentsMargins(0, 0, 0, 0);
  pending_ = new QLabel(tr("being computed"));
  pending_->setAlignment(Qt::AlignCenter);
  pending_->setAttribute(Qt::WA_TransparentForMouseEvents);
  pending_->hide();
  over->addWidget(pending_);
  row_ = new QHBoxLayout;
  row_->setContentsMargins(8, 0, 8, 4);
  apart_ = new QSlider(Qt::Horizontal);
  apart_->setObjectName("apart");
  apart_->setRange(0, kApartSteps);
  apart_->setToolTip(tr("Draws the cuboids apart; cells gather in their cuboid."));
  axis_ = new QComboBox;
  axis_->setObjectName("sliceAxis");
  axis_->addItems({tr("whole block"), tr("one frame"), tr("one row"), tr("one column")});
  axis_->setToolTip(tr("Cuts the block open."));
  index_ = new QSlider(Qt::Horizontal);
  index_->setObjectName("sliceIndex");
  index_->setToolTip(tr("Which frame, row or column."));
  behind_ = new QCheckBox(tr("behind"));
  behind_->setToolTip(tr("What lies behind the slice is shown, too."));
  where_ = new QLabel;
  where_->setMinimumWidth(where_->fontMetrics().horizontalAdvance("00:00"));
  row_->addWidget(new QLabel(tr("Apart")));
  row_->addWidget(apart_, 2);
  column->addLayout(row_);
  apart_->setMinimumWidth(60);
  index_->setMinimumWidth(50);
  slice_ = new QWidget;
  auto* part = new QHBoxLayout(slice_);
  part->setContentsMargins(0, 0, 0, 0);
  part->addWidget(index_, 2);
  part->addWidget(where_);
  part->addWidget(behind_);
  auto* slices = new QHBoxLayout;
  slices->setContentsMargins(8, 0, 8, 4);
  (narrow ? slices : row_)->addWidget(axis_);
  slices->addWidget(slice_, 1);
  if (narrow) {  // the line stays where it is, also without a slider
    QSizePolicy stays = slice_->sizePolicy();
    stays.setRetainSizeWhenHidden(true);
    slice_->setSizePolicy(stays);
  }
  column->addLayout(slices);
  going_.setDuration(kApartMilliseconds);
  connect(&going_, &QVariantAnimation::valueChanged, this,
          [this](const QVariant& value) { setApart(value.toDouble()); });
  connect(apart_, &QSlider::valueChanged, this,
          [this](int value) { setApart(double(value) / kApartSteps); });
  connect(axis_, &QComboBox::currentIndexChanged, this, &BlockPanel::takeSlice);
  connect(index_, &QSlider::valueChanged, this, &BlockPanel::takeSlice);
  connect(behind_, &QCheckBox::toggled, this, &BlockPanel::takeSlice);
  takeSlice();
}

void BlockPanel::setPending(bool pending) {
  const QColor ground = viewTheme(*this).ground;
  pending_->setStyleSheet(QString("background: rgba(%1, %2, %3, 190); font-weight: 600")
                              .arg(ground.red())
                              .arg(ground.green())
                              .arg(ground.blue()));
  pending_->setVisible(pending);
}

void BlockPanel::addControl(QWidget* control) { row_->addWidget(control); }

void BlockPanel::setBlock(std::shared_ptr<const CellBlock> block) {
  const bool other = !canvas_->block() || !block || canvas_->block()->map.data != block->map.data;
  canvas_->setBlock(std::move(block));
  if (other) takeSlice();
}

void BlockPanel::setApart(double share) {
  const QSignalBlocker quietly(apart_);
  apart_->setValue(int(share * kApartSteps + 0.5));
  BlockView view = canvas_->view();
  view.apart = share;
  canvas_->setView(view);
}

void BlockPanel::takeSlice() {
  BlockView view = canvas_->view();
  view.slice = {};
  const int cut = axis_->currentIndex();
  slice_->setVisible(cut > 0);
  where_->clear();
  if (cut > 0 && canvas_->block()) {
    const auto axis = std::size_t(cut - 1);
    const QSignalBlocker quietly(index_);
    index_->setRange(0, int(canvas_->block()->map.data[axis]) - 1);
    const int first = index_->value();
    const auto& times = canvas_->block()->frameTexts;
    where_->setText(cut == 1 && first < int(times.size())
                        ? QString::fromStdString(times[std::size_t(first)]).remove(" UTC")
                        : QString::number(first));
    // What lies before it is cut away: earlier frames, rows above, columns to the left.
    view.slice[axis] = {first, behind_->isChecked() ? 0 : first + 1};
  }
  canvas_->setView(view);
}

bool BlockPanel::setSlice(const QString& axis, int index, bool behind) {
  const int cut = QStringList{"", "frame", "row", "column"}.indexOf(axis);
  if (cut < 1) return false;
  behind_->setChecked(behind);
  axis_->setCurrentIndex(cut);
  index_->setValue(index);
  takeSlice();
  return true;
}

bool BlockPanel::act(const std::vector<std::string>& words) {
  const QString what = QString::fromStdString(words.front());
  const auto word = [&](std::size_t i) {
    return i < words.size() ? QString::fromStdString(words[i]) : QString();
  };
  if (what == "whole") {
    behind_->setChecked(false);
    axis_->setCurrentIndex(0);
    return true;
  }
  if (what == "usual") {
    going_.stop();
    canvas_->setTurning(false);
    canvas_->setView({});
    setApart(0.0);
    return act({"whole"});
  }
  if (what == "slice" || what == "from") return setSlice(word(1), word(2).toInt(), what == "from");
  if (what == "apart") {
    going_.stop();
    going_.setStartValue(canvas_->view().apart);
    going_.setEndValue(word(1).toDouble());
    going_.start();
    return true;
  }
  if (what != "turn") return false;
  BlockView view = canvas_->view();
  view.turn = word(1).section(',', 0, 0).toDouble();
  view.tilt = word(1).section(',', 1, 1).toDouble();
  canvas_->setView(view);
  return true;
}

}  // namespace stormloom
