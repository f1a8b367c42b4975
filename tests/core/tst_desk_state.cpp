#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <random>

#include "core/desk_journal.h"
#include "core/errors.h"

using namespace stormloom;

namespace {

PaneSpec observed() { return {{PaneSource::Observed}, {}, {}}; }
PaneSpec member(int index) {
  return {{PaneSource::Scenario, PaneProduct::Member, 2.0, index}, {}, {}};
}

DeskState chosen() {
  DeskState state;
  state.paths = {"/data/äöü 'quoted'/a.h5"};
  state.sequence = 2;
  state.runTime = timeFromIso("2019-06-10T00:24:00Z");
  state.time = timeFromIso("2019-06-10T00:44:00Z");
  state.nSigma = -2.4;
  state.bend = {0, 0.5, -1.2};
  state.within = {{LonLat{1, 2}, LonLat{3, 4}, LonLat{5, 0}}};
  state.seed = 77;
  state.members = 8;
  state.threshold = 160;
  state.layout = presetLayout(LayoutPreset::Difference);
  state.center = LonLat{-98.25, 38.125};
  state.kmPerPixel = 0.5;
  state.region = {{LonLat{1, 2}, LonLat{3, 4}, LonLat{5, 0}}};
  state.notes = {{*state.time, {4, 52}, "hail reported"}};
  state.safeColors = state.alongDial = true;
  return state;
}

bool fillsTheSquare(const PaneLayout& layout) {
  double area = 0.0;
  for (const PaneRect& rect : layout.rects()) area += rect.width * rect.height;
  return std::abs(area - 1.0) < 1e-9;
}

}  // namespace

class TestDeskState : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void aStateSurvivesJson() {
    const DeskState state = chosen();
    QVERIFY(DeskState::fromJson(Json::parse(state.toJson().dump())) == state);
    QVERIFY(DeskState::fromJson(Json::object()) == DeskState{});
  }

  void valuesOutOfRangeAreRefused_data() {
    QTest::addColumn<QString>("json");
    QTest::newRow("n beyond the dial") << R"({"n": 5})";
    QTest::newRow("a bend beyond the dial") << R"({"bend": [0, 9]})";
    QTest::newRow("no members") << R"({"members": 0})";
    QTest::newRow("a place off the Earth") << R"({"center": [0, 91]})";
    QTest::newRow("a place of three numbers") << R"({"center": [0, 1, 2]})";
    QTest::newRow("a time that is none") << R"({"time": "yesterday"})";
    QTest::newRow("an unknown pane") << R"({"layout": {"source": "crystal ball"}})";
    QTest::newRow("a layout without parts") << R"({"layout": {"way": "row", "parts": []}})";
    QTest::newRow("shares that do not fit")
        << R"({"layout": {"way": "row", "parts": [{"source": "observed"}], "shares": [1, 2]}})";
    QTest::newRow("a negative share")
        << R"({"layout": {"way": "row", "parts": [{"source": "observed"}], "shares": [-1]}})";
    QTest::newRow("text for a number") << R"({"seed": "seven"})";
  }
  void valuesOutOfRangeAreRefused() {
    QFETCH(QString, json);
    QVERIFY_THROWS_EXCEPTION(IoError, DeskState::fromJson(Json::parse(json.toStdString())));
  }

  void presetsFillTheWindowAndComeBackFromJson() {
    for (int i = 0; i < 7; ++i) {
      const PaneLayout layout = presetLayout(LayoutPreset(i));
      QVERIFY(fillsTheSquare(layout));
      QVERIFY(PaneLayout::fromJson(layout.toJson()) == layout);
      QCOMPARE(int(layout.panes().size()), layout.count());
    }
    QCOMPARE(presetLayout(LayoutPreset::Strip).count(), 5);
    QCOMPARE(presetLayout(LayoutPreset::Stamps, {true, 8, 6}).count(), 9);
    QCOMPARE(presetLayout(LayoutPreset::Figure).count(), 42);
  }

  void panesAreSplitSwappedAndClosed() {
    PaneLayout layout(observed());
    layout.split(0, PaneLayout::Way::Row);
    layout.setPane(1, member(1));
    layout.split(1, PaneLayout::Way::Column);
    layout.setPane(2, member(2));
    QCOMPARE(layout.count(), 3);
    QVERIFY((layout.rects()[2] == PaneRect{0.5, 0.5, 0.5, 0.5}));
    layout.swap(0, 2);
    QVERIFY(layout.panes()[0] == member(2) && layout.panes()[2] == observed());
    layout.close(1);
    QCOMPARE(layout.count(), 2);
    QVERIFY(layout.panes()[1] == observed());
    layout.close(0);
    layout.close(0);
    QCOMPARE(layout.count(), 1);
    QVERIFY(fillsTheSquare(layout));
  }

  void bordersMoveWithinTheirPart() {
    PaneLayout layout = PaneLayout::grid({observed(), observed(), observed(), observed()}, 2);
    QCOMPARE(layout.borders().size(), std::size_t(3));
    for (const auto& border : layout.borders()) layout.moveBorder(border, 0.7);
    QVERIFY(std::abs(layout.rects()[0].width - 0.7) < 1e-9);
    QVERIFY(std::abs(layout.rects()[0].height - 0.7) < 1e-9);
    layout.moveBorder(layout.borders().front(), -3.0);
    for (const PaneRect& rect : layout.rects()) QVERIFY(rect.width > 0.05 && rect.height > 0.05);
    QVERIFY(fillsTheSquare(layout));
  }

  void anyTreatmentLeavesALayoutWhole() {
    std::mt19937 chance(7);
    PaneLayout layout = presetLayout(LayoutPreset::Compare);
    for (int i = 0; i < 3000; ++i) {
      const int pane = int(chance() % unsigned(layout.count()));
      switch (chance() % 5) {
        case 0:
          layout.split(pane, PaneLayout::Way(chance() % 2));
          break;
        case 1:
          layout.close(pane);
          break;
        case 2:
          layout.swap(pane, int(chance() % unsigned(layout.count())));
          break;
        case 3:
          layout.setPane(pane, member(int(chance() % 9)));
          break;
        default:
          if (const auto borders = layout.borders(); !borders.empty())
            layout.moveBorder(borders[chance() % borders.size()], double(chance() % 100) / 99.0);
      }
      QVERIFY(layout.count() >= 1 && layout.count() <= 64);
      QVERIFY(fillsTheSquare(layout));
    }
  }

  void undoAndRedoGoBackAndForth() {
    DeskHistory history;
    DeskState state;
    for (int i = 1; i <= 3; ++i) {
      state.nSigma = i;
      QVERIFY(history.record("n", state));
    }
    QVERIFY(!history.record("again", state));
    QCOMPARE(history.undo().nSigma, 2.0);
    QCOMPARE(history.undo().nSigma, 1.0);
    QCOMPARE(history.redo().nSigma, 2.0);
    state.nSigma = -4;
    history.record("another way", state);
    QVERIFY(!history.canRedo());
    QCOMPARE(history.undo().nSigma, 2.0);
    history.undo();
    history.undo();
    QVERIFY(!history.canUndo());
    QCOMPARE(history.undo().nSigma, 0.0);
  }

  void aDragIsOneStep() {
    DeskHistory history;
    DeskState state;
    for (int i = 1; i <= 20; ++i) {
      state.nSigma = i / 10.0;
      history.record("n", state, "n");
    }
    state.seed = 9;
    history.record("seed", state, "seed");
    QCOMPARE(history.entries().size(), std::size_t(3));
    QCOMPARE(history.undo().nSigma, 2.0);
    QCOMPARE(history.undo().nSigma, 0.0);
    state = history.redo();
    state.nSigma = 3.0;
    QVERIFY(history.record("n", state, "n"));  // after an undo a new step begins
  }

  void aJournalCutAnywhereLosesAtMostOneStep() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("journal.jsonl").toStdString();
    {
      DeskJournal journal(path);
      DeskState state;
      for (int i = 0; i < 30; ++i) {
        state.nSigma = i / 10.0;
        journal.append("step " + std::to_string(i), state);
      }
    }
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray all = file.readAll();
    for (qsizetype cut = all.size(); cut > all.size() - 1500; cut -= 37) {
      const std::string shorter = folder.filePath("cut.jsonl").toStdString();
      QFile out(QString::fromStdString(shorter));
      QVERIFY(out.open(QIODevice::WriteOnly));
      out.write(all.left(cut));
      out.close();
      const auto found = DeskJournal::read(shorter);
      QVERIFY(found && !found->ended);
      const qsizetype whole = all.left(cut).count('\n');
      QVERIFY(found->steps >= int(whole));
      QVERIFY(std::abs(found->history.state().nSigma - (found->steps - 1) / 10.0) < 1e-9);
    }
  }

  void aJournalGoesOnAfterALineThatWasCutOff() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("journal.jsonl").toStdString();
    DeskState state;
    {
      DeskJournal journal(path);
      journal.append("a", state);
      state.nSigma = 1.0;
      journal.append("b", state);
    }
    QFile file(QString::fromStdString(path));
    QVERIFY(file.resize(file.size() - 40));
    state.nSigma = 2.0;
    DeskJournal(path).append("c", state);
    const auto found = DeskJournal::read(path);
    QCOMPARE(found->damaged, 1);
    QCOMPARE(found->history.state().nSigma, 2.0);
  }

  void aStepThatGoesOnIsOneStepAndALongJournalIsShortened() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("journal.jsonl").toStdString();
    DeskJournal journal(path);
    DeskHistory history;
    DeskState state;
    for (int i = 0; i < 300; ++i) {
      state.nSigma = (i % 70) / 10.0 - 3.0;
      history.record("n", state);
      journal.append("n", state);
      state.nSigma += 0.05;
      history.replaceLast("n", state);
      journal.append("n", state, true);
    }
    const auto before = DeskJournal::read(path);
    QCOMPARE(before->steps, 300);
    QVERIFY(before->history.state() == state);
    const std::size_t bytes = journal.bytes();
    QCOMPARE(bytes, std::size_t(QFileInfo(QString::fromStdString(path)).size()));
    journal.shorten(history);
    QVERIFY(journal.bytes() < bytes / 2);
    state.nSigma = 3.3;
    journal.append("n", state);
    const auto after = DeskJournal::read(path);
    QCOMPARE(after->steps, 201);
    QVERIFY(after->history.state() == state);
  }

  void anOrderlyEndIsKnownAndRubbishPassedOver() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("journal.jsonl").toStdString();
    {
      DeskJournal journal(path);
      journal.append("a", DeskState{});
      journal.append("b", chosen());
      journal.close();
    }
    QVERIFY(DeskJournal::read(path)->ended);
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::Append));
    file.write(QByteArray("{\"step\": \"x\", \"state\": {\"n\": 99}}\n\xff?rubbish\n{}\n")
                   .replace('?', '\0'));
    file.close();
    const auto found = DeskJournal::read(path);
    QCOMPARE(found->damaged, 3);
    QVERIFY(found->history.state() == chosen());
    QVERIFY(!DeskJournal::read(folder.filePath("none").toStdString()));
  }

  void aSessionOpensElsewhere() {
    QTemporaryDir folder;
    QDir(folder.path()).mkpath("one/data");
    QFile data(folder.filePath("one/data/a.h5"));
    QVERIFY(data.open(QIODevice::WriteOnly));
    data.close();
    DeskState state = chosen();
    state.paths = {folder.filePath("one/data/a.h5").toStdString()};
    const std::string session = folder.filePath("one/my.stormloom").toStdString();
    writeSessionFile(session, state);
    QVERIFY(isSessionFile(session));
    QVERIFY(readSessionFile(session) == state);
    QVERIFY(QDir(folder.path()).rename("one", "two"));
    const DeskState there = readSessionFile(folder.filePath("two/my.stormloom").toStdString());
    QCOMPARE(QString::fromStdString(there.paths[0]), folder.filePath("two/data/a.h5"));
    QVERIFY(QFile::remove(folder.filePath("two/data/a.h5")));
    QVERIFY_THROWS_EXCEPTION(IoError, readSessionFile(folder.filePath("two/my.stormloom").toStdString()));
    QVERIFY(!isSessionFile(folder.filePath("two").toStdString()));
  }
};

QTEST_APPLESS_MAIN(TestDeskState)
#include "tst_desk_state.moc"
