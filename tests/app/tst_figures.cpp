#include <QGlyphRun>
#include <QGuiApplication>
#include <QRawFont>
#include <QTest>
#include <QTextLayout>
#include <memory>

#include "app/figure/block_figure.h"
#include "app/figure/desk_film.h"
#include "app/figure/figure.h"
#include "app/figure/compact_svg.h"
#include "app/figure/figure_drawing.h"
#include "app/figure/figure_style.h"
#include "app/figure/sheet.h"
#include "core/errors.h"
#include "core/pattern_text.h"

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

  void lettersOfFiguresAreThoseOfTheText() {
    const QString text = QString::fromUtf8("n = −2.0 σ at 21:05 UTC, 3x4 -> 10-20");
    const std::unique_ptr<QGuiApplication> application = figure_drawing::applicationIfNone();
    const QFont font = figure_drawing::font(12);
    QTextLayout layout(text, font);
    layout.beginLayout();
    layout.createLine();
    layout.endLayout();
    QList<quint32> drawn;
    for (const QGlyphRun& run : layout.glyphRuns()) drawn += run.glyphIndexes();
    QCOMPARE(drawn, QRawFont::fromFont(font).glyphIndexesForString(text));  // a PDF is searched by them
  }

  void aPaneShowsThePartThatTheWindowShows() {
    const GeoReference wide(kSevirProjection, 0.0, 60'000.0, 1000.0, 1000.0, 60, 40);
    auto grid = std::make_shared<RadarGrid>(60, 40);
    for (int row = 0; row < 40; ++row)
      for (int col = 0; col < 60; ++col)
        grid->set(row, col, float(row + col), CellState::Measured);
    auto observed = std::make_shared<FrameSequence>(FrameSequence{.geo = wide});
    observed->frames.push_back({.validTime = kRunTime, .grid = grid});
    Desk desk{.observed = observed, .drawn = observed, .time = kRunTime};
    desk.state.layout = PaneLayout({{PaneSource::Observed}, {}, {}});
    desk.state.threshold = 70.0;
    desk.state.seen = SeenPart{wide.lonLatFromCell({45.0, 30.0}), 20.0, 10.0};
    DeskFilm film(desk);
    QVERIFY(film.addNext());
    const FigurePane& pane = film.film().frames[0].panes[0];
    const GeoReference part = film.look().grounds[0].geo;
    QVERIFY(std::abs(part.width() - 20) <= 2 && std::abs(part.height() - 10) <= 2);
    QCOMPARE(pane.grid->width(), part.width());
    for (const CellPoint at : {CellPoint{0.5, 0.5}, CellPoint{part.width() - 0.5, 3.5}}) {
      const CellPoint whole = wide.cellFromLonLat(part.lonLatFromCell(at));
      QCOMPARE(pane.grid->at(int(at.row), int(at.col)), grid->at(int(whole.row), int(whole.col)));
    }
    int onTheDiagonal = 0, all = 0;  // where 70 lies in the whole grid; the rest is along its edges
    for (const auto& line : pane.signs.contour)
      for (const CellPoint& at : line) {
        const CellPoint whole = wide.cellFromLonLat(part.lonLatFromCell(at));
        onTheDiagonal += std::abs(whole.row + whole.col - 71.0) < 1.01;
        QVERIFY(whole.row > -1.0 && whole.row < 41.0 && whole.col > -1.0 && whole.col < 61.0);
        ++all;
      }
    QVERIFY2(onTheDiagonal > 20, qPrintable(QString("%1 of %2").arg(onTheDiagonal).arg(all)));
    desk.state.seen = SeenPart{{0.0, 0.0}, 20.0, 10.0};  // nothing of it
    DeskFilm elsewhere(desk);
    QVERIFY(elsewhere.addNext());
    QCOMPARE(elsewhere.look().grounds[0].geo, wide);
    QCOMPARE(DeskState::fromJson(Json::parse(film.layoutText(), {}, "")).seen->widthKm, 20.0);
    QVERIFY(!film.withWholeMaps()->showsPart());
  }

  void aLongTableOfScoresGoesOnTheNextPage() {
    const qsizetype few = pagesOfReport(5);
    QVERIFY2(few > 0, "no page was counted");
    QCOMPARE(pagesOfReport(200), few + 4);  // 59 rows a page; five share one with the members
  }

  void aPatternThatHasGrownSaysWhatHasReachedTheCell() {
    const LabPattern axial = patternNamed("axial", {6, 8, 8});
    const auto detail = [&axial](const PatternLook& look) {
      return patternPicture(axial, look, {}).detail;
    };
    QCOMPARE(detail({.layer = 1}), std::string("layer 2 of 3: along columns"));
    QCOMPARE(
        detail({.grown = 2}),
        std::string("what reaches the marked cell through 2 of 3 layers: along time, then along "
                    "columns"));
  }

  void anSvgSaysEveryCornerAndWordButNothingTwice() {
    const std::string svg =
        "<svg>\n<defs>\n</defs>\n<g fill=\"none\" fill-rule=\"evenodd\" >\n"
        "\n<g fill=\"#54538f\" fill-opacity=\"1\" stroke=\"none\" transform=\"matrix(1,0,0,1,0,0)\"\n"
        "font-family=\"Inter\" font-size=\"25\" \n>\n<path vector-effect=\"none\" fill-rule=\"evenodd\" "
        "d=\"M664.07,774.44 L667.02,775.14 L666.5,-2 L664.07,774.44\"/>\n</g>\n"
        "\n<g fill=\"none\" stroke=\"#b4c0cd\" transform=\"matrix(1,0,0,1,0,0)\"\nfont-family=\"Inter\" "
        "font-size=\"9\" \n>\n<text x=\"1\">23:00</text>\n</g>\n\n</g>\n</svg>\n";
    const std::string small = compactSvg(svg);
    QVERIFY2(small.find("<path fill=\"#54538f\" d=\"M664.07 774.44l2.95 .7-.52-777.14z\"/>") !=
                 std::string::npos,
             small.c_str());
    QCOMPARE(QString::fromStdString(small).count("font-family"), 1);
    QVERIFY(small.find(">23:00</text>") != std::string::npos);
    QCOMPARE(QString::fromStdString(small).count("<g "), QString::fromStdString(small).count("</g>"));
    const std::string curve = "\n<g stroke=\"none\" transform=\"matrix(1,0,0,1,0,0)\">\n"
                              "<path d=\"M1,2 C1,2 3,4 5,6\"/>\n</g>\n";
    QVERIFY(compactSvg(curve).find("M1,2 C1,2 3,4 5,6") != std::string::npos);
  }

  void longLinesAreBrokenBetweenWords() {
    const auto application = figure_drawing::applicationIfNone();
    const QFont font = figure_drawing::font(20);
    const QString text = "151.0 million operations for projections, 0.1 MB of weights.";
    const QStringList lines = figure_drawing::brokenInto(240, text, font);
    QVERIFY(lines.size() > 1);
    QCOMPARE(lines.join(' '), text);
    for (const QString& line : lines) QVERIFY(figure_drawing::widthOf(line, font) <= 240);
  }

  void extrapolatedFramesAreNoForecastInAnyPicture() {
    for (const auto* theme : {&figure_style::kDark, &figure_style::kLight}) {
      using Kind = LevelFrame::Kind;
      QVERIFY(figure_style::colorOf(Kind::Extrapolated, *theme) !=
              figure_style::colorOf(Kind::Forecast, *theme));
      QVERIFY(figure_style::colorOf(Kind::Extrapolated, *theme) !=
              figure_style::colorOf(Kind::Observed, *theme));
    }
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
