#include "app/gui/theme.h"

#include <QApplication>
#include <QFont>
#include <QPalette>
#include <QStyleFactory>
#include <QWidget>
#include <algorithm>
#include <cmath>

#include "core/pane_layout.h"

namespace stormloom {
namespace {

constexpr const char* kSheet = R"(
* { font-size: 13px; }
QMainWindow, QDialog { background: @ground; }
QWidget#panel, QWidget#timeStrip, QWidget#topStrip, QWidget#rail, QWidget#drawer, QWidget#statusStrip { background: @panel; }
QWidget#topStrip { border-bottom: 1px solid @line; }
QWidget#rail, QWidget#drawer { border-right: 1px solid @line; }
QWidget#panel { border-left: 1px solid @line; }
QWidget#timeStrip { border-top: 1px solid @line; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QLabel { color: @text; background: transparent; }
QLabel[quiet="true"] { color: @quiet; }
QLabel[heading="true"] { color: @quiet; font-size: 11px; font-weight: 600; }
QLabel[chip="true"] { background: @raised; border-radius: 12px; padding: 3px 10px; color: @text; }
QLabel#validTime { font-size: 20px; font-weight: 600; }
QPushButton, QToolButton { background: @raised; color: @text; border: 1px solid @line; border-radius: 6px; padding: 4px 10px; min-height: 18px; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:focus, QToolButton:focus, QLineEdit:focus { border-color: @forecast; }
QPushButton:checked, QToolButton:checked { border-color: @forecast; color: @forecast; }
QPushButton:disabled, QToolButton:disabled { color: @quiet; }
QPushButton#doubts { background: transparent; border: none; padding: 0; text-align: left; color: @quiet; }
QPushButton#doubts:hover { color: @text; }
QPushButton#accent { background: @accent; color: @onAccent; font-weight: 600; border: none; }
QPushButton#bigIntensity { font-size: 34px; font-weight: 600; background: transparent; border: none; padding: 0; text-align: left; }
QPushButton#bigIntensity:hover { color: @forecast; }
QPushButton#accent:disabled { background: @raised; color: @quiet; }
QToolButton[rail="true"] { background: transparent; border: none; border-radius: 8px; padding: 6px 2px; font-size: 11px; color: @quiet; }
QToolButton[rail="true"]:hover { background: @raised; }
QToolButton[rail="true"]:checked { background: @raised; color: @text; }
QToolButton[pane="true"] { background: @plate; border: none; border-radius: 4px; padding: 2px; min-height: 20px; color: @text; }
QToolButton[pane="true"]::menu-indicator { image: none; }
QToolButton[flat="true"] { background: transparent; border: none; padding: 4px; }
QToolButton[flat="true"]:hover { background: @raised; }
QLineEdit { background: @raised; color: @text; border: 1px solid @line; border-radius: 6px; padding: 3px 8px; min-height: 20px; }
QComboBox QAbstractItemView { background: @raised; color: @text; selection-background-color: @hover; selection-color: @text; }
QCheckBox { color: @text; spacing: 8px; min-height: 24px; }
QFrame#banner { background: @bannerGround; border: none; border-left: 4px solid @failed; }
QFrame#banner[kind="news"] { background: @raised; border-left: 4px solid @observed; }
QFrame#floating { background: @panel; border: 1px solid @hover; border-radius: 10px; }
QProgressBar { background: @raised; border: none; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: @forecast; border-radius: 2px; }
QListWidget, QTableWidget, QTreeWidget { background: transparent; color: @text; border: none; alternate-background-color: @ground; gridline-color: @line; }
QListWidget::item { padding: 6px; border-radius: 6px; }
QListWidget::item:selected { background: @chosen; color: @text; }
QTableView::item:selected, QTreeView::item:selected { background: @chosen; color: @text; }
QHeaderView::section { background: transparent; color: @quiet; border: none; padding: 4px; font-size: 11px; }
QTableCornerButton::section { background: transparent; border: none; }
QMenu { background: @panel; color: @text; border: 1px solid @hover; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: @raised; }
QMenu::item:disabled { color: @quiet; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QToolTip { background: @raised; color: @text; border: 1px solid @hover; padding: 4px; }
QScrollBar:vertical { background: transparent; width: 10px; }
QScrollBar::handle:vertical { background: @hover; border-radius: 5px; min-height: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; }
)";

QColor between(const QColor& a, const QColor& b, double share) {
  const auto mix = [share](int x, int y) { return int(std::lround(x + share * (y - x))); };
  return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

QString sheetOf(const Theme& theme) {
  QString sheet = QString::fromUtf8(kSheet);
  const QColor plate = QColor::fromRgbF(float(theme.map.plate[0]), float(theme.map.plate[1]),
                                        float(theme.map.plate[2]));
  const std::pair<const char*, QColor> names[] = {
      // longer names first: @ground is part of none before it
      {"@bannerGround", between(theme.panel, theme.failed, 0.22)},
      {"@chosen", between(theme.raised, theme.forecast, 0.32)},
      {"@ground", theme.ground},
      {"@panel", theme.panel},
      {"@raised", theme.raised},
      {"@line", theme.line},
      {"@text", theme.text},
      {"@quiet", theme.quiet},
      {"@hover", between(theme.raised, theme.quiet, 0.25)},
      {"@forecast", theme.forecast},
      {"@observed", theme.observed},
      {"@failed", theme.failed},
      {"@onAccent", theme.onAccent},
      {"@accent", Theme::darkTheme().forecast},
      {"@plate", plate}};
  for (const auto& [name, color] : names) sheet.replace(name, color.name());
  return sheet;
}

double luminance(const QColor& color) {
  const auto channel = [](double s) {
    return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(color.redF()) + 0.7152 * channel(color.greenF()) +
         0.0722 * channel(color.blueF());
}

QPalette paletteOf(const Theme& theme) {
  QPalette colors;
  colors.setColor(QPalette::Window, theme.ground);
  colors.setColor(QPalette::WindowText, theme.text);
  colors.setColor(QPalette::Base, theme.raised);
  colors.setColor(QPalette::AlternateBase, theme.ground);
  colors.setColor(QPalette::Text, theme.text);
  colors.setColor(QPalette::PlaceholderText, theme.quiet);
  colors.setColor(QPalette::Button, theme.raised);
  colors.setColor(QPalette::ButtonText, theme.text);
  colors.setColor(QPalette::ToolTipBase, theme.raised);
  colors.setColor(QPalette::ToolTipText, theme.text);
  colors.setColor(QPalette::Highlight, theme.forecast);
  colors.setColor(QPalette::HighlightedText, theme.onAccent);
  return colors;
}

QFont textFont() {
  QFont font;
  font.setFamilies({"Inter", "Noto Sans", "DejaVu Sans"});
  font.setPixelSize(13);
  return font;
}

}  // namespace

const Theme& Theme::darkTheme() {
  static const Theme theme{true,
                           {0x12, 0x16, 0x1b},
                           {0x17, 0x1c, 0x22},
                           {0x23, 0x2b, 0x34},
                           {0x2a, 0x32, 0x3b},
                           {0xdf, 0xe6, 0xee},
                           {0x93, 0xa1, 0xb0},
                           {0x5f, 0xc9, 0xe0},
                           {0xf2, 0xb8, 0x4b},
                           {0xa0, 0x8c, 0xf0},
                           {0xe8, 0x72, 0x72},
                           {0x5a, 0xc8, 0x7c},
                           {0x18, 0x20, 0x2a},
                           MapStyle::dark()};
  return theme;
}

const Theme& Theme::lightTheme() {
  static const Theme theme{false,
                           {0xf6, 0xf7, 0xf9},
                           {0xff, 0xff, 0xff},
                           {0xe7, 0xeb, 0xf0},
                           {0xd5, 0xdb, 0xe2},
                           {0x18, 0x20, 0x2a},
                           {0x4f, 0x5c, 0x69},
                           {0x0b, 0x66, 0x7c},
                           {0x84, 0x52, 0x00},
                           {0x5e, 0x43, 0xc4},
                           {0xb3, 0x26, 0x2e},
                           {0x1c, 0x78, 0x3c},
                           {0x18, 0x20, 0x2a},
                           MapStyle::light()};
  return theme;
}

const Theme& Theme::of(const QWidget& widget) {
  return widget.palette().color(QPalette::Window).lightness() < 128 ? darkTheme() : lightTheme();
}

void applyTheme(QApplication& app, Theme::Choice choice) {
  app.setStyle(QStyleFactory::create("Fusion"));
  const bool desktopIsDark =
      app.style()->standardPalette().color(QPalette::Window).lightness() < 128 ||
      qgetenv("GTK_THEME").contains("dark");
  // A control room works in the dark: where the desktop says nothing, so do we.
  const bool saysLight = qEnvironmentVariableIsSet("GTK_THEME") && !desktopIsDark;
  const bool light =
      choice == Theme::Choice::Light || (choice == Theme::Choice::System && saysLight);
  const Theme& theme = light ? Theme::lightTheme() : Theme::darkTheme();
  app.setFont(textFont());
  app.setPalette(paletteOf(theme));
  app.setStyleSheet(sheetOf(theme));
}

double contrastRatio(const QColor& a, const QColor& b) {
  const auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
}

QString signedText(double value, int decimals) {
  return QString::fromStdString(signedNumber(value, decimals));
}

}  // namespace stormloom
