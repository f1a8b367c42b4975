// The program's own result files, cut off and with bytes changed: every command that opens them ends in a sentence and
// exit code 3, or goes on; never by a signal.
#include <QTemporaryDir>
#include <QtTest>
#include <random>

#include "core/model_grid.h"
#include "core/scenario_file.h"
#include "core/synthetic_event.h"
#include "tests/app/cli_runner.h"

using namespace stormloom;

namespace {

QByteArray bytesOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Two members at two n, as the models would give them.
ScenarioForecast smallScenario(const FrameSequence& event) {
  FrameSequence past = event;
  past.frames.resize(7);
  auto context = std::make_shared<ModelContext>(
      ModelContext{.grid = sevirLrGrid(), .frames = past, .runTime = past.frames.back().validTime, .hash = "abc"});
  ScenarioForecast forecast;
  forecast.request.context = context;
  for (const double n : {-2.0, 2.0}) {
    ScenarioMember member{.nSigma = n, .member = 0, .frames = event};
    member.frames.frames.erase(member.frames.frames.begin(), member.frames.frames.begin() + 7);
    member.frames.provenance = Provenance::Forecast;
    member.commanded.assign(member.frames.frames.size(), 0.1);
    member.achieved = member.commanded;
    forecast.members.push_back(member);
  }
  forecast.anticipated.mu.assign(forecast.members[0].frames.frames.size(), 0.1);
  forecast.anticipated.sigma = forecast.anticipated.mu;
  return forecast;
}

}  // namespace

class TestCliHostile : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  int refused_ = 0, ran_ = 0, next_ = 0;
  QString path(const QString& name) const { return folder_.filePath(name); }

  void put(const QString& name, const QByteArray& bytes) const {
    QFile file(path(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
  }

  /// Every command that opens a result.
  void tryAll(const QByteArray& bytes, const QString& what) {
    put("hostile.nc", bytes);
    const QString file = path("hostile.nc"), out = path("out");
    const QList<QStringList> commands = {
        {"info", file, "--json"},
        {"render", file, "--frame", "0", "--size", "320x240", "--overwrite", "--out", out + ".png"},
        {"verify", file, path("event.nc")},
        {"export", file, "--overwrite", "--out", out + ".tif"},
        {"figure", file, "--overwrite", "--out", out + ".svg"},
        {"rerun", file}};
    // Of damaged files two commands each, another pair every time: starting the program is what takes long.
    for (int k = 0; k < (what == "whole" ? int(commands.size()) : 2); ++k) {
      const QStringList& words = commands[next_++ % commands.size()];
      const CliRun run = runCli(words);
      ++ran_;
      if (run.code == 3) ++refused_;
      const bool calm = run.code == 0 || run.code == 3 || (words[0] == "rerun" && run.code == 1);
      QVERIFY2(calm, qPrintable(what + ", " + words[0] + ": code " + QString::number(run.code) + " " + run.err));
      if (run.code == 3) QVERIFY2(run.err.contains('.'), qPrintable(what + ", " + words[0]));
    }
  }

  void cutAndChange(const QString& name) {
    const QByteArray whole = bytesOf(path(name));
    QVERIFY(!whole.isEmpty());
    for (int k = 0; k < 4; ++k) tryAll(whole.left(whole.size() * k / 4), QString("%1 cut at %2/4").arg(name).arg(k));
    std::mt19937 random(7);
    for (int k = 0; k < 11; ++k) {  // most in the head, where the shape of everything stands
      QByteArray changed = whole;
      const int within = k % 4 == 3 ? int(whole.size()) : std::min(int(whole.size()), 30000);
      for (unsigned flips = 1 + random() % 8; flips > 0; --flips)
        changed[int(random() % unsigned(within))] = char(random());
      tryAll(changed, QString("%1 changed, %2").arg(name).arg(k));
    }
  }

private Q_SLOTS:
  void initTestCase() {
    const FrameSequence event = syntheticEvent();
    writeSequenceFile(path("event.nc").toStdString(), event);
    writeScenarioFile(path("scenario.nc").toStdString(), smallScenario(event));
    const CliRun made = runCli({"forecast", path("event.nc"), "--model", "persistence", "--out", path("forecast.nc")});
    QVERIFY2(made.code == 0, made.err);
    tryAll(bytesOf(path("scenario.nc")), "whole");
    QVERIFY(refused_ <= 1);  // without a receipt it cannot be made again
  }

  void damagedSequencesEndInASentence() { cutAndChange("event.nc"); }
  void damagedForecastsEndInASentence() { cutAndChange("forecast.nc"); }
  void damagedScenariosEndInASentence() { cutAndChange("scenario.nc"); }

  void cleanupTestCase() { QVERIFY2(refused_ > ran_ / 4, qPrintable(QString("%1 of %2").arg(refused_).arg(ran_))); }
};

QTEST_APPLESS_MAIN(TestCliHostile)
#include "tst_cli_hostile.moc"
