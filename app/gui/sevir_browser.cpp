#include "app/gui/sevir_browser.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateEdit>
#include <QFile>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>
#include <QtConcurrent>
#include <algorithm>
#include <map>
#include <numeric>

#include "app/gui/event_map.h"
#include "core/errors.h"

namespace stormloom {
namespace {

constexpr int kOpenedAtOnce = 60;  // data rows of a catalogue that is opened whole
enum Column { Begin, Type, Missing, Frames, Id, Here, ColumnCount };

QString catalogueOf(const QString& path) {
  const QFileInfo info(path);
  const QString inside = info.isDir() ? path + "/CATALOG.csv" : path;
  return QFileInfo(inside).fileName() == "CATALOG.csv" && QFileInfo::exists(inside) ? inside : QString();
}

QDate dateOf(ValidTime time) { return QDate::fromString(QString::fromStdString(isoText(time).substr(0, 10)), Qt::ISODate); }

ValidTime timeOf(const QDate& date) { return timeFromCalendar(date.year(), date.month(), date.day(), 0, 0, 0); }

QString typeName(const std::string& type) {
  return type.empty() ? QObject::tr("random event") : QString::fromStdString(type);
}

}  // namespace

void SevirEventTable::setEvents(std::vector<SevirEvent> events) {
  beginResetModel();
  events_ = std::move(events);
  shown_.resize(events_.size());
  std::iota(shown_.begin(), shown_.end(), std::size_t(0));
  endResetModel();
}

void SevirEventTable::setFilter(const SevirFilter& filter) {
  beginResetModel();
  filter_ = filter;
  showMatching();
  endResetModel();
}

void SevirEventTable::showMatching() {
  shown_.clear();
  for (std::size_t k = 0; k < events_.size(); ++k)
    if (matches(events_[k], filter_)) shown_.push_back(k);
}

int SevirEventTable::rowOf(const std::string& id) const {
  const auto found =
      std::ranges::find_if(shown_, [&](std::size_t k) { return events_[k].id == id; });
  return found == shown_.end() ? -1 : int(found - shown_.begin());
}

std::vector<LonLat> SevirEventTable::places() const {
  std::vector<LonLat> places;
  for (const std::size_t k : shown_) places.push_back(events_[k].middle);
  return places;
}

int SevirEventTable::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(shown_.size()); }
int SevirEventTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant SevirEventTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  const QString names[] = {QObject::tr("Begin, UTC"), QObject::tr("Type"), QObject::tr("Missing"),
                           QObject::tr("Frames"),     QObject::tr("Event"), QObject::tr("Data")};
  return names[section];
}

QVariant SevirEventTable::data(const QModelIndex& index, int role) const {
  const SevirEvent& event = this->event(index.row());
  const bool number = index.column() == Missing || index.column() == Frames;
  if (role == Qt::TextAlignmentRole) return int(number ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case Begin:
      return QString::fromStdString(isoText(event.begin).substr(0, 16)).replace('T', ' ');
    case Type:
      return typeName(event.type);
    case Missing:
      return QString("%1 %").arg(event.missingPercent, 0, 'f', 1);
    case Frames:
      return event.frames;
    case Id:
      return QString::fromStdString(event.id);
    default:
      return event.isHere ? QObject::tr("here") : QObject::tr("not fetched");
  }
}

void SevirEventTable::sort(int column, Qt::SortOrder order) {
  const auto before = [&](const SevirEvent& a, const SevirEvent& b) {
    switch (column) {
      case Type:
        return a.type < b.type;
      case Missing:
        return a.missingPercent < b.missingPercent;
      case Frames:
        return a.frames < b.frames;
      case Id:
        return a.id < b.id;
      case Here:
        return a.isHere > b.isHere;
      default:
        return a.begin < b.begin;
    }
  };
  beginResetModel();
  std::ranges::stable_sort(events_, [&](const SevirEvent& a, const SevirEvent& b) {
    return order == Qt::AscendingOrder ? before(a, b) : before(b, a);
  });
  showMatching();
  endResetModel();
}

SevirBrowser::SevirBrowser(const std::vector<MapLine>& baseMap, QWidget* parent)
    : QWidget(parent, Qt::Window), events_(new SevirEventTable), map_(new EventMap) {
  setWindowTitle(tr("Events of SEVIR"));
  resize(1080, 560);
  auto* row = new QHBoxLayout(this);
  auto* list = new QVBoxLayout;
  list->addWidget(buildFilters());
  view_ = new QTableView;
  events_->setParent(view_);
  view_->setModel(events_);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::SingleSelection);
  view_->setShowGrid(false);
  view_->setAlternatingRowColors(true);
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setDefaultSectionSize(24);
  view_->horizontalHeader()->setStretchLastSection(true);
  view_->horizontalHeader()->setSortIndicator(Begin, Qt::AscendingOrder);
  view_->setSortingEnabled(true);
  const int widths[] = {140, 150, 70, 60, 80};
  for (int k = 0; k < 5; ++k) view_->setColumnWidth(k, widths[k]);
  list->addWidget(view_, 1);
  row->addLayout(list, 3);
  auto* right = new QVBoxLayout;
  map_->setBaseMap(baseMap);
  right->addWidget(map_, 1);
  count_ = new QLabel;
  count_->setWordWrap(true);
  right->addWidget(count_);
  missingFile_ = new QLabel;
  missingFile_->setWordWrap(true);
  missingFile_->setProperty("quiet", true);
  right->addWidget(missingFile_);
  open_ = new QPushButton(tr("Open the event"));
  open_->setDefault(true);
  right->addWidget(open_);
  row->addLayout(right, 2);
  connect(open_, &QPushButton::clicked, this, &SevirBrowser::openChosen);
  connect(view_, &QTableView::doubleClicked, this, &SevirBrowser::openChosen);
  connect(events_, &QAbstractItemModel::modelReset, this, &SevirBrowser::chooseAgain);
  connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
    map_->setChosen(now.isValid() ? now.row() : -1);
    if (now.isValid()) chosenId_ = events_->event(now.row()).id;
    const bool here = now.isValid() && events_->event(now.row()).isHere;
    open_->setEnabled(here);
    missingFile_->setText(here || !now.isValid() ? QString()
                                                 : tr("Its data are not here: fetch %1 into the folder data.")
                                                       .arg(events_->event(now.row()).file.c_str()));
  });
  connect(map_, &EventMap::pointChosen, this, [this](int index) { view_->selectRow(index); });
  connect(map_, &EventMap::areaDrawn, this, [this](const std::optional<LonLatBox>& area) {
    area_ = area;
    filter();
  });
  connect(&reading_, &QFutureWatcher<Listing>::finished, this, [this] { take(reading_.result()); });
}

QWidget* SevirBrowser::buildFilters() {
  auto* filters = new QWidget;
  auto* grid = new QGridLayout(filters);
  grid->setContentsMargins(0, 0, 0, 0);
  words_ = new QLineEdit;
  words_->setPlaceholderText(tr("Event or type"));
  words_->setClearButtonEnabled(true);
  type_ = new QComboBox;
  type_->setMinimumWidth(140);
  from_ = new QDateEdit;
  until_ = new QDateEdit;
  for (QDateEdit* date : {from_, until_}) {
    date->setDisplayFormat("yyyy-MM-dd");
    date->setCalendarPopup(true);
  }
  from_->setAccessibleName(tr("From"));
  until_->setAccessibleName(tr("Until"));
  missing_ = new QSpinBox;
  missing_->setRange(0, 100);
  missing_->setValue(100);
  missing_->setSuffix(tr(" % missing"));
  missing_->setPrefix(tr("up to "));
  here_ = new QCheckBox(tr("only fetched"));
  grid->addWidget(words_, 0, 0, 1, 2);
  grid->addWidget(type_, 0, 2, 1, 2);
  QWidget* below[] = {from_, until_, missing_, here_};
  for (int k = 0; k < 4; ++k) grid->addWidget(below[k], 1, k);
  connect(words_, &QLineEdit::textChanged, this, &SevirBrowser::filter);
  connect(type_, &QComboBox::currentIndexChanged, this, &SevirBrowser::filter);
  connect(from_, &QDateEdit::dateChanged, this, &SevirBrowser::filter);
  connect(until_, &QDateEdit::dateChanged, this, &SevirBrowser::filter);
  connect(missing_, &QSpinBox::valueChanged, this, &SevirBrowser::filter);
  connect(here_, &QCheckBox::toggled, this, &SevirBrowser::filter);
  return filters;
}

bool SevirBrowser::isFor(const QString& path) {
  QFile file(catalogueOf(path));
  if (file.fileName().isEmpty() || !file.open(QIODevice::ReadOnly)) return false;
  int rows = 0;
  while (!file.atEnd() && rows <= kOpenedAtOnce)
    if (file.readLine(1 << 16).contains(",vil,")) ++rows;
  return rows > kOpenedAtOnce;
}

void SevirBrowser::browse(const QString& path) {
  const QString catalogue = catalogueOf(path);
  show();
  raise();
  if (catalogue == catalogue_ && !events_->all().empty()) return;
  catalogue_ = catalogue;
  count_->setText(tr("Reading the catalogue…"));
  open_->setEnabled(false);
  reading_.setFuture(QtConcurrent::run([name = (catalogue.isEmpty() ? path : catalogue).toStdString()] {
    Listing listing;
    try {
      std::vector<std::string> problems;
      listing.events = listSevirEvents(name, problems);
      if (!problems.empty())
        listing.problem = tr("Rows passed over: %1. %2").arg(problems.size()).arg(problems.front().c_str());
    } catch (const StormloomError& error) {
      listing.problem = QString::fromUtf8(error.what());
    }
    return listing;
  }));
}

void SevirBrowser::take(const Listing& listing) {
  std::map<std::string, int> types;
  for (const SevirEvent& event : listing.events) ++types[event.type];
  const QSignalBlocker quiet[] = {QSignalBlocker(type_), QSignalBlocker(from_), QSignalBlocker(until_)};
  type_->clear();
  type_->addItem(tr("All types (%1)").arg(listing.events.size()));
  for (const auto& [type, count] : types)
    type_->addItem(tr("%1 (%2)").arg(typeName(type)).arg(count), QString::fromStdString(type));
  if (!listing.events.empty()) {
    from_->setDate(dateOf(std::ranges::min_element(listing.events, {}, &SevirEvent::begin)->begin));
    until_->setDate(dateOf(std::ranges::max_element(listing.events, {}, &SevirEvent::end)->end));
  }
  events_->setEvents(listing.events);
  filter();
  if (!listing.problem.isEmpty()) count_->setText(count_->text() + " " + listing.problem);
}

void SevirBrowser::filter() {
  SevirFilter wanted;
  wanted.words = words_->text().toStdString();
  if (type_->currentIndex() > 0) wanted.type = type_->currentData().toString().toStdString();
  wanted.from = timeOf(from_->date());
  wanted.until = timeOf(until_->date().addDays(1));
  wanted.mostMissingPercent = missing_->value();
  wanted.area = area_;
  wanted.onlyHere = here_->isChecked();
  events_->setFilter(wanted);
  count_->setText(tr("%1 of %2 events%3.")
                      .arg(events_->rowCount())
                      .arg(events_->all().size())
                      .arg(area_ ? tr(", in the frame on the map (click beside the points to take it away)") : QString()));
}

/// Rows were sorted or filtered: the map's points follow their order, and the chosen event stays
/// chosen where it is still among them.
void SevirBrowser::chooseAgain() {
  map_->setPoints(events_->places());
  const int row = std::max(0, events_->rowOf(chosenId_));
  if (row >= events_->rowCount()) {
    open_->setEnabled(false);
    missingFile_->clear();
    return;
  }
  view_->selectRow(row);
  view_->scrollTo(events_->index(row, 0));
}

void SevirBrowser::openChosen() {
  const QModelIndex row = view_->currentIndex();
  if (!row.isValid() || !events_->event(row.row()).isHere) return;
  Q_EMIT eventChosen(catalogue_ + "#" + QString::fromStdString(events_->event(row.row()).id));
}

}  // namespace stormloom
