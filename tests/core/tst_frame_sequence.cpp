#include <QtTest>

#include "core/frame_sequence.h"

using namespace stormloom;

namespace {

FrameSequence framesAt(const std::vector<int>& minutesOfFrames) {
  FrameSequence sequence{.geo = GeoReference(kSevirProjection, 0, 0, 1000, 1000, 2, 2)};
  const auto grid = std::make_shared<RadarGrid>(2, 2);
  for (const int minute : minutesOfFrames) {
    sequence.frames.push_back(
        {.validTime = timeFromCalendar(2020, 2, 28, 23, 30, 0) + minutes(minute), .grid = grid});
  }
  return sequence;
}

}  // namespace

class TestFrameSequence : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void timesAreWrittenAndReadInUtc() {
    const ValidTime time = timeFromCalendar(2020, 2, 29, 0, 2, 36);
    QCOMPARE(isoText(time), std::string("2020-02-29T00:02:36Z"));
    QCOMPARE(clockText(time), std::string("00:02"));
    QCOMPARE(timeFromIso("2020-02-29 00:02:36"), std::optional(time));
    QCOMPARE(timeFromIso("2020-02-29T00:02Z"), std::optional(time - seconds(36)));
    QCOMPARE(timeFromIso("2020-02-29T01:02:36+01:00"), std::optional(time));
  }

  void textThatIsNoTimeIsNotOne() {
    for (const char* text : {"", "2020", "2021-02-29T00:00Z", "2020-02-29T24:00Z", "yesterday",
                             "2020-02-29T00:02:36+0a:00", "2020-02-29T00:2Z"}) {
      QVERIFY2(!timeFromIso(text), text);
    }
  }

  void aGapIsAPauseLongerThanOneAndAHalfSteps() {
    const FrameSequence sequence = framesAt({0, 5, 10, 20, 25});
    QCOMPARE(stepMinutes(sequence), 5.0);
    const std::vector<Gap> gaps = findGaps(sequence);
    QCOMPARE(gaps.size(), std::size_t(1));
    QCOMPARE(isoText(gaps[0].before), std::string("2020-02-28T23:40:00Z"));
    QCOMPARE(isoText(gaps[0].after), std::string("2020-02-28T23:50:00Z"));
  }

  void aGapIsFoundEvenBetweenThreeFrames() {
    QCOMPARE(findGaps(framesAt({0, 5, 20})).size(), std::size_t(1));
    QCOMPARE(findGaps(framesAt({0, 15, 20})).size(), std::size_t(1));
  }

  void theNearestFrameIsTakenOnlyWithinTheTolerance() {
    const FrameSequence sequence = framesAt({0, 5, 10});
    const ValidTime first = sequence.frames[0].validTime;
    QCOMPARE(nearestFrame(sequence, first + seconds(170), seconds(180)).value(), std::size_t(1));
    QVERIFY(!nearestFrame(sequence, first + minutes(14), minutes(3)));
    QCOMPARE(nearestFrame(sequence, first + seconds(150), seconds(150)).value(), std::size_t(0));
  }
};

QTEST_APPLESS_MAIN(TestFrameSequence)
#include "tst_frame_sequence.moc"
