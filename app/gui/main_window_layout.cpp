#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/gui/file_loader.h"
#include "app/gui/main_window.h"
#include "app/gui/overlays.h"
#include "app/gui/scenario_controller.h"
#include "app/gui/scenario_panel.h"

namespace stormloom {

void MainWindow::buildLayout() {
  auto* all = new QWidget;
  auto* column = new QVBoxLayout(all);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(buildTop());
  banner_ = new Banner;
  column->addWidget(banner_);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  events_ = new QListWidget;
  events_->setFixedWidth(210);
  events_->setWordWrap(true);
  events_->hide();
  connect(events_, &QListWidget::currentRowChanged, this, &MainWindow::chooseSequence);
  middle->addWidget(events_);
  middle->addWidget(buildMaps(), 1);
  panel_ = new ScenarioPanel;
  middle->addWidget(panel_);
  column->addLayout(middle, 1);
  column->addWidget(buildTime());
  setCentralWidget(all);
  keys_ = new KeyList(all);
  connect(new QShortcut(QKeySequence::Open, this), &QShortcut::activated, this, &MainWindow::openDialog);
}

QWidget* MainWindow::buildTop() {
  auto* top = new QWidget;
  top->setObjectName("topStrip");
  top->setAttribute(Qt::WA_StyledBackground);
  auto* row = new QHBoxLayout(top);
  row->setContentsMargins(12, 6, 12, 6);
  row->setSpacing(14);
  auto* open = new QPushButton(tr("Open…"));
  open->setToolTip(tr("Radar files: MRMS, KNMI, SEVIR, ODIM. Or drop files and folders on the window."));
  open->setFocusPolicy(Qt::NoFocus);
  connect(open, &QPushButton::clicked, this, &MainWindow::openDialog);
  eventText_ = new QLabel(tr("Opening…"));
  eventText_->setMinimumWidth(120);
  runText_ = new QLabel;
  runText_->setProperty("quiet", true);
  validText_ = new QLabel;
  validText_->setObjectName("validTime");
  kindText_ = new QLabel;
  loading_ = new QProgressBar;
  loading_->setFixedWidth(120);
  loading_->setTextVisible(false);
  loading_->hide();
  cancelLoading_ = new QPushButton(tr("Cancel"));
  cancelLoading_->hide();
  connect(cancelLoading_, &QPushButton::clicked, this, [this] {
    loader_->cancel();
    loading_->hide();
    cancelLoading_->hide();
  });
  auto* help = new QToolButton;
  help->setText("?");
  help->setToolTip(tr("Keys"));
  help->setFocusPolicy(Qt::NoFocus);
  connect(help, &QToolButton::clicked, this, [this] { keys_->toggle(); });
  for (QWidget* widget : {static_cast<QWidget*>(open), static_cast<QWidget*>(eventText_)}) row->addWidget(widget);
  row->addStretch(1);
  for (QWidget* widget : {runText_, validText_, kindText_}) row->addWidget(widget);
  row->addStretch(1);
  for (QWidget* widget : {static_cast<QWidget*>(loading_), static_cast<QWidget*>(cancelLoading_), static_cast<QWidget*>(help)})
    row->addWidget(widget);
  return top;
}

QWidget* MainWindow::buildMaps() {
  auto* maps = new QSplitter(Qt::Horizontal);
  maps->setHandleWidth(2);
  maps->setChildrenCollapsible(false);
  const auto base = std::make_shared<const std::vector<MapLine>>(loadBaseMap());
  for (const auto shows : {MapPane::Shows::Observed, MapPane::Shows::Scenario}) {
    auto* pane = new MapPane(shows);
    pane->scene()->scene().setBaseMap(base);
    panes_.push_back(pane);
    maps->addWidget(pane);
    linkPane(pane);
  }
  maps->setSizes({500, 500});
  return maps;
}

void MainWindow::linkPane(MapPane* pane) {
  connect(pane, &MapPane::showsChanged, this, [this] {
    if (desk_.observed) showDesk();
  });
  connect(pane->scene(), &SceneWidget::viewChanged, this, [this, pane](const MapView& view) {
    for (MapPane* other : panes_)
      if (other != pane) other->scene()->setView(view);
  });
  connect(pane->scene(), &SceneWidget::resetAsked, this, [this] {
    for (MapPane* other : panes_) other->scene()->resetView();
  });
  connect(pane->scene(), &SceneWidget::cursorMoved, this, [this, pane](double lon, double lat) {
    for (MapPane* other : panes_) other->setLinkedCursor(LonLat{lon, lat});
    readout_->setText(readoutText(pane->scene()->scene(), {lon, lat}, true));
  });
  connect(pane->scene(), &SceneWidget::cursorLeft, this, [this] {
    for (MapPane* other : panes_) other->setLinkedCursor(std::nullopt);
    readout_->clear();
  });
}

QWidget* MainWindow::buildTime() {
  auto* strip = new QWidget;
  strip->setObjectName("timeStrip");
  strip->setAttribute(Qt::WA_StyledBackground);
  auto* column = new QVBoxLayout(strip);
  column->setContentsMargins(12, 4, 12, 4);
  column->setSpacing(0);
  auto* row = new QHBoxLayout;
  row->setSpacing(6);
  const auto button = [&](const QString& text, const QString& tip) {
    auto* made = new QToolButton;
    made->setText(text);
    made->setToolTip(tip);
    made->setFocusPolicy(Qt::NoFocus);
    row->addWidget(made);
    return made;
  };
  playButton_ = button(tr("Play"), tr("Space"));
  playButton_->setCheckable(true);
  playButton_->setMinimumWidth(64);
  connect(playButton_, &QToolButton::clicked, this, &MainWindow::play);
  connect(button(QStringLiteral("◀"), tr("One frame back (Left)")), &QToolButton::clicked, this, [this] { step(-1); });
  connect(button(QStringLiteral("▶"), tr("One frame on (Right)")), &QToolButton::clicked, this, [this] { step(1); });
  loopButton_ = button(tr("Loop"), tr("Begin again at the end (L)"));
  loopButton_->setCheckable(true);
  loopButton_->setChecked(true);
  speed_ = new QComboBox;
  speed_->setFocusPolicy(Qt::NoFocus);
  for (const int rate : {1, 2, 5, 10}) speed_->addItem(tr("%1 a second").arg(rate), rate);
  speed_->setCurrentIndex(2);
  connect(speed_, &QComboBox::currentIndexChanged, this, [this] {
    if (playing_.isActive()) play(true);
  });
  row->addWidget(speed_);
  times_ = new TimeBar;
  connect(times_, &TimeBar::seekAsked, this, &MainWindow::seek);
  row->addWidget(times_, 1);
  fromHere_ = new QPushButton(tr("Forecast from here"));
  fromHere_->setToolTip(tr("Start the forecast at the observed time shown (F)"));
  fromHere_->setFocusPolicy(Qt::NoFocus);
  connect(fromHere_, &QPushButton::clicked, this, [this] { startForecastAt(desk_.time); });
  row->addWidget(fromHere_);
  column->addLayout(row);
  readout_ = new QLabel;
  readout_->setProperty("quiet", true);
  readout_->setObjectName("readout");
  readout_->setMinimumHeight(20);
  column->addWidget(readout_);
  return strip;
}

}  // namespace stormloom
