#include <QtTest>

#include "core/sha256.h"
#include "core/synthetic_event.h"

using namespace stormloom;

class TestSyntheticEvent : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void theSameSeedGivesTheSameStormToTheBit() {
    const FrameSequence a = syntheticEvent(), b = syntheticEvent();
    QVERIFY(std::ranges::equal(a.frames[12].grid->values(), b.frames[12].grid->values()));
    const FrameSequence other = syntheticEvent({.seed = 3});
    QVERIFY(!std::ranges::equal(a.frames[12].grid->values(), other.frames[12].grid->values()));
  }

  void itSaysThatItIsSynthetic() {
    const FrameSequence event = syntheticEvent();
    QVERIFY(event.synthetic);
    QCOMPARE(event.provenance, Provenance::Synthetic);
    QVERIFY(event.product.find("ynthetic") != std::string::npos);
  }

  void itRainsAsMuchAsInSevirAndReachesItsIntensities() {
    const FrameSequence event = syntheticEvent();
    QCOMPARE(event.frames.size(), std::size_t(13));
    for (const Frame& frame : event.frames) {
      const GridSummary summary = summarize(*frame.grid);
      QVERIFY(summary.max >= 200.0f && summary.max <= 254.0f);
      QVERIFY(summary.wetFraction > 0.1 && summary.wetFraction < 0.5);
    }
  }

  void stormsMove() {
    const FrameSequence event = syntheticEvent();
    double moved = 0.0, before = 0.0;
    for (std::size_t i = 0; i < event.frames[0].grid->size(); ++i) {
      before += event.frames[0].grid->values()[i];
      moved += std::abs(event.frames[0].grid->values()[i] - event.frames[1].grid->values()[i]);
    }
    QVERIFY(moved > 0.1 * before);
  }

  // FIPS 180-4's own examples.
  void theHashFunctionGivesThePublishedValues() {
    Sha256 sum;
    const std::string abc = "abc";
    sum.add(std::as_bytes(std::span(abc)));
    QCOMPARE(sum.hex(),
             std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    Sha256 twoBlocks;
    const std::string text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    twoBlocks.add(std::as_bytes(std::span(text)));
    QCOMPARE(twoBlocks.hex(),
             std::string("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
    QCOMPARE(Sha256().hex(),
             std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  }
};

QTEST_APPLESS_MAIN(TestSyntheticEvent)
#include "tst_synthetic_event.moc"
