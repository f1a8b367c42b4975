#include "render/picture_text.h"

#include <vtkActor2D.h>
#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkCoordinate.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper2D.h>
#include <vtkRenderer.h>
#include <vtkTextActor.h>
#include <vtkTextProperty.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

namespace stormloom {
namespace {

/// Where Debian puts fonts with Greek letters and minus signs; VTK's own knows neither well.
const char* pictureFont() {
  static const char* const font = [] {
    for (const char* path : {"/usr/share/fonts/opentype/inter/Inter-Medium.otf",
                             "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"}) {
      std::error_code failed;
      if (std::filesystem::exists(path, failed)) return path;
    }
    return static_cast<const char*>(nullptr);
  }();
  return font;
}

unsigned char byteFrom(double share) {
  return static_cast<unsigned char>(std::lround(255.0 * share));
}

}  // namespace

TextPlate::TextPlate(vtkRenderer* renderer, Anchor anchor, int pointSize, bool plate, int layer)
    : renderer_(renderer), anchor_(anchor), pointSize_(pointSize) {
  vtkTextProperty* look = text_->GetTextProperty();
  if (pictureFont()) {
    look->SetFontFamily(VTK_FONT_FILE);
    look->SetFontFile(pictureFont());
  }
  look->SetColor(0.875, 0.902, 0.933);
  if (plate) {
    look->SetBackgroundColor(0.071, 0.086, 0.106);
    look->SetBackgroundOpacity(0.82);
  }
  const bool right = anchor == Anchor::TopRight || anchor == Anchor::BottomRight;
  const bool top = anchor == Anchor::TopLeft || anchor == Anchor::TopRight;
  look->SetJustification(right ? VTK_TEXT_RIGHT : VTK_TEXT_LEFT);
  look->SetVerticalJustification(top ? VTK_TEXT_TOP : VTK_TEXT_BOTTOM);
  text_->GetPositionCoordinate()->SetCoordinateSystemToViewport();
  text_->SetVisibility(false);
  text_->SetLayerNumber(layer);
  renderer->AddViewProp(text_);
}

TextPlate::~TextPlate() { renderer_->RemoveViewProp(text_); }

void TextPlate::setText(const std::string& text) {
  empty_ = text.empty();
  text_->SetVisibility(visible_ && !empty_);
  if (!empty_) text_->SetInput((" " + text + " ").c_str());
}

void TextPlate::setColor(const PictureColor& color) {
  text_->GetTextProperty()->SetColor(color[0], color[1], color[2]);
}

void TextPlate::setPlate(const PictureColor& color, double opacity) {
  text_->GetTextProperty()->SetBackgroundColor(color[0], color[1], color[2]);
  text_->GetTextProperty()->SetBackgroundOpacity(opacity);
}

void TextPlate::setVisible(bool visible) {
  visible_ = visible;
  text_->SetVisibility(visible_ && !empty_);
}

void TextPlate::place(const PictureSize& size, double fromSide, double fromEdge) {
  const bool right = anchor_ == Anchor::TopRight || anchor_ == Anchor::BottomRight;
  const bool top = anchor_ == Anchor::TopLeft || anchor_ == Anchor::TopRight;
  text_->GetTextProperty()->SetFontSize(
      static_cast<int>(std::lround(pointSize_ * textScale_ * size.scale)));
  text_->SetPosition(right ? size.width - fromSide * size.scale : fromSide * size.scale,
                     top ? size.height - fromEdge * size.scale : fromEdge * size.scale);
}

PictureBoxes::PictureBoxes(vtkRenderer* renderer) {
  vtkNew<vtkPolyDataMapper2D> mapper;
  mapper->SetInputData(data_);
  mapper->SetColorModeToDirectScalars();
  vtkNew<vtkCoordinate> pixels;
  pixels->SetCoordinateSystemToViewport();
  mapper->SetTransformCoordinate(pixels);
  actor_->SetMapper(mapper);
  actor_->SetLayerNumber(1);
  renderer->AddViewProp(actor_);
}

PictureBoxes::~PictureBoxes() = default;

void PictureBoxes::setVisible(bool visible) { actor_->SetVisibility(visible); }

void PictureBoxes::set(const std::vector<Box>& boxes) {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> quads;
  vtkNew<vtkUnsignedCharArray> colors;
  colors->SetNumberOfComponents(4);
  for (const Box& box : boxes) {
    quads->InsertNextCell(4);
    for (const auto& [x, y] : {std::pair{0, 0}, {1, 0}, {1, 1}, {0, 1}}) {
      quads->InsertCellPoint(
          points->InsertNextPoint(box.left + x * box.width, box.bottom + y * box.height, 0.0));
    }
    colors->InsertNextTuple4(byteFrom(box.color[0]), byteFrom(box.color[1]), byteFrom(box.color[2]),
                             byteFrom(box.opacity));
  }
  data_->Initialize();
  data_->SetPoints(points);
  data_->SetPolys(quads);
  data_->GetCellData()->SetScalars(colors);
}

Legend::Legend(vtkRenderer* renderer)
    : renderer_(renderer),
      boxes_(renderer),
      unit_(renderer, TextPlate::Anchor::BottomLeft, 11, false) {}

Legend::~Legend() = default;

void Legend::setStyle(const PictureColor& plate, const PictureColor& text, double textScale) {
  plate_ = plate;
  text_ = text;
  textScale_ = textScale;
  unit_.setColor(text);
  unit_.setTextScale(textScale);
  for (auto& level : levels_) {
    level->setColor(text);
    level->setTextScale(textScale);
  }
  place(lastSize_);
}

void Legend::setVisible(bool visible) {
  visible_ = visible;
  unit_.setVisible(visible);
  boxes_.setVisible(visible);
  for (auto& level : levels_) level->setVisible(false);
  place(lastSize_);
}

void Legend::setTable(const ColorTable& table, const std::string& title) {
  table_ = &table;
  const std::string text = title.empty() ? table.name() + ", " + table.unit() : title;
  unit_.setText(text);
  titleLength_ = text.size() - std::size_t(std::ranges::count_if(text, [](char c) { return (c & 0xc0) == 0x80; }));
  while (levels_.size() < table.steps().size()) {
    levels_.push_back(
        std::make_unique<TextPlate>(renderer_, TextPlate::Anchor::BottomLeft, 11, false));
    levels_.back()->setColor(text_);
    levels_.back()->setTextScale(textScale_);
    levels_.back()->setVisible(visible_);
  }
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    levels_[i]->setText(i < table.steps().size() ? levelText(table.steps()[i].level) : "");
  }
}

void Legend::place(const PictureSize& size) {
  lastSize_ = size;
  if (!table_ || !visible_) return;
  constexpr double kMargin = 8;
  const double t = textScale_, kPlateHeight = 46 * t;
  const double across = size.width / size.scale;
  const auto count = static_cast<double>(table_->steps().size());
  const double kStep = std::min(27 * t, (across - 2 * kMargin - 14) / count);
  // In a narrow pane the time needs the lowest line for itself.
  const double bottom = across < 560 * t ? 36 * t : kMargin;
  constexpr double kLetter = 6.2;
  const double width = std::min(std::max(count * kStep + 14, kLetter * t * double(titleLength_) + 12),
                                across - 2 * kMargin);
  const double left = size.width / size.scale - kMargin - width;
  const double s = size.scale;
  std::vector<PictureBoxes::Box> boxes{
      {left * s, bottom * s, width * s, kPlateHeight * s, plate_, 0.82}};
  double x = left + 8;
  for (std::size_t i = 0; i < table_->steps().size(); ++i, x += kStep) {
    const ColorTable::Step& step = table_->steps()[i];
    const Rgb color = step.color;
    boxes.push_back({x * s,
                     (bottom + 19 * t) * s,
                     (kStep - 1) * s,
                     8 * t * s,
                     {color.red / 255.0, color.green / 255.0, color.blue / 255.0},
                     step.opacity / 255.0});
    levels_[i]->setVisible(visible_ && (kStep > 24 * t || i % 2 == 0));
    levels_[i]->place(size, x - 4, bottom + 3);
  }
  boxes_.set(boxes);
  unit_.place(size, left + 4, bottom + 28 * t);
}

std::string levelText(double level) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", level);
  return text;
}

}  // namespace stormloom
