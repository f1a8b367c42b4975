#include "render/image_data.h"

#include <vtkImageData.h>

#include <array>

namespace stormloom {
namespace {

using Rgba = std::array<unsigned char, 4>;
constexpr Rgba kClear{0, 0, 0, 0};
constexpr Rgba kMissing{150, 160, 172, 110};
constexpr Rgba kMissingGap{150, 160, 172, 30};

Rgba cellColor(const RadarGrid& grid, int row, int col, const ColorTable& table,
               const Rgba& outside) {
  switch (grid.state(row, col)) {
    case CellState::Missing:
      return (row + col) % 4 < 2 ? kMissing : kMissingGap;  // hatched: not "no rain"
    case CellState::OutsideCoverage:
      return outside;
    case CellState::BelowDetection:
      return kClear;
    case CellState::Measured:
      break;
  }
  const double value = grid.at(row, col);
  if (!table.isDrawn(value)) return kClear;
  const ColorTable::Step& step = table.stepAt(value);
  return {step.color.red, step.color.green, step.color.blue, step.opacity};
}

}  // namespace

void fillImage(vtkImageData* image, const RadarGrid& grid, const ColorTable& table,
               double outsideOpacity) {
  const Rgba outside{10, 13, 17, static_cast<unsigned char>(255 * outsideOpacity)};
  const int* size = image->GetDimensions();
  if (size[0] != grid.width() || size[1] != grid.height() ||
      image->GetNumberOfScalarComponents() != 4) {
    image->SetDimensions(grid.width(), grid.height(), 1);
    image->AllocateScalars(VTK_UNSIGNED_CHAR, 4);
  }
  auto* out = static_cast<unsigned char*>(image->GetScalarPointer());
  for (int y = 0; y < grid.height(); ++y) {
    const int row = grid.height() - 1 - y;
    for (int col = 0; col < grid.width(); ++col) {
      for (const unsigned char byte : cellColor(grid, row, col, table, outside)) *out++ = byte;
    }
  }
  image->Modified();
}

}  // namespace stormloom
