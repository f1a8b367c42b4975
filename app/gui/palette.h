#pragma once

#include <QColor>
#include <QString>

class QApplication;

namespace stormloom {

/// Colours of the dark theme; cyan is observed, amber forecast, violet synthetic, everywhere.
namespace palette {
inline const QColor kGround(0x12, 0x16, 0x1b);
inline const QColor kPanel(0x17, 0x1c, 0x22);
inline const QColor kRaised(0x23, 0x2b, 0x34);
inline const QColor kLine(0x2a, 0x32, 0x3b);
inline const QColor kText(0xdf, 0xe6, 0xee);
inline const QColor kQuiet(0x93, 0xa1, 0xb0);
inline const QColor kObserved(0x5f, 0xc9, 0xe0);
inline const QColor kForecast(0xf2, 0xb8, 0x4b);
inline const QColor kSynthetic(0xa0, 0x8c, 0xf0);
inline const QColor kFailed(0xe0, 0x6a, 0x6a);
}  // namespace palette

void applyDarkTheme(QApplication& app);

/// "+2.4", "−1.0", "0.0" with a true minus sign.
QString signedText(double value, int decimals = 1);

}  // namespace stormloom
