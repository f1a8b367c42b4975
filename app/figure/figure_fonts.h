#pragma once

#include <QFont>
#include <QGuiApplication>
#include <memory>

namespace stormloom {

/// Fonts need an application object; where no window made one, an invisible one does while this
/// lives.
std::unique_ptr<QGuiApplication> applicationIfNone();

/// Inter where it is, else the system's sans.
QFont figureFont(double pixels, bool bold = false);

}  // namespace stormloom
