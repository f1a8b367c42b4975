// Every computed golden case of ../shared/golden against this build, one row per group.
#include <QtTest>
#include <filesystem>

#include "models/parity.h"

using namespace stormloom;

class TestGolden : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void everyCaseOfTheGroupAgrees_data() {
    QTest::addColumn<QString>("group");
    for (const char* group : {"cuboid_maps", "self_attention", "cross_attention", "blocks", "earthformer_small",
                              "earthformer_official"})
      QTest::newRow(group) << QString(group);
  }

  void everyCaseOfTheGroupAgrees() {
    QFETCH(QString, group);
    ParityOptions options;
    options.reference = STORMLOOM_SHARED_DIR "/golden";
    options.filter = group.toStdString() + "/";
    if (!std::filesystem::is_directory(options.reference + "/" + group.toStdString()))
      QSKIP("The golden data are not beside this checkout.");
    int failed = 0;
    const auto results = runParity(options, [&failed](const ParityResult& result) {
      if (result.passed) return;
      ++failed;
      qWarning("%s/%s (%s): %s off by %g where %g is allowed. %s", result.group.c_str(),
               result.name.c_str(), result.kind.c_str(), result.output.c_str(), result.maxAbsError,
               result.atol, result.note.c_str());
    });
    QVERIFY(!results.empty());
    QCOMPARE(failed, 0);
  }
};

QTEST_APPLESS_MAIN(TestGolden)
#include "tst_golden.moc"
