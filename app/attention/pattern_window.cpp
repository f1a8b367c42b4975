#include "app/attention/pattern_window.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSpinBox>
#include <QVBoxLayout>
#include <cmath>

#include "app/attention/pattern_view.h"
#include "core/errors.h"

namespace stormloom {
namespace {

const char* const kAxes[] = {"T", "H", "W"};

QSpinBox* numberBox(int low, int high, const QString& tip) {
  auto* box = new QSpinBox;
  box->setRange(low, high);
  box->setToolTip(tip);
  return box;
}

/// "1.2 million", "147 456".
QString amount(double value) {
  static const std::pair<double, const char*> kWords[] = {
      {1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}};
  for (const auto& [size, word] : kWords)
    if (value >= size) return QString("%1 %2").arg(value / size, 0, 'f', 1).arg(word);
  return QLocale(QLocale::English).toString(std::llround(value)).replace(',', QChar(0x202f));
}

LabPattern named(LabPattern pattern, const std::string& name) {
  pattern.name = name;
  return pattern;
}

}  // namespace

PatternWindow::PatternWindow(QWidget* parent) : QMainWindow(parent) {
  setWindowTitle(tr("Pattern lab — Stormloom"));
  resize(1180, 820);
  for (const LabPattern& pattern : paperFigure())
    presets_.push_back(named(pattern, "figure (6,4,4): " + pattern.name));
  for (const LabPattern& pattern : namedLabPatterns({6, 8, 8}))
    presets_.push_back(named(pattern, "(6,8,8): " + pattern.name));
  for (const LabPattern& pattern : namedLabPatterns({13, 32, 32}))
    presets_.push_back(named(pattern, "SEVIR level 1 (13,32,32): " + pattern.name));
  auto* all = new QWidget;
  auto* row = new QHBoxLayout(all);
  row->setContentsMargins(8, 8, 8, 8);
  row->addWidget(buildSide(sides_[0], 0), 1);
  row->addWidget(buildSide(sides_[1], 1), 1);
  setCentralWidget(all);
}

QWidget* PatternWindow::buildSide(Side& side, int preset) {
  auto* whole = new QWidget;
  auto* column = new QVBoxLayout(whole);
  side.preset = new QComboBox;
  for (const LabPattern& pattern : presets_)
    side.preset->addItem(QString::fromStdString(pattern.name));
  column->addWidget(side.preset);
  auto* grid = new QGridLayout;
  for (int a = 0; a < 3; ++a) {
    const auto axis = std::size_t(a);
    side.field[axis] =
        numberBox(1, a == 0 ? 26 : 64, tr("cells of the field along %1").arg(kAxes[a]));
    side.size[axis] = numberBox(1, 64, tr("elements of a cuboid along %1").arg(kAxes[a]));
    side.shift[axis] =
        numberBox(0, 63, tr("cells the field is rolled along %1 first").arg(kAxes[a]));
    side.strategy[axis] = new QComboBox;
    side.strategy[axis]->addItems({tr("local"), tr("dilated")});
    grid->addWidget(new QLabel(kAxes[a]), 0, a + 1);
    grid->addWidget(side.field[axis], 1, a + 1);
    grid->addWidget(side.size[axis], 2, a + 1);
    grid->addWidget(side.strategy[axis], 3, a + 1);
    grid->addWidget(side.shift[axis], 4, a + 1);
  }
  const char* const words[] = {"field", "cuboid", "strategy", "shift"};
  for (int i = 0; i < 4; ++i) grid->addWidget(new QLabel(tr(words[i])), i + 1, 0);
  side.padding = new QComboBox;
  side.padding->addItems({"zeros", "ignore", "nearest"});
  side.globals = numberBox(0, 64, tr("global vectors"));
  side.globals->setSuffix(tr(" global vectors"));
  side.layer = new QComboBox;
  side.grown = numberBox(0, 16,
                         tr("0: cuboids of the layer; else what reaches the chosen element "
                            "through that many layers"));
  side.grown->setPrefix(tr("receptive field after "));
  side.grown->setSuffix(tr(" layers"));
  side.grown->setSpecialValueText(tr("cuboids of the layer"));
  grid->addWidget(new QLabel(tr("padding")), 5, 0);
  grid->addWidget(side.padding, 5, 1);
  grid->addWidget(side.globals, 5, 2, 1, 2);
  grid->addWidget(new QLabel(tr("layer")), 6, 0);
  grid->addWidget(side.layer, 6, 1);
  grid->addWidget(side.grown, 6, 2, 1, 2);
  column->addLayout(grid);
  side.view = new PatternView;
  column->addWidget(side.view, 1);
  side.cost = new QLabel;
  side.cost->setWordWrap(true);
  side.cost->setTextInteractionFlags(Qt::TextSelectableByMouse);
  column->addWidget(side.cost);

  connect(side.preset, &QComboBox::currentIndexChanged, this, [this, &side] { takePreset(side); });
  for (std::size_t a = 0; a < 3; ++a) {
    for (QSpinBox* box : {side.field[a], side.size[a], side.shift[a]})
      connect(box, &QSpinBox::valueChanged, this, [this, &side] { takeNumbers(side); });
    connect(side.strategy[a], &QComboBox::currentIndexChanged, this,
            [this, &side] { takeNumbers(side); });
  }
  connect(side.padding, &QComboBox::currentIndexChanged, this,
          [this, &side] { takeNumbers(side); });
  connect(side.globals, &QSpinBox::valueChanged, this, [this, &side] { takeNumbers(side); });
  connect(side.layer, &QComboBox::currentIndexChanged, this, [this, &side](int layer) {
    if (filling_ || layer < 0) return;
    side.view->setLayer(layer);
    show(side, side.view->pattern());
  });
  connect(side.grown, &QSpinBox::valueChanged, side.view, &PatternView::setGrownLayers);
  side.preset->setCurrentIndex(preset);
  takePreset(side);
  return whole;
}

void PatternWindow::takePreset(Side& side) {
  const int index = side.preset->currentIndex();
  if (index < 0) return;
  const LabPattern& pattern = presets_[std::size_t(index)];
  filling_ = true;
  side.layer->clear();
  for (std::size_t i = 0; i < pattern.layers.size(); ++i)
    side.layer->addItem(tr("layer %1 of %2").arg(i + 1).arg(pattern.layers.size()));
  side.layer->setCurrentIndex(0);
  side.grown->setMaximum(int(pattern.layers.size()));
  filling_ = false;
  side.view->setLayer(0);
  show(side, pattern);
}

/// Puts a pattern's numbers into the boxes without asking them back.
void PatternWindow::show(Side& side, const LabPattern& pattern) {
  const CuboidShape& layer = pattern.layers[std::size_t(std::max(0, side.layer->currentIndex()))];
  filling_ = true;
  for (std::size_t a = 0; a < 3; ++a) {
    side.field[a]->setValue(int(pattern.field[a]));
    side.size[a]->setValue(int(layer.size[a]));
    side.shift[a]->setValue(int(layer.shift[a]));
    side.strategy[a]->setCurrentIndex(int(layer.strategy[a]));
  }
  side.padding->setCurrentIndex(int(pattern.padding));
  side.globals->setValue(pattern.globalVectors);
  filling_ = false;
  side.view->setPattern(pattern);
  tellCost(side);
}

void PatternWindow::takeNumbers(Side& side) {
  if (filling_) return;
  LabPattern pattern = side.view->pattern();
  CuboidShape& layer = pattern.layers[std::size_t(std::max(0, side.layer->currentIndex()))];
  for (std::size_t a = 0; a < 3; ++a) {
    pattern.field[a] = side.field[a]->value();
    layer.size[a] = side.size[a]->value();
    // A shift of a whole cuboid is none.
    layer.shift[a] = side.shift[a]->value() % layer.size[a];
    layer.strategy[a] = Locality(side.strategy[a]->currentIndex());
  }
  pattern.padding = PaddingType(side.padding->currentIndex());
  pattern.globalVectors = side.globals->value();
  side.view->setPattern(pattern);
  tellCost(side);
}

void PatternWindow::tellCost(Side& side) {
  const LabPattern& pattern = side.view->pattern();
  const LayerCost one = layerCost(pattern, std::size_t(std::max(0, side.layer->currentIndex())));
  const LayerCost all = patternCost(pattern);
  side.cost->setText(
      tr("This layer: %1 cuboids of %2 elements, %3 pairs, %4 times fewer than full attention. "
         "The pattern (%5 layers, 128 channels): %6 pairs, %7 operations for attention and %8 for "
         "projections, %9 MB of weights.")
          .arg(amount(double(one.cuboids)))
          .arg(amount(double(one.volume)))
          .arg(amount(one.pairs))
          .arg(one.cheaper, 0, 'f', one.cheaper < 10 ? 1 : 0)
          .arg(pattern.layers.size())
          .arg(amount(all.pairs))
          .arg(amount(all.attentionFlops))
          .arg(amount(all.projectionFlops))
          .arg(all.weightBytes / 1e6, 0, 'f', 1));
}

void PatternWindow::act(const std::vector<std::string>& words) {
  QStringList rest;
  for (std::size_t i = 1; i < words.size(); ++i) rest << QString::fromStdString(words[i]);
  const std::string& what = words.front();
  const QString value = rest.join(' ');
  const auto refuse = [&] {
    throw UsageError("The pattern lab cannot \"" + what + " " + value.toStdString() + "\".");
  };
  if (what == "left" || what == "right") {
    Side& side = sides_[what == "left" ? 0 : 1];
    const int index = side.preset->findText(value);
    if (index < 0) refuse();
    side.preset->setCurrentIndex(index);
    takePreset(side);
    return;
  }
  if (what != "layer" && what != "grown" && what != "globals" && what != "element") refuse();
  for (Side& side : sides_) {
    if (what == "layer") side.layer->setCurrentIndex(value.toInt() - 1);
    if (what == "grown") side.grown->setValue(value.toInt());
    if (what == "globals") side.globals->setValue(value.toInt());
    if (what == "element")
      side.view->setElement({value.section(',', 0, 0).toInt(), value.section(',', 1, 1).toInt(),
                             value.section(',', 2, 2).toInt()});
  }
}

}  // namespace stormloom
