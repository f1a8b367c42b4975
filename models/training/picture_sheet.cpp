#include "models/training/picture_sheet.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr int kGap = 2;
constexpr Rgb kGround{18, 22, 27};

}  // namespace

RgbImage darkImage(int width, int height) {
  RgbImage image{width, height,
                 std::vector<std::uint8_t>(std::size_t(width) * std::size_t(height) * 3)};
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    image.pixels[i] = kGround.red;
    image.pixels[i + 1] = kGround.green;
    image.pixels[i + 2] = kGround.blue;
  }
  return image;
}

void putPixel(RgbImage& image, int x, int y, Rgb color) {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
  const std::size_t at = (std::size_t(y) * std::size_t(image.width) + std::size_t(x)) * 3;
  image.pixels[at] = color.red;
  image.pixels[at + 1] = color.green;
  image.pixels[at + 2] = color.blue;
}

RgbImage sheetOf(const Tensor& pictures) {
  const Tensor digital =
      (pictures.detach().to(torch::kCPU, torch::kFloat32).clamp(0, 1) * 255).contiguous();
  const auto size = digital.sizes();
  const int cellHeight = int(size[2]) + kGap, cellWidth = int(size[3]) + kGap;
  RgbImage image = darkImage(int(size[1]) * cellWidth, int(size[0]) * cellHeight);
  const ColorTable& colors = colorTableFor(Quantity::VilDigital);
  const auto values = digital.accessor<float, 4>();
  for (int r = 0; r < size[0]; ++r)
    for (int c = 0; c < size[1]; ++c)
      for (int y = 0; y < size[2]; ++y)
        for (int x = 0; x < size[3]; ++x)
          if (const double value = values[r][c][y][x]; colors.isDrawn(value))
            putPixel(image, c * cellWidth + x, r * cellHeight + y, colors.color(value));
  return image;
}

}  // namespace stormloom
