#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/app/cli_runner.h"
#include "tests/support/hdf5_writer.h"

namespace {

constexpr hsize_t kSide = 32, kFrames = 40;
constexpr int kKills = 4;

constexpr const char* kRecipe = R"({"network": "vae", "name": "tiny",
  "architecture": {"block_out_channels": [8, 8, 8, 8], "layers_per_block": 1, "latent_channels": 4,
                   "norm_num_groups": 4, "act_fn": "silu"},
  "steps": 60, "validate_every": 25, "log_every": 10, "batch": 2, "rate": 1e-3, "pool": 96, "replaced_each_step": 3,
  "synthetic_share": 0.0, "pictures": false, "seed": 5, "augmentation": {"warped_share": 0.5, "mixed_share": 0.2}})";

/// Two events of one box each, the second for validation: blots that walk.
void writeCorpus(const QString& path) {
  Hdf5Writer file(path.toStdString());
  file.group("windows");
  std::vector<std::string> events = {"tiny-2020-01-01", "tiny-2020-01-02"}, boxes;
  std::vector<std::int64_t> box, first, stride, split, open, event;
  for (int e = 0; e < 2; ++e) {
    boxes.push_back(events[std::size_t(e)] + "/box_000");
    file.group(boxes.back());
    file.number(boxes.back(), "step_minutes", 10.0);
    std::vector<std::uint8_t> bytes;
    for (hsize_t k = 0; k < kFrames; ++k)
      for (hsize_t y = 0; y < kSide; ++y)
        for (hsize_t x = 0; x < kSide; ++x)
          bytes.push_back(std::uint8_t((x + k) % 11 < 5 && (y + hsize_t(e)) % 9 < 4 ? 90 + 3 * y : 0));
    file.dataset(boxes.back() + "/frames", H5T_NATIVE_UINT8, {kFrames, kSide, kSide}, bytes.data());
    for (std::int64_t start = 0; start < 20; ++start) {
      box.push_back(e);
      first.push_back(start);
      stride.push_back(1);
      split.push_back(e);
      open.push_back(1);
      event.push_back(e);
    }
  }
  file.texts("event_names", events);
  file.texts("box_paths", boxes);
  const auto column = [&](const char* name, const std::vector<std::int64_t>& values) {
    file.dataset(std::string("windows/") + name, H5T_NATIVE_INT64, {values.size()}, values.data());
  };
  column("box", box);
  column("first_frame", first);
  column("stride", stride);
  column("split", split);
  column("open", open);
  column("event", event);
}

QByteArray contentsOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The first word of every line: steps of the log.
QList<QByteArray> stepsOf(const QByteArray& log) {
  QList<QByteArray> steps;
  for (const QByteArray& line : log.split('\n')) steps << line.left(line.indexOf(','));
  return steps;
}

}  // namespace

class TestCliTraining : public QObject {
  Q_OBJECT
private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    qputenv("OMP_NUM_THREADS", "1");  // threads that wait for each other would take most of the time
    writeCorpus(folder_.filePath("corpus.h5"));
    QFile recipe(folder_.filePath("recipe.json"));
    QVERIFY(recipe.open(QIODevice::WriteOnly));
    recipe.write(kRecipe);
    recipe.close();
    const CliRun run = runCli(words("whole", {}));
    QVERIFY2(run.code == 0, run.err.constData());
  }

  void aRunKilledAtAnyMomentEndsAsOneThatWasLeftAlone() {
    QRandomGenerator dice(7);
    int killed = 0;
    for (int i = 0; i < kKills; ++i) {
      QProcess process;
      process.start(STORMLOOM_CLI, words("killed", {"--state-seconds", "0.02"}));
      if (!process.waitForFinished(500 + int(dice.bounded(4500)))) {
        process.kill();
        QVERIFY(process.waitForFinished());
        ++killed;
      }
    }
    QVERIFY(killed > 0);
    const CliRun run = runCli(words("killed", {}));
    QVERIFY2(run.code == 0, run.err.constData());
    for (const char* end : {".safetensors", ".validation.jsonl"}) QVERIFY(!file("killed", end).isEmpty());
    QVERIFY(file("killed", ".safetensors") == file("whole", ".safetensors"));
    QCOMPARE(stepsOf(file("killed", ".csv")), stepsOf(file("whole", ".csv")));
    QCOMPARE(file("killed", ".validation.jsonl").count('\n'), file("whole", ".validation.jsonl").count('\n'));
    QVERIFY(!QFile::exists(folder_.filePath("killed.state.safetensors")));
  }

  void aRunIsRepeatedFromTheOneFileThatItLeaves() {
    const CliRun run = runCli({"train", "vae", "--recipe", folder_.filePath("whole.run.json"), "--out",
                               folder_.filePath("again.safetensors"), "--device", "cpu"});
    QVERIFY2(run.code == 0, run.err.constData());
    QVERIFY(file("again", ".safetensors") == file("whole", ".safetensors"));
  }

  void aRunWithoutDataIsRefused() {
    const CliRun run = runCli({"train", "vae", "--recipe", folder_.filePath("recipe.json"), "--out",
                               folder_.filePath("nowhere.safetensors"), "--device", "cpu"});
    QVERIFY(run.code != 0);
    QVERIFY2(run.err.contains("--data"), run.err.constData());
  }

private:
  QStringList words(const char* name, const QStringList& more) const {
    return QStringList{"train",    "vae",
                       "--recipe", folder_.filePath("recipe.json"),
                       "--data",   folder_.filePath("corpus.h5"),
                       "--out",    folder_.filePath(QString(name) + ".safetensors"),
                       "--device", "cpu",
                       "--precision", "fp32"} +
           more;
  }
  QByteArray file(const char* name, const char* end) const {
    return contentsOf(folder_.filePath(QString(name) + end));
  }

  QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestCliTraining)
#include "tst_cli_training.moc"
