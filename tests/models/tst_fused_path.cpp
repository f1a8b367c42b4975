// The fused path: its composition against the golden cases in float32, its kernels as far as this
// machine can try them.
#include <time.h>
#include <torch/torch.h>

#include <QtTest>
#include <chrono>
#include <filesystem>
#include <thread>

#include "core/errors.h"
#include "models/engine/compute_device.h"
#include "models/kernels/kept_memory.h"
#include "models/kernels/kernel_store.h"
#include "models/kernels/over_threads.h"
#include "models/parity.h"
#include "models/speed.h"

using namespace stormloom;

class TestFusedPath : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void everyKernelCompilesForEveryChip_data() {
    QTest::addColumn<int>("architecture");
    for (const int architecture : {80, 90})
      QTest::newRow(qPrintable(QString("sm_%1").arg(architecture))) << architecture;
  }
  void everyKernelCompilesForEveryChip() {
    QFETCH(int, architecture);
    try {
      QVERIFY(compileKernels(architecture) > 10);
    } catch (const ModelError& error) {
      if (QString(error.what()).contains("was built without CUDA"))
        QSKIP("This build has no CUDA compiler.");
      QFAIL(error.what());
    }
  }

  void machineCodeIsKeptBetweenRuns() {
    QTemporaryDir cache;
    qputenv("XDG_CACHE_HOME", cache.path().toUtf8());
    const KernelDefines defines = {{"CHANNELS", 16}, {"VECTOR", 4}, {"FP16", 0}};
    std::string first;
    try {
      first = storedKernel("residual_norm.cu", defines, 90);
    } catch (const ModelError& error) {
      QSKIP(error.what());
    }
    const QDir kept(cache.path() + "/stormloom/kernels");
    QCOMPARE(kept.entryList(QDir::Files).size(), 1);
    QCOMPARE(storedKernel("residual_norm.cu", defines, 90), first);
    QCOMPARE(kept.entryList(QDir::Files).size(), 1);
    storedKernel("residual_norm.cu", {{"CHANNELS", 32}, {"VECTOR", 4}, {"FP16", 0}}, 90);
    QCOMPARE(kept.entryList(QDir::Files).size(), 2);  // other constants, other code
    QFile damaged(kept.filePath(kept.entryList(QDir::Files).first()));
    QVERIFY(damaged.open(QIODevice::WriteOnly));  // emptied
    damaged.close();
    QCOMPARE(storedKernel("residual_norm.cu", defines, 90), first);
  }

  void theCompositionGivesTheGoldenNumbers_data() {
    QTest::addColumn<QString>("group");
    for (const char* group : {"self_attention", "cross_attention", "blocks", "prediff_layers",
                              "earthformer_small", "prediff_small", "alignment"})
      QTest::newRow(group) << group;
  }
  void theCompositionGivesTheGoldenNumbers() {
    QFETCH(QString, group);
    ParityOptions options;
    options.reference = STORMLOOM_SHARED_DIR "/golden/" + group.toStdString();
    options.precision = "fused";
    if (!std::filesystem::is_directory(options.reference))
      QSKIP("The golden data are not beside this checkout.");
    int failed = 0;
    const auto results = runParity(options, [&](const ParityResult& result) {
      if (result.passed || result.skipped) return;
      ++failed;
      qWarning("%s: off by %g where %g is allowed. %s", result.name.c_str(), result.maxAbsError,
               result.allowed, result.note.c_str());
    });
    QVERIFY(!results.empty());
    QCOMPARE(failed, 0);
  }

  void largeTensorsTakeTheMemoryOfThoseThatAreGone() {
    const auto place = [] { return torch::empty({std::int64_t(9) << 20}).data_ptr(); };
    {
      const KeptMemoryScope memory;
      const void* first = place();
      QCOMPARE(place(), first);
      const torch::Tensor used = torch::ones({std::int64_t(9) << 20});
      QVERIFY(place() != used.data_ptr());
      QCOMPARE(used.sum().item<double>(), double(std::int64_t(9) << 20));
    }
    torch::Tensor outlives;
    {
      const KeptMemoryScope memory;
      outlives = torch::ones({std::int64_t(9) << 20});
    }
    QCOMPARE(outlives.min().item<float>(), 1.0f);
  }

  void threadsThatWaitForOthersSleep() {
    chooseDevice("cpu", 2);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the idle threads have begun
    const auto computing = [] {
      timespec used;
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
      return double(used.tv_sec) + 1e-9 * double(used.tv_nsec);
    };
    const double before = computing();
    for (int turn = 0; turn < 100; ++turn)
      overThreads(2, 1, [](std::int64_t first, std::int64_t) {
        if (first == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
      });
    QVERIFY2(computing() - before < 0.03, "200 ms were waited through without sleeping");
  }

  void everyKernelAgreesWithPlainTensorCode_data() {
    QTest::addColumn<QString>("device");
    for (const char* device : {"cpu", "cuda"}) QTest::newRow(device) << device;
  }
  void everyKernelAgreesWithPlainTensorCode() {
    QFETCH(QString, device);
    try {
      for (const KernelCheck& check : checkKernels(device.toStdString()))
        QVERIFY2(check.passed(), qPrintable(QString("%1, %2: %3")
                                                .arg(check.kernel.c_str(), check.shape.c_str())
                                                .arg(check.error)));
    } catch (const DeviceError& error) {
      QSKIP(error.what());
    }
  }
};

QTEST_APPLESS_MAIN(TestFusedPath)
#include "tst_fused_path.moc"
