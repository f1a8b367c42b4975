// SEVIR's events browsed by place, date, type and gaps, in a window that blocks nothing.
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>
#include <filesystem>
#include <fstream>
#include <random>

#include "app/gui/event_map.h"
#include "app/gui/sevir_browser.h"
#include "app/gui/theme.h"
#include "fake_engine.h"

using namespace stormloom;

namespace {

const std::string kLayout = STORMLOOM_SHARED_DIR "/data/sevir_layout/sevir_lr/";

/// A catalogue as long as the real one: the layout's events, and thousands whose data are not here.
void writeLongCatalogue(const std::string& folder, int count) {
  std::ifstream in(kLayout + "CATALOG.csv");
  std::ofstream out(folder + "/CATALOG.csv");
  std::string line, row;
  for (int k = 0; std::getline(in, line); ++k) {
    out << line << "\n";
    if (k == 1) row = line;
  }
  std::mt19937 random(3);
  const std::string place = "34.208995,-99.739122,37.648751,-95.455292", time = "2018-02-11 17:00:00";
  for (int k = 0; k < count; ++k) {
    const bool east = random() % 2;
    std::string other = row;
    other.replace(0, 7, "S" + std::to_string(100000 + k));
    other.replace(other.find("2018_0101"), 9, "2017_0101");
    if (east) other.replace(other.find(place), place.size(), "39.691114,-95.943051,42.971940,-91.114084");
    char day[32];
    std::snprintf(day, sizeof day, "2017-%02d-%02d %02d:00:00", 1 + int(random() % 12), 1 + int(random() % 28),
                  int(random() % 24));
    other.replace(other.find(time), time.size(), day);
    if (random() % 3 == 0) other.replace(other.find("Thunderstorm Wind"), 17, "Flash Flood");
    other.replace(other.rfind(',') + 1, std::string::npos, std::to_string(random() % 60));
    out << other << "\n";
  }
  std::filesystem::create_directory_symlink(kLayout + "data", folder + "/data");
}

/// Where a click on the map chooses an event.
std::optional<QPoint> pointOn(EventMap& map) {
  QSignalSpy chosen(&map, &EventMap::pointChosen);
  for (int y = 0; y < map.height(); y += 10) {
    for (int x = 0; x < map.width(); x += 10) {
      QTest::mouseClick(&map, Qt::LeftButton, {}, {x, y});
      if (!chosen.isEmpty()) return QPoint(x, y);
    }
  }
  return {};
}

}  // namespace

class TestWindowSevir : public QObject {
  Q_OBJECT

  std::unique_ptr<QTemporaryDir> folder_;

private Q_SLOTS:
  void init() {
    if (!std::filesystem::exists(kLayout)) QSKIP("SEVIR's layout beside the project is missing.");
    folder_ = std::make_unique<QTemporaryDir>();
    writeLongCatalogue(folder_->path().toStdString(), 5000);
  }

  void aLongCatalogueIsBrowsedAndOneEventOpened() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.openPaths({folder_->path()});
    auto* browser = window.findChild<SevirBrowser*>();
    QVERIFY(browser && browser->isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(browser->table().rowCount(), 5006, 20000);
    browser->findChild<QCheckBox*>()->setChecked(true);
    QCOMPARE(browser->table().rowCount(), 6);
    browser->findChild<QLineEdit*>()->setText("S986002");
    QCOMPARE(browser->table().rowCount(), 1);
    browser->findChild<QPushButton*>()->click();
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().observed && window.desk().observed->event.starts_with("S986002"), 20000);
    QTRY_COMPARE_WITH_TIMEOUT(window.desk().observed->frames.size(), std::size_t(25), 20000);
    QVERIFY(QString::fromStdString(window.desk().state.paths.front()).endsWith("#S986002"));
  }

  void typeGapsAndAFrameOnTheMapNarrowTheList() {
    SevirBrowser browser(loadBaseMap());
    browser.browse(folder_->path());
    QTRY_COMPARE_WITH_TIMEOUT(browser.table().rowCount(), 5006, 20000);
    auto* type = browser.findChild<QComboBox*>();
    type->setCurrentIndex(type->findData("Flash Flood"));
    const int floods = browser.table().rowCount();
    QVERIFY(floods > 1000 && floods < 2500);
    browser.findChild<QSpinBox*>()->setValue(10);
    const int whole = browser.table().rowCount();
    QVERIFY(whole > 0 && whole < floods);
    auto* map = browser.findChild<EventMap*>();
    const QPoint from(map->width() / 4, map->height() / 4), to(map->width() / 2, map->height() - 4);
    QTest::mousePress(map, Qt::LeftButton, {}, from);
    QTest::mouseMove(map, QPoint((from + to) / 2));
    QTest::mouseMove(map, to);
    QTest::mouseRelease(map, Qt::LeftButton, {}, to);
    QVERIFY(browser.table().rowCount() < whole);
    QTest::mouseClick(map, Qt::LeftButton, {}, QPoint(3, 3));
    QCOMPARE(browser.table().rowCount(), whole);
    auto* view = browser.findChild<QTableView*>();
    view->selectRow(whole / 2);
    const std::string chosen = browser.table().event(whole / 2).id;
    view->sortByColumn(2, Qt::DescendingOrder);
    QCOMPARE(browser.table().rowCount(), whole);
    QVERIFY(browser.table().event(0).missingPercent >= browser.table().event(whole - 1).missingPercent);
    // The chosen event stays highlighted where it went, and the map's points follow the rows.
    QVERIFY(view->selectionModel()->isRowSelected(view->currentIndex().row()));
    QCOMPARE(browser.table().event(view->currentIndex().row()).id, chosen);
    const std::optional<QPoint> point = pointOn(*map);
    QVERIFY(point);
    const LonLat before = browser.table().event(view->currentIndex().row()).middle;
    for (const int column : {0, 4, 1}) {
      view->sortByColumn(column, Qt::DescendingOrder);
      QTest::mouseClick(map, Qt::LeftButton, {}, *point);
      const LonLat now = browser.table().event(view->currentIndex().row()).middle;
      QCOMPARE(now.lon, before.lon);
    }
    if (!qEnvironmentVariableIsEmpty("STORMLOOM_PICTURES"))
      browser.grab().save(qEnvironmentVariable("STORMLOOM_PICTURES") + "/sevir_browser.png");
  }

  void aShortCatalogueIsOpenedWhole() {
    QVERIFY(!SevirBrowser::isFor(QString::fromStdString(kLayout)));
    QVERIFY(SevirBrowser::isFor(folder_->path()));
    QVERIFY(!SevirBrowser::isFor("/nowhere"));
  }
};

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  QTemporaryDir settings;  // chosen keys and folders of whoever runs the test stay out
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  TestWindowSevir test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_sevir.moc"
