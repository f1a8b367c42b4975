#pragma once

#include <vtkNew.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/color_table.h"

class vtkActor2D;
class vtkPolyData;
class vtkRenderer;
class vtkTextActor;

namespace stormloom {

using PictureColor = std::array<double, 3>;

/// Size of a picture in device pixels and how many of them make one pixel of the screen's design.
struct PictureSize {
  int width = 1;
  int height = 1;
  double scale = 1.0;
  bool operator==(const PictureSize&) const = default;
};

/// One line of text on a dark plate, placed from a corner; part of the picture, so an exported one
/// says it too.
class TextPlate {
public:
  enum class Anchor { TopLeft, TopRight, BottomLeft, BottomRight };
  TextPlate(vtkRenderer* renderer, Anchor anchor, int pointSize, bool plate = true,
            int layer = 2);  ///< boxes lie in layer 1
  ~TextPlate();
  TextPlate(const TextPlate&) = delete;
  TextPlate& operator=(const TextPlate&) = delete;

  void setText(const std::string& text);  ///< empty: not drawn
  void setColor(const PictureColor& color);
  void setPlate(const PictureColor& color, double opacity);
  void setTextScale(double scale) { textScale_ = scale; }
  void setVisible(bool visible);
  /// Distance from the anchor's corner in design pixels.
  void place(const PictureSize& size, double fromSide, double fromEdge);

private:
  vtkRenderer* renderer_;
  Anchor anchor_;
  int pointSize_;
  double textScale_ = 1.0;
  bool visible_ = true;
  bool empty_ = true;
  vtkNew<vtkTextActor> text_;
};

/// Filled rectangles in device pixels over the picture: the coloured edge, the legend's boxes, the
/// scale bar.
class PictureBoxes {
public:
  struct Box {
    double left, bottom, width, height;
    PictureColor color;
    double opacity = 1.0;
  };
  explicit PictureBoxes(vtkRenderer* renderer);
  ~PictureBoxes();
  void set(const std::vector<Box>& boxes);
  void setVisible(bool visible);

private:
  vtkNew<vtkPolyData> data_;
  vtkNew<vtkActor2D> actor_;
};

/// The colour steps of a table with their levels and unit, at the lower right.
class Legend {
public:
  explicit Legend(vtkRenderer* renderer);
  ~Legend();
  /// `title`: what the values are, where that is not what the table is for.
  void setTable(const ColorTable& table, const std::string& title = {});
  void setStyle(const PictureColor& plate, const PictureColor& text, double textScale);
  void setVisible(bool visible);
  void place(const PictureSize& size);

private:
  const ColorTable* table_ = nullptr;
  vtkRenderer* renderer_;
  PictureColor plate_{};
  PictureColor text_{};
  double textScale_ = 1.0;
  std::size_t titleLength_ = 0;  ///< characters
  bool visible_ = true;
  PictureSize lastSize_;
  PictureBoxes boxes_;
  TextPlate unit_;
  std::vector<std::unique_ptr<TextPlate>> levels_;
};

/// "16", "0.5", "100": a level without needless digits.
std::string levelText(double level);

}  // namespace stormloom
