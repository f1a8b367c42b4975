#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "core/errors.h"
#include "core/place_names.h"

using namespace stormloom;

class TestPlaceNames : public QObject {
  Q_OBJECT

  static std::vector<PlaceName> shipped() {
    return loadPlaceNames();
  }

private Q_SLOTS:
  void init() {
    if (shipped().empty()) QSKIP("The names of towns were not fetched at set-up.");
  }

  void townsOfTheWorldAreThereLargestFirst() {
    const auto places = shipped();
    QVERIFY(places.size() > 20'000);
    QVERIFY(std::ranges::is_sorted(places, std::greater(), &PlaceName::population));
  }

  void aPlaceIsToldByTheTownNearIt() {
    const auto places = shipped();
    const LonLat dom{5.1214, 52.0907};
    const PlaceName* near = placeNear(places, dom);
    QVERIFY(near);
    QCOMPARE(near->name, std::string("Utrecht"));
    QCOMPARE(placeWords(*near, dom), std::string("Utrecht"));
    QCOMPARE(placeWords(*near, {5.1222, 52.1808}), std::string("10 km N of Utrecht"));
    QCOMPARE(placeNear(places, {-40, 30}), nullptr);  // the middle of the Atlantic
  }

  void aTownIsFoundByTheBeginningOfItsName() {
    const auto places = shipped();
    QCOMPARE(placeNamed(places, "utre")->name, std::string("Utrecht"));
    QCOMPARE(placeNamed(places, "nowhere at all"), nullptr);
    QCOMPARE(placeNamed(places, ""), nullptr);
    const LonLatBox alabama{-89, 30, -84, 35};
    QVERIFY(placeNamed(places, "birmingham")->at.lon > -10);
    QVERIFY(placeNamed(places, "birmingham", alabama)->at.lon < -80);
  }

  void aLineThatIsNoTownIsNamed() {
    QTemporaryDir folder;
    for (const char* line : {"Utrecht", "Utrecht;x;52;1", "Utrecht;5;95;1", ";5;52;1"}) {
      QFile file(folder.filePath("p.csv"));
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(line);
      file.close();
      QVERIFY_EXCEPTION_THROWN(readPlaceNames(file.fileName().toStdString()), IoError);
    }
  }

  void distancesAreThoseOfTheSphere() {
    QVERIFY(std::abs(kilometresBetween({0, 0}, {0, 1}) - 111.19) < 0.05);
    QVERIFY(std::abs(kilometresBetween({179.5, 0}, {-179.5, 0}) - 111.19) < 0.05);
  }
};

QTEST_APPLESS_MAIN(TestPlaceNames)
#include "tst_place_names.moc"
