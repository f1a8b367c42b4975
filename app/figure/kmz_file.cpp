#include "app/figure/kmz_file.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <cmath>

#include "app/figure/figure_drawing.h"
#include "app/figure/figure_style.h"
#include "core/export_files.h"
#include "core/scratch_file.h"
#include "core/zip_file.h"

namespace stormloom {

namespace {

std::string pngOf(const QImage& image) {
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, "png");
  return buffer.data().toStdString();
}

/// The map on rows of equal latitude and columns of equal longitude, transparent where there is
/// nothing to see.
QImage onLonLat(const RadarGrid& grid, const GeoReference& geo, const ColorTable& colors) {
  const LonLatBox box = geo.bounds();
  constexpr int kPixelsPerCell = 2;
  QImage image(std::min(4096, geo.width() * kPixelsPerCell),
               std::min(4096, geo.height() * kPixelsPerCell), QImage::Format_ARGB32);
  image.fill(Qt::transparent);
  for (int y = 0; y < image.height(); ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    const double lat = box.north - (y + 0.5) / image.height() * (box.north - box.south);
    for (int x = 0; x < image.width(); ++x) {
      const double lon = box.west + (x + 0.5) / image.width() * (box.east - box.west);
      const CellPoint cell = geo.cellFromLonLat({lon, lat});
      if (!(cell.col >= 0.0 && cell.row >= 0.0 && cell.col < geo.width() &&
            cell.row < geo.height()))
        continue;
      const int row = int(cell.row);
      const int col = int(cell.col);
      if (grid.hasValue(row, col) && colors.isDrawn(double(grid.at(row, col))))
        line[x] = figure_style::toQColor(colors.color(double(grid.at(row, col)))).rgba();
    }
  }
  return image;
}

QImage legend(const ColorTable& colors) {
  constexpr int kRow = 20;
  const auto& steps = colors.steps();
  QImage image(120, kRow * (int(steps.size()) + 1) + 8, QImage::Format_ARGB32);
  image.fill(QColor(0x12, 0x16, 0x1b, 210));
  QPainter painter(&image);
  painter.setFont(figure_drawing::font(12));
  painter.setPen(figure_style::kDark.text);
  painter.drawText(8, 17, QString::fromStdString(colors.unit()));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const int top = kRow * int(steps.size() - i) + 4;
    painter.fillRect(8, top, 24, kRow, figure_style::toQColor(steps[i].color));
    painter.drawText(40, top + 15, QString::number(steps[i].level, 'g', 3));
  }
  return image;
}

std::string overlay(const Product& product, std::size_t index, const std::string& picture) {
  const LonLatBox box = product.geo.bounds();
  char place[256];
  std::snprintf(
      place, sizeof place,
      "<LatLonBox><north>%.8f</north><south>%.8f</south><east>%.8f</east><west>%.8f</west>"
      "</LatLonBox>",
      box.north, box.south, box.east, box.west);
  const ProductMap& map = product.maps[index];
  return "<GroundOverlay><name>" + mapTitle(map) + "</name><TimeSpan><begin>" + isoText(map.from) +
         "</begin><end>" + isoText(shownUntil(product, index)) + "</end></TimeSpan><Icon><href>" +
         picture + "</href></Icon>" + place + "</GroundOverlay>\n";
}

}  // namespace

void writeKmz(const std::string& path, const Product& product, const Receipt& receipt) {
  const auto application = figure_drawing::applicationIfNone();
  const ColorTable colors = colorsOf(product);
  std::string kml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\n<name>" +
      QString::fromStdString(product.title).toHtmlEscaped().toStdString() +
      "</name>\n<ExtendedData><Data name=\"stormloom_receipt\"><value>" + receiptText(receipt) +
      "</value></Data></ExtendedData>\n"
      "<ScreenOverlay><name>Legend</name><Icon><href>legend.png</href></Icon>"
      "<overlayXY x=\"0\" y=\"0\" xunits=\"fraction\" yunits=\"fraction\"/>"
      "<screenXY x=\"0.02\" y=\"0.05\" xunits=\"fraction\" yunits=\"fraction\"/></ScreenOverlay>\n";
  std::vector<std::pair<std::string, std::string>> files = {{"doc.kml", ""},
                                                            {"legend.png", pngOf(legend(colors))}};
  for (std::size_t index = 0; index < product.maps.size(); ++index) {
    const std::string picture = "maps/" + std::to_string(index + 1) + ".png";
    files.emplace_back(picture, pngOf(onLonLat(*product.maps[index].grid, product.geo, colors)));
    kml += overlay(product, index, picture);
  }
  files.front().second = kml + "</Document></kml>\n";
  writeWholeFile(path, zipArchive(files));
}

}  // namespace stormloom
