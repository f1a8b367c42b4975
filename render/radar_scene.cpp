#include "render/radar_scene.h"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkImageData.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkTexture.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "render/image_data.h"

namespace stormloom {
namespace {

using Anchor = TextPlate::Anchor;

/// First `count` characters of UTF-8 text, with an ellipsis where something is left off.
std::string shortened(const std::string& text, int count) {
  int seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xc0) == 0x80) continue;
    if (seen++ == std::max(1, count - 1)) {
      const auto rest = std::count_if(text.begin() + std::ptrdiff_t(i), text.end(),
                                      [](char c) { return (c & 0xc0) != 0x80; });
      return rest <= 1 ? text : text.substr(0, i) + "…";
    }
  }
  return text;
}

}  // namespace

PictureColor captionColor(const MapStyle& style, PictureCaption::Kind kind) {
  switch (kind) {
    case PictureCaption::Kind::Observed:
      return style.observed;
    case PictureCaption::Kind::Synthetic:
      return style.synthetic;
    case PictureCaption::Kind::Forecast:
    case PictureCaption::Kind::Preview:
      return style.forecast;
  }
  return style.observed;
}

RadarScene::RadarScene()
    : graticule_(renderer_, {.width = 1.0, .opacity = 0.75, .height = 0.1}),
      states_(renderer_, {.width = 1.0, .opacity = 0.8, .height = 0.2}),
      borders_(renderer_, {.width = 1.2, .height = 0.3}),
      coast_(renderer_, {.width = 1.3, .height = 0.4}),
      edge_(renderer_, {.width = 1.0, .height = 0.5}),
      boxLines_(renderer_, {.width = 1.2, .opacity = 0.9, .height = 0.6}),
      hatching_(renderer_, {.width = 1.0, .opacity = 0.85, .height = 0.7}),
      outlines_(renderer_, {.width = 1.0, .opacity = 0.9, .height = 0.75}),
      contour_(renderer_, {.width = 1.6, .height = 0.8}),
      regionLines_(renderer_, {.width = 1.8, .height = 0.9}),
      crosshair_(renderer_, {.width = 1.4, .height = 1.0}),
      coverage_(renderer_, {.width = 1.2, .opacity = 0.9, .height = 0.55}),
      controlLines_(renderer_, {.width = 2.0, .height = 0.85}),
      bars_(renderer_),
      legend_(renderer_),
      title_(renderer_, Anchor::TopLeft, 13),
      detailText_(renderer_, Anchor::TopLeft, 12),
      time_(renderer_, Anchor::BottomLeft, 13),
      scaleText_(renderer_, Anchor::BottomRight, 11, false),
      cursorText_(renderer_, Anchor::BottomLeft, 13),
      credit_(renderer_, Anchor::BottomLeft, 10),
      placeText_(renderer_, Anchor::BottomLeft, 12) {
  renderer_->GetActiveCamera()->ParallelProjectionOn();
  vtkNew<vtkPolyDataMapper> mapper;
  texture_->SetInputData(image_);
  texture_->InterpolateOff();
  texture_->SetColorModeToDirectScalars();
  picture_->SetMapper(mapper);
  picture_->SetTexture(texture_);
  picture_->GetProperty()->LightingOff();
  picture_->SetVisibility(false);
  renderer_->AddActor(picture_);
  applyStyle();
}

RadarScene::~RadarScene() = default;

void RadarScene::setStyle(const MapStyle& style) {
  changed_ = true;
  style_ = style;
  applyStyle();
  if (grid_) fill();
  layout();
}

void RadarScene::fill() { fillImage(image_, *grid_, *table_, style_.outsideOpacity); }

void RadarScene::applyStyle() {
  renderer_->SetBackground(style_.ground.data());
  const std::pair<MapLines*, PictureColor> lines[] = {
      {&graticule_, style_.graticule},  {&states_, style_.state},      {&borders_, style_.border},
      {&coast_, style_.coast},          {&edge_, style_.edge},         {&boxLines_, style_.box},
      {&hatching_, style_.cross},       {&outlines_, style_.forecast}, {&contour_, style_.cross},
      {&regionLines_, style_.cross},    {&crosshair_, style_.cross},   {&coverage_, style_.quiet},
      {&controlLines_, style_.forecast}};
  for (const auto& [line, color] : lines) line->setColor(color);
  for (TextPlate* plate : {&title_, &detailText_, &time_, &cursorText_, &credit_, &placeText_})
    plate->setPlate(style_.plate, style_.plateOpacity);
  for (TextPlate* plate :
       {&title_, &detailText_, &time_, &scaleText_, &cursorText_, &credit_, &placeText_})
    plate->setTextScale(style_.textScale);
  cursorText_.setColor(style_.text);
  placeText_.setColor(style_.text);
  detailText_.setColor(style_.quiet);
  credit_.setColor(style_.quiet);
  scaleText_.setColor(style_.text);
  for (auto& text : degrees_) text->setColor(style_.quiet);
  for (auto& text : noteTexts_) {
    text->setColor(style_.text);
    text->setPlate(style_.plate, style_.plateOpacity);
  }
  for (auto& text : townTexts_) {
    text->setColor(style_.text);
    text->setPlate(style_.plate, kTownPlate);
    text->setTextScale(style_.textScale);
  }
  legend_.setStyle(style_.plate, style_.text, style_.textScale);
  applyCaption();
}

void RadarScene::setDetail(PictureDetail detail) {
  if (detail == detail_) return;
  changed_ = true;
  detail_ = detail;
  const bool full = detail == PictureDetail::Full;
  for (auto& text : degrees_) text->setVisible(full);
  graticule_.setVisible(full);
  layoutTowns();
  legend_.setVisible(detail != PictureDetail::Bare && legendShown_);
  layout();
}

void RadarScene::setLegendShown(bool shown) {
  if (shown == legendShown_) return;
  changed_ = true;
  legendShown_ = shown;
  legend_.setVisible(shown && detail_ != PictureDetail::Bare);
  layout();  // the scale stands above it
}

void RadarScene::setTownsShown(bool shown) {
  if (shown == townsShown_) return;
  changed_ = true;
  townsShown_ = shown;
  layoutTowns();
}

void RadarScene::setActive(bool active) {
  if (active == active_) return;
  changed_ = true;
  active_ = active;
  layout();
}

void RadarScene::setGround(std::shared_ptr<const MapGround> ground) {
  if (ground == ground_) return;
  changed_ = true;
  ground_ = std::move(ground);
  clearFrame();
  raster_.reset();
  drawGround();
  applyView();
}

void RadarScene::drawGround() {
  const MapFrame& on = ground_->frame;
  coast_.setPaths(on, ground_->coast);
  borders_.setPaths(on, ground_->borders);
  states_.setPaths(on, ground_->states);
  graticule_.setPaths(on, ground_->graticule);
  edge_.setVisible(raster_.has_value());
  degrees_.clear();
  for (const MapGround::DegreeLabel& label : ground_->degrees) {
    degrees_.push_back(std::make_unique<TextPlate>(renderer_, Anchor::BottomLeft, 10, false, 0));
    degrees_.back()->setColor(style_.quiet);
    degrees_.back()->setText(label.text);
    degrees_.back()->setVisible(detail_ == PictureDetail::Full);
  }
  drawBox();
  drawRegion();
  drawControlArea();
}

void RadarScene::setBox(const std::optional<GeoReference>& box) {
  if (box == box_) return;
  changed_ = true;
  box_ = box;
  drawBox();
}

void RadarScene::drawBox() {
  boxLines_.setVisible(isBoxDrawn());
  if (!isBoxDrawn()) return;
  const double dash = frame()->geo().width() / 90.0;
  boxLines_.setPaths(*frame(), dashes({gridOutline(*box_, frame()->geo())}, dash, dash * 0.7));
}

// A picture that is the box's own has its edge.
bool RadarScene::isBoxDrawn() const { return box_ && raster_ && !(*box_ == raster_->grid()); }

bool RadarScene::isOnBox(double x, double y) const {
  if (!isBoxDrawn()) return false;
  constexpr double kReach = 5;
  const double fromBelow = size_.height / size_.scale - y;
  const auto outline = gridOutline(*box_, frame()->geo());
  std::optional<MapPoint> before;
  for (const CellPoint& cell : outline) {
    const MapPoint on = pixelFromLonLat(frame()->geo().lonLatFromCell(cell));
    if (before) {
      const double dx = on.east - before->east, dy = on.north - before->north;
      const double length = std::max(1e-9, dx * dx + dy * dy);
      const double share = std::clamp(
          ((x - before->east) * dx + (fromBelow - before->north) * dy) / length, 0.0, 1.0);
      if (std::hypot(before->east + share * dx - x, before->north + share * dy - fromBelow) <=
          kReach)
        return true;
    }
    before = on;
  }
  return false;
}

// A mesh of textured pieces: a texture alone would put cells of another projection beside their
// place.
void RadarScene::placeRaster(const GeoReference& geo) {
  raster_.emplace(geo, *frame());
  vtkNew<vtkPoints> points;
  vtkNew<vtkFloatArray> texture;
  texture->SetNumberOfComponents(2);
  const int nodes = raster_->nodes();
  for (int row = 0; row < nodes; ++row)
    for (int col = 0; col < nodes; ++col) {
      const MapPoint at = raster_->node(row, col);
      const bool onMap = std::isfinite(at.east) && std::isfinite(at.north);
      points->InsertNextPoint(onMap ? at.east : 0.0, onMap ? at.north : 0.0, 0.0);
      texture->InsertNextTuple2(col / (nodes - 1.0), 1.0 - row / (nodes - 1.0));
    }
  vtkNew<vtkCellArray> pieces;
  for (int row = 0; row + 1 < nodes; ++row)
    for (int col = 0; col + 1 < nodes; ++col) {
      const vtkIdType corner = vtkIdType(row) * nodes + col;
      const vtkIdType corners[] = {corner, corner + nodes, corner + nodes + 1, corner + 1};
      const bool onMap = std::ranges::all_of(corners, [&](vtkIdType id) {
        const MapPoint at = raster_->node(int(id / nodes), int(id % nodes));
        return std::isfinite(at.east) && std::isfinite(at.north);
      });
      if (onMap) pieces->InsertNextCell(4, corners);
    }
  vtkNew<vtkPolyData> mesh;
  mesh->SetPoints(points);
  mesh->SetPolys(pieces);
  mesh->GetPointData()->SetTCoords(texture);
  static_cast<vtkPolyDataMapper*>(picture_->GetMapper())->SetInputData(mesh);
  edge_.setPaths(*raster_, {gridOutline(geo, geo)});
  edge_.setVisible(true);
  setSigns({});  // they were in the other grid's cells
  drawBox();
}

void RadarScene::setFrame(std::shared_ptr<const RadarGrid> grid, const GeoReference& geo,
                          const ColorTable& table, const std::string& legendTitle) {
  if (!raster_ || !(raster_->grid() == geo)) placeRaster(geo);
  const bool sameLegend = &table == table_ && legendTitle == legendTitle_;
  if (grid == grid_ && sameLegend) return;
  changed_ = true;
  grid_ = std::move(grid);
  table_ = &table;
  legendTitle_ = legendTitle;
  fill();
  picture_->SetVisibility(true);
  if (sameLegend) return;
  legend_.setTable(table, legendTitle);
  legend_.setVisible(legendShown_ && detail_ != PictureDetail::Bare);
  legend_.place(size_);
}

void RadarScene::clearFrame() {
  changed_ = true;
  grid_.reset();
  picture_->SetVisibility(false);
  setSigns({});
}

void RadarScene::setSigns(const PictureSigns& signs) {
  if (!raster_ || signs == signs_) return;
  changed_ = true;
  signs_ = signs;
  contour_.setPaths(*raster_, signs.contour);
  hatching_.setPaths(*raster_, signs.hatching);
  outlines_.setPaths(*raster_, signs.outlines);
  coverage_.setPaths(*raster_, signs.coverage);
}

void RadarScene::setCaption(const PictureCaption& caption) {
  if (caption == caption_) return;
  changed_ = true;
  caption_ = caption;
  applyCaption();
}

void RadarScene::applyCaption() {
  title_.setColor(captionColor(style_, caption_.kind));
  const bool plain = caption_.dimmed || caption_.kind == PictureCaption::Kind::Observed;
  time_.setColor(caption_.dimmed ? style_.quiet
                 : plain         ? style_.text
                                 : captionColor(style_, caption_.kind));
  picture_->GetProperty()->SetOpacity(caption_.dimmed ? 0.35 : 1.0);
  layout();
}

void RadarScene::setRegion(const MapRegion& region, const std::string& name) {
  if (region == region_ && name == regionName_) return;
  changed_ = true;
  region_ = region;
  regionName_ = name;
  drawRegion();
  layoutTowns();
  layoutPlaceName();
}

void RadarScene::drawRegion() {
  regionLines_.setVisible(ground_ && !region_.outline.empty());
  if (!ground_ || region_.outline.empty()) return;
  MapGround::Paths paths(1);
  for (const LonLat& corner : region_.outline)
    paths[0].push_back(frame()->geo().cellFromLonLat(corner));
  if (region_.isPlace()) {  // a ring of eight pixels
    const MapPoint middle = frame()->mapFromLonLat(region_.outline[0]);
    paths[0].clear();
    for (int i = 0; i <= 24; ++i) {
      const double turn = i * 2 * 3.14159265358979 / 24, radius = 8 * view_.kmPerPixel;
      paths[0].push_back(frame()->cellFromMap(
          {middle.east + radius * std::cos(turn), middle.north + radius * std::sin(turn)}));
    }
  } else {
    paths[0].push_back(paths[0].front());
  }
  regionLines_.setPaths(*frame(), paths);
}

void RadarScene::setControlArea(const MapRegion& area) {
  if (area == controlArea_) return;
  changed_ = true;
  controlArea_ = area;
  drawControlArea();
}

void RadarScene::drawControlArea() {
  controlLines_.setVisible(ground_ && controlArea_.isArea());
  if (!ground_ || !controlArea_.isArea()) return;
  MapGround::Paths outline(1);
  for (const LonLat& corner : controlArea_.outline)
    outline[0].push_back(frame()->geo().cellFromLonLat(corner));
  outline[0].push_back(outline[0].front());
  const double dash = frame()->geo().width() / 60.0;
  controlLines_.setPaths(*frame(), dashes(outline, dash, dash * 0.6));
}

void RadarScene::setNotes(const std::vector<PictureNote>& notes) {
  if (notes == notes_) return;
  changed_ = true;
  notes_ = notes;
  noteTexts_.clear();
  for (const PictureNote& note : notes_) {
    noteTexts_.push_back(std::make_unique<TextPlate>(renderer_, Anchor::BottomLeft, 12));
    noteTexts_.back()->setText("• " + shortened(note.text, 40));
    noteTexts_.back()->setColor(style_.text);
    noteTexts_.back()->setPlate(style_.plate, style_.plateOpacity);
  }
  layoutTowns();
  layout();
}

void RadarScene::setCursor(const std::optional<LonLat>& position, const std::string& text) {
  const bool same = position.has_value() == cursor_.has_value() &&
                    (!position || (position->lon == cursor_->lon && position->lat == cursor_->lat));
  if (same && text == cursorSays_) return;
  changed_ = true;
  cursor_ = position;
  cursorSays_ = text;
  cursorText_.setText(position ? text : "");
  crosshair_.setVisible(position.has_value());
  layoutCursor();
}

void RadarScene::setSize(const PictureSize& size) {
  if (size == size_) return;
  changed_ = true;
  size_ = size;
  for (MapLines* lines :
       {&graticule_, &states_, &borders_, &coast_, &edge_, &boxLines_, &hatching_, &outlines_,
        &contour_, &regionLines_, &crosshair_, &coverage_, &controlLines_})
    lines->setWidthScale(size.scale);
  legend_.place(size_);
  applyView();
}

}  // namespace stormloom
