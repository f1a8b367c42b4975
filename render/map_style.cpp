#include "render/map_style.h"

namespace stormloom {
namespace {

constexpr PictureColor color(int rgb) {
  return {(rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0};
}

}  // namespace

MapStyle MapStyle::dark() {
  return {color(0x1a2027), color(0x9fb0c0), color(0x7b8a99), color(0x4a5663), color(0x566371),
          color(0x465260), color(0xb8c4d0), color(0xdfe6ee), color(0x93a1b0), color(0x12161b),
          color(0xffffff), color(0x5fc9e0), color(0xf2b84b), color(0xa08cf0)};
}

MapStyle MapStyle::light() {
  MapStyle style{color(0xdde3e9), color(0x56636f), color(0x7d8a97), color(0xb9c3cd),
                 color(0xa8b3be), color(0xb4bec8), color(0x4a5764), color(0x18202a),
                 color(0x5a6875), color(0xffffff), color(0x000000), color(0x0e6f86),
                 color(0x8f5a00), color(0x6548cf)};
  style.outsideOpacity = 0.12;
  return style;
}

}  // namespace stormloom
