#include "app/gui/map_pane.h"

#include <QComboBox>
#include <QProgressBar>

#include <cmath>

#include "app/gui/palette.h"

namespace stormloom {
namespace {

using Kind = PictureCaption::Kind;

std::string dayAndClock(ValidTime time) { return isoText(time).substr(0, 10) + " " + clockText(time) + " UTC"; }

std::string leadText(const Desk& desk) {
  const auto lead = std::chrono::duration_cast<minutes>(desk.time - desk.context->runTime).count();
  return signedText(double(lead), 0).toStdString() + " min, run " + clockText(desk.context->runTime) + " UTC";
}

const Frame* lastNotAfter(const FrameSequence& sequence, ValidTime time) {
  const Frame* found = nullptr;
  for (const Frame& frame : sequence.frames)
    if (frame.validTime <= time) found = &frame;
  return found ? found : sequence.frames.empty() ? nullptr : &sequence.frames.front();
}

const Frame* frameAt(const FrameSequence& sequence, ValidTime time) {
  const seconds tolerance(std::max(60L, std::lround(30.0 * stepMinutes(sequence))));
  const auto index = nearestFrame(sequence, time, tolerance);
  return index ? &sequence.frames[*index] : nullptr;
}

std::string sourceText(const FrameSequence& sequence) {
  std::string text = sequence.product.empty() ? std::string(quantityName(sequence.quantity)) : sequence.product;
  if (!sequence.scaleNote.empty()) text += ", " + sequence.scaleNote;
  if (sequence.synthetic && text.find("ynthetic") == std::string::npos) text += ", synthetic";
  return text;
}

}  // namespace

MapPane::MapPane(Shows shows, QWidget* parent)
    : QWidget(parent), scene_(new SceneWidget(this)), choice_(new QComboBox(this)), work_(new QProgressBar(this)) {
  choice_->addItems({tr("Observed"), tr("Extrapolation"), tr("Earthformer"), tr("PreDiff scenario")});
  choice_->setToolTip(tr("What this map shows"));
  choice_->setFocusPolicy(Qt::ClickFocus);
  choice_->setCurrentIndex(int(shows));
  connect(choice_, &QComboBox::currentIndexChanged, this, &MapPane::showsChanged);
  work_->setRange(0, 0);
  work_->setTextVisible(false);
  work_->hide();
  setMinimumSize(scene_->minimumSize());
}

MapPane::Shows MapPane::shows() const { return Shows(choice_->currentIndex()); }

void MapPane::setShows(Shows shows) { choice_->setCurrentIndex(int(shows)); }

void MapPane::resizeEvent(QResizeEvent*) {
  scene_->setGeometry(rect());
  choice_->adjustSize();
  choice_->move(width() - choice_->width() - 8, width() < 520 ? 58 : 10);  // below long titles where it is narrow
  work_->setGeometry(0, height() - 3, width(), 3);
}

void MapPane::setBusy(bool busy) { work_->setVisible(busy && shows() != Shows::Observed); }

MapPane::Picture MapPane::observedPicture(const Desk& desk) const {
  Picture picture;
  picture.sequence = desk.observed.get();
  picture.caption.kind = desk.observed->synthetic ? Kind::Synthetic : Kind::Observed;
  picture.caption.title = desk.observed->synthetic ? "Observed (synthetic)" : "Observed";
  picture.caption.detail = sourceText(*desk.observed);
  picture.frame = frameAt(*desk.observed, desk.time);
  if (!picture.frame) {
    picture.frame = lastNotAfter(*desk.observed, desk.time);
    picture.caption.dimmed = true;
    if (picture.frame) picture.caption.lead = "not observed; last picture " + clockText(picture.frame->validTime) + " UTC";
    picture.caption.validTime = dayAndClock(desk.time);
  } else {
    picture.caption.validTime = dayAndClock(picture.frame->validTime);
    if (picture.frame->standsStill) picture.caption.lead = "stands still: same picture as before";
  }
  return picture;
}

const FrameSequence* MapPane::forecastFrames(const Desk& desk, PictureCaption& caption) const {
  if (shows() == Shows::Scenario) {
    caption.title = "PreDiff scenario";
    if (!desk.scenario || desk.scenario->members.empty()) return nullptr;
    const ScenarioMember& member = desk.scenario->members.front();
    caption.title += ", n = " + signedText(member.nSigma).toStdString() + " σ";
    if (desk.scenario->request.quality == Quality::Preview) {
      caption.kind = Kind::Preview;
      caption.title += ", preview";
    }
    return &member.frames;
  }
  const std::string model = shows() == Shows::Earthformer ? "earthformer" : "extrapolation";
  caption.title = shows() == Shows::Earthformer ? "Earthformer" : "Extrapolation";
  const auto found = desk.deterministic.find(model);
  return found == desk.deterministic.end() ? nullptr : &found->second->frames;
}

MapPane::Picture MapPane::forecastPicture(const Desk& desk) const {
  Picture picture;
  picture.caption.kind = Kind::Forecast;
  const FrameSequence* frames = forecastFrames(desk, picture.caption);
  const FrameSequence& context = desk.context->frames;
  picture.caption.detail = sourceText(context);
  picture.caption.validTime = dayAndClock(desk.time);
  picture.sequence = &context;
  if (desk.time <= desk.context->runTime) {
    picture.frame = frameAt(context, desk.time);
    picture.caption.kind = context.synthetic ? Kind::Synthetic : Kind::Observed;
    picture.caption.title += ": what it starts from";
    picture.caption.dimmed = !picture.frame;
    if (!picture.frame) picture.caption.lead = "before what the model sees";
    if (!picture.frame) picture.frame = lastNotAfter(context, desk.time);
    return picture;
  }
  picture.frame = frames ? frameAt(*frames, desk.time) : nullptr;
  picture.caption.lead = leadText(desk);
  if (picture.frame) {
    picture.sequence = frames;
    return picture;
  }
  picture.frame = lastNotAfter(context, desk.time);
  picture.caption.dimmed = true;
  const bool failed = desk.failures.contains(shows() == Shows::Scenario      ? "scenario"
                                             : shows() == Shows::Earthformer ? "earthformer"
                                                                             : "extrapolation");
  picture.caption.lead = frames   ? "beyond the forecast; the last observation is shown"
                         : failed ? "no forecast; the last observation is shown"
                                  : "being computed; the last observation is shown";
  return picture;
}

void MapPane::present(const Desk& desk) {
  if (!desk.observed || desk.observed->frames.empty()) return;
  if (shows() == Shows::Observed) return draw(observedPicture(desk), desk);
  if (desk.context) return draw(forecastPicture(desk), desk);
  Picture picture = observedPicture(desk);
  picture.caption.title += "; no forecast from here yet";
  draw(picture, desk);
}

void MapPane::draw(const Picture& picture, const Desk& desk) {
  if (!picture.frame || !picture.frame->grid) return;
  RadarScene& scene = scene_->scene();
  scene_->setHome(desk.context ? std::optional(desk.context->frames.geo) : std::nullopt);
  scene.setGeo(picture.sequence->geo);
  scene.setBox(desk.context ? std::optional(desk.context->frames.geo) : std::nullopt);
  scene.setFrame(picture.frame->grid, picture.sequence->quantity);
  caption_ = picture.caption;
  scene.setCaption(caption_);
  if (scene_->isViewFitted()) scene_->resetView();
  scene_->update();
}

void MapPane::setLinkedCursor(const std::optional<LonLat>& place) {
  if (!place) scene_->scene().setCursor(std::nullopt);
  else scene_->scene().setCursor(place, readoutText(scene_->scene(), *place, false).toStdString());
  scene_->update();
}

QString readoutText(const RadarScene& scene, LonLat place, bool withPlace) {
  if (!scene.frame() || !scene.grid()) return {};
  const CellPoint at = scene.frame()->geo().cellFromLonLat(place);
  QString text = QObject::tr("outside the picture");
  const RadarGrid& grid = *scene.grid();
  if (at.col >= 0 && at.row >= 0 && at.col < grid.width() && at.row < grid.height()) {
    const int row = int(at.row), col = int(at.col);
    const CellState state = grid.state(row, col);
    if (state == CellState::Missing) text = QObject::tr("missing");
    else if (state == CellState::OutsideCoverage) text = QObject::tr("outside coverage");
    else if (state == CellState::BelowDetection) text = QObject::tr("below detection");
    else if (scene.quantity() == Quantity::VilDigital) text = QObject::tr("VIL %1 of 254").arg(grid.at(row, col), 0, 'f', 0);
    else text = QString("%1 %2").arg(grid.at(row, col), 0, 'f', 1).arg(QString::fromUtf8(unitText(scene.quantity()).data()));
    if (withPlace) text += QObject::tr("   cell row %1, column %2").arg(row).arg(col);
  }
  if (!withPlace) return text;
  return QString("%1° %2  %3° %4   %5").arg(std::abs(place.lat), 0, 'f', 3).arg(place.lat < 0 ? "S" : "N")
      .arg(std::abs(place.lon), 0, 'f', 3).arg(place.lon < 0 ? "W" : "E", text);
}

}  // namespace stormloom
