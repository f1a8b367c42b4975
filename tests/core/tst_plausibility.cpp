#include <QtTest>
#include <algorithm>
#include <cmath>
#include <functional>

#include "core/control_command.h"
#include "core/map_region.h"
#include "core/plausibility.h"
#include "core/scenario_blend.h"
#include "core/synthetic_event.h"
#include "core/vil_scale.h"

using namespace stormloom;
using Level = PlausibilityLight::Level;

namespace {

std::vector<double> six(double value) { return std::vector<double>(6, value); }

const ModelContext& context() {
  static const ModelContext cut = [] {
    const FrameSequence event = syntheticEvent();
    return cutContext(event, {.grid = sevirLrGrid(), .runTime = event.frames[6].validTime});
  }();
  return cut;
}

/// What really followed, as a member of a forecast, every value changed by `change`.
ScenarioMember truth(const std::function<float(float)>& change = [](float v) { return v; }) {
  ScenarioMember member{
      .nSigma = 0.0, .member = 0, .frames = cutTruth(syntheticEvent(), context())};
  for (Frame& frame : member.frames.frames) {
    auto grid = std::make_shared<RadarGrid>(*frame.grid);
    for (float& value : grid->values()) value = change(value);
    frame.grid = grid;
  }
  member.achieved = six(0.1);
  return member;
}

const PlausibilityLight& named(const std::vector<PlausibilityLight>& lights,
                               const std::string& name) {
  return *std::ranges::find(lights, name, &PlausibilityLight::name);
}

FrameSequence flat(const std::vector<float>& values,
                   ValidTime start = timeFromCalendar(2020, 1, 1, 12, 0, 0)) {
  FrameSequence sequence{.geo = context().frames.geo};
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto grid = std::make_shared<RadarGrid>(128, 128);
    std::ranges::fill(grid->values(), values[i]);
    std::ranges::fill(grid->states(), CellState::Measured);
    sequence.frames.push_back({start + minutes(10 * int(i)), grid, "", false});
  }
  return sequence;
}

TrainedRange trained() { return {0.0055, 0.1709, 0.35, {"MRMS", "KNMI", "FMI"}}; }

MapRegion middle() { return {{context().frames.geo.lonLatFromCell({64.5, 64.5})}}; }

}  // namespace

class TestPlausibility : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void aBoxThatIsHardlySeenIsStillToldItsNetwork() {
    ModelContext elsewhere = context();
    elsewhere.frames.synthetic = false;
    elsewhere.frames.product = "BOM Rainfields";
    elsewhere.missingFraction = 0.55;
    const auto lights = plausibilityOf(elsewhere, truth(), {six(0.1), six(0.02), 0.1}, trained());
    const std::string& sentence = named(lights, "radar").sentence;
    QVERIFY2(named(lights, "radar").level == Level::Warning, sentence.c_str());
    QVERIFY2(sentence.find("55 % of the box") != std::string::npos, sentence.c_str());
    QVERIFY2(sentence.find("trained on other radars (MRMS, KNMI, FMI)") != std::string::npos, sentence.c_str());
  }

  void cellsAtTheEndOfTheScaleAreALight() {
    const AnticipatedIntensity expected{six(0.1), six(0.02), 0.1};
    const auto usual = plausibilityOf(context(), truth(), expected, trained());
    QVERIFY(std::ranges::find(usual, "peaks", &PlausibilityLight::name) == usual.end());
    const auto strong = plausibilityOf(
        context(), truth([](float v) { return v > 100 ? 254.0f : v; }), expected, trained());
    QVERIFY(named(strong, "peaks").level == Level::Caution);
  }

  void whatReallyFollowedIsBelieved() {
    const auto lights = plausibilityOf(context(), truth(), {six(0.1), six(0.02), 0.1}, trained());
    QCOMPARE(lights.size(), std::size_t(4));
    QVERIFY2(named(lights, "motion").level == Level::Good,
             named(lights, "motion").sentence.c_str());
    QVERIFY2(named(lights, "first picture").level == Level::Good,
             named(lights, "first picture").sentence.c_str());
    QVERIFY(named(lights, "intensity").level == Level::Good);
    QVERIFY(named(lights, "radar").level == Level::Caution);  // it is made up
  }

  void aJumpInMassIsSeen() {
    const auto lights = plausibilityOf(context(), truth([](float v) { return 2 * v; }),
                                       {six(0.1), six(0.02), 0.1}, trained());
    QVERIFY2(named(lights, "first picture").level == Level::Warning,
             named(lights, "first picture").sentence.c_str());
  }

  void motionAgainstTheFlowIsSeen() {
    ScenarioMember member = truth();
    for (Frame& frame :
         member.frames.frames) {  // mirrored: what came from the west comes from the east
      auto grid = std::make_shared<RadarGrid>(*frame.grid);
      for (int row = 0; row < 128; ++row)
        for (int col = 0; col < 128; ++col)
          grid->set(row, col, frame.grid->at(row, 127 - col), CellState::Measured);
      frame.grid = grid;
    }
    const auto light =
        named(plausibilityOf(context(), member, {six(0.1), six(0.02), 0.1}, trained()), "motion");
    QVERIFY2(light.level != Level::Good, light.sentence.c_str());
  }

  void intensityOutsideTheTrainingIsAWarning() {
    ScenarioMember member = truth();
    member.achieved = six(0.3);
    const AnticipatedIntensity expected{six(0.1), six(0.02), 0.1};
    QVERIFY(named(plausibilityOf(context(), member, expected, trained()), "intensity").level ==
            Level::Warning);
    member.achieved = six(0.12);
    member.nSigma = 3.0;
    const auto light = named(plausibilityOf(context(), member, expected, trained()), "intensity");
    QVERIFY(light.level == Level::Caution);
    QVERIFY2(light.sentence.find("+3 σ asked, +1 σ came out") != std::string::npos,
             light.sentence.c_str());
    member.nSigma = 2.5;
    member.achieved = six(0.15);
    QVERIFY(named(plausibilityOf(context(), member, expected, {}), "intensity")
                .sentence.find("does not say") != std::string::npos);
  }

  void whereABentCommandIsNotReachedIsSaid() {
    ScenarioMember member = truth();
    const AnticipatedIntensity expected{six(0.1), six(0.02), 0.1};
    member.commanded = {0.1, 0.12, 0.14, 0.16, 0.16, 0.18};
    member.achieved = {0.13, 0.12, 0.14, 0.155, 0.14, 0.15};
    QCOMPARE(
        unreachedSentence(member, expected, 10.0),
        std::string("The model does not reach the command at +50, +60 min: up to 1.5 σ below."));
    member.achieved = member.commanded;
    QVERIFY(unreachedSentence(member, expected, 10.0).empty());
  }

  void theDialsReachIsWhereCommandsAreFollowed() {
    std::vector<ScenarioMember> sweep;
    for (int n = -4; n <= 4; ++n) {
      ScenarioMember member = truth();
      member.nSigma = n;
      member.achieved = six(0.1 + 0.01 * std::clamp(double(n), -2.2, 3.0));
      sweep.push_back(member);
    }
    const DialReach reach = dialReach(sweep, {six(0.1), six(0.01), 0.1});
    QCOMPARE(reach.highest, 4.0);
    QCOMPARE(reach.lowest, -3.0);
    QVERIFY2(reach.sentence.find("Cannot follow below −3 σ") != std::string::npos,
             reach.sentence.c_str());
    QVERIFY(reach.sentence.find("from +4 σ on") != std::string::npos);
    QVERIFY(dialReach({}, {six(0.1), six(0.01), 0.1}).sentence.empty());
  }

  void aBlendLiesBetweenItsNeighboursAndIsAPreview() {
    std::vector<std::shared_ptr<const ScenarioForecast>> sweep;
    for (const float n : {1.0f, 2.0f}) {
      auto forecast = std::make_shared<ScenarioForecast>();
      forecast->anticipated = {six(0.1), six(0.02), 0.1};
      forecast->request.quality = Quality::Full;
      forecast->members = {{n, 0, flat({100 * n, 100 * n}), six(n), six(n)}};
      sweep.push_back(forecast);
    }
    const auto blend = blendedScenario(sweep, 1.3);
    QCOMPARE(blend->members[0].nSigma, 1.3);
    QVERIFY(blend->request.quality == Quality::Preview);
    QVERIFY(blend->members[0].frames.provenance == Provenance::Preview);
    QVERIFY(std::abs(blend->members[0].frames.frames[0].grid->at(5, 5) - 130.f) < 1e-3f);
    QVERIFY(std::abs(blend->members[0].achieved[2] - 1.3) < 1e-9);
    QVERIFY(std::abs(blend->members[0].commanded[0] - 0.126) < 1e-9);
    QVERIFY(!blendedScenario(sweep, 2.5) && !blendedScenario(sweep, 0.5) &&
            !blendedScenario({}, 0.0));
  }

  void aBentBlendTakesEachLeadTimeFromItsOwnNeighbours() {
    std::vector<std::shared_ptr<const ScenarioForecast>> sweep;
    for (const float n : {0.0f, 1.0f, 2.0f}) {
      auto forecast = std::make_shared<ScenarioForecast>();
      forecast->anticipated = {six(0.1), six(0.02), 0.1};
      forecast->members = {{n, 0, flat({100 * n, 100 * n, 100 * n}), six(n), six(n)}};
      sweep.push_back(forecast);
    }
    const std::vector<double> command{0.0, 0.5, 2.0, 1.5, 1.5, 1.5};
    const auto blend = blendedScenario(sweep, 1.0, command);
    QVERIFY(blend && blend->request.nSigmaByLead == command);
    for (const auto& [lead, value] : {std::pair{0, 0.f}, {1, 50.f}, {2, 200.f}})
      QVERIFY(std::abs(blend->members[0].frames.frames[std::size_t(lead)].grid->at(5, 5) - value) <
              1e-3f);
    QVERIFY(std::abs(blend->members[0].commanded[1] - 0.11) < 1e-9);
    QVERIFY(std::abs(blend->members[0].achieved[3] - 1.5) < 1e-9);
    QVERIFY(!blendedScenario(sweep, 1.0, {0.0, 2.5, 2.0, 1.5, 1.5, 1.5}));
  }

  void aBentCommandMovesWithTheDialAndEndsAtItsEnds() {
    std::vector<double> bend = bendWith({}, 6, 2, 1.0, 2.5);
    QCOMPARE(bentCommand(1.0, bend, 6), (std::vector<double>{1, 1, 2.5, 1, 1, 1}));
    QCOMPARE(bentCommand(3.5, bend, 6), (std::vector<double>{3.5, 3.5, 4, 3.5, 3.5, 3.5}));
    bend = bendWith(bend, 6, 2, 1.0, 1.0);
    QVERIFY(bend.empty() && bentCommand(1.0, bend, 6).empty());
  }

  void anAreaOfControlNamesTheSameCellsByItsText() {
    const GeoReference& geo = context().frames.geo;
    MapRegion drawn;
    for (int i = 0; i < 200; ++i) {
      const double turn = i * 2 * 3.14159265 / 200;
      drawn.outline.push_back(
          geo.lonLatFromCell({60 + 25 * std::cos(turn), 64 + 18 * std::sin(turn)}));
    }
    const MapRegion area = controlArea(drawn);
    QVERIFY2(area.outline.size() >= 8 && area.outline.size() < 60,
             qPrintable(QString::number(area.outline.size())));
    MapRegion read;
    const QStringList numbers = QString::fromStdString(cornersText(area)).split(',');
    for (qsizetype i = 0; i + 1 < numbers.size(); i += 2)
      read.outline.push_back({numbers[i].toDouble(), numbers[i + 1].toDouble()});
    QVERIFY(read == area);
    const auto mask = controlMask(area, geo);
    const auto cells = std::size_t(std::ranges::count(*mask, 1));
    QVERIFY(std::abs(double(cells) / (3.14159265 * 25 * 18) - 1) < 0.05);
    QVERIFY(!controlMask({}, geo) && !controlMask({{{100, -40}, {101, -40}, {101, -41}}}, geo));
    QVERIFY(!controlArea(middle()).isArea());
  }

  void aPlaceTellsWhenAndHowLikely() {
    const FrameSequence weak = flat({50, 80, 100}), strong = flat({100, 160, 180});
    const RegionForecast forecast = regionForecast({&weak, &strong}, middle(), 130);
    QCOMPARE(forecast.everAbove, 1);
    QCOMPARE(isoText(*forecast.earliest), std::string("2020-01-01T12:05:00Z"));
    QCOMPARE(forecast.times[1].above, 1);
    QCOMPARE(forecast.times[1].lowest, 80.0);
    QCOMPARE(forecast.times[1].median, 120.0);
    const double rain =
        (rainFromDigital(100) / 2 + rainFromDigital(160) + rainFromDigital(180) / 2) / 6;
    QVERIFY(std::abs(forecast.mostRainMm - rain) < 1e-6);
    const std::string words = regionWords(forecast);
    QVERIFY2(words.starts_with("130 (20 mm/h) or more in 1 of 2 members, first at 12:05 UTC"), words.c_str());
    QVERIFY(words.find("at most 180") != std::string::npos);
    QCOMPARE(regionWordsAt(forecast, forecast.times[1].time + minutes(2)),
             std::string("At 12:10 UTC 80 to 160 (4.9 to 46 mm/h); 130 or more in 1 of 2 members."));
    QVERIFY(regionWordsAt({}, forecast.times[1].time).empty());
    QCOMPARE(chanceOfReaching({&weak, &strong}, cellsInRegion(middle(), weak.geo), 130), 50.0);
    QVERIFY(std::isnan(chanceOfReaching({}, {0}, 130)));
  }

  void aPlaceOutsideTheForecastSaysSo() {
    const FrameSequence sequence = flat({50});
    const MapRegion far{{LonLat{100, -40}}};
    QVERIFY(cellsInRegion(far, sequence.geo).empty());
    QCOMPARE(regionWords(regionForecast({&sequence}, far, 130)),
             std::string("The forecast does not reach this place."));
    QCOMPARE(regionWords(regionForecast({}, far, 130)),
             std::string("No forecast for this place yet."));
  }

  void anAreaHoldsTheCellsWhoseCentresItHolds() {
    const GeoReference& geo = context().frames.geo;
    MapRegion square;
    for (const auto& [col, row] : {std::pair{10.0, 20.0}, {14.0, 20.0}, {14.0, 23.0}, {10.0, 23.0}})
      square.outline.push_back(geo.lonLatFromCell({col, row}));
    const auto cells = cellsInRegion(square, geo);
    QCOMPARE(cells.size(), std::size_t(12));
    QCOMPARE(cells.front(), std::size_t(20 * 128 + 10));
  }
};

QTEST_APPLESS_MAIN(TestPlausibility)
#include "tst_plausibility.moc"
