#include "render/radar_scene.h"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkImageData.h>
#include <vtkPlaneSource.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkTexture.h>

#include <algorithm>
#include <cmath>

#include "render/image_data.h"

namespace stormloom {
namespace {

using Anchor = TextPlate::Anchor;
constexpr PictureColor kCyan{0.373, 0.788, 0.878};
constexpr PictureColor kAmber{0.949, 0.722, 0.294};
constexpr PictureColor kViolet{0.627, 0.549, 0.941};
constexpr PictureColor kText{0.875, 0.902, 0.933};
constexpr PictureColor kQuiet{0.576, 0.631, 0.690};

std::vector<CellPoint> outline(const GeoReference& of, const GeoReference& on) {
  constexpr int kPiecesPerSide = 24;
  std::vector<CellPoint> path;
  const double w = of.width(), h = of.height();
  const CellPoint corners[] = {{0, 0}, {w, 0}, {w, h}, {0, h}, {0, 0}};
  for (int side = 0; side < 4; ++side) {
    for (int i = 0; i <= kPiecesPerSide; ++i) {
      const double s = double(i) / kPiecesPerSide;
      const CellPoint a = corners[side], b = corners[side + 1];
      const CellPoint cell{a.col + s * (b.col - a.col), a.row + s * (b.row - a.row)};
      const CellPoint there = of == on ? cell : on.cellFromLonLat(of.lonLatFromCell(cell));
      if (std::isfinite(there.col) && std::isfinite(there.row)) path.push_back(there);
    }
  }
  return path;
}

/// The largest of 1, 2, 5 times a power of ten that is not longer than `km`.
double roundLength(double km) {
  const double power = std::pow(10.0, std::floor(std::log10(km)));
  for (const double step : {5.0, 2.0}) {
    if (step * power <= km) return step * power;
  }
  return power;
}

}  // namespace

PictureColor captionColor(PictureCaption::Kind kind) {
  switch (kind) {
    case PictureCaption::Kind::Observed:
      return kCyan;
    case PictureCaption::Kind::Synthetic:
      return kViolet;
    case PictureCaption::Kind::Forecast:
    case PictureCaption::Kind::Preview:
      return kAmber;
  }
  return kCyan;
}

RadarScene::RadarScene()
    : graticule_(renderer_, {{0.42, 0.48, 0.55}, 1.0, 0.55, 0.1}),
      states_(renderer_, {{0.337, 0.388, 0.443}, 1.0, 0.55, 0.2}),
      borders_(renderer_, {{0.337, 0.388, 0.443}, 1.2, 1.0, 0.3}),
      coast_(renderer_, {{0.624, 0.690, 0.753}, 1.3, 1.0, 0.4}),
      edge_(renderer_, {{0.27, 0.31, 0.36}, 1.0, 1.0, 0.5}),
      boxLines_(renderer_, {{0.72, 0.77, 0.83}, 1.2, 0.9, 0.6}),
      crosshair_(renderer_, {{1.0, 1.0, 1.0}, 1.4, 1.0, 0.7}),
      bars_(renderer_),
      legend_(renderer_),
      title_(renderer_, Anchor::TopLeft, 14),
      detail_(renderer_, Anchor::TopLeft, 12),
      time_(renderer_, Anchor::BottomLeft, 15),
      lead_(renderer_, Anchor::BottomLeft, 13),
      scaleText_(renderer_, Anchor::BottomLeft, 11),
      cursorText_(renderer_, Anchor::BottomLeft, 13) {
  renderer_->SetBackground(0.090, 0.110, 0.133);
  renderer_->GetActiveCamera()->ParallelProjectionOn();
  vtkNew<vtkPolyDataMapper> mapper;
  texture_->SetInputData(image_);
  texture_->InterpolateOff();
  texture_->SetColorModeToDirectScalars();
  raster_->SetMapper(mapper);
  raster_->SetTexture(texture_);
  raster_->GetProperty()->LightingOff();
  raster_->SetVisibility(false);
  renderer_->AddActor(raster_);
  detail_.setColor(kQuiet);
}

RadarScene::~RadarScene() = default;

void RadarScene::setBaseMap(std::shared_ptr<const std::vector<MapLine>> lines) {
  baseMap_ = std::move(lines);
  if (frame_) drawMap();
}

void RadarScene::setGeo(const GeoReference& geo) {
  if (frame_ && frame_->geo() == geo) return;
  frame_.emplace(geo);
  vtkNew<vtkPlaneSource> plane;
  const double w = frame_->widthKm() / 2, h = frame_->heightKm() / 2;
  plane->SetOrigin(-w, -h, 0);
  plane->SetPoint1(w, -h, 0);
  plane->SetPoint2(-w, h, 0);
  plane->Update();
  static_cast<vtkPolyDataMapper*>(raster_->GetMapper())->SetInputData(plane->GetOutput());
  clearFrame();
  drawMap();
  layout();
}

void RadarScene::drawMap() {
  const GeoReference& geo = frame_->geo();
  const double around = 0.6 * std::max(geo.width(), geo.height());
  std::vector<std::vector<CellPoint>> coast, borders, states;
  if (baseMap_) {
    for (MapPath& path : mapPathsInGrid(*baseMap_, geo, around)) {
      auto& kind = path.kind == MapLine::Kind::Coast || path.kind == MapLine::Kind::Lake ? coast
                   : path.kind == MapLine::Kind::Border                                   ? borders
                                                                                          : states;
      kind.push_back(std::move(path.points));
    }
  }
  coast_.setPaths(*frame_, coast);
  borders_.setPaths(*frame_, borders);
  states_.setPaths(*frame_, states);

  std::vector<std::vector<CellPoint>> lines;
  degreePlaces_.clear();
  degrees_.clear();
  for (const Graticule::Line& line : graticuleInGrid(geo).lines) {
    lines.insert(lines.end(), line.pieces.begin(), line.pieces.end());
    if (line.pieces.empty() || line.pieces.front().empty()) continue;
    const auto& piece = line.pieces.front();
    const auto end = line.meridian ? std::max_element(piece.begin(), piece.end(), [](auto a, auto b) { return a.row < b.row; })
                                   : std::max_element(piece.begin(), piece.end(), [](auto a, auto b) { return a.col < b.col; });
    degreePlaces_.emplace_back(geo.lonLatFromCell(*end), line.meridian);
    degrees_.push_back(std::make_unique<TextPlate>(renderer_, Anchor::BottomLeft, 10, false, 0));
    degrees_.back()->setColor({0.50, 0.56, 0.63});
    degrees_.back()->setText(line.meridian ? meridianText(line.degrees) : parallelText(line.degrees));
  }
  const double dot = geo.width() / 160.0;
  graticule_.setPaths(*frame_, dashes(lines, dot * 0.5, dot));
  edge_.setPaths(*frame_, {outline(geo, geo)});
  setBox(box_);
}

void RadarScene::setBox(const std::optional<GeoReference>& box) {
  box_ = box;
  const bool drawn = box_ && frame_ && !(*box_ == frame_->geo());
  boxLines_.setVisible(drawn);
  if (!drawn) return;
  const double dash = frame_->geo().width() / 90.0;
  boxLines_.setPaths(*frame_, dashes({outline(*box_, frame_->geo())}, dash, dash * 0.7));
}

void RadarScene::setFrame(std::shared_ptr<const RadarGrid> grid, Quantity quantity) {
  if (grid == grid_ && quantity == quantity_) return;
  grid_ = std::move(grid);
  quantity_ = quantity;
  const ColorTable& table = colorTableFor(quantity);
  fillImage(image_, *grid_, table);
  raster_->SetVisibility(true);
  legend_.setTable(table);
  legend_.place(size_);
}

void RadarScene::clearFrame() {
  grid_.reset();
  raster_->SetVisibility(false);
}

void RadarScene::setCaption(const PictureCaption& caption) {
  caption_ = caption;
  title_.setText(caption.title);
  title_.setColor(captionColor(caption.kind));
  detail_.setText(caption.detail);
  time_.setText(caption.validTime);
  lead_.setText(caption.lead);
  lead_.setColor(caption.dimmed ? kQuiet : caption.kind == PictureCaption::Kind::Observed ? kText : captionColor(caption.kind));
  raster_->GetProperty()->SetOpacity(caption.dimmed ? 0.35 : 1.0);
  layout();
}

void RadarScene::setCursor(const std::optional<LonLat>& position, const std::string& text) {
  cursor_ = position;
  cursorText_.setText(position ? text : "");
  crosshair_.setVisible(position.has_value());
  layout();
}

void RadarScene::setSize(const PictureSize& size) {
  size_ = size;
  for (MapLines* lines : {&graticule_, &states_, &borders_, &coast_, &edge_, &boxLines_, &crosshair_})
    lines->setWidthScale(size.scale);
  legend_.place(size_);
  setView(view_);
}

MapView RadarScene::fittingView(const std::optional<GeoReference>& home) const {
  if (!frame_) return {};
  const MapFrame shown = home ? MapFrame(*home) : *frame_;
  const double width = size_.width / size_.scale, height = size_.height / size_.scale;
  return {shown.lonLatFromMap({0, 0}), 1.04 * std::max(shown.widthKm() / width, shown.heightKm() / height)};
}

void RadarScene::setView(const MapView& view) {
  view_ = view;
  if (!frame_) return;
  const MapPoint center = frame_->mapFromLonLat(view.center);
  vtkCamera* camera = renderer_->GetActiveCamera();
  camera->SetFocalPoint(center.east, center.north, 0);
  camera->SetPosition(center.east, center.north, 100);
  camera->SetViewUp(0, 1, 0);
  camera->SetClippingRange(1, 200);
  camera->SetParallelScale(0.5 * view.kmPerPixel * size_.height / size_.scale);
  layout();
}

MapPoint RadarScene::mapFromPixel(double x, double y) const {
  const MapPoint center = frame_->mapFromLonLat(view_.center);
  return {center.east + (x - 0.5 * size_.width / size_.scale) * view_.kmPerPixel,
          center.north - (y - 0.5 * size_.height / size_.scale) * view_.kmPerPixel};
}

LonLat RadarScene::lonLatFromPixel(double x, double y) const {
  return frame_ ? frame_->lonLatFromMap(mapFromPixel(x, y)) : LonLat{NAN, NAN};
}

MapView RadarScene::panned(double dx, double dy) const {
  if (!frame_) return view_;
  const LonLat center = lonLatFromPixel(0.5 * size_.width / size_.scale - dx, 0.5 * size_.height / size_.scale - dy);
  return std::isfinite(center.lon) && std::isfinite(center.lat) ? MapView{center, view_.kmPerPixel} : view_;
}

MapView RadarScene::zoomed(double factor, double x, double y) const {
  if (!frame_) return view_;
  const double smallest = 0.05 * frame_->kmPerColumn();
  const double kmPerPixel = std::clamp(view_.kmPerPixel / factor, smallest, 4.0 * fittingView().kmPerPixel);
  const double kept = 1.0 - kmPerPixel / view_.kmPerPixel;
  MapView next = panned(-kept * (x - 0.5 * size_.width / size_.scale), -kept * (y - 0.5 * size_.height / size_.scale));
  next.kmPerPixel = kmPerPixel;
  return next;
}

void RadarScene::layout() {
  const double s = size_.scale, height = size_.height / s, width = size_.width / s;
  title_.place(size_, 8, 10);
  detail_.place(size_, 8, 34);
  time_.place(size_, 8, caption_.lead.empty() ? 8 : 32);
  lead_.place(size_, 8, 8);

  std::vector<PictureBoxes::Box> bars{
      {0, size_.height - 3 * s, double(size_.width), 3 * s, captionColor(caption_.kind), 1.0}};
  if (!frame_) return bars_.set(bars);

  const double lengthKm = roundLength(110 * view_.kmPerPixel);
  const double length = lengthKm / view_.kmPerPixel;
  bars.push_back({10 * s, 64 * s, length * s, 3 * s, kText, 0.9});
  bars_.set(bars);
  scaleText_.setText(levelText(lengthKm) + " km");
  scaleText_.place(size_, 6, 69);

  const MapPoint center = frame_->mapFromLonLat(view_.center);
  const auto pixelOf = [&](LonLat place) {
    const MapPoint at = frame_->mapFromLonLat(place);
    return MapPoint{0.5 * width + (at.east - center.east) / view_.kmPerPixel,
                    0.5 * height + (at.north - center.north) / view_.kmPerPixel};
  };
  for (std::size_t i = 0; i < degrees_.size(); ++i) {
    const MapPoint at = pixelOf(degreePlaces_[i].first);
    degrees_[i]->place(size_, at.east - (degreePlaces_[i].second ? 12 : 40), at.north + 2);
  }
  if (cursor_) {
    const MapPoint at = pixelOf(*cursor_);
    const bool flip = at.east > width - 220;
    cursorText_.place(size_, at.east + (flip ? -214 : 14), at.north - 28);
    const MapPoint on = frame_->mapFromLonLat(*cursor_);
    const double arm = 8 * view_.kmPerPixel;
    const auto cell = [&](double e, double n) { return frame_->cellFromMap({on.east + e, on.north + n}); };
    crosshair_.setPaths(*frame_, {{cell(-arm, 0), cell(arm, 0)}, {cell(0, -arm), cell(0, arm)}});
  }
}

}  // namespace stormloom
