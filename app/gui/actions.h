#pragma once

#include <QAction>
#include <QKeySequence>
#include <QObject>
#include <functional>
#include <vector>

namespace stormloom {

/// Everything that can be done, each with a name, a group and a key that the person may change. The
/// menus, the command palette and the list of keys are made from it.
class ActionTable : public QObject {
  Q_OBJECT
public:
  /// Shortcuts work in the whole of `window`. Chosen keys are kept in the program's settings.
  explicit ActionTable(QWidget* window);

  QAction* add(const QString& id, const QString& group, const QString& text,
               const QKeySequence& key, std::function<void()> act);
  /// For actions that are on or off; the check mark is the window's business.
  QAction* addSwitch(const QString& id, const QString& group, const QString& text,
                     const QKeySequence& key, std::function<void(bool)> act);
  QAction* find(const QString& id) const;
  const std::vector<QAction*>& all() const { return actions_; }
  static QString groupOf(const QAction* action);

  /// The action that has this key already, if another one does.
  QAction* holderOf(const QKeySequence& key, const QAction* but) const;
  /// Takes the key away from whoever had it. An empty key: none.
  void rebind(QAction* action, const QKeySequence& key);
  void restoreKeys();  ///< as they came with the program

Q_SIGNALS:
  void keysChanged();

private:
  void remember(QAction* action);

  QWidget* window_;
  std::vector<QAction*> actions_;
};

/// Text of an action with its key, for tool tips: "Play (Space)".
QString withKey(const QString& text, const QAction* action);

}  // namespace stormloom
