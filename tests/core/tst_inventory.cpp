#include <QtTest>
#include <cmath>
#include <filesystem>

#include "core/inventory.h"

using namespace stormloom;

class TestInventory : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void aSequenceInMemoryIsCounted() {
    FrameSequence sequence{
        .quantity = Quantity::RainRate,
        .geo = GeoReference("+proj=longlat +datum=WGS84", -100, 40, 0.01, 0.01, 2, 2)};
    sequence.product = "test";
    for (int k : {0, 1, 2, 4}) {
      auto grid = std::make_shared<RadarGrid>(2, 2);
      grid->set(0, 0, float(k), CellState::Measured);
      grid->set(0, 1, 5.0f, CellState::Measured);
      grid->set(1, 0, std::nanf(""), CellState::OutsideCoverage);
      sequence.frames.push_back({.validTime = ValidTime(minutes(5 * k)), .grid = grid});
    }
    sequence.frames[2].standsStill = true;
    const Inventory inventory = inventoryOf({.sequences = {sequence}, .passedOver = {"x"}});
    const SequenceEntry& entry = inventory.sequences.at(0);
    QCOMPARE(entry.times.size(), 4u);
    QCOMPARE(entry.stepMinutes, 5.0);
    QCOMPARE(entry.gaps.size(), 1u);
    QCOMPARE(entry.min, 0.0f);
    QCOMPARE(entry.max, 5.0f);
    QCOMPARE(entry.wetFraction, 7.0 / 8.0);
    QCOMPARE(entry.missingFraction, 0.5);
    QCOMPARE(entry.outsideFraction, 0.25);
    QCOMPARE(entry.standStill.size(), 1u);
    QCOMPARE(entry.bounds.west, -100.0);
    QCOMPARE(entry.bounds.south, 39.98);
    QCOMPARE(inventory.passedOver.size(), 1u);
  }

  void filesAreCountedAsFramesInMemoryAre() {
    const std::string folder = STORMLOOM_SHARED_DIR "/data/radar/knmi";
    if (!std::filesystem::exists(folder)) QSKIP("The radar data beside the project are missing.");
    const SequenceEntry light = takeInventory({folder}).sequences.at(0);
    const SequenceEntry full = inventoryOf(readRadarFiles({folder})).sequences.at(0);
    QCOMPARE(light.times.size(), 68u);
    QVERIFY(light.times == full.times);
    QCOMPARE(light.max, 12 * 1.71f);
    QCOMPARE(light.max, full.max);
    QCOMPARE(light.wetFraction, full.wetFraction);
    QCOMPARE(light.missingFraction, full.missingFraction);
  }
};

QTEST_APPLESS_MAIN(TestInventory)
#include "tst_inventory.moc"
