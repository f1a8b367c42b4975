#include "core/kept_pictures.h"

#include <cstring>

namespace stormloom {

namespace {

std::uint32_t colorAt(const std::uint8_t* pixel) {
  return std::uint32_t(pixel[0]) << 16 | std::uint32_t(pixel[1]) << 8 | pixel[2];
}

}  // namespace

void KeptPictures::add(const RgbImage& picture) {
  const std::size_t rowBytes = std::size_t(3) * std::size_t(picture.width);
  for (int row = 0; row < picture.height; ++row) {
    const std::uint8_t* now = picture.pixels.data() + rowBytes * std::size_t(row);
    const bool known = pictures_ > 0 &&
                       std::memcmp(now, last_.pixels.data() + rowBytes * std::size_t(row), rowBytes) == 0;
    if (known)
      runs_.push_back({});
    else
      addRow(now, picture.width);
  }
  last_ = picture;
  ++pictures_;
}

void KeptPictures::addRow(const std::uint8_t* row, int width) {
  Run run{1, colorAt(row)};
  for (int col = 1; col < width; ++col) {
    const std::uint32_t color = colorAt(row + 3 * col);
    if (color == run.color) {
      ++run.pixels;
      continue;
    }
    runs_.push_back(run);
    run = {1, color};
  }
  runs_.push_back(run);
}

void KeptPictures::each(const std::function<void(const RgbImage&)>& take) const {
  RgbImage picture{last_.width, last_.height, std::vector<std::uint8_t>(last_.pixels.size())};
  std::size_t next = 0;
  for (std::size_t k = 0; k < pictures_; ++k) {
    std::uint8_t* to = picture.pixels.data();
    for (int row = 0; row < picture.height; ++row) {
      if (runs_[next].pixels == 0) {
        to += std::size_t(3) * std::size_t(picture.width);
        ++next;
        continue;
      }
      for (int col = 0; col < picture.width; ++next)
        for (std::uint32_t i = 0; i < runs_[next].pixels; ++i, ++col) {
          *to++ = std::uint8_t(runs_[next].color >> 16);
          *to++ = std::uint8_t(runs_[next].color >> 8);
          *to++ = std::uint8_t(runs_[next].color);
        }
    }
    take(picture);
  }
}

}  // namespace stormloom
