#include <torch/torch.h>

#include <QDirIterator>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "core/errors.h"
#include "models/checkpoint/tensor_file.h"

using namespace stormloom;

class TestTensorFile : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::string pathOf(const char* name) const { return folder_.filePath(name).toStdString(); }

  std::string writeBytes(const char* name, const std::string& bytes) const {
    std::ofstream(pathOf(name), std::ios::binary) << bytes;
    return pathOf(name);
  }

private Q_SLOTS:
  void whatIsWrittenAsSafetensorsIsReadBack() {
    const std::string path = pathOf("all.safetensors");
    std::vector<NamedTensor> tensors;
    for (const auto type : {torch::kFloat64, torch::kFloat32, torch::kFloat16, torch::kBFloat16}) {
      tensors.push_back({std::string("z.") + torch::toString(type), torch::randn({3, 4}).to(type)});
    }
    tensors.push_back({"index", torch::arange(6).view({2, 3})});
    tensors.push_back({"flag", torch::tensor({true, false, true})});
    tensors.push_back({"odd alignment", torch::randn({5})});
    tensors.push_back({"transposed", torch::randn({3, 2}).t()});
    tensors.push_back({"scalar \xC3\xA4", torch::tensor(2.5)});
    tensors.push_back({"empty", torch::empty({0, 4})});
    writeSafetensors(path, tensors, {{"licence", "Apache-2.0"}, {"a", "{}"}});

    const TensorFile file = readTensorFile(path);
    QCOMPARE(file.format(), std::string("safetensors"));
    QCOMPARE(file.metadataValue("licence"), std::string("Apache-2.0"));
    QCOMPARE(file.tensors().size(), tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      QCOMPARE(file.tensors()[i].name, tensors[i].name);
      QCOMPARE(file.tensors()[i].tensor.scalar_type(), tensors[i].tensor.scalar_type());
      QVERIFY(torch::equal(file.at(tensors[i].name), tensors[i].tensor));
    }
    QVERIFY(file.find("absent") == nullptr);
    QVERIFY_EXCEPTION_THROWN(file.at("absent"), ModelError);
  }

  void notANumberIsRefusedInWeightsAndKeptInResults() {
    const std::string path = pathOf("nan.safetensors");
    writeSafetensors(path, {{"x", torch::tensor({1.0f, std::nanf(""), INFINITY})}});
    QVERIFY_EXCEPTION_THROWN(readTensorFile(path), ModelError);
    const TensorFile file = readSafetensors(path, {.finite = false});
    QVERIFY(file.at("x")[1].isnan().item<bool>());
  }

  void writingRefusesANameGivenTwiceAndLeavesNothingBehind() {
    const torch::Tensor one = torch::ones({1});
    QVERIFY_EXCEPTION_THROWN(writeSafetensors(pathOf("twice"), {{"x", one}, {"x", one}}),
                             ModelError);
    QVERIFY(!QFile::exists(folder_.filePath("twice")));
    QVERIFY_EXCEPTION_THROWN(writeSafetensors(pathOf("no/such/folder"), {{"x", one}}), IoError);
  }

  void whatCannotBeReadIsAnIoError() {
    QVERIFY_EXCEPTION_THROWN(readTensorFile(pathOf("missing.pt")), IoError);
    QVERIFY_EXCEPTION_THROWN(readTensorFile(folder_.path().toStdString()), IoError);
  }

  void everyReferenceResultIsReadable() {
    const QString golden = QStringLiteral(STORMLOOM_SHARED_DIR "/golden");
    if (!QDir(golden).exists()) QSKIP("the golden folder is not here");
    int files = 0;
    QDirIterator walk(golden, {"*.safetensors"}, QDir::Files, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
      const QString path = walk.next();
      if (path.contains("/checkpoints/")) continue;
      QVERIFY(!readSafetensors(path.toStdString(), {.finite = false}).tensors().empty());
      ++files;
    }
    QVERIFY(files > 100);
  }
};

QTEST_APPLESS_MAIN(TestTensorFile)
#include "tst_tensor_file.moc"
