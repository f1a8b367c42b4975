#include <QtTest>

#include "models/skill/obedience.h"

using namespace stormloom;

namespace {

ObeyedContext contextWith(std::vector<double> means) {
  ObeyedContext context;
  context.anticipated.mu = {0.1, 0.1};
  context.anticipated.sigma = {0.02, 0.02};
  context.nSigma = {-2, 0, 2};
  for (const double mean : means) context.achieved.push_back({mean, mean});
  return context;
}

double missAt(const Json& figures, double n) {
  for (const Json& each : figures.at("miss"))
    if (each.at("n").asDouble() == n) return each.at("miss_sigma").asDouble();
  return -1.0;
}

}  // namespace

class TestObedience : public QObject {
  Q_OBJECT
private Q_SLOTS:
  void commandsThatAreMetMissNothing() {
    const Json figures = obedienceFigures({contextWith({0.06, 0.1, 0.14})});
    QCOMPARE(figures.at("rising").asInt(), 1);
    QCOMPARE(figures.at("rank_correlation").asDouble(), 1.0);
    QVERIFY(missAt(figures, -2.0) < 1e-9 && missAt(figures, 2.0) < 1e-9);
    QCOMPARE(missAt(figures, 0.0), -1.0);  // nothing is commanded there
  }

  void aContextThatStandsStillDoesNotRise() {
    const Json figures =
        obedienceFigures({contextWith({0.1, 0.1, 0.14}), contextWith({0.14, 0.1, 0.06})});
    QCOMPARE(figures.at("rising").asInt(), 0);
    QVERIFY(figures.at("rank_correlation").asDouble() < 0.0);
  }

  void missesAreCountedInSigma() {
    const Json figures = obedienceFigures({contextWith({0.07, 0.1, 0.12})});
    QVERIFY(std::abs(missAt(figures, -2.0) - 0.5) < 1e-9);
    QVERIFY(std::abs(missAt(figures, 2.0) - 1.0) < 1e-9);
  }
};

QTEST_APPLESS_MAIN(TestObedience)
#include "tst_obedience.moc"
