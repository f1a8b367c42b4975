#pragma once

#include <QAbstractTableModel>
#include <QFutureWatcher>
#include <QWidget>
#include <vector>

#include "core/base_map.h"
#include "core/sevir_events.h"

class QCheckBox;
class QComboBox;
class QDateEdit;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QTableView;

namespace stormloom {

class EventMap;

/// Rows of the events that match.
class SevirEventTable : public QAbstractTableModel {
public:
  void setEvents(std::vector<SevirEvent> events);
  void setFilter(const SevirFilter& filter);
  const std::vector<SevirEvent>& all() const { return events_; }
  const SevirEvent& event(int row) const { return events_[shown_[std::size_t(row)]]; }
  std::vector<LonLat> places() const;
  int rowOf(const std::string& id) const;  ///< -1: not among those shown

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  void sort(int column, Qt::SortOrder order) override;

private:
  void showMatching();
  std::vector<SevirEvent> events_;
  std::vector<std::size_t> shown_;
  SevirFilter filter_;
};

/// SEVIR's events by place, date, type and how much is missing: a list with filters beside a map. A window of its own
/// that blocks nothing.
class SevirBrowser : public QWidget {
  Q_OBJECT
public:
  explicit SevirBrowser(const std::vector<MapLine>& baseMap, QWidget* parent = nullptr);
  /// Whether a path is SEVIR's folder or catalogue with more events than are opened all at once.
  static bool isFor(const QString& path);
  /// Reads the catalogue in the background and shows the window.
  void browse(const QString& path);
  SevirEventTable& table() { return *events_; }

Q_SIGNALS:
  void eventChosen(const QString& path);  ///< "CATALOG.csv#S834797"

private:
  struct Listing {
    std::vector<SevirEvent> events;
    QString problem;
  };
  QWidget* buildFilters();
  void take(const Listing& listing);
  void filter();
  void chooseAgain();
  void openChosen();

  QString catalogue_;
  std::string chosenId_;  ///< event of the highlighted row
  SevirEventTable* events_;
  QTableView* view_ = nullptr;
  EventMap* map_;
  QLineEdit* words_ = nullptr;
  QComboBox* type_ = nullptr;
  QDateEdit *from_ = nullptr, *until_ = nullptr;
  QSpinBox* missing_ = nullptr;
  QCheckBox* here_ = nullptr;
  QLabel *count_ = nullptr, *missingFile_ = nullptr;
  QPushButton* open_ = nullptr;
  std::optional<LonLatBox> area_;
  QFutureWatcher<Listing> reading_;
};

}  // namespace stormloom
