#pragma once

#include <QWidget>
#include <vector>

#include "core/desk_state.h"
#include "core/verification.h"

class QComboBox;
class QLabel;
class QListWidget;
class QStackedWidget;
class QTableWidget;
class QVBoxLayout;

namespace stormloom {

class ActionTable;

/// One line of the scores: a pane's forecast at each lead time.
struct ScoreRow {
  QString name;
  std::vector<LeadScores> leads;
};

/// The pages behind the rail: events, layers, scores, journal. Shows what it is given, emits what
/// is asked for.
class Drawer : public QWidget {
  Q_OBJECT
public:
  enum class Page { Events, Layers, Scores, Journal };
  Drawer(ActionTable* actions, QWidget* parent = nullptr);
  void open(Page page);
  bool isShowing(Page page) const;
  int page() const;  ///< -1: closed

  void setEvents(const QStringList& names, int current);
  /// Each: what the files hold, then their paths, one a line.
  void setRecent(const QStringList& entries);
  void setMemory(const QString& text);  ///< what the frames take, of how much
  void setPassedOver(const QStringList& sentences);  ///< of the open files, why each is not there
  void setScores(const std::vector<ScoreRow>& rows, const QString& why);
  void setHistory(const DeskHistory& history);
  void setNotes(const std::vector<DeskNote>& notes);
  void setColorCheck(const QString& sentence);

Q_SIGNALS:
  void eventChosen(int row);
  void recentChosen(const QString& paths);  ///< one a line
  void stepChosen(int index);
  void noteChosen(int index);
  void noteRemoved(int index);
  void colorVisionChosen(int vision);
  void scoresAsked();

private:
  QVBoxLayout* addPage(const QString& title);
  void buildEvents(ActionTable* actions);
  void buildLayers(ActionTable* actions);
  void buildScores();
  void buildJournal(ActionTable* actions);
  void showScores();

  QStackedWidget* pages_;
  QListWidget* events_;
  QListWidget* recent_;
  QLabel* memory_;
  QLabel* passedOverHeading_;
  QListWidget* passedOver_;
  QListWidget* history_;
  QListWidget* notes_;
  QLabel* colorCheck_;
  QComboBox* score_;
  QTableWidget* table_;
  QLabel* why_;
  std::vector<ScoreRow> rows_;
};

}  // namespace stormloom
