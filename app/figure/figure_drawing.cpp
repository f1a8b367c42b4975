#include "app/figure/figure_drawing.h"

#include <QFontDatabase>
#include <QFontMetrics>
#include <QHashSeed>
#include <QLoggingCategory>
#include <algorithm>
#include <cstring>

#include "core/errors.h"

namespace stormloom::figure_drawing {

/// Fonts need an application object; where no window made one, an invisible one does.
std::unique_ptr<QGuiApplication> applicationIfNone() {
  if (QCoreApplication::instance()) return nullptr;
  static int count;
  count = 3;  // Qt takes away the words it understands
  static char name[] = "stormloom-cli";
  static char option[] = "-platform";
  static char platform[] = "offscreen";
  QHashSeed::setDeterministicGlobalSeed();  // fonts of a PDF in the same order every time
  QLoggingCategory::setFilterRules("default.warning=false");  // a missing session is no news here
  static char* words[4];
  words[0] = name;
  words[1] = option;
  words[2] = platform;
  words[3] = nullptr;
  return std::make_unique<QGuiApplication>(count, words);
}

QFont font(int pixels, bool bold) {
  QFont font(QFontDatabase::hasFamily("Inter") ? "Inter" : "sans-serif");
  font.setPixelSize(std::max(pixels, 9));
  font.setBold(bold);
  // Shapes that the font chooses by what stands beside a sign (a raised colon between digits, a wide
  // minus) have no letter in a PDF: who searches or copies its text would not find them.
  font.setStyleStrategy(QFont::PreferNoShaping);
  return font;
}

QSize checkedSize(const FigureOptions& options) {
  if (options.width == 0 && options.height == 0) return {};
  if (!isFigureSize(options.width, options.height))
    throw UsageError(
        "--size must lie between 320x240 and 16384x16384, with at most 150 million pixels.");
  return {options.width, options.height};
}

/// One line of text in a rectangle, shortened with an ellipsis where it does not fit; what is left
/// of the rectangle beside it.
QRect putText(QPainter& painter, const QRect& room, const QString& text, const QFont& font,
              const QColor& color, bool right) {
  painter.setFont(font);
  painter.setPen(color);
  const QFontMetrics metrics(font);
  const QString shown = metrics.elidedText(text, Qt::ElideRight, room.width());
  painter.drawText(room, int(right ? Qt::AlignRight : Qt::AlignLeft) | int(Qt::AlignVCenter),
                   shown);
  const int used = metrics.horizontalAdvance(shown) + metrics.height() / 2;
  return right ? room.adjusted(0, 0, -used, 0) : room.adjusted(used, 0, 0, 0);
}

QStringList brokenInto(int width, const QString& text, const QFont& font) {
  QStringList lines;
  for (const QString& word : text.split(' ')) {
    if (!lines.isEmpty() && widthOf(lines.back() + ' ' + word, font) <= width)
      lines.back() += ' ' + word;
    else
      lines << word;
  }
  return lines;
}

int widthOf(const QString& text, const QFont& font) {
  return QFontMetrics(font).horizontalAdvance(text);
}

RgbImage pixelsOf(const QImage& image) {
  RgbImage out{image.width(), image.height(), {}};
  const std::size_t row = std::size_t(out.width) * 3;
  out.pixels.resize(row * std::size_t(out.height));
  for (int y = 0; y < out.height; ++y)
    std::memcpy(out.pixels.data() + row * std::size_t(y), image.constScanLine(y), row);
  return out;
}

}  // namespace stormloom::figure_drawing
