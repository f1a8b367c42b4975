#include "app/attention/pattern_side.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>

#include "app/attention/block_panel.h"
#include "app/attention/pattern_view.h"
#include "app/attention/view_theme.h"

namespace stormloom {
namespace {

const char* const kAxes[] = {"T", "H", "W"};
constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
constexpr int kGrowMilliseconds = 900;
constexpr int kAxisWidth = 14;  // of the letters T, H, W
constexpr double kClearlySlower = 1.15;  // times of the same work differ by less

QSpinBox* numberBox(int low, int high, const QString& tip) {
  auto* box = new QSpinBox;
  box->setRange(low, high);
  box->setToolTip(tip);
  return box;
}

QLabel* quietLabel(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("quiet", true);
  return label;
}

QString millisecondsText(double time) {
  if (std::isnan(time)) return QObject::tr("being measured");
  if (time < 0.0) return QObject::tr("not run");
  return QString::number(time, 'f', time < 9.95 ? 2 : time < 99.5 ? 1 : 0) + " ms";
}

}  // namespace

PatternSide::PatternSide(std::vector<LabPattern> presets, int preset, QWidget* parent)
    : QWidget(parent), presets_(std::move(presets)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  preset_ = new QComboBox;
  preset_->setObjectName("preset");
  for (const LabPattern& pattern : presets_)
    preset_->addItem(QString::fromStdString(pattern.name));
  for (int i = 0; i < preset_->count(); ++i)
    preset_->setItemData(i, QString::fromStdString(patternMeaning(presets_[std::size_t(i)].name)),
                         Qt::ToolTipRole);
  meaning_ = quietLabel({});
  meaning_->setObjectName("meaning");
  meaning_->setWordWrap(true);
  column->addWidget(preset_);
  column->addWidget(meaning_);
  numbers_ = new QWidget;
  auto* grid = new QGridLayout;
  for (QGridLayout* each : {new QGridLayout(numbers_), grid}) {
    each->setVerticalSpacing(3);
    each->setContentsMargins(0, 0, 0, 0);
    each == grid ? buildChoices(each) : buildNumbers(each);
  }
  column->addWidget(numbers_);
  column->addLayout(grid);
  auto* views = new QSplitter(Qt::Vertical);
  block_ = new BlockPanel;
  onlyLit_ = new QCheckBox(tr("only lit"));
  onlyLit_->setToolTip(tr("Makes all other cells small, so that the lit ones are seen inside."));
  block_->addControl(onlyLit_);
  frames_ = new PatternView;
  views->addWidget(block_);
  views->addWidget(frames_);
  views->setStretchFactor(0, 3);
  views->setStretchFactor(1, 2);
  views->setChildrenCollapsible(false);
  column->addWidget(views, 1);
  cost_ = new QLabel;
  cost_->setObjectName("cost");
  cost_->setWordWrap(true);
  cost_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  column->addWidget(cost_);
  growing_.setInterval(kGrowMilliseconds);
  wire();
  preset_->setCurrentIndex(preset);
  takePreset();
}

void PatternSide::buildNumbers(QGridLayout* grid) {
  const QString words[] = {tr("field"), tr("cuboid"), tr("strategy"), tr("shift")};
  for (int i = 0; i < 4; ++i) grid->addWidget(quietLabel(words[i]), 0, i + 1);
  for (int a = 0; a < 3; ++a) {
    const auto axis = std::size_t(a);
    field_[axis] = numberBox(1, a == 0 ? 26 : 64, tr("cells of the field along %1").arg(kAxes[a]));
    size_[axis] = numberBox(1, 64, tr("elements of a cuboid along %1").arg(kAxes[a]));
    shift_[axis] = numberBox(0, 63, tr("cells the field is rolled along %1 first").arg(kAxes[a]));
    strategy_[axis] = new QComboBox;
    strategy_[axis]->addItems({tr("local"), tr("dilated")});
    strategy_[axis]->setToolTip(tr("Local: neighbours. Dilated: cells far apart."));
    grid->addWidget(quietLabel(kAxes[a]), a + 1, 0);
    grid->addWidget(field_[axis], a + 1, 1);
    grid->addWidget(size_[axis], a + 1, 2);
    grid->addWidget(strategy_[axis], a + 1, 3);
    grid->addWidget(shift_[axis], a + 1, 4);
  }
  for (int i = 1; i < 5; ++i) grid->setColumnStretch(i, 1);
  grid->setColumnMinimumWidth(0, kAxisWidth);
}

void PatternSide::buildChoices(QGridLayout* grid) {
  layer_ = new QComboBox;
  layer_->setObjectName("layer");
  padding_ = new QComboBox;
  padding_->addItems({tr("padding zeros"), tr("padding ignore"), tr("padding nearest")});
  padding_->setToolTip(tr("What fills the end of an axis that cuboids do not divide."));
  globals_ = numberBox(0, 64, tr("Vectors that every cell asks and that ask every cell."));
  globals_->setObjectName("globals");
  globals_->setSuffix(tr(" global vectors"));
  grown_ = numberBox(0, 16,
                     tr("0: cuboids of the layer; else what reaches the chosen element "
                        "through that many layers"));
  grown_->setObjectName("grown");
  grown_->setPrefix(tr("reach after layer "));
  grown_->setSpecialValueText(tr("cuboids of the layer"));
  grow_ = new QPushButton(tr("Grow"));
  grow_->setObjectName("grow");
  grow_->setToolTip(tr("Lets the receptive field of the chosen element grow layer by layer."));
  grid->addWidget(layer_, 0, 1);
  grid->addWidget(padding_, 0, 2);
  grid->addWidget(globals_, 0, 3, 1, 2);
  grid->addWidget(grown_, 1, 1, 1, 2);
  grid->addWidget(grow_, 1, 3, 1, 2);
  for (int i = 1; i < 5; ++i) grid->setColumnStretch(i, 1);
  grid->setColumnMinimumWidth(0, kAxisWidth);
}

void PatternSide::wire() {
  connect(preset_, &QComboBox::currentIndexChanged, this, &PatternSide::takePreset);
  for (std::size_t a = 0; a < 3; ++a) {
    for (QSpinBox* box : {field_[a], size_[a], shift_[a]})
      connect(box, &QSpinBox::valueChanged, this, &PatternSide::takeNumbers);
    connect(strategy_[a], &QComboBox::currentIndexChanged, this, &PatternSide::takeNumbers);
  }
  connect(padding_, &QComboBox::currentIndexChanged, this, &PatternSide::takeNumbers);
  connect(globals_, &QSpinBox::valueChanged, this, &PatternSide::takeNumbers);
  connect(layer_, &QComboBox::currentIndexChanged, this, [this](int layer) {
    if (filling_ || layer < 0) return;
    showNumbers();
    showPattern();
  });
  connect(grown_, &QSpinBox::valueChanged, this, &PatternSide::showPattern);
  connect(onlyLit_, &QCheckBox::toggled, this, &PatternSide::showPattern);
  connect(grow_, &QPushButton::clicked, this, [this] {
    grown_->setValue(0);
    growing_.start();
    grow();
  });
  connect(&growing_, &QTimer::timeout, this, &PatternSide::grow);
  connect(frames_, &PatternView::elementChosen, this, &PatternSide::setElement);
  connect(frames_, &PatternView::cellHovered, this, &PatternSide::tellCell);
  connect(frames_, &PatternView::hoverLeft, this, [this] { Q_EMIT said({}); });
  connect(&block_->canvas(), &BlockCanvas::cellChosen, this, &PatternSide::setElement);
  connect(&block_->canvas(), &BlockCanvas::cellHovered, this, &PatternSide::tellCell);
  connect(&block_->canvas(), &BlockCanvas::hoverLeft, this, [this] { Q_EMIT said({}); });
}

PatternLook PatternSide::look() const {
  return {.layer = std::size_t(std::max(0, layer_->currentIndex())),
          .element = element_,
          .grown = grown_->value(),
          .dark = isDark(*this),
          .onlyLit = onlyLit_->isChecked()};
}

bool PatternSide::usePreset(const QString& name) {
  const int index = preset_->findText(name);
  if (index < 0) return false;
  preset_->setCurrentIndex(index);
  takePreset();
  return true;
}

void PatternSide::setLayer(int layer) { layer_->setCurrentIndex(layer - 1); }
void PatternSide::setGrown(int layers) { grown_->setValue(layers); }
void PatternSide::setGlobals(int count) { globals_->setValue(count); }

void PatternSide::showOnlyLit() { onlyLit_->setChecked(true); }

void PatternSide::setProjected(bool projected) {
  projected_ = projected;
  numbers_->setVisible(!projected);
  tellCost();
}

void PatternSide::showUsual() {
  onlyLit_->setChecked(false);
  takePreset();  // as it was before somebody turned its numbers
  block_->act({"usual"});
}

void PatternSide::setElement(const Thw& element) {
  for (std::size_t a = 0; a < 3; ++a)
    element_[a] = std::clamp<std::int64_t>(element[a], 0, pattern_.field[a] - 1);
  showPattern();
}

void PatternSide::takePreset() {
  const int index = preset_->currentIndex();
  if (index < 0) return;
  growing_.stop();
  pattern_ = presets_[std::size_t(index)];
  meaning_->setText(QString::fromStdString(patternMeaning(pattern_.name)));
  filling_ = true;
  layer_->clear();
  for (std::size_t i = 0; i < pattern_.layers.size(); ++i)
    layer_->addItem(tr("layer %1 of %2").arg(i + 1).arg(pattern_.layers.size()));
  layer_->setCurrentIndex(0);
  grown_->setMaximum(int(pattern_.layers.size()));
  grown_->setValue(0);
  filling_ = false;
  showNumbers();
  times_.assign(pattern_.layers.size(), kNotKnown);
  fullTime_ = kNotKnown;
  setElement(element_);
  Q_EMIT patternChanged();
}

/// Puts the pattern's numbers into the boxes without asking them back.
void PatternSide::showNumbers() {
  const CuboidShape& layer = pattern_.layers[look().layer];
  filling_ = true;
  for (std::size_t a = 0; a < 3; ++a) {
    field_[a]->setValue(int(pattern_.field[a]));
    size_[a]->setValue(int(layer.size[a]));
    shift_[a]->setValue(int(layer.shift[a]));
    strategy_[a]->setCurrentIndex(int(layer.strategy[a]));
  }
  padding_->setCurrentIndex(int(pattern_.padding));
  globals_->setValue(pattern_.globalVectors);
  filling_ = false;
}

void PatternSide::takeNumbers() {
  if (filling_) return;
  CuboidShape& layer = pattern_.layers[look().layer];
  for (std::size_t a = 0; a < 3; ++a) {
    pattern_.field[a] = field_[a]->value();
    layer.size[a] = size_[a]->value();
    layer.shift[a] = shift_[a]->value() % layer.size[a];  // a shift of a whole cuboid is none
    layer.strategy[a] = Locality(strategy_[a]->currentIndex());
  }
  pattern_.padding = PaddingType(padding_->currentIndex());
  pattern_.globalVectors = globals_->value();
  times_.assign(pattern_.layers.size(), kNotKnown);
  fullTime_ = kNotKnown;
  setElement(element_);
  Q_EMIT patternChanged();
}

void PatternSide::showPattern() {
  if (filling_) return;
  const PatternLook now = look();
  const auto block = std::make_shared<const CellBlock>(patternBlock(pattern_, now));
  block_->setBlock(block);
  frames_->show(block,
                now.grown == 0 ? cuboidNumbers(pattern_, now.layer) : std::vector<std::int64_t>(),
                element_);
  tellCost();
}

void PatternSide::grow() {
  if (grown_->value() >= grown_->maximum()) return growing_.stop();
  grown_->setValue(grown_->value() + 1);
}

/// "1 → 13 → 416 → 13 312 of 13 312 cells".
QString PatternSide::growthText() const {
  QStringList counts;
  for (std::size_t layers = 0; layers <= pattern_.layers.size(); ++layers) {
    const auto reached = receptiveField(pattern_, layers, element_);
    counts << QString::fromStdString(
        amountText(double(std::count(reached.begin(), reached.end(), std::uint8_t(1)))));
  }
  return tr("Reach of the chosen cell, layer by layer: %1 of %2 cells.")
      .arg(counts.join(QString::fromUtf8(" → ")),
           QString::fromStdString(amountText(double(volumeOf(pattern_.field)))));
}

QString PatternSide::timingText() const {
  QStringList layers;
  double all = 0.0;
  for (const double time : times_) {
    layers << millisecondsText(time);
    all += time;
  }
  QString text = tr("Measured here: ") + layers.join(" + ");
  if (times_.size() > 1 && !std::isnan(all) &&
      *std::min_element(times_.begin(), times_.end()) >= 0.0)
    text += " = " + millisecondsText(all);
  text += tr("; full attention, one layer: %1").arg(millisecondsText(fullTime_));
  if (pattern_.layers.size() == 1 && pattern_.globalVectors == 0 &&
      pattern_.layers.front().size == pattern_.field)
    text = tr("Measured here: %1, this is full attention").arg(millisecondsText(fullTime_));
  if (fullTime_ < 0.0) text += tr(" (its weights do not fit in %1 MB)")
                                   .arg(256);
  if (fullTime_ > 0.0 && all > kClearlySlower * fullTime_)
    text += tr(": many small products can take longer than one large one, and whatever else runs counts in");
  if (threads_ > 0) text += tr(". 128 channels, 4 heads, %1 threads.").arg(threads_);
  return text;
}

QString PatternSide::costText() const { return cost_->text(); }

void PatternSide::tellCost() {
  QStringList lines;
  for (const std::string& line : costLines(pattern_, look().layer))
    lines << QString::fromStdString(line);
  if (projected_) lines = lines.mid(0, 1);
  lines << timingText() << growthText();
  cost_->setText(lines.join('\n'));
  keepCostWhole();
}

/// Its last line is the one that lessons speak of.
void PatternSide::keepCostWhole() {
  if (cost_ && cost_->width() > 0) cost_->setMinimumHeight(cost_->heightForWidth(cost_->width()));
}

void PatternSide::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  QMetaObject::invokeMethod(
      this, [this] { keepCostWhole(); }, Qt::QueuedConnection);
}

void PatternSide::setTiming(int layer, double milliseconds, int threads) {
  if (layer >= int(times_.size())) return;
  times_[std::size_t(layer)] = milliseconds;
  if (threads > 0) threads_ = threads;
  tellCost();
}

void PatternSide::setFullTiming(double milliseconds) {
  fullTime_ = milliseconds;
  tellCost();
}

LabPattern PatternSide::fullPattern() const {
  return {.name = "full",
          .field = pattern_.field,
          .layers = {{pattern_.field, kLocal, {0, 0, 0}}}};
}

void PatternSide::tellCell(const Thw& cell) {
  const CuboidMap map = fitCuboids(pattern_.layers[look().layer], pattern_.field);
  Q_EMIT said(tr("frame %1, row %2, column %3: cuboid %4 of %5")
                  .arg(cell[0])
                  .arg(cell[1])
                  .arg(cell[2])
                  .arg(queryElement(map, cell, pattern_.padding).cuboid)
                  .arg(map.cuboids()));
}

void PatternSide::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && block_) showPattern();
  QWidget::changeEvent(event);
}

}  // namespace stormloom
