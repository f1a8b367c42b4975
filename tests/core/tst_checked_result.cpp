// The program's own result files from whoever: hundreds of damaged ones, each read by a decoder first and then here;
// they are read, or end in one sentence that names them.
#include <QTemporaryDir>
#include <QtTest>
#include <cstdlib>
#include <fstream>
#include <random>

#include "core/checked_result.h"
#include "core/errors.h"
#include "core/model_grid.h"
#include "core/synthetic_event.h"
#include "tests/support/sanitized.h"

using namespace stormloom;

namespace {

constexpr int kShare = kSanitizedTest ? 8 : 1;  // of the files: decoders start slowly under sanitizers

std::string bytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A corner of the event, so that writing and reading take no time.
FrameSequence smallEvent() {
  FrameSequence event = syntheticEvent();
  const GeoReference& geo = event.geo;
  event.geo = GeoReference(geo.projection(), geo.left(), geo.top(), geo.cellWidth(), geo.cellHeight(), 16, 16);
  event.frames.resize(9);
  for (Frame& frame : event.frames) {
    auto grid = std::make_shared<RadarGrid>(16, 16);
    for (int row = 0; row < 16; ++row)
      for (int col = 0; col < 16; ++col) grid->set(row, col, frame.grid->at(row, col), frame.grid->state(row, col));
    frame.grid = grid;
  }
  return event;
}

ScenarioForecast scenarioOf(const FrameSequence& event) {
  FrameSequence past = event, future = event;
  past.frames.resize(6);
  future.frames.erase(future.frames.begin(), future.frames.begin() + 6);
  ScenarioForecast forecast;
  forecast.request.context = std::make_shared<ModelContext>(
      ModelContext{.grid = sevirLrGrid(), .frames = past, .runTime = past.frames.back().validTime, .hash = "abc"});
  for (const double n : {-2.0, 2.0})
    forecast.members.push_back({n, 0, future, std::vector<double>(3, 0.1), std::vector<double>(3, 0.1)});
  forecast.anticipated.mu.assign(3, 0.1);
  forecast.anticipated.sigma.assign(3, 0.1);
  return forecast;
}

}  // namespace

class TestCheckedResult : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  int refused_ = 0;
  std::string at(const std::string& name) const { return folder_.filePath(QString::fromStdString(name)).toStdString(); }

  void tryOne(const std::string& bytes) {
    const std::string path = at("hostile.nc");
    std::ofstream(path, std::ios::binary) << bytes;
    try {
      const ResultFile result = readCheckedResult(path);
      QVERIFY(!result.context.frames.empty());
    } catch (const IoError& error) {
      const std::string sentence = error.what();
      QVERIFY2(sentence.find(path) != std::string::npos && sentence.back() == '.', sentence.c_str());
      ++refused_;
    }
  }

  void tryAll(const std::string& path, int changes) {
    const std::string whole = bytesOf(path);
    for (std::size_t k = 0; k < 40; k += kShare) tryOne(whole.substr(0, whole.size() * k / 40));
    std::mt19937 random(20260101);
    for (int k = 0; k < changes; k += kShare) {
      std::string changed = whole;
      for (unsigned flips = 1 + random() % 6; flips > 0; --flips) changed[random() % changed.size()] = char(random());
      tryOne(changed);
    }
  }

private Q_SLOTS:
  void initTestCase() {
    writeSequenceFile(at("sequence.nc"), smallEvent());
    writeScenarioFile(at("scenario.nc"), scenarioOf(smallEvent()));
  }

  void wholeFilesAreReadAsTheyAre() {
    QCOMPARE(readCheckedResult(at("sequence.nc")).context.frames.size(), 9u);
    const ResultFile scenario = readCheckedResult(at("scenario.nc"));
    QCOMPARE(scenario.members.size(), 2u);
    QVERIFY(isResultFile(at("scenario.nc")) && isResultFile(at("sequence.nc")));
  }

  void damagedSequencesAreSurvived() { tryAll(at("sequence.nc"), 150); }
  void damagedScenariosAreSurvived() { tryAll(at("scenario.nc"), 150); }

  void otherFilesAreNotTakenForResults() {
    for (const std::string bytes : {"", "stormloom_kind scenario", "\x89HDF\r\n\x1a\n nothing of ours"}) {
      std::ofstream(at("other"), std::ios::binary) << bytes;
      QVERIFY(!isResultFile(at("other")));
    }
    QVERIFY(!isResultFile(at("nowhere")));
  }

  void cleanupTestCase() { QVERIFY2(refused_ > 60 / kShare, QByteArray::number(refused_)); }
};

QTEST_APPLESS_MAIN(TestCheckedResult)
#include "tst_checked_result.moc"
