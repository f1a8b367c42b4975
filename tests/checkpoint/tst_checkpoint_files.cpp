// Every file of ../shared/golden/checkpoints, read without LibTorch so that sanitizers see all of
// it, and with an eye on time and memory.
#include <malloc.h>

#include <QElapsedTimer>
#include <QtTest>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>

#include "core/errors.h"
#include "core/json.h"
#include "models/checkpoint/tensor_listing.h"

namespace {

std::atomic<std::size_t> liveBytes{0}, mostLiveBytes{0};

}  // namespace

void* operator new(std::size_t size) {
  void* made = std::malloc(size);
  if (!made) throw std::bad_alloc();
  const std::size_t live = liveBytes += malloc_usable_size(made);
  if (live > mostLiveBytes) mostLiveBytes = live;
  return made;
}

void operator delete(void* gone) noexcept {
  if (gone) liveBytes -= malloc_usable_size(gone);
  std::free(gone);
}

void operator delete(void* gone, std::size_t) noexcept { operator delete(gone); }

using namespace stormloom;
namespace fs = std::filesystem;

namespace {

const std::string kFolder = STORMLOOM_SHARED_DIR "/golden/checkpoints";

std::string hashOf(std::span<const std::byte> bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::byte byte : bytes) hash = (hash ^ std::uint64_t(byte)) * 0x100000001b3;
  return QString("%1").arg(hash, 16, 16, QChar('0')).toStdString();
}

const TensorEntry* find(const TensorListing& listing, const std::string& name) {
  for (const TensorEntry& tensor : listing.tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

}  // namespace

class TestCheckpointFiles : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void everyFileBehavesAsItsDescriptionSays_data() {
    if (!fs::is_directory(kFolder)) QSKIP("The golden data are not beside this checkout.");
    QTest::addColumn<QString>("description");
    for (const auto& entry : fs::directory_iterator(kFolder))
      if (entry.path().extension() == ".json")
        QTest::newRow(entry.path().stem().c_str()) << QString::fromStdString(entry.path());
  }

  void everyFileBehavesAsItsDescriptionSays() {
    QFETCH(QString, description);
    const Json described = readJsonFile(description.toStdString());
    const Json& expect = described.at("expect");
    std::ifstream stream(kFolder + "/" + described.at("file").asString(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    const Bytes file = std::as_bytes(std::span(content));

    mostLiveBytes = liveBytes.load();
    const std::size_t before = liveBytes;
    QElapsedTimer clock;
    clock.start();
    std::optional<TensorListing> listing;
    try {
      listing = listTensors(file, "file");
    } catch (const ModelError&) {
    }
    QVERIFY2(clock.elapsed() < 1000, "reading took longer than a second");
    QVERIFY2(mostLiveBytes - before < 16 * content.size() + 65536,
             qPrintable(QString("%1 bytes were taken for a file of %2")
                            .arg(mostLiveBytes - before)
                            .arg(content.size())));
    QCOMPARE(listing.has_value(), expect.at("ok").asBool());
    if (listing) compareTensors(*listing, file, expect);
  }

  void nothingInTheFilesWasRun() {
    for (const fs::path& folder : {fs::current_path(), fs::path(kFolder), fs::temp_directory_path()})
      QVERIFY(!fs::exists(folder / "PWNED"));
  }

private:
  void compareTensors(const TensorListing& listing, Bytes file, const Json& expect) {
    QCOMPARE(listing.format, expect.at("format").asString());
    QCOMPARE(listing.container, expect.value("container", std::string()));
    QCOMPARE(listing.tensors.size(), expect.at("tensors").size());
    for (const Json& wanted : expect.at("tensors")) {
      const TensorEntry* tensor = find(listing, wanted.at("name").asString());
      QVERIFY(tensor);
      QCOMPARE(std::string(elementTypeName(tensor->type)), wanted.at("dtype").asString());
      QVERIFY(tensor->shape == wanted.at("shape").as<std::vector<std::int64_t>>());
      std::vector<std::byte> elements(std::size_t(checkedCount(tensor->shape).value()) *
                                      elementSize(tensor->type));
      gatherElements(file, *tensor, elements);
      QCOMPARE(hashOf(elements), wanted.at("fnv1a64").asString());
    }
  }
};

QTEST_APPLESS_MAIN(TestCheckpointFiles)
#include "tst_checkpoint_files.moc"
