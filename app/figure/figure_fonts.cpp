#include "app/figure/figure_fonts.h"

#include <QFontDatabase>
#include <QLoggingCategory>
#include <algorithm>

namespace stormloom {

std::unique_ptr<QGuiApplication> applicationIfNone() {
  if (QCoreApplication::instance()) return nullptr;
  static int count;
  count = 3;  // Qt takes away the words it understands
  static char name[] = "stormloom-cli";
  static char option[] = "-platform";
  static char platform[] = "offscreen";
  QLoggingCategory::setFilterRules("default.warning=false");  // a missing session is no news here
  static char* words[4];
  words[0] = name;
  words[1] = option;
  words[2] = platform;
  words[3] = nullptr;
  return std::make_unique<QGuiApplication>(count, words);
}

QFont figureFont(double pixels, bool bold) {
  QFont font(QFontDatabase::hasFamily("Inter") ? "Inter" : "sans-serif");
  font.setPixelSize(std::max(int(pixels), 9));
  font.setBold(bold);
  return font;
}

}  // namespace stormloom
