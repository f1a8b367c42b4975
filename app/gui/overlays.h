#pragma once

#include <QFrame>

class QLabel;

namespace stormloom {

/// One sentence about what went wrong and what to do; the picture below stays.
class Banner : public QFrame {
  Q_OBJECT
 public:
  explicit Banner(QWidget* parent = nullptr);
  void say(const QString& sentence);
  QString text() const;

 private:
  QLabel* label_;
};

/// The list of keys, over the maps.
class KeyList : public QFrame {
  Q_OBJECT
 public:
  explicit KeyList(QWidget* parent);
  void toggle();
};

}  // namespace stormloom
