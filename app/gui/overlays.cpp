#include "app/gui/overlays.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QStyle>
#include <QTableWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "app/gui/actions.h"

namespace stormloom {
namespace {

constexpr int kNewsMilliseconds = 8000;

QLabel* quietLabel(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("quiet", true);
  return label;
}

}  // namespace

Banner::Banner(QWidget* parent) : QFrame(parent), label_(new QLabel) {
  setObjectName("banner");
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 6, 8, 6);
  label_->setWordWrap(true);
  label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* close = new QToolButton;
  close->setText(tr("Close"));
  close->setFocusPolicy(Qt::NoFocus);
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  row->addWidget(label_, 1);
  row->addWidget(close);
  hide();
}

void Banner::put(const QString& sentence, const char* kind) {
  ++number_;
  setProperty("kind", kind);
  style()->unpolish(this);
  style()->polish(this);
  label_->setText(sentence);
  setAccessibleName(sentence);
  show();
}

void Banner::say(const QString& sentence) { put(sentence, "trouble"); }

void Banner::tell(const QString& sentence) {
  put(sentence, "news");
  QTimer::singleShot(kNewsMilliseconds, this, [this, mine = number_] {
    if (mine == number_) hide();
  });
}

QString Banner::text() const { return label_->text(); }

Floating::Floating(QWidget* parent) : QFrame(parent) {
  setObjectName("floating");
  hide();
}

void Floating::centre() {
  adjustSize();
  const QSize room = parentWidget()->size();
  resize(std::min(width(), room.width() - 40), std::min(height(), room.height() - 40));
  move((room.width() - width()) / 2, std::max(20, (room.height() - height()) / 3));
}

void Floating::open() {
  prepare();
  show();
  centre();
  raise();
}

void Floating::toggle() { isVisible() ? hide() : open(); }

void Floating::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape)
    hide();
  else
    QFrame::keyPressEvent(event);
}

KeyList::KeyList(ActionTable* actions, QWidget* parent)
    : Floating(parent), actions_(actions), table_(new QTableWidget) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(20, 16, 20, 16);
  auto* top = new QHBoxLayout;
  auto* title = new QLabel(tr("<b>Keys</b>"));
  auto* reset = new QPushButton(tr("As delivered"));
  auto* close = new QPushButton(tr("Close"));
  top->addWidget(title, 1);
  top->addWidget(reset);
  top->addWidget(close);
  column->addLayout(top);
  hint_ =
      quietLabel(tr("Double click a key to change it, then press the new one. On the maps: drag "
                    "moves, the wheel zooms, a click asks about "
                    "a place, Shift and drag draws an area, a double click shows the whole map."));
  hint_->setWordWrap(true);
  column->addWidget(hint_);
  table_->setColumnCount(3);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->verticalHeader()->hide();
  table_->horizontalHeader()->hide();
  table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  table_->setColumnWidth(1, 130);
  table_->setColumnWidth(2, 90);
  table_->setShowGrid(false);
  table_->setMinimumSize(560, 460);
  column->addWidget(table_, 1);
  connect(reset, &QPushButton::clicked, actions_, &ActionTable::restoreKeys);
  connect(close, &QPushButton::clicked, this, &QWidget::hide);
  connect(table_, &QTableWidget::cellDoubleClicked, this, [this](int row, int) { edit(row); });
  connect(actions_, &ActionTable::keysChanged, this, &KeyList::fill);
}

void KeyList::prepare() { fill(); }

void KeyList::fill() {
  table_->setRowCount(int(actions_->all().size()));
  int row = 0;
  for (const QAction* action : actions_->all()) {
    table_->setItem(row, 0, new QTableWidgetItem(action->text()));
    table_->setItem(row, 1,
                    new QTableWidgetItem(action->shortcut().toString(QKeySequence::NativeText)));
    table_->setItem(row, 2, new QTableWidgetItem(ActionTable::groupOf(action)));
    table_->removeCellWidget(row, 1);
    ++row;
  }
}

void KeyList::edit(int row) {
  QAction* action = actions_->all()[std::size_t(row)];
  auto* editor = new QKeySequenceEdit(action->shortcut());
  table_->setCellWidget(row, 1, editor);
  editor->setFocus();
  // One key is one key: what is pressed to confirm it does not become part of it.
  connect(editor, &QKeySequenceEdit::keySequenceChanged, this, [editor](const QKeySequence& keys) {
    if (keys.count() > 1) editor->setKeySequence(QKeySequence(keys[0]));
    if (keys.count() > 0) editor->clearFocus();
  });
  connect(editor, &QKeySequenceEdit::editingFinished, this, [this, action, editor] {
    const QKeySequence key = editor->keySequence();
    const QAction* held = actions_->holderOf(key, action);
    if (key == QKeySequence(Qt::Key_Escape)) return QTimer::singleShot(0, this, &KeyList::fill);
    if (held && (key != wanted_ || action != wantedFor_)) {
      wanted_ = key;
      wantedFor_ = action;
      hint_->setText(tr("%1 belongs to “%2”. Choose it once more here to take it.")
                         .arg(key.toString(QKeySequence::NativeText), held->text()));
      return QTimer::singleShot(0, this, &KeyList::fill);
    }
    wanted_ = {};
    if (held)
      hint_->setText(tr("%1 belonged to “%2”, which has no key now.")
                         .arg(key.toString(QKeySequence::NativeText), held->text()));
    QTimer::singleShot(0, this, [this, action, key] { actions_->rebind(action, key); });
  }, Qt::SingleShotConnection);
}

CommandPalette::CommandPalette(ActionTable* actions, QWidget* parent)
    : Floating(parent), actions_(actions), line_(new QLineEdit), list_(new QListWidget) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 12, 12, 12);
  line_->setPlaceholderText(tr("What do you want to do?"));
  line_->setMinimumWidth(520);
  list_->setMinimumHeight(360);
  list_->setFocusPolicy(Qt::NoFocus);
  column->addWidget(line_);
  column->addWidget(list_, 1);
  line_->installEventFilter(this);
  connect(line_, &QLineEdit::textChanged, this, &CommandPalette::filter);
  connect(line_, &QLineEdit::returnPressed, this, &CommandPalette::run);
  connect(list_, &QListWidget::itemClicked, this, &CommandPalette::run);
}

void CommandPalette::prepare() {
  line_->clear();
  filter({});
  QTimer::singleShot(0, line_, [this] { line_->setFocus(); });
}

void CommandPalette::filter(const QString& words) {
  list_->clear();
  const QStringList parts = words.split(' ', Qt::SkipEmptyParts);
  for (QAction* action : actions_->all()) {
    const QString text = ActionTable::groupOf(action) + " " + action->text();
    const bool fits = std::all_of(parts.begin(), parts.end(), [&](const QString& part) {
      return text.contains(part, Qt::CaseInsensitive);
    });
    if (!fits || !action->isEnabled()) continue;
    const QString key = action->shortcut().toString(QKeySequence::NativeText);
    auto* item =
        new QListWidgetItem(action->text() + (key.isEmpty() ? QString() : "    " + key), list_);
    item->setData(Qt::UserRole, action->objectName());
    item->setToolTip(ActionTable::groupOf(action));
  }
  list_->setCurrentRow(0);
  if (list_->count() > 0) return;
  auto* nothing = new QListWidgetItem(tr("Nothing is called that. Try one word of it."), list_);
  nothing->setFlags(Qt::NoItemFlags);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (watched != line_ || event->type() != QEvent::KeyPress) return false;
  const int key = static_cast<QKeyEvent*>(event)->key();
  if (key != Qt::Key_Down && key != Qt::Key_Up) return false;
  const int row = list_->currentRow() + (key == Qt::Key_Down ? 1 : -1);
  list_->setCurrentRow(std::clamp(row, 0, list_->count() - 1));
  return true;
}

void CommandPalette::run() {
  const QListWidgetItem* item = list_->currentItem();
  hide();
  if (!item) return;
  if (QAction* action = actions_->find(item->data(Qt::UserRole).toString())) action->trigger();
}

LineAsker::LineAsker(QWidget* parent)
    : Floating(parent), question_(quietLabel({})), line_(new QLineEdit) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 12, 16, 12);
  line_->setMinimumWidth(360);
  line_->setMaxLength(200);
  column->addWidget(question_);
  column->addWidget(line_);
  connect(line_, &QLineEdit::returnPressed, this, [this] {
    hide();
    if (!line_->text().trimmed().isEmpty() && answer_) answer_(line_->text().trimmed());
  });
}

void LineAsker::ask(const QString& question, std::function<void(const QString&)> answer) {
  question_->setText(question);
  answer_ = std::move(answer);
  line_->clear();
  open();
  line_->setFocus();
}

}  // namespace stormloom
