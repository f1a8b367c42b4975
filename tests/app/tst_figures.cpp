#include <QTest>
#include <memory>

#include "app/figure/desk.h"
#include "app/figure/figure.h"
#include "app/figure/sheet.h"
#include "core/errors.h"

using namespace stormloom;

namespace {

constexpr int kSize = 16;
const ValidTime kRunTime = timeFromCalendar(2019, 7, 1, 21, 0, 0);

GeoReference box() {
  return GeoReference(kSevirProjection, 0.0, 0.0, 3000.0, 3000.0, kSize, kSize);
}

std::shared_ptr<const RadarGrid> rain() {
  auto grid = std::make_shared<RadarGrid>(kSize, kSize);
  for (int row = 0; row < kSize; ++row)
    for (int col = 0; col < kSize; ++col) grid->set(row, col, 80.0f, CellState::Measured);
  return grid;
}

/// Seven forecasts of made-up rain between two frames: as many words as a pane can have.
RgbImage sevenPanes(const std::string& lastTitle, const std::string& note) {
  FigureFrame frame{.title = "Built-in synthetic event  seed 20190701",
                    .validTime = "2019-07-01 21:06 UTC",
                    .leadTime = "+6.67 min",
                    .runTime = "run 21:00 UTC"};
  for (int k = 0; k < 7; ++k)
    frame.panes.push_back({.title = k == 6 ? lastTitle : "+1 σ, member 1",
                           .corner = "+6.67 min",
                           .kind = PaneKind::Forecast,
                           .synthetic = true,
                           .grid = rain(),
                           .inBetween = true});
  const FigureOptions options{.width = 640, .height = 480, .panes = 7, .note = note};
  return FigurePainter(box(), Quantity::VilDigital, options).draw(frame);
}

SheetContent contentWithScores(int rows) {
  const auto frameAt = [](ValidTime time) {
    FrameSequence frames{.geo = box()};
    frames.frames.push_back({.validTime = time, .grid = rain()});
    return frames;
  };
  SheetContent content{
      .result = {.kind = "scenario", .context = frameAt(kRunTime), .runTime = kRunTime}};
  content.result.members.push_back({.frames = frameAt(kRunTime + minutes(10))});
  for (int k = 0; k < rows; ++k)
    content.scores.push_back({.leadMinutes = 10.0 * (k + 1), .csi = std::vector<double>(6, 0.5)});
  return content;
}

qsizetype pagesOfReport(int scores) {
  const std::string pdf = reportPdf(contentWithScores(scores), {});
  return QByteArray::fromStdString(pdf).count("/Type /Page\n");
}

}  // namespace

/// Pictures and sheets for files say what they must in whatever room they have.
class FiguresTest : public QObject {
  Q_OBJECT
private Q_SLOTS:
  void leadTimesAreTheModelsWhateverTheContextsSteps() {
    auto context = std::make_shared<ModelContext>(
        ModelContext{.grid = sevirLrGrid(), .frames = {.geo = box()}, .runTime = kRunTime});
    for (const int before : {14, 7, 0})  // a radar that scans every seven minutes
      context->frames.frames.push_back({.validTime = kRunTime - minutes(before), .grid = rain()});
    Desk desk;
    desk.context = context;
    QCOMPARE(desk.timeOfFrame(-1), kRunTime);
    QCOMPARE(desk.timeOfFrame(0), kRunTime + minutes(10));
    QCOMPARE(desk.timeOfFrame(5), kRunTime + minutes(60));
  }

  void init() {
    if (!canDrawFigures()) QSKIP("this build has no pictures");
  }

  void aNarrowPaneKeepsTheTitleThatTellsItFromOthers() {
    QVERIFY(sevenPanes("+1 σ, member 1", "").pixels != sevenPanes("+2 σ, member 1", "").pixels);
  }

  void aNoteIsReadToItsEndBesideALongTitle() {
    QVERIFY(sevenPanes("+1 σ", "for the briefing at 9").pixels !=
            sevenPanes("+1 σ", "for the briefing at 8").pixels);
  }

  void aPaneOfAnotherPlaceAndQuantityHasItsOwnColours() {
    const GeoReference wide(kSevirProjection, 0.0, 0.0, 1000.0, 1000.0, 2 * kSize, kSize);
    auto millimetres = std::make_shared<RadarGrid>(2 * kSize, kSize);
    for (int row = 0; row < kSize; ++row)
      for (int col = 0; col < 2 * kSize; ++col)
        millimetres->set(row, col, 80.0f, CellState::Measured);
    const FigureFrame frame{.panes = {{.grid = rain()}, {.grid = millimetres}}};
    FigureOptions options{.width = 800, .height = 480, .panes = 2};
    options.places = {{0.0, 0.0, 0.5, 1.0}, {0.5, 0.0, 0.5, 1.0}};
    options.grounds = {{box(), Quantity::VilDigital}, {wide, Quantity::RainRate}};
    options.legendParts = {{FieldKind::Radar, Quantity::VilDigital}, {FieldKind::Radar, Quantity::RainRate}};
    const RgbImage image = FigurePainter(box(), Quantity::VilDigital, options).draw(frame);
    const auto share = [&](const ColorTable& table) {
      const Rgb color = table.color(80.0);
      int count = 0;
      for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3)
        count += Rgb{image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]} == color;
      return count;
    };
    QVERIFY(share(fieldTable(FieldKind::Radar, Quantity::VilDigital, {})) > 5'000);
    QVERIFY(share(fieldTable(FieldKind::Radar, Quantity::RainRate, {})) > 5'000);
  }

  void aLongTableOfScoresGoesOnTheNextPage() {
    const qsizetype few = pagesOfReport(5);
    QVERIFY2(few > 0, "no page was counted");
    QCOMPARE(pagesOfReport(200), few + 4);  // 59 rows a page; five share one with the members
  }

  void posterSizesAreDrawn_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<bool>("possible");
    QTest::newRow("A0 upright at 150 dots an inch") << 4966 << 7022 << true;
    QTest::newRow("longer than any picture") << 20000 << 400 << false;
    QTest::newRow("too many pixels") << 16000 << 16000 << false;
  }
  void posterSizesAreDrawn() {
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(bool, possible);
    const FigureOptions options{.width = width, .height = height};
    try {
      const FigurePainter painter(box(), Quantity::VilDigital, options);
      QVERIFY(possible);
      QCOMPARE(painter.draw({.panes = {{.grid = rain()}}}).height, height);
    } catch (const UsageError&) {
      QVERIFY(!possible);
    }
  }
};

QTEST_APPLESS_MAIN(FiguresTest)  // the painter makes an application where none is
#include "tst_figures.moc"
