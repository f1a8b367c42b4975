#include "app/gui/drawer.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <functional>

#include "app/gui/actions.h"
#include "app/gui/labels.h"
#include "app/gui/theme.h"
#include "core/skill_scores.h"

namespace stormloom {
namespace {

QPushButton* buttonFor(QAction* action) {
  auto* button = new QPushButton(action->text());
  button->setToolTip(withKey(action->text(), action));
  button->setFocusPolicy(Qt::TabFocus);
  QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
  return button;
}

QCheckBox* boxFor(QAction* action) {
  auto* box = new QCheckBox(action->text());
  box->setChecked(action->isChecked());
  box->setToolTip(withKey(action->text(), action));
  QObject::connect(box, &QCheckBox::clicked, action, &QAction::trigger);
  QObject::connect(action, &QAction::changed, box, [box, action] {
    box->setChecked(action->isChecked());
    box->setToolTip(withKey(action->text(), action));
  });
  return box;
}

/// Which figure of a row the table shows, and how it is written.
struct Figure {
  QString name, meaning;
  std::function<double(const LeadScores&)> value;
  int decimals;
};

std::vector<Figure> figures() {
  std::vector<Figure> all;
  for (std::size_t i = 0; i < kSevirThresholds.size(); ++i) {
    const double level = double(kSevirThresholds[i]);
    all.push_back({QObject::tr("Hits: CSI at %1").arg(level),
                   QObject::tr("Of all places where rain of %1 was forecast or seen, the share "
                               "where it was both. 1 is right everywhere.")
                       .arg(level),
                   [i](const LeadScores& s) { return s.csi.at(i); }, 2});
  }
  for (std::size_t i = 0; i < kSevirThresholds.size(); ++i) {
    const double level = double(kSevirThresholds[i]);
    all.push_back({QObject::tr("Nearly: FSS at %1").arg(level),
                   QObject::tr("How alike the shares of rain of %1 are within squares of %2 cells. "
                               "1 is alike everywhere.")
                       .arg(level)
                       .arg(kFssNeighbourhood),
                   [i](const LeadScores& s) { return s.fss.at(i); }, 2});
  }
  all.push_back({QObject::tr("Error: mean, 0–255"),
                 QObject::tr("Mean distance between forecast and observed values. 0 is right."),
                 [](const LeadScores& s) { return 255 * s.mae; }, 1});
  all.push_back(
      {QObject::tr("Ensemble: CRPS × 1000"),
       QObject::tr("Distance between the members together and what was observed. 0 is right."),
       [](const LeadScores& s) { return 1000 * s.crps; }, 1});
  return all;
}

}  // namespace

Drawer::Drawer(ActionTable* actions, QWidget* parent)
    : QWidget(parent), pages_(new QStackedWidget) {
  setObjectName("drawer");
  setAttribute(Qt::WA_StyledBackground);
  setFixedWidth(316);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(pages_);
  buildEvents(actions);
  buildLayers(actions);
  buildScores();
  buildJournal(actions);
  hide();
}

QVBoxLayout* Drawer::addPage(const QString& title) {
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(16, 12, 16, 12);
  column->setSpacing(8);
  column->addWidget(heading(title));
  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setWidget(page);
  pages_->addWidget(scroll);
  return column;
}

void Drawer::buildEvents(ActionTable* actions) {
  QVBoxLayout* column = addPage(tr("EVENTS"));
  column->addWidget(buttonFor(actions->find("open")));
  column->addWidget(buttonFor(actions->find("openFolder")));
  column->addWidget(buttonFor(actions->find("sevir")));
  column->addWidget(boxFor(actions->find("watch")));
  column->addWidget(buttonFor(actions->find("demo")));
  column->addWidget(
      quietLabel(tr("Or drop radar files or folders on the window: MRMS, KNMI, SEVIR, ODIM.")));
  column->addWidget(heading(tr("IN THE OPEN FILES")));
  events_ = new QListWidget;
  events_->setWordWrap(true);
  connect(events_, &QListWidget::currentRowChanged, this, &Drawer::eventChosen);
  column->addWidget(events_, 2);
  memory_ = quietLabel();
  memory_->setObjectName("memory");
  column->addWidget(memory_);
  passedOverHeading_ = heading(QString());
  column->addWidget(passedOverHeading_);
  passedOver_ = new QListWidget;
  passedOver_->setObjectName("passedOver");
  passedOver_->setWordWrap(true);
  passedOver_->setAccessibleName(tr("Files passed over"));
  column->addWidget(passedOver_, 1);
  setPassedOver({});
  column->addWidget(heading(tr("RECENT")));
  recent_ = new QListWidget;
  recent_->setObjectName("recent");
  recent_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  recent_->setTextElideMode(Qt::ElideMiddle);
  connect(recent_, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
    Q_EMIT recentChosen(item->data(Qt::UserRole).toString());
  });
  connect(recent_, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) {
    Q_EMIT recentChosen(item->data(Qt::UserRole).toString());
  });
  column->addWidget(recent_, 1);
}

void Drawer::buildLayers(ActionTable* actions) {
  QVBoxLayout* column = addPage(tr("LAYERS"));
  for (const char* id : {"contours", "hatching", "outlines", "towns", "modelScale", "truth", "interpolate"})
    column->addWidget(boxFor(actions->find(id)));
  column->addSpacing(8);
  column->addWidget(heading(tr("COLOURS")));
  column->addWidget(boxFor(actions->find("safeColors")));
  auto* vision = new QComboBox;
  vision->addItems({tr("as usual eyes see it"), tr("as with deuteranopia (no green)"),
                    tr("as with protanopia (no red)"), tr("as with tritanopia (no blue)")});
  vision->setToolTip(tr("Shows radar colours as other eyes see them"));
  connect(vision, &QComboBox::currentIndexChanged, this, &Drawer::colorVisionChosen);
  column->addWidget(vision);
  colorCheck_ = quietLabel();
  column->addWidget(colorCheck_);
  column->addSpacing(8);
  column->addWidget(heading(tr("WINDOW")));
  column->addWidget(buttonFor(actions->find("theme")));
  column->addWidget(buttonFor(actions->find("scale")));
  column->addWidget(buttonFor(actions->find("briefing")));
  column->addStretch(1);
}

void Drawer::buildScores() {
  QVBoxLayout* column = addPage(tr("SCORES OF WHAT IS SHOWN"));
  score_ = new QComboBox;
  for (const Figure& figure : figures()) score_->addItem(figure.name);
  score_->setCurrentIndex(1);
  connect(score_, &QComboBox::currentIndexChanged, this, &Drawer::showScores);
  column->addWidget(score_);
  why_ = quietLabel();
  column->addWidget(why_);
  table_ = new QTableWidget;
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionMode(QAbstractItemView::NoSelection);
  table_->setFocusPolicy(Qt::NoFocus);
  table_->setShowGrid(false);
  table_->verticalHeader()->hide();  // names stand above their numbers: both are read whole
  table_->verticalHeader()->setDefaultSectionSize(24);
  table_->horizontalHeader()->setMinimumSectionSize(44);
  column->addWidget(table_, 100);
  column->addStretch(1);  // without a table the words stay above
}

void Drawer::buildJournal(ActionTable* actions) {
  QVBoxLayout* column = addPage(tr("STEPS"));
  column->addWidget(quietLabel(
      tr("Click a step to go back to it; its results are kept. The steps survive a crash.")));
  history_ = new QListWidget;
  history_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  connect(history_, &QListWidget::itemClicked, this,
          [this](QListWidgetItem* item) { Q_EMIT stepChosen(item->data(Qt::UserRole).toInt()); });
  column->addWidget(history_, 2);
  column->addWidget(heading(tr("NOTES")));
  notes_ = new QListWidget;
  notes_->setWordWrap(true);
  connect(notes_, &QListWidget::itemClicked, this,
          [this](QListWidgetItem* item) { Q_EMIT noteChosen(item->data(Qt::UserRole).toInt()); });
  column->addWidget(notes_, 1);
  auto* remove = new QPushButton(tr("Remove this note"));
  connect(remove, &QPushButton::clicked, this, [this] {
    if (notes_->currentRow() >= 0) Q_EMIT noteRemoved(notes_->currentRow());
  });
  column->addWidget(buttonFor(actions->find("note")));
  column->addWidget(remove);
  column->addWidget(heading(tr("SESSION")));
  column->addWidget(buttonFor(actions->find("saveSession")));
}

void Drawer::open(Page page) {
  const bool same = isVisible() && pages_->currentIndex() == int(page);
  pages_->setCurrentIndex(int(page));
  setVisible(!same);
  if (isVisible() && page == Page::Scores) Q_EMIT scoresAsked();
}

int Drawer::page() const { return isVisible() ? pages_->currentIndex() : -1; }

bool Drawer::isShowing(Page page) const {
  return isVisible() && pages_->currentIndex() == int(page);
}

void Drawer::setEvents(const QStringList& names, int current) {
  const QSignalBlocker quiet(events_);
  events_->clear();
  events_->addItems(names);
  events_->setCurrentRow(current);
}

void Drawer::setMemory(const QString& text) { memory_->setText(text); }

void Drawer::setPassedOver(const QStringList& sentences) {
  passedOverHeading_->setText(tr("PASSED OVER: %1").arg(sentences.size()));
  passedOverHeading_->setVisible(!sentences.isEmpty());
  passedOver_->setVisible(!sentences.isEmpty());
  passedOver_->clear();
  passedOver_->addItems(sentences);
}

void Drawer::setRecent(const QStringList& entries) {
  recent_->clear();
  for (const QString& entry : entries) {
    const QString paths = entry.section('\n', 1);
    if (paths.isEmpty()) continue;  // as an older version left it
    auto* item = new QListWidgetItem(entry.section('\n', 0, 0), recent_);
    item->setData(Qt::UserRole, paths);
    item->setToolTip(paths);
  }
}

void Drawer::setHistory(const DeskHistory& history) {
  history_->clear();
  const auto& entries = history.entries();
  for (std::size_t i = entries.size(); i-- > 0;) {
    auto* item = new QListWidgetItem(QString::fromStdString(entries[i].label), history_);
    item->setData(Qt::UserRole, int(i));
    if (i == history.position()) history_->setCurrentItem(item);
    if (i > history.position()) item->setForeground(Theme::of(*this).quiet);
  }
}

void Drawer::setNotes(const std::vector<DeskNote>& notes) {
  notes_->clear();
  for (std::size_t i = 0; i < notes.size(); ++i) {
    auto* item = new QListWidgetItem(
        QString::fromStdString(clockText(notes[i].time) + " UTC  " + notes[i].text), notes_);
    item->setData(Qt::UserRole, int(i));
  }
}

void Drawer::setColorCheck(const QString& sentence) { colorCheck_->setText(sentence); }

void Drawer::setScores(const std::vector<ScoreRow>& rows, const QString& why) {
  rows_ = rows;
  if (rows_.empty()) why_->setText(why);
  showScores();
}

void Drawer::showScores() {
  const Figure figure = figures()[std::size_t(std::max(0, score_->currentIndex()))];
  table_->clear();
  table_->clearSpans();
  table_->setRowCount(2 * int(rows_.size()));
  table_->setVisible(!rows_.empty());
  if (rows_.empty()) return;
  why_->setText(figure.meaning);
  QStringList leads;
  for (const LeadScores& lead : rows_.front().leads) leads << signedText(lead.leadMinutes, 0);
  constexpr int kMostInSight = 6;  // more are scrolled to
  table_->horizontalHeader()->setSectionResizeMode(
      leads.size() > kMostInSight ? QHeaderView::ResizeToContents : QHeaderView::Stretch);
  table_->setColumnCount(int(leads.size()));
  table_->setHorizontalHeaderLabels(leads);
  for (int i = 0; i < int(rows_.size()); ++i) {
    const ScoreRow& scores = rows_[std::size_t(i)];
    auto* name = new QTableWidgetItem(scores.name);
    name->setForeground(Theme::of(*this).quiet);
    name->setToolTip(scores.name);
    table_->setItem(2 * i, 0, name);
    table_->setSpan(2 * i, 0, 1, int(leads.size()));
    const int row = 2 * i + 1;
    for (int column = 0; column < int(std::min(scores.leads.size(), std::size_t(leads.size())));
         ++column) {
      const double value = figure.value(scores.leads[std::size_t(column)]);
      auto* item =
          new QTableWidgetItem(std::isfinite(value) ? QString::number(value, 'f', figure.decimals)
                                                    : QStringLiteral("–"));
      item->setTextAlignment(Qt::AlignCenter);
      table_->setItem(row, column, item);
    }
  }
}

}  // namespace stormloom
