// Diffusion made visible: every step of a member, and how long layers take.
#include <torch/torch.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/errors.h"
#include "core/netcdf_file.h"
#include "core/synthetic_event.h"
#include "models/nowcast_engine.h"
#include "models/pattern_timing.h"
#include "tests/support/tiny_models.h"

using namespace stormloom;

class TestDiffusionTrace : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;

  static std::shared_ptr<const ModelContext> context() {
    static const auto cut = [] {
      const FrameSequence event = syntheticEvent();
      return std::make_shared<const ModelContext>(
          cutContext(event, {.grid = sevirLrGrid(), .runTime = event.frames[6].validTime}));
    }();
    return cut;
  }
  static ScenarioRequest request(double n) {
    ScenarioRequest asked;
    asked.context = context();
    asked.nSigma = {n};
    asked.steps = 3;
    return asked;
  }
  NowcastEngine engine() const {
    return NowcastEngine({.device = "cpu", .modelFolder = folder_.path().toStdString()});
  }

private Q_SLOTS:
  void initTestCase() { tiny::writePrediff(folder_.path()); }

  void theLastStepIsWhatTheForecastShows_data() {
    QTest::addColumn<double>("n");
    for (const double n : {-2.0, 0.0, 0.5, 3.0}) QTest::addRow("n %.1f", n) << n;
  }

  void theLastStepIsWhatTheForecastShows() {
    QFETCH(double, n);
    NowcastEngine one = engine();
    const auto trace = one.trace(request(n)).front();
    const auto forecast = one.generate(request(n));
    QCOMPARE(trace->steps.size(), std::size_t(4));  // three looks and the result
    const auto& shown = forecast->members.front().frames.frames;
    const auto& last = trace->steps.back().clean.frames;
    QCOMPARE(last.size(), shown.size());
    for (std::size_t lead = 0; lead < shown.size(); ++lead)
      QVERIFY(std::ranges::equal(last[lead].grid->values(), shown[lead].grid->values()));
    QCOMPARE(trace->steps.front().noise, 1.0);
    QCOMPARE(trace->steps.back().noise, 0.0);
  }

  void twoCommandsBeginWithTheSameNoiseAndOnlyOneIsPushed() {
    NowcastEngine one = engine();
    ScenarioRequest both = request(0.0);
    both.nSigma = {0.0, 3.0};
    DiffusionTraces early;
    const DiffusionTraces traces =
        one.trace(both, {}, {}, [&](const DiffusionTraces& part) { early = part; });
    const auto free = traces[0], strong = traces[1];
    for (std::size_t lead = 0; lead < 6; ++lead)
      QVERIFY(std::ranges::equal(free->steps[0].latents.frames[lead].grid->values(),
                                 strong->steps[0].latents.frames[lead].grid->values()));
    // The last lead time came first, alone, and as it is in the end.
    QVERIFY(!isWhole(early) && isWhole(traces));
    QVERIFY(!early[1]->steps[1].latents.frames[4].grid);
    QVERIFY(std::ranges::equal(early[1]->steps[1].clean.frames[5].grid->values(),
                               strong->steps[1].clean.frames[5].grid->values()));
    QVERIFY(free->steps[0].push.empty());
    QCOMPARE(free->steps[0].pushSize, 0.0);
    QVERIFY(strong->commandedMean > free->commandedMean);
    QVERIFY(largestPush({free, strong}) > 0.0);
  }

  void watchingStopsWhenAsked() {
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(engine().trace(request(1.0), stop.get_token()).empty());
  }

  void filesHoldEveryStepOfBothCommandsOnOneScale() {
    ScenarioRequest both = request(0.0);
    both.nSigma = {0.0, 3.0};
    const DiffusionTraces traces = engine().trace(both);
    const std::string file = folder_.filePath("steps.nc").toStdString();
    writeDiffusionFile(file, traces, {});
    const NetCdfFile read = NetCdfFile::open(file);
    QVERIFY(read.shape("clean") == (std::vector<std::size_t>{2, 4, 6, 128, 128}));
    QCOMPARE(read.doubles("noise").front(), 1.0);
    QCOMPARE(read.doubles("n_sigma"), (std::vector<double>{0.0, 3.0}));
    QVERIFY(std::isnan(read.doubles("commanded_mean")[0]));  // n = 0 commands nothing
    const double mean = 255.0 * traces[1]->steps.back().cleanMean;
    QVERIFY(std::abs(read.doubles("clean_mean").back() - mean) < 1e-9);

    const QString table = folder_.filePath("steps.csv");
    writeDiffusionTable(table.toStdString(), traces, {});
    QFile text(table);
    QVERIFY(text.open(QFile::ReadOnly));
    const QStringList lines = QString(text.readAll()).trimmed().split('\n');
    QVERIFY(lines[1].contains("0-255 scale"));
    QCOMPARE(lines.size(), 3 + 2 * 4);
    QVERIFY(std::abs(lines.back().section(',', 7, 7).toDouble() - mean) < 1e-3 * mean);
  }

  void layersAreTimedUnlessTheyAreTooLarge() {
    const LabPattern small = paperFigure().front();
    const auto timing = timeLayer(small, 0);
    QVERIFY(timing && timing->milliseconds > 0.0 && timing->runs >= 3);
    const LabPattern full{.field = {13, 32, 32}, .layers = {{{13, 32, 32}, kLocal, {0, 0, 0}}}};
    QVERIFY(!timeLayer(full, 0));
    QVERIFY_EXCEPTION_THROWN(timeLayer(small, 1), UsageError);
  }
};

QTEST_APPLESS_MAIN(TestDiffusionTrace)
#include "tst_diffusion_trace.moc"
