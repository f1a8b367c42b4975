// Classic NetCDF files that were cut: the library reads what is missing as zeros, which no radar has measured.
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>

#include "core/formats/file_bytes.h"
#include "core/formats/netcdf_extent.h"
#include "core/radar_files.h"
#include "tests/support/plain_netcdf.h"
#include "tests/support/read_sentence.h"

using namespace stormloom;

class TestNetCdfExtent : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string at(const std::string& name) const { return folder_.filePath(QString::fromStdString(name)).toStdString(); }

  /// Three times of 2 x 3 cells, along a record dimension or a fixed one.
  std::string written(const std::string& name, int kind, bool records, bool anotherOfRecords) const {
    NetCdfWriter file(at(name), kind);
    plainAxes(file);
    file.dimension("time", records ? NC_UNLIMITED : 3);
    file.variable("time", NC_DOUBLE, {"time"});
    file.text("time", "units", "minutes since 2019-06-10 12:00:00");
    rainRate(file, {"time", "lat", "lon"});
    if (anotherOfRecords) file.variable("flags", NC_BYTE, {"time", "lat", "lon"});
    file.records("time", {3}, {0, 5, 10});
    file.records("rain_rate", {3, 2, 3}, counted(18));
    if (anotherOfRecords) file.records("flags", {3, 2, 3}, counted(18));
    return at(name);
  }

private Q_SLOTS:
  void everyCutIsToldAndNoWholeFileIsRefused_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("records");
    QTest::addColumn<bool>("another");
    for (const auto& [name, kind] : {std::pair{"CDF-1", 0}, {"CDF-2", NC_64BIT_OFFSET}, {"CDF-5", NC_64BIT_DATA}})
      for (const bool records : {false, true})
        for (const bool another : {false, true})
          QTest::addRow("%s, %s, %s", name, records ? "records" : "fixed", another ? "bytes beside" : "alone")
              << kind << records << another;
  }
  void everyCutIsToldAndNoWholeFileIsRefused() {
    QFETCH(int, kind);
    QFETCH(bool, records);
    QFETCH(bool, another);
    const std::string path = written("whole.nc", kind, records, another);
    const auto size = std::filesystem::file_size(path);
    const auto extent = classicNetCdfExtent(storedStart(path, 1 << 20));
    QVERIFY(extent);
    QVERIFY2(*extent <= size && size - *extent < 4, qPrintable(QString("%1 %2").arg(*extent).arg(size)));
    QCOMPARE(readRadarFiles({path}, {}).sequences.front().frames.size(), std::size_t(3));
    for (const double share : {0.1, 0.3, 0.5, 0.8, 0.9, 0.99}) {
      const std::string cut = at("cut.nc");
      std::filesystem::copy_file(path, cut, std::filesystem::copy_options::overwrite_existing);
      std::filesystem::resize_file(cut, std::uintmax_t(share * double(*extent)));
      const std::string sentence = sentenceFor(cut);
      QVERIFY2(sentence.find("incomplete") != std::string::npos, sentence.c_str());
    }
  }

  void headersThatEndOrLieHaveNoExtent() {
    const std::string start = storedStart(written("short.nc", 0, true, true), 1 << 20);
    for (std::size_t bytes = 0; bytes < 400; ++bytes) classicNetCdfExtent(start.substr(0, bytes));
    QCOMPARE(*classicNetCdfExtent(start.substr(0, 100)), std::uint64_t(101));
    QVERIFY(!classicNetCdfExtent("CDF"));
    QVERIFY(!classicNetCdfExtent(std::string("CDF\x01\xff\xff\xff\xff", 8)));
    std::string huge = start;
    for (std::size_t at = 8; at < huge.size() && at < 400; ++at) {
      huge[at] = char(0xff);
      classicNetCdfExtent(huge);  // must end, whatever it says
    }
  }
};

QTEST_APPLESS_MAIN(TestNetCdfExtent)
#include "tst_netcdf_extent.moc"
