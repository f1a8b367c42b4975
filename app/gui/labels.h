#pragma once

#include <QLabel>

namespace stormloom {

/// A panel's small heading, drawn as the theme says.
inline QLabel* heading(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("heading", true);
  return label;
}

/// A sentence in the second rank.
inline QLabel* quietLabel(const QString& text = {}) {
  auto* label = new QLabel(text);
  label->setProperty("quiet", true);
  label->setWordWrap(true);
  return label;
}

}  // namespace stormloom
