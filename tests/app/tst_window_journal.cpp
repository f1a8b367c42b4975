#include <signal.h>

#include <QApplication>
#include <QProcess>
#include <QSettings>
#include <QTemporaryDir>
#include <cstdio>
#include <random>
#include <span>

#include "app/gui/actions.h"
#include "app/gui/theme.h"
#include "core/desk_journal.h"
#include "core/sha256.h"
#include "fake_engine.h"

using namespace stormloom;

namespace {

std::string nameOf(const DeskState& state) {
  const std::string text = state.toJson().dump();
  Sha256 hash;
  hash.add(std::as_bytes(std::span(text)));
  return hash.hex();
}

/// The window with somebody at it, as a program of its own that somebody else kills: says after
/// every action which step it stands on and what is on the desk.
int workUntilKilled(const QString& folder, unsigned seed) {
  FakeEngine engine;
  engine.previewTakes = engine.fullTakes = std::chrono::milliseconds(1);
  MainWindow window(engine.functions(), {folder});
  window.resize(1200, 800);
  window.show();
  if (!window.restoreAfterCrash()) window.openSyntheticEvent();
  while (!window.desk().context) QCoreApplication::processEvents();
  std::mt19937 chance(seed);
  const char* actions[] = {"stronger",  "muchWeaker", "preset2",  "preset1",  "splitRight",
                           "closePane", "hatching",   "zoomIn",   "east",     "on",
                           "back",      "undo",       "contours", "swapPane", "expected",
                           "n7",        "preset3"};
  for (;;) {
    window.actions().find(actions[chance() % std::size(actions)])->trigger();
    if (chance() % 2) slider(window)->setValue(int(chance() % 81) - 40);
    std::printf("%zu %s\n", window.history().position(), nameOf(window.history().state()).c_str());
    std::fflush(stdout);
    if (chance() % 4 == 0) QCoreApplication::processEvents();
  }
}

struct Said {
  long step = 0;
  std::string state;
};

std::vector<Said> saidBy(const QByteArray& output) {
  std::vector<Said> said;
  for (const QByteArray& line : output.split('\n')) {
    const QList<QByteArray> words = line.split(' ');
    if (words.size() == 2 && words[1].size() == 64)  // the last line may be cut off
      said.push_back({words[0].toLong(), words[1].toStdString()});
  }
  return said;
}

}  // namespace

/// STORMLOOM_KILLS=50 for more of them.
class TestWindowJournal : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void whereverItIsKilledAtMostOneActionIsLost() {
    QTemporaryDir folder;
    const int kills = std::max(5, qEnvironmentVariableIntValue("STORMLOOM_KILLS"));
    std::mt19937 chance(11);
    int lost = 0;
    for (int i = 0; i < kills; ++i) {
      QProcess window;
      window.start(QCoreApplication::applicationFilePath(),
                   {"--work", folder.path(), QString::number(i)});
      QVERIFY(window.waitForStarted());
      QByteArray output;
      while (!output.contains('\n') && window.waitForReadyRead(60'000))
        output += window.readAllStandardOutput();
      QVERIFY2(!output.isEmpty(), window.readAllStandardError().constData());
      QElapsedTimer clock;
      clock.start();
      const int lives = 30 + int(chance() % 700);
      while (clock.elapsed() < lives) {
        window.waitForReadyRead(5);
        output += window.readAllStandardOutput();
      }
      ::kill(pid_t(window.processId()), SIGKILL);
      window.waitForFinished();
      output += window.readAllStandardOutput();
      const auto said = saidBy(output);
      const auto found = DeskJournal::read(folder.filePath("journal.jsonl").toStdString());
      QVERIFY(found && !found->ended && !said.empty());
      // What is found was on the desk during the last step said, the one before it, or after both.
      const std::string now = nameOf(found->history.state());
      const auto known = std::find_if(said.rbegin(), said.rend(),
                                      [&](const Said& one) { return one.state == now; });
      if (known == said.rend()) continue;  // newer than all that was said
      const long behind = std::distance(said.rbegin(), known);
      lost = std::max(lost, int(behind));
      QVERIFY2(behind <= 1, qPrintable(QString("kill %1: %2 actions behind").arg(i).arg(behind)));
    }
    qInfo("%d kills, at most %d actions behind what was last said", kills, lost);
  }
};

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  QTemporaryDir settings;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  const QStringList words = QApplication::arguments();
  if (words.size() == 4 && words[1] == "--work")
    return workUntilKilled(words[2], words[3].toUInt());
  TestWindowJournal test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_journal.moc"
