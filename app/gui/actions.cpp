#include "app/gui/actions.h"

#include <QSettings>
#include <QWidget>

namespace stormloom {

ActionTable::ActionTable(QWidget* window) : QObject(window), window_(window) {}

QAction* ActionTable::add(const QString& id, const QString& group, const QString& text,
                          const QKeySequence& key, std::function<void()> act) {
  auto* action = new QAction(text, this);
  action->setObjectName(id);
  action->setProperty("group", group);
  action->setProperty("usualKey", key);
  const QVariant chosen = QSettings().value("keys/" + id);
  action->setShortcut(chosen.isValid() ? QKeySequence(chosen.toString()) : key);
  action->setShortcutContext(Qt::WindowShortcut);
  connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
  window_->addAction(action);
  actions_.push_back(action);
  return action;
}

QAction* ActionTable::addSwitch(const QString& id, const QString& group, const QString& text,
                                const QKeySequence& key, std::function<void(bool)> act) {
  QAction* action = add(id, group, text, key, [] {});
  action->setCheckable(true);
  connect(action, &QAction::triggered, this, [act = std::move(act)](bool on) { act(on); });
  return action;
}

QAction* ActionTable::find(const QString& id) const {
  for (QAction* action : actions_)
    if (action->objectName() == id) return action;
  return nullptr;
}

QString ActionTable::groupOf(const QAction* action) { return action->property("group").toString(); }

QAction* ActionTable::holderOf(const QKeySequence& key, const QAction* but) const {
  if (key.isEmpty()) return nullptr;
  for (QAction* action : actions_)
    if (action != but && action->shortcut() == key) return action;
  return nullptr;
}

void ActionTable::rebind(QAction* action, const QKeySequence& key) {
  if (QAction* holder = holderOf(key, action)) {
    holder->setShortcut({});
    remember(holder);
  }
  action->setShortcut(key);
  remember(action);
  Q_EMIT keysChanged();
}

void ActionTable::remember(QAction* action) {
  QSettings settings;
  const QString name = "keys/" + action->objectName();
  if (action->shortcut() == action->property("usualKey").value<QKeySequence>())
    settings.remove(name);
  else
    settings.setValue(name, action->shortcut().toString());
}

void ActionTable::restoreKeys() {
  for (QAction* action : actions_)
    action->setShortcut(action->property("usualKey").value<QKeySequence>());
  for (QAction* action : actions_) remember(action);
  Q_EMIT keysChanged();
}

QString withKey(const QString& text, const QAction* action) {
  const QString key = action->shortcut().toString(QKeySequence::NativeText);
  return key.isEmpty() ? text : QString("%1 (%2)").arg(text, key);
}

}  // namespace stormloom
