#include "app/gui/overlays.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace stormloom {

Banner::Banner(QWidget* parent) : QFrame(parent), label_(new QLabel) {
  setObjectName("banner");
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 6, 8, 6);
  label_->setWordWrap(true);
  label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* close = new QToolButton;
  close->setText(tr("Close"));
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  row->addWidget(label_, 1);
  row->addWidget(close);
  hide();
}

void Banner::say(const QString& sentence) {
  label_->setText(sentence);
  show();
}

QString Banner::text() const { return label_->text(); }

KeyList::KeyList(QWidget* parent) : QFrame(parent) {
  setObjectName("keyList");
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(24, 18, 24, 18);
  grid->setHorizontalSpacing(24);
  const std::pair<QString, QString> rows[] = {
      {tr("Space"), tr("play or pause")},
      {tr("Left, Right"), tr("one frame back or on")},
      {tr("Home, End"), tr("first or last frame")},
      {tr("[   ]"), tr("a tenth σ weaker or stronger")},
      {tr("0"), tr("as expected (0 σ)")},
      {tr("F"), tr("forecast from the time shown")},
      {tr("L"), tr("loop on or off")},
      {tr("R"), tr("the whole map")},
      {tr("Ctrl+O"), tr("open radar files")},
      {tr("Esc"), tr("stop computing or loading, close this list")},
      {tr("?"), tr("this list")},
      {tr("Drag, wheel"), tr("move the map, zoom at the cursor; double click: the whole map")}};
  int row = 0;
  for (const auto& [key, meaning] : rows) {
    auto* name = new QLabel("<b>" + key.toHtmlEscaped() + "</b>");
    grid->addWidget(name, row, 0);
    grid->addWidget(new QLabel(meaning), row++, 1);
  }
  hide();
}

void KeyList::toggle() {
  setVisible(!isVisible());
  if (!isVisible()) return;
  adjustSize();
  move((parentWidget()->width() - width()) / 2, (parentWidget()->height() - height()) / 2);
  raise();
}

}  // namespace stormloom
