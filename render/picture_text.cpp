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

unsigned char byteFrom(double share) { return static_cast<unsigned char>(std::lround(255.0 * share)); }

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
  text_->SetVisibility(!text.empty());
  if (!text.empty()) text_->SetInput((" " + text + " ").c_str());
}

void TextPlate::setColor(const PictureColor& color) {
  text_->GetTextProperty()->SetColor(color[0], color[1], color[2]);
}

void TextPlate::place(const PictureSize& size, double fromSide, double fromEdge) {
  const bool right = anchor_ == Anchor::TopRight || anchor_ == Anchor::BottomRight;
  const bool top = anchor_ == Anchor::TopLeft || anchor_ == Anchor::TopRight;
  text_->GetTextProperty()->SetFontSize(static_cast<int>(std::lround(pointSize_ * size.scale)));
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
    : renderer_(renderer), boxes_(renderer), unit_(renderer, TextPlate::Anchor::BottomLeft, 11, false) {
  unit_.setColor({0.576, 0.631, 0.690});
}

Legend::~Legend() = default;

void Legend::setTable(const ColorTable& table) {
  table_ = &table;
  unit_.setText(table.name() + ", " + table.unit());
  while (levels_.size() < table.steps().size()) {
    levels_.push_back(std::make_unique<TextPlate>(renderer_, TextPlate::Anchor::BottomLeft, 11, false));
  }
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    levels_[i]->setText(i < table.steps().size() ? levelText(table.steps()[i].level) : "");
  }
}

void Legend::place(const PictureSize& size) {
  if (!table_) return;
  constexpr double kStep = 27, kMargin = 8, kPlateHeight = 46;
  // In a narrow pane the times need the lowest lines for themselves.
  const double bottom = size.width / size.scale < 520 ? 60 : kMargin;
  const auto count = static_cast<double>(table_->steps().size());
  const double width = count * kStep + 14;
  const double left = size.width / size.scale - kMargin - width;
  const double s = size.scale;
  std::vector<PictureBoxes::Box> boxes{
      {left * s, bottom * s, width * s, kPlateHeight * s, {0.071, 0.086, 0.106}, 0.82}};
  double x = left + 8;
  for (std::size_t i = 0; i < table_->steps().size(); ++i, x += kStep) {
    const Rgb color = table_->steps()[i].color;
    boxes.push_back({x * s, (bottom + 19) * s, (kStep - 1) * s, 8 * s,
                     {color.red / 255.0, color.green / 255.0, color.blue / 255.0}, 1.0});
    levels_[i]->place(size, x - 4, bottom + 3);
  }
  boxes_.set(boxes);
  unit_.place(size, left + 4, bottom + 29);
}

std::string levelText(double level) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", level);
  return text;
}

}  // namespace stormloom
