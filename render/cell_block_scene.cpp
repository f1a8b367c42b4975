#include "render/cell_block_scene.h"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkTypeInt64Array.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>

namespace stormloom {
namespace {

constexpr std::size_t kMostSingleBoxes = 6000;
constexpr double kHaloSize = 1.7;
constexpr unsigned char kHaloOpacity = 90;
constexpr double kLinkWidth = 2.0;
constexpr int kTextPoints = 13;
constexpr double kTextWidth = 7.5;  // of a letter, about
constexpr double kTextLine = 15.0;

PictureColor toPicture(Rgb color) {
  return {color.red / 255.0, color.green / 255.0, color.blue / 255.0};
}

/// Corners with their colours, `corners` to a quad or line.
class Corners {
public:
  explicit Corners(int corners) : corners_(corners) {
    colors_->SetNumberOfComponents(4);
    colors_->SetName("colors");
    places_->SetNumberOfComponents(3);
  }

  void reserve(std::size_t pieces) {
    const auto count = vtkIdType(pieces) * corners_;
    places_->Allocate(3 * count);
    colors_->Allocate(4 * count);
  }

  void add(const BlockPoint& point, Rgb color, unsigned char opacity = 255) {
    const float place[3] = {float(point.x), float(point.y), float(point.z)};
    places_->InsertNextTypedTuple(place);
    const unsigned char rgba[4] = {color.red, color.green, color.blue, opacity};
    colors_->InsertNextTypedTuple(rgba);
  }

  void putInto(vtkPolyData* data, bool lines) const {
    vtkNew<vtkPoints> points;
    points->SetData(places_);
    vtkNew<vtkTypeInt64Array> order;
    order->SetNumberOfValues(places_->GetNumberOfTuples());
    for (vtkIdType i = 0; i < order->GetNumberOfValues(); ++i) order->SetValue(i, i);
    vtkNew<vtkCellArray> pieces;
    pieces->SetData(corners_, order);
    data->Initialize();
    data->SetPoints(points);
    if (lines)
      data->SetLines(pieces);
    else
      data->SetPolys(pieces);
    data->GetPointData()->SetScalars(colors_);
  }

private:
  int corners_;
  vtkNew<vtkFloatArray> places_;
  vtkNew<vtkUnsignedCharArray> colors_;
};

void addBox(Corners& corners, const BlockBox& box, BlockSide side) {
  const Rgb color = shaded(box.color, side);
  for (const BlockPoint& corner : cornersOf(box, side)) corners.add(corner, color);
}

}  // namespace

CellBlockScene::CellBlockScene() {
  for (std::size_t side = 0; side < kBlockSides; ++side) {
    prepare(sides_[side], renderer_);
    prepare(frontSides_[side], front_);
    sides_[side].actor->GetProperty()->BackfaceCullingOn();
    frontSides_[side].actor->GetProperty()->BackfaceCullingOn();
  }
  prepare(frame_, renderer_);
  prepare(links_, front_);
  prepare(halos_, front_);
  links_.actor->GetProperty()->SetLineWidth(float(kLinkWidth));
  halos_.actor->ForceTranslucentOn();
  links_.actor->ForceTranslucentOn();
  renderer_->GetActiveCamera()->ParallelProjectionOn();
  front_->SetActiveCamera(renderer_->GetActiveCamera());
  front_->SetLayer(1);
}

CellBlockScene::~CellBlockScene() = default;

void CellBlockScene::prepare(Part& part, vtkRenderer* renderer) {
  part.mapper->SetInputData(part.data);
  part.mapper->SetColorModeToDirectScalars();
  part.mapper->StaticOn();
  part.actor->SetMapper(part.mapper);
  part.actor->PickableOff();
  part.actor->GetProperty()->LightingOff();
  renderer->AddActor(part.actor);
}

void CellBlockScene::setBlock(std::shared_ptr<const CellBlock> block) {
  block_ = std::move(block);
  if (block_) setGround(block_->ink.ground);
  rebuild();
}

void CellBlockScene::setGround(Rgb color) {
  const PictureColor ground = toPicture(color);
  renderer_->SetBackground(ground[0], ground[1], ground[2]);
}

void CellBlockScene::setView(const BlockView& view) {
  const bool same = view.apart == view_.apart && view.slice == view_.slice;
  view_ = view;
  if (same)
    lookFrom();
  else
    rebuild();
}

void CellBlockScene::setSize(const PictureSize& size) {
  size_ = size;
  lookFrom();
}

BlockProjection CellBlockScene::projection() const {
  return {view_, shape_.radius, size_.width / size_.scale, size_.height / size_.scale};
}

std::optional<Thw> CellBlockScene::cellAt(double x, double y) const {
  if (!block_) return std::nullopt;
  const double middleX = 0.5 * size_.width / size_.scale, middleY = 0.5 * size_.height / size_.scale;
  return cellUnder(shape_, projection(), x - middleX, middleY - y);
}

void CellBlockScene::rebuild() {
  shape_ = block_ ? shapeOf(*block_, view_) : BlockShape();
  drawn_ = shape_.boxes.size() > kMostSingleBoxes ? mergedBoxes(*block_, shape_) : shape_.boxes;
  for (int side = 0; side < kBlockSides; ++side) buildSide(BlockSide(side));
  buildHalos();
  buildLinks();
  buildFrame();
  lookFrom();
}

void CellBlockScene::buildSide(BlockSide side) {
  Corners corners(4), front(4);
  corners.reserve(drawn_.size());
  for (const BlockBox& box : drawn_)
    if (box.isOpen(side)) addBox(box.front ? front : corners, box, side);
  for (const BlockBox& node : shape_.nodes) addBox(front, node, side);
  if (shape_.asking) addBox(front, *shape_.asking, side);
  corners.putInto(sides_[std::size_t(side)].data, false);
  front.putInto(frontSides_[std::size_t(side)].data, false);
}

void CellBlockScene::buildHalos() {
  Corners corners(4);
  for (const BlockBox& box : shape_.boxes) {
    if (box.glow <= 0.f) continue;
    BlockBox halo = box;
    halo.half = {box.half.x * kHaloSize, box.half.y * kHaloSize, box.half.z * kHaloSize};
    const auto opacity = static_cast<unsigned char>(kHaloOpacity * box.glow);
    for (const BlockSide side : {BlockSide::Right, BlockSide::Left, BlockSide::Up, BlockSide::Down,
                                 BlockSide::Front, BlockSide::Back})
      for (const BlockPoint& corner : cornersOf(halo, side)) corners.add(corner, box.color, opacity);
  }
  corners.putInto(halos_.data, false);
}

void CellBlockScene::buildLinks() {
  Corners corners(2);
  for (const BlockShape::Line& link : shape_.links) {
    const Rgb color = link.toNode ? block_->ink.node : block_->ink.link;
    const auto opacity = static_cast<unsigned char>(60 + 195 * std::clamp(link.strength, 0.0, 1.0));
    corners.add(link.from, color, opacity);
    corners.add(link.to, color, opacity);
  }
  corners.putInto(links_.data, true);
}

void CellBlockScene::buildFrame() {
  Corners corners(2);
  for (const BlockShape::Line& line : shape_.frame) {
    corners.add(line.from, block_->ink.edge);
    corners.add(line.to, block_->ink.edge);
  }
  corners.putInto(frame_.data, true);
}

void CellBlockScene::lookFrom() {
  const BlockProjection seen = projection();
  const BlockPoint &eye = seen.toEye(), &up = seen.up();
  vtkCamera* camera = renderer_->GetActiveCamera();
  const double away = 4.0 * shape_.radius;
  camera->SetFocalPoint(0.0, 0.0, 0.0);
  camera->SetPosition(away * eye.x, away * eye.y, away * eye.z);
  camera->SetViewUp(up.x, up.y, up.z);
  camera->SetParallelScale(0.5 * size_.height / size_.scale / seen.pixelsPerCell());
  camera->SetClippingRange(0.5 * away, 1.5 * away);
  for (int side = 0; side < kBlockSides; ++side) {
    sides_[std::size_t(side)].actor->SetVisibility(seen.sees(BlockSide(side)));
    frontSides_[std::size_t(side)].actor->SetVisibility(seen.sees(BlockSide(side)));
  }
  links_.actor->GetProperty()->SetLineWidth(float(kLinkWidth * size_.scale));
  placeTexts(seen);
}

void CellBlockScene::placeTexts(const BlockProjection& seen) {
  const auto made = [this](TextPlate::Anchor anchor) {
    return std::make_unique<TextPlate>(front_, anchor, kTextPoints, false);
  };
  while (texts_.size() < shape_.texts.size())
    texts_.push_back({made(TextPlate::Anchor::BottomRight), made(TextPlate::Anchor::BottomLeft)});
  const double width = size_.width / size_.scale, height = size_.height / size_.scale;
  std::array<double, 3> ends;  // of the texts above global vectors, a line above the other
  ends.fill(-1e9);
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    for (const auto& plate : texts_[i]) plate->setText({});
    if (i >= shape_.texts.size()) continue;
    const BlockShape::Text& text = shape_.texts[i];
    const BlockPoint at = textOnScreen(text, seen);
    const bool begins = text.ofNode || at.x >= 0.0;
    TextPlate& plate = *texts_[i][begins ? 1 : 0];
    plate.setText(text.text);
    plate.setColor(toPicture(text.ofNode ? block_->ink.node : block_->ink.text));
    // Beside the corner, but inside the picture.
    const double room = width - kTextWidth * double(text.text.size() + 2);
    const double side = begins ? 0.5 * width + at.x : 0.5 * width - at.x + kTextWidth;
    const double left = std::clamp(side, 0.0, std::max(0.0, room));
    double above = -16.0;
    if (text.ofNode) {
      const auto line = std::ranges::find_if(ends, [left](double end) { return end <= left; });
      above = 2.0 + kTextLine * double(line - ends.begin());
      if (line == ends.end() || 0.5 * height + at.y + above + kTextLine > height) {
        plate.setText({});  // no room for it
        continue;
      }
      *line = left + kTextWidth * double(text.text.size() + 1);
    }
    plate.place(size_, left, 0.5 * height + at.y + above);
  }
}

}  // namespace stormloom
