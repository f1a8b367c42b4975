// Every golden case of ../shared/golden against this build, one row per group.
#include <QtTest>
#include <algorithm>
#include <filesystem>

#include "models/parity.h"

using namespace stormloom;

namespace {

const std::string kGolden = STORMLOOM_SHARED_DIR "/golden";

void report(const ParityResult& result) {
  if (result.passed) return;
  qWarning("%s/%s (%s): %s off by %g where %g is allowed. %s", result.group.c_str(),
           result.name.c_str(), result.kind.c_str(), result.output.c_str(), result.maxAbsError,
           result.allowed, result.note.c_str());
}

}  // namespace

class TestGolden : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void everyCaseOfTheGroupAgrees_data() {
    QTest::addColumn<QString>("group");
    std::vector<std::string> groups;
    if (std::filesystem::is_directory(kGolden))
      for (const auto& entry : std::filesystem::directory_iterator(kGolden))
        if (entry.is_directory()) groups.push_back(entry.path().filename().string());
    if (groups.empty()) QSKIP("The golden data are not beside this checkout.");
    std::sort(groups.begin(), groups.end());
    for (const std::string& group : groups)
      QTest::newRow(group.c_str()) << QString::fromStdString(group);
  }

  void everyCaseOfTheGroupAgrees() {
    QFETCH(QString, group);
    ParityOptions options;
    options.reference = kGolden + "/" + group.toStdString();
    const auto results = runParity(options, report);
    QVERIFY(!results.empty());
    const auto skipped = std::count_if(results.begin(), results.end(),
                                       [](const ParityResult& result) { return result.skipped; });
    const auto passed = std::count_if(results.begin(), results.end(),
                                      [](const ParityResult& result) { return result.passed; });
    QCOMPARE(passed + skipped, std::int64_t(results.size()));
    if (skipped > 0) QSKIP("This build cannot compute every kind of the group.");
  }
};

QTEST_APPLESS_MAIN(TestGolden)
#include "tst_golden.moc"
