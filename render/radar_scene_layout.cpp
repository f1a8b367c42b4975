// Where things stand in the picture: camera, captions, scale bar, cursor.
#include <vtkCamera.h>
#include <vtkRenderer.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "render/radar_scene.h"

namespace stormloom {
namespace {

constexpr double kEdge = 3;  ///< thickness of the coloured upper edge
constexpr double kDash = 10;
constexpr double kNarrow = 560;  ///< in a narrower pane the time needs the lowest line for itself
constexpr double kAboveScale = 116;  ///< from below: clock, legend and scale bar are lower

double roundLength(double km) {
  const double power = std::pow(10.0, std::floor(std::log10(km)));
  for (const double step : {5.0, 2.0}) {
    if (step * power <= km) return step * power;
  }
  return power;
}

}  // namespace

MapView RadarScene::fittingView(const std::optional<GeoReference>& home) const {
  if (!ground_) return {};
  const MapFrame shown = home ? MapFrame(*home) : raster_ ? MapFrame(raster_->grid()) : *frame();
  const double width = size_.width / size_.scale, whole = size_.height / size_.scale;
  // Captions above and the legend below keep off the storms where the pane has the room.
  const double captions = detail_ == PictureDetail::Full ? 2 * 54 * style_.textScale : 0;
  const double height = whole - std::min(captions, 0.16 * whole);
  return {shown.lonLatFromMap({0, 0}),
          1.04 * std::max(shown.widthKm() / width, shown.heightKm() / height)};
}

void RadarScene::setView(const MapView& view) {
  if (view == view_) return;
  changed_ = true;
  view_ = view;
  applyView();
}

void RadarScene::applyView() {
  if (!ground_) return layout();
  const MapPoint center = frame()->mapFromLonLat(view_.center);
  vtkCamera* camera = renderer_->GetActiveCamera();
  camera->SetFocalPoint(center.east, center.north, 0);
  camera->SetPosition(center.east, center.north, 100);
  camera->SetViewUp(0, 1, 0);
  camera->SetClippingRange(1, 200);
  camera->SetParallelScale(0.5 * view_.kmPerPixel * size_.height / size_.scale);
  if (region_.isPlace()) drawRegion();
  layoutTowns();
  layout();
}

// Larger towns first; a name that would lie on another, or where captions lie, is left out.
void RadarScene::layoutTowns() {
  constexpr double kLine = 15, kLetter = 6.4, kPerTown = 34000;
  std::size_t shown = 0;
  if (ground_ && townsShown_ && detail_ != PictureDetail::Bare) {
    const double t = style_.textScale, width = size_.width / size_.scale,
                 height = size_.height / size_.scale;
    const MapPoint center = frame()->mapFromLonLat(view_.center);
    const auto most = std::size_t(std::clamp(width * height / (kPerTown * t), 2.0, 20.0));
    struct Taken {
      double left, bottom, right, top;
    };
    std::vector<Taken> taken{{0, height - 60 * t, 260 * t, height},
                             {width - 50, height - 44, width, height},
                             {0, 0, 220 * t, 60 * t},
                             {width - 310 * t, 0, width, 110 * t}};
    for (const MapGround::DegreeLabel& label : ground_->degrees) {
      const MapPoint at = pixelFromLonLat(label.place);
      const double left = at.east - (label.meridian ? 12 : 40);
      taken.push_back({left, at.north, left + 44, at.north + 16});
    }
    if (region_.isPlace()) {  // the place asked about is named beside its ring
      const MapPoint at = pixelFromLonLat(region_.outline.front());
      taken.push_back({at.east - 10, at.north - 10, at.east + 14 + kLetter * t * double(regionName_.size()),
                       at.north + 14});
    }
    for (const PictureNote& note : notes_) {
      const MapPoint at = pixelFromLonLat(note.place);
      taken.push_back({at.east - 10, at.north - 12,
                       at.east + (14 + kLetter * double(std::min<std::size_t>(42, note.text.size() + 2))) * t, at.north + 14});
    }
    for (const MapGround::Town& town : ground_->towns) {
      if (shown == most) break;
      const double x = 0.5 * width + (town.at.east - center.east) / view_.kmPerPixel;
      const double y = 0.5 * height + (town.at.north - center.north) / view_.kmPerPixel;
      const Taken box{x - 6, y - kLine * t, x + (12 + kLetter * double(town.name.size())) * t,
                      y + kLine * t};
      if (box.left < 4 || box.right > width - 4 || box.bottom < 4 || box.top > height - 8) continue;
      if (std::ranges::any_of(taken, [&](const Taken& other) {
            return box.left < other.right && box.right > other.left && box.bottom < other.top &&
                   box.top > other.bottom;
          }))
        continue;
      taken.push_back(box);
      if (shown == townTexts_.size()) {
        townTexts_.push_back(
            std::make_unique<TextPlate>(renderer_, TextPlate::Anchor::BottomLeft, 11, true, 0));
        townTexts_.back()->setColor(style_.text);
        townTexts_.back()->setTextScale(t);
        townTexts_.back()->setPlate(style_.plate, kTownPlate);
      }
      townTexts_[shown]->setText("• " + town.name);
      townTexts_[shown]->setVisible(true);
      townTexts_[shown]->place(size_, x - 7 * t, y - 8 * t);
      ++shown;
    }
  }
  for (std::size_t i = shown; i < townTexts_.size(); ++i) townTexts_[i]->setVisible(false);
}

MapPoint RadarScene::mapFromPixel(double x, double y) const {
  const MapPoint center = frame()->mapFromLonLat(view_.center);
  return {center.east + (x - 0.5 * size_.width / size_.scale) * view_.kmPerPixel,
          center.north - (y - 0.5 * size_.height / size_.scale) * view_.kmPerPixel};
}

MapPoint RadarScene::pixelFromLonLat(LonLat place) const {
  const MapPoint center = frame()->mapFromLonLat(view_.center), at = frame()->mapFromLonLat(place);
  return {0.5 * size_.width / size_.scale + (at.east - center.east) / view_.kmPerPixel,
          0.5 * size_.height / size_.scale + (at.north - center.north) / view_.kmPerPixel};
}

LonLat RadarScene::lonLatFromPixel(double x, double y) const {
  return ground_ ? frame()->lonLatFromMap(mapFromPixel(x, y)) : LonLat{NAN, NAN};
}

MapView RadarScene::panned(double dx, double dy) const {
  if (!ground_) return view_;
  const LonLat center =
      lonLatFromPixel(0.5 * size_.width / size_.scale - dx, 0.5 * size_.height / size_.scale - dy);
  return std::isfinite(center.lon) && std::isfinite(center.lat) ? MapView{center, view_.kmPerPixel}
                                                                : view_;
}

MapView RadarScene::zoomed(double factor, double x, double y) const {
  if (!ground_) return view_;
  const double smallest = 0.05 * frame()->kmPerColumn();
  const double largest = std::max(smallest, 4.0 * fittingView().kmPerPixel);
  const double kmPerPixel = std::clamp(view_.kmPerPixel / factor, smallest, largest);
  const double kept = 1.0 - kmPerPixel / view_.kmPerPixel;
  MapView next = panned(-kept * (x - 0.5 * size_.width / size_.scale),
                        -kept * (y - 0.5 * size_.height / size_.scale));
  next.kmPerPixel = kmPerPixel;
  return next;
}

std::string RadarScene::fitted(const std::string& text, double pointSize, double taken) const {
  const double width = size_.width / size_.scale - taken;
  const int most = int(width / (0.58 * pointSize * style_.textScale));
  int seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xc0) != 0x80 && seen++ == std::max(4, most)) return text.substr(0, i) + "…";
  }
  return text;
}

/// What tells panes apart goes last: the model's name, then that something is computed.
std::string RadarScene::fittedTitle(double taken) const {
  std::string title = caption_.title;
  for (const std::string_view spare : {"PreDiff ", " is computed"}) {
    if (fitted(title, 13, taken) == title) break;
    if (const std::size_t at = title.find(spare); at != std::string::npos) title.erase(at, spare.size());
  }
  return fitted(title, 13, taken);
}

/// A second line takes what does not fit into the first.
std::string RadarScene::inTwoLines(const std::string& text, double pointSize, double taken) const {
  const std::string first = fitted(text, pointSize, taken);
  if (first == text) return text;
  const std::size_t space = text.rfind(' ', first.size() - std::string_view("…").size());
  if (space == std::string::npos || space == 0) return first;
  return text.substr(0, space) + "\n" + fitted(text.substr(space + 1), pointSize, taken);
}

/// Valid time and lead, as the lower corner says them.
std::string RadarScene::when() const {
  const bool both = !caption_.validTime.empty() && !caption_.lead.empty();
  return caption_.validTime + (both ? ", " : "") + caption_.lead;
}

void RadarScene::layoutTexts() {
  const bool full = detail_ == PictureDetail::Full;
  // Product, gaps and licence are told wherever the pane is high enough for them.
  constexpr double kTallEnough = 300;
  const bool told = full || (detail_ == PictureDetail::Small && size_.height / size_.scale >= kTallEnough);
  const double line = 24 * style_.textScale;
  title_.setText(fittedTitle(full ? 60 : 12));
  detailText_.setText(told ? inTwoLines(caption_.detail, 12, 20) : "");
  const double legend = legendShown_ ? 300 * style_.textScale : 20;
  const bool besideLegend = full && size_.width / size_.scale >= kNarrow * style_.textScale;
  time_.setText(detail_ == PictureDetail::Bare ? ""
                                               : fitted(when(), 13, besideLegend ? legend : 12));
  // A narrow pane's legend and scale take the lower edge: the credit stands whole above them.
  const bool aboveLegend = told && legendShown_ && !besideLegend;
  credit_.setText(told ? inTwoLines(caption_.credit, 10, aboveLegend ? 16 : legend) : "");
  credit_.place(size_, 8, aboveLegend ? kAboveScale * style_.textScale : 10 + line);
  title_.place(size_, full ? 8 : 4, full ? 10 : 7);
  detailText_.place(size_, 8, 10 + line);
  time_.place(size_, full ? 8 : 4, full ? 8 : 4);
}

void RadarScene::layoutEdge(std::vector<PictureBoxes::Box>& boxes) const {
  const double s = size_.scale, top = size_.height - kEdge * s;
  const PictureColor color = captionColor(style_, caption_.kind);
  const bool broken = caption_.kind == PictureCaption::Kind::Preview ||
                      caption_.kind == PictureCaption::Kind::Synthetic;
  const double dash = kDash * s * (caption_.kind == PictureCaption::Kind::Synthetic ? 0.5 : 1.0);
  if (!broken) boxes.push_back({0, top, double(size_.width), kEdge * s, color, 1.0});
  for (double x = 0; broken && x < size_.width; x += 1.6 * dash)
    boxes.push_back({x, top, dash, kEdge * s, color, 1.0});
  if (!active_) return;
  const double w = size_.width, h = size_.height, line = 1.5 * s;
  boxes.push_back({0, 0, w, line, color, 1.0});
  boxes.push_back({0, 0, line, h, color, 1.0});
  boxes.push_back({w - line, 0, line, h, color, 1.0});
}

void RadarScene::layoutScale(std::vector<PictureBoxes::Box>& boxes) {
  const bool shown = detail_ == PictureDetail::Full;
  scaleText_.setVisible(shown);
  if (!shown) return;
  const double s = size_.scale, width = size_.width / s;
  const double lengthKm = roundLength(110 * view_.kmPerPixel), length = lengthKm / view_.kmPerPixel;
  const double t = style_.textScale;
  const double line = width < kNarrow * t ? 36 * t : 10;
  const double bottom = legendShown_ ? line + 54 * t : line;
  boxes.push_back({(width - 14 - length) * s, bottom * s, length * s, 3 * s, style_.text, 0.9});
  char text[32];
  std::snprintf(text, sizeof text, "%g km", lengthKm);
  scaleText_.setText(text);
  scaleText_.place(size_, 12, bottom + 4);
}

void RadarScene::layout() {
  layoutTexts();
  std::vector<PictureBoxes::Box> boxes;
  layoutEdge(boxes);
  if (ground_) layoutScale(boxes);
  bars_.set(boxes);
  if (!ground_) return;
  for (std::size_t i = 0; i < degrees_.size(); ++i) {
    const MapGround::DegreeLabel& label = ground_->degrees[i];
    const MapPoint at = pixelFromLonLat(label.place);
    const double t = style_.textScale, width = size_.width / size_.scale;
    // Clock and credit need the lower left corner for themselves, the legend the lower right one.
    const double clock = std::max(160.0, 8.0 * double(when().size()) + 30);
    const bool onTheClock = at.north < 54 * t && at.east < clock * t;
    // The legend and, above it, the scale.
    const bool onTheLegend = at.north < (legendShown_ ? 114 : 60) * t &&
                             at.east > width - (legendShown_ ? 310 : 150) * t;
    degrees_[i]->setVisible(detail_ == PictureDetail::Full && !onTheClock && !onTheLegend);
    degrees_[i]->place(size_, at.east - (label.meridian ? 12 : 40), at.north + 2);
  }
  for (std::size_t i = 0; i < noteTexts_.size(); ++i) {
    const MapPoint at = pixelFromLonLat(notes_[i].place);
    noteTexts_[i]->place(size_, at.east - 6, at.north - 9);
  }
  layoutPlaceName();
  layoutCursor();
}

void RadarScene::layoutPlaceName() {
  const bool named = ground_ && region_.isPlace() && detail_ != PictureDetail::Bare;
  placeText_.setText(named ? regionName_ : "");
  if (!named) return;
  const MapPoint at = pixelFromLonLat(region_.outline.front());
  const double length = 6.6 * style_.textScale * double(regionName_.size()) + 14;
  const bool flip = at.east + length > size_.width / size_.scale;
  placeText_.place(size_, at.east + (flip ? -length : 12), at.north - 9);
}

void RadarScene::layoutCursor() {
  if (!cursor_ || !ground_) return;
  const double width = size_.width / size_.scale;
  const MapPoint at = pixelFromLonLat(*cursor_);
  const double length = 7.4 * style_.textScale * double(cursorSays_.size()) + 12;
  const bool flip = at.east + 14 + length > width;
  cursorText_.place(size_, std::max(2.0, at.east + (flip ? -length - 6 : 14)), at.north - 28);
  const MapPoint on = frame()->mapFromLonLat(*cursor_);
  const double arm = 8 * view_.kmPerPixel;
  const auto cell = [&](double e, double n) {
    return frame()->cellFromMap({on.east + e, on.north + n});
  };
  crosshair_.setPaths(*frame(), {{cell(-arm, 0), cell(arm, 0)}, {cell(0, -arm), cell(0, arm)}});
}

}  // namespace stormloom
