#pragma once

#include <QFrame>
#include <functional>

class QLabel;
class QLineEdit;
class QListWidget;
class QTableWidget;

namespace stormloom {

class ActionTable;

/// One sentence about what went wrong and what to do, or news; the picture below stays.
class Banner : public QFrame {
  Q_OBJECT
public:
  explicit Banner(QWidget* parent = nullptr);
  void say(const QString& sentence);   ///< something went wrong
  void tell(const QString& sentence);  ///< something happened; goes by itself
  QString text() const;

private:
  void put(const QString& sentence, const char* kind);

  QLabel* label_;
  int number_ = 0;
};

/// Frame over the maps that Esc closes.
class Floating : public QFrame {
  Q_OBJECT
public:
  explicit Floating(QWidget* parent);
  void toggle();
  void open();

protected:
  virtual void prepare() {}
  void keyPressEvent(QKeyEvent* event) override;
  void centre();
};

/// All actions with their keys; a key is changed by double clicking it and pressing another.
class KeyList : public Floating {
  Q_OBJECT
public:
  KeyList(ActionTable* actions, QWidget* parent);

protected:
  void prepare() override;

private:
  void fill();
  void edit(int row);

  ActionTable* actions_;
  QTableWidget* table_;
  QLabel* hint_;
  QKeySequence wanted_;  ///< held by another action: taken when it is chosen once more
  const QAction* wantedFor_ = nullptr;
};

/// Any action by a few letters of its name.
class CommandPalette : public Floating {
  Q_OBJECT
public:
  CommandPalette(ActionTable* actions, QWidget* parent);

protected:
  void prepare() override;
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void filter(const QString& words);
  void run();

  ActionTable* actions_;
  QLineEdit* line_;
  QListWidget* list_;
};

/// One line of text asked for in the window itself, for notes and names.
class LineAsker : public Floating {
  Q_OBJECT
public:
  explicit LineAsker(QWidget* parent);
  void ask(const QString& question, std::function<void(const QString&)> answer);

private:
  QLabel* question_;
  QLineEdit* line_;
  std::function<void(const QString&)> answer_;
};

}  // namespace stormloom
