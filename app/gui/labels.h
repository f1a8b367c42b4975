#pragma once

#include <QColor>
#include <QFontMetrics>
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

/// A name in bold and facts in the second rank, shortened with an ellipsis where there is no room.
class FactsLabel : public QLabel {
public:
  using QLabel::QLabel;
  void setFacts(const QString& name, const QString& facts, const QColor& quiet) {
    name_ = name;
    facts_ = facts;
    quiet_ = quiet;
    fit();
  }

protected:
  void resizeEvent(QResizeEvent* event) override {
    QLabel::resizeEvent(event);
    if (!name_.isEmpty()) fit();
  }

private:
  void fit() {
    QFont bold = font();
    bold.setBold(true);
    const QFontMetrics strong(bold);
    constexpr int kBetween = 12;
    const QString name = strong.elidedText(name_, Qt::ElideRight, width());
    const int room = width() - strong.horizontalAdvance(name) - kBetween;
    const QString facts = room > 40 ? fontMetrics().elidedText(facts_, Qt::ElideRight, room) : QString();
    setText(QString("<b>%1</b>&nbsp;&nbsp;<span style='color:%2'>%3</span>")
                .arg(name.toHtmlEscaped(), quiet_.name(), facts.toHtmlEscaped()));
  }

  QString name_, facts_;
  QColor quiet_;
};

}  // namespace stormloom
