#include "app/gui/palette.h"

#include <QApplication>
#include <QPalette>
#include <QStyleFactory>

#include <cmath>

namespace stormloom {
namespace {

constexpr const char* kSheet = R"(
* { font-family: "Inter", "Noto Sans", "DejaVu Sans", sans-serif; font-size: 13px; }
QMainWindow, QDialog { background: #12161b; }
QWidget#panel, QWidget#timeStrip, QWidget#topStrip { background: #171c22; }
QLabel { color: #dfe6ee; background: transparent; }
QLabel[quiet="true"] { color: #93a1b0; }
QLabel[heading="true"] { color: #93a1b0; font-size: 11px; font-weight: 600; }
QLabel#validTime { font-size: 20px; font-weight: 600; }
QLabel#bigIntensity { font-size: 34px; font-weight: 600; }
QPushButton, QToolButton { background: #232b34; color: #dfe6ee; border: 1px solid #2a323b; border-radius: 6px;
  padding: 4px 10px; min-height: 20px; }
QPushButton:hover, QToolButton:hover { background: #2d3742; }
QPushButton:checked, QToolButton:checked { border-color: #f2b84b; color: #f2b84b; }
QPushButton:disabled, QToolButton:disabled { color: #5a6673; }
QPushButton#accent { background: #f2b84b; color: #18202a; font-weight: 600; border: none; }
QComboBox, QSpinBox { background: #232b34; color: #dfe6ee; border: 1px solid #2a323b; border-radius: 6px;
  padding: 3px 8px; min-height: 22px; }
QComboBox QAbstractItemView { background: #232b34; color: #dfe6ee; selection-background-color: #3a4653; }
QSlider::groove:horizontal { height: 6px; border-radius: 3px;
  background: qlineargradient(x1:0, x2:1, stop:0 #3f6d80, stop:0.5 #8a94a0, stop:1 #b98633); }
QSlider::handle:horizontal { width: 18px; height: 18px; margin: -6px 0; border-radius: 9px; background: #f2b84b; }
QFrame#banner { background: #3a2326; border: none; border-left: 4px solid #e06a6a; }
QFrame#keyList { background: #171c22; border: 1px solid #3a4653; border-radius: 10px; }
QProgressBar { background: #232b34; border: none; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: #5fc9e0; border-radius: 2px; }
QListWidget { background: #12161b; color: #dfe6ee; border: none; }
QListWidget::item { padding: 6px; }
QListWidget::item:selected { background: #232b34; color: #5fc9e0; }
QToolTip { background: #232b34; color: #dfe6ee; border: 1px solid #3a4653; }
)";

}  // namespace

void applyDarkTheme(QApplication& app) {
  app.setStyle(QStyleFactory::create("Fusion"));
  QPalette colors;
  colors.setColor(QPalette::Window, palette::kGround);
  colors.setColor(QPalette::WindowText, palette::kText);
  colors.setColor(QPalette::Base, palette::kPanel);
  colors.setColor(QPalette::Text, palette::kText);
  colors.setColor(QPalette::Button, palette::kRaised);
  colors.setColor(QPalette::ButtonText, palette::kText);
  colors.setColor(QPalette::Highlight, palette::kForecast);
  colors.setColor(QPalette::HighlightedText, palette::kGround);
  app.setPalette(colors);
  app.setStyleSheet(QString::fromUtf8(kSheet));
}

QString signedText(double value, int decimals) {
  const double rounded = std::round(value * std::pow(10.0, decimals)) / std::pow(10.0, decimals);
  const QString digits = QString::number(std::abs(rounded), 'f', decimals);
  if (rounded > 0) return "+" + digits;
  return rounded < 0 ? QString(QChar(0x2212)) + digits : digits;
}

}  // namespace stormloom
