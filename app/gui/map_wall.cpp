#include "app/gui/map_wall.h"

#include <vtkRenderer.h>

#include <algorithm>
#include <cmath>

#include "app/gui/theme.h"

namespace stormloom {
namespace {

constexpr int kGap = 2;          ///< pixels between panes
constexpr int kSmallPane = 330;  ///< narrower or lower panes say less
constexpr int kBarePane = 170;

PictureDetail detailFor(const QRect& rect) {
  const int side = std::min(rect.width(), rect.height() + 60);
  return side < kBarePane    ? PictureDetail::Bare
         : side < kSmallPane ? PictureDetail::Small
                             : PictureDetail::Full;
}

}  // namespace

MapWall::MapWall(QWidget* parent) : SceneWidget(parent), work_(new QWidget(this)) {
  setObjectName("mapWall");
  setMouseTracking(true);
  setMinimumSize(320, 280);
  setAccessibleName(tr("Maps"));
  addRenderer(ground_);
  work_->setAttribute(Qt::WA_TransparentForMouseEvents);
  work_->hide();
  setTool(Tool::Look);
  setLayoutOfPanes(layout_);
}

MapWall::~MapWall() { releaseGl(); }

void MapWall::initializeGL() {
  SceneWidget::initializeGL();
  drawAll_ = true;
}

// Panes are drawn into one picture that stays; software rendering pays for every pane it draws.
bool MapWall::prepareDrawing() {
  bool any = drawAll_;
  ground_->SetDraw(drawAll_);
  for (int i = 0; i < int(scenes_.size()); ++i) {
    const bool drawn = i < count() && (drawAll_ || scene(i).isChanged());
    scene(i).renderer()->SetDraw(drawn);
    if (drawn) scene(i).setDrawn();
    any = any || drawn;
  }
  drawAll_ = false;
  return any;
}

void MapWall::drawAllAgain() {
  drawAll_ = true;
  update();
}

void MapWall::resizeGL(int width, int height) {
  SceneWidget::resizeGL(width, height);
  placePanes();
}

void MapWall::setLayoutOfPanes(const PaneLayout& layout) {
  layout_ = layout;
  const auto needed = std::size_t(count());
  while (scenes_.size() < needed) {
    scenes_.push_back(std::make_unique<RadarScene>());
    scenes_.back()->setStyle(style_);
    addRenderer(scenes_.back()->renderer());
    auto* button = new QToolButton(this);
    button->setText(QStringLiteral("⋮"));
    button->setProperty("pane", true);
    button->setFocusPolicy(Qt::NoFocus);
    button->setToolTip(tr("What this pane shows. Drag it onto another pane to swap them."));
    button->setAccessibleName(tr("Pane %1").arg(int(scenes_.size())));
    button->installEventFilter(this);
    buttons_.push_back(button);
  }
  active_ = std::clamp(active_, 0, count() - 1);
  placePanes();
}

QRect MapWall::paneRect(int pane) const {
  const PaneRect rect = layout_.rects().at(std::size_t(pane));
  const auto at = [](double share, int length) {
    return int(std::lround(share * (length + kGap)));
  };
  const int left = at(rect.left, width()), top = at(rect.top, height());
  return {left, top, at(rect.left + rect.width, width()) - kGap - left,
          at(rect.top + rect.height, height()) - kGap - top};
}

PictureSize MapWall::sizeOf(const QRect& rect) const {
  const double scale = devicePixelRatioF();
  return {std::max(1, int(std::lround(rect.width() * scale))),
          std::max(1, int(std::lround(rect.height() * scale))), scale};
}

void MapWall::placePanes() {
  drawAllAgain();
  const QColor line = Theme::of(*this).line;
  ground_->SetBackground(line.redF(), line.greenF(), line.blueF());
  const auto rects = layout_.rects();
  for (int i = 0; i < count(); ++i) {
    const QRect rect = paneRect(i);
    const double w = std::max(1, width()), h = std::max(1, height());
    RadarScene& pane = scene(i);
    pane.renderer()->SetViewport(rect.left() / w, 1.0 - (rect.top() + rect.height()) / h,
                                 (rect.left() + rect.width()) / w, 1.0 - rect.top() / h);
    pane.setDetail(detailFor(rect));
    pane.setActive(i == active_ && count() > 1 && chrome_);
    pane.setSize(sizeOf(rect));
  }
  for (int i = 0; i < int(buttons_.size()); ++i) placeButton(i);
  work_->setGeometry(0, height() - 3, int(std::lround(width() * std::max(0.02, workShare_))), 3);
  refit();
}

void MapWall::placeButton(int pane) {
  QToolButton* button = buttons_[std::size_t(pane)];
  const bool shown = chrome_ && pane < count() && detailFor(paneRect(pane)) != PictureDetail::Bare;
  button->setVisible(shown);
  if (!shown) return;
  const QRect rect = paneRect(pane);
  button->setGeometry(rect.right() - 34, rect.top() + 8, 28, 28);
  button->raise();
}

// One scale for all panes: the one at which the smallest still shows the whole map.
void MapWall::refit() {
  if (fitted_) {
    view_.kmPerPixel = 0.0;
    for (int i = 0; i < count(); ++i) {
      const MapView whole = scene(i).frame() ? scene(i).fittingView(home_) : MapView{{}, 0.0};
      if (whole.kmPerPixel > view_.kmPerPixel) view_ = whole;
    }
    if (view_.kmPerPixel <= 0.0) view_ = {};
  }
  for (int i = 0; i < count(); ++i) scene(i).setView(view_);
  update();
}

void MapWall::setHome(const std::optional<GeoReference>& home) {
  if (home == home_) return;
  home_ = home;
  refit();
}

void MapWall::setView(const MapView& view) {
  fitted_ = false;
  view_ = view;
  for (int i = 0; i < count(); ++i) scene(i).setView(view);
  update();
}

void MapWall::resetView() {
  fitted_ = true;
  refit();
}

void MapWall::setStyle(const MapStyle& style) {
  style_ = style;
  for (auto& scene : scenes_) scene->setStyle(style);
  const QColor color = Theme::of(*this).forecast;
  work_->setStyleSheet(QString("background: %1").arg(color.name()));
  placePanes();
}

void MapWall::setActivePane(int pane) {
  if (pane < 0 || pane >= count() || pane == active_) return;
  active_ = pane;
  for (int i = 0; i < count(); ++i) scene(i).setActive(i == active_ && count() > 1 && chrome_);
  update();
  Q_EMIT activePaneChanged(pane);
}

void MapWall::setTool(Tool tool) {
  tool_ = tool;
  corners_.clear();
  setCursor(tool == Tool::Look ? Qt::CrossCursor : Qt::PointingHandCursor);
}

void MapWall::setWork(double share) {
  workShare_ = share;
  work_->setVisible(share >= 0);
  work_->setGeometry(0, height() - 3, int(std::lround(width() * std::clamp(share, 0.02, 1.0))), 3);
  work_->raise();
}

void MapWall::setChromeShown(bool shown) {
  chrome_ = shown;
  placePanes();
}

}  // namespace stormloom
