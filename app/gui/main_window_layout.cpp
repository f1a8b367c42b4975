// Where things lie in the window.
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/gui/actions.h"
#include "app/gui/export_tools.h"
#include "app/gui/labels.h"
#include "app/gui/main_window.h"
#include "app/gui/map_wall.h"
#include "app/gui/overlays.h"
#include "app/gui/rail_icons.h"
#include "app/gui/scenario_panel.h"
#include "app/gui/time_bar.h"

namespace stormloom {
namespace {

constexpr int kNarrow = 1200;   ///< below this the dial is a drawer
constexpr int kCrowded = 1300;  ///< below this the facts need two lines
constexpr int kCrowdedBriefing = 2200;

QLabel* chip() {
  auto* label = new QLabel;
  label->setProperty("chip", true);
  label->setMinimumHeight(26);  // round at its ends
  label->hide();
  return label;
}

QWidget* strip(const char* name, int left, int top, int right, int bottom, int spacing) {
  auto* widget = new QWidget;
  widget->setObjectName(name);
  widget->setAttribute(Qt::WA_StyledBackground);
  auto* row = new QHBoxLayout(widget);
  row->setContentsMargins(left, top, right, bottom);
  row->setSpacing(spacing);
  return widget;
}

/// A flat button for an action, with the action's key in its tip.
QToolButton* buttonOf(QAction* action, const QString& text) {
  auto* button = new QToolButton;
  button->setText(text);
  button->setFocusPolicy(Qt::NoFocus);
  button->setAccessibleName(action->text());
  const auto tip = [button, action] { button->setToolTip(withKey(action->text(), action)); };
  tip();
  QObject::connect(action, &QAction::changed, button, tip);
  QObject::connect(button, &QToolButton::clicked, action, &QAction::trigger);
  return button;
}

}  // namespace

void MainWindow::buildLayout() {
  auto* all = new QWidget;
  auto* column = new QVBoxLayout(all);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  exports_ = new ExportTools(
      this,
      [this] {
        desk_.state.look = lookOfDesk();  // the active pane
        return exportSubject();
      },
      [this] { return wall_->grabFramebuffer(); });
  connect(exports_, &ExportTools::said, this, [this](const QString& text) { banner_->tell(text); });
  column->addWidget(top_ = buildTop());
  banner_ = new Banner;
  column->addWidget(banner_);
  auto* middle = new QWidget;
  middle->setMinimumHeight(200);  // pages and lists in it may shrink and scroll, the strips may not
  middle_ = new QHBoxLayout(middle);
  middle_->setContentsMargins(0, 0, 0, 0);
  middle_->setSpacing(0);
  middle_->addWidget(rail_ = buildRail());
  drawer_ = new Drawer(actions_);
  middle_->addWidget(drawer_);
  wall_ = new MapWall;
  middle_->addWidget(wall_, 1);
  panel_ = new ScenarioPanel;
  right_ = panel_;
  middle_->addWidget(panel_);
  column->addWidget(middle, 1);
  column->addWidget(strip_ = buildTime());
  column->addWidget(status_ = buildStatus());
  for (QWidget* line : {strip_, status_}) line->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setCentralWidget(all);
  keys_ = new KeyList(actions_, all);
  palette_ = new CommandPalette(actions_, all);
  asker_ = new LineAsker(all);
  wall_->setStyle(Theme::of(*this).map);
  arrange();
}

QWidget* MainWindow::buildTop() {
  auto* top = new QWidget;
  top->setObjectName("topStrip");
  top->setAttribute(Qt::WA_StyledBackground);
  auto* lines = new QVBoxLayout(top);
  lines->setContentsMargins(14, 6, 12, 6);
  lines->setSpacing(4);
  auto* row = new QHBoxLayout;
  row->setSpacing(12);
  lines->addLayout(topRow_ = row);
  lines->addLayout(secondTopRow_ = new QHBoxLayout);
  row->addStrut(32);
  top->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);  // what must be seen is never squeezed
  eventText_ = new FactsLabel(tr("Opening…"));
  eventText_->setMinimumWidth(120);
  eventText_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  runText_ = new QLabel;
  runText_->setProperty("quiet", true);
  validText_ = new QLabel;
  validText_->setObjectName("validTime");
  kindText_ = new QLabel;
  kindText_->hide();  // nothing is open yet
  kindText_->setProperty("chip", true);
  loading_ = new QProgressBar;
  loading_->setFixedWidth(100);
  loading_->setTextVisible(false);
  loading_->hide();
  cancelLoading_ = new QPushButton(tr("Cancel"));
  cancelLoading_->hide();
  connect(cancelLoading_, &QPushButton::clicked, this, &MainWindow::endLoading);
  row->addWidget(eventText_, 5);
  for (QWidget* widget : {runText_, validText_, kindText_}) row->addWidget(widget);
  row->addStretch(1);
  row->addWidget(loading_);
  row->addWidget(cancelLoading_);
  buildChips();
  row->addWidget(chips_);
  row->addWidget(paletteButton_ = buttonOf(actions_->find("palette"), tr("Ctrl K")));
  panelButton_ = buttonOf(actions_->find("panel"), tr("Dial"));
  row->addWidget(panelButton_);
  return top;
}

/// What must be known of a forecast besides its times; n where the dial is not in sight.
void MainWindow::buildChips() {
  chips_ = new QWidget;
  auto* row = new QHBoxLayout(chips_);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  const std::pair<QLabel**, const char*> chips[] = {{&dialChip_, "dialChip"},
                                                    {&modelChip_, "modelChip"},
                                                    {&deviceChip_, "deviceChip"},
                                                    {&seedChip_, "seedChip"}};
  for (const auto& [member, name] : chips) {
    *member = chip();
    (*member)->setObjectName(name);
    row->addWidget(*member);
  }
}

QWidget* MainWindow::buildRail() {
  auto* rail = new QWidget;
  rail->setObjectName("rail");
  rail->setAttribute(Qt::WA_StyledBackground);
  rail->setFixedWidth(64);
  auto* column = new QVBoxLayout(rail);
  column->setContentsMargins(4, 8, 4, 8);
  column->setSpacing(4);
  const std::pair<const char*, RailIcon> entries[] = {
      {"layouts", RailIcon::Desk},   {"events", RailIcon::Events},
      {"layers", RailIcon::Layers},  {"attention", RailIcon::Attention},
      {"scores", RailIcon::Scores},  {"lessons", RailIcon::Lessons},
      {"picture", RailIcon::Export}, {"journal", RailIcon::Journal},
      {"keys", RailIcon::Keys}};
  for (const auto& [id, icon] : entries) {
    QAction* action = actions_->find(id);
    auto* button = buttonOf(action, action->property("short").toString());
    button->setProperty("rail", true);
    button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    button->setIconSize({20, 20});
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setIcon(railIcon(icon, Theme::of(*this).text));
    button->setProperty("railIcon", int(icon));  // "icon" is the button's own
    column->addWidget(button);
    if (icon == RailIcon::Export) exports_->makeDragHandle(button);
  }
  column->addStretch(1);
  return rail;
}

QWidget* MainWindow::buildTime() {
  QWidget* strip = stormloom::strip("timeStrip", 12, 4, 12, 0, 6);
  auto* row = static_cast<QHBoxLayout*>(strip->layout());
  playButton_ = buttonOf(actions_->find("play"), tr("Play"));
  playButton_->setMinimumWidth(60);
  row->addWidget(playButton_);
  row->addWidget(buttonOf(actions_->find("back"), QStringLiteral("◀")));
  row->addWidget(buttonOf(actions_->find("on"), QStringLiteral("▶")));
  speed_ = new QComboBox;
  speed_->setFocusPolicy(Qt::NoFocus);
  speed_->setToolTip(tr("Frames a second"));
  for (const int rate : {1, 2, 5, 10, 20}) speed_->addItem(tr("%1 fps").arg(rate), rate);
  speed_->setCurrentIndex(2);
  connect(speed_, &QComboBox::currentIndexChanged, this, [this] {
    if (playing_.isActive()) play(true);
  });
  row->addWidget(speed_);
  times_ = new TimeBar;
  connect(times_, &TimeBar::seekAsked, this, [this](int index) { seek(index); });
  row->addWidget(times_, 1);
  fromHere_ = new QPushButton(tr("Forecast from here"));
  fromHere_->setFocusPolicy(Qt::NoFocus);
  fromHere_->setToolTip(
      withKey(tr("Start the forecast at the observed time shown"), actions_->find("fromHere")));
  connect(fromHere_, &QPushButton::clicked, actions_->find("fromHere"), &QAction::trigger);
  row->addWidget(fromHere_);
  return strip;
}

QWidget* MainWindow::buildStatus() {
  QWidget* strip = stormloom::strip("statusStrip", 14, 0, 14, 4, 12);
  auto* row = static_cast<QHBoxLayout*>(strip->layout());
  words_ = new QLabel;
  words_->setObjectName("words");
  words_->setProperty("quiet", true);
  words_->setAccessibleName(tr("What is on the screen"));
  readout_ = new QLabel;
  readout_->setProperty("quiet", true);
  readout_->setObjectName("readout");
  readout_->setMinimumHeight(20);
  row->addWidget(words_);
  row->addStretch(1);
  row->addWidget(readout_);
  return strip;
}

// Below 1200 px the dial becomes a drawer that the button in the facts line opens.
void MainWindow::arrange() {
  if (!right_) return;
  const bool narrow = width() < kNarrow;
  panelButton_->setVisible(narrow);
  const bool asked = actions_->find("panel")->isChecked();
  const bool dialInSight = asked || (!briefing_ && !narrow);
  right_->setVisible(dialInSight);
  dialChip_->setVisible(!dialInSight && !dialChip_->text().isEmpty());
  rail_->setVisible(!briefing_);
  // Words under the icons where there is height for all of them; tooltips have them anyway.
  constexpr int kButton = 56, kAround = 190;
  const auto buttons = rail_->findChildren<QToolButton*>();
  const bool low = height() - kAround < kButton * int(buttons.size());
  for (QToolButton* button : buttons)
    button->setToolButtonStyle(low ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextUnderIcon);
  if (briefing_) drawer_->hide();
  paletteButton_->setVisible(!briefing_);
  status_->setVisible(!briefing_);
  const bool crowded = width() < (briefing_ ? kCrowdedBriefing : kCrowded);
  QBoxLayout* home = crowded ? secondTopRow_ : topRow_;
  if (home->indexOf(chips_) >= 0) return;
  for (QBoxLayout* row : {topRow_, secondTopRow_}) row->removeWidget(chips_);
  if (home == topRow_)
    home->insertWidget(home->count() - 2, chips_);
  else
    home->addWidget(chips_, 0, Qt::AlignLeft);
}

}  // namespace stormloom
