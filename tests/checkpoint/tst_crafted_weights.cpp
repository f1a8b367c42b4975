// Weights files that somebody wrote to be wrong in one way each: every one is refused in words, and
// the sound ones they were made of open.
#include <QElapsedTimer>
#include <QtTest>
#include <limits>
#include <memory>

#include "core/errors.h"
#include "models/checkpoint/tensor_listing.h"
#include "tests/checkpoint/crafted_files.h"

using namespace stormloom;
using namespace stormloom::crafted;

namespace {

using Case = std::pair<const char*, std::string>;
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

const std::string kFour = arrayOf<float>({1, 2, 3, 4});

std::string f32(const std::string& shape, const std::string& offsets) {
  return oneTensor("F32", shape, offsets, kFour);
}

/// A sound tensor under this name, as it stands in the header.
std::string named(const std::string& name) {
  const std::string entry = R"({"dtype":"F32","shape":[4],"data_offsets":[0,16]})";
  return safetensors("{\"" + name + "\":" + entry + "}", kFour);
}

std::string twoTensors(const std::string& first, const std::string& second) {
  return safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + first +
                         R"(},"b":{"dtype":"F32","shape":[2],"data_offsets":)" + second + "}}",
                     kFour);
}

std::string indexAndTable(const std::string& type, const std::string& index) {
  const std::string size = std::to_string(index.size());
  return safetensors(R"({"l.relative_position_index":{"dtype":")" + type +
                         R"(","shape":[2],"data_offsets":[0,)" + size +
                         R"(]},"l.relative_position_bias_table":{"dtype":"F32","shape":[4,1],)"
                         R"("data_offsets":[)" +
                         size + "," + std::to_string(index.size() + 16) + "]}}",
                     index + kFour);
}

std::vector<Case> soundFiles() {
  auto second = checkpoint(dict({{text("w"), tensor()}}));
  second.push_back({"archive/.data/serialization_id", "17"});
  LegacyParts empty;
  empty.object = whole(dict({{text("w"), tensor({.storage = storage("FloatStorage", "0", 0),
                                                 .shape = integers({0, 3}),
                                                 .strides = integers({3, 1})})}}));
  empty.numbers = bytesOf(std::int64_t(0));
  return {
      {"safetensors", f32("[4]", "[0,16]")},
      {"safetensors, spaces behind the header",
       safetensors(R"({"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}   )", kFour)},
      {"safetensors, two tensors", twoTensors("[0,8]", "[8,16]")},
      {"safetensors, index inside its table", indexAndTable("I64", arrayOf<std::int64_t>({0, 3}))},
      {"zip", zipWith(tensor())},
      {"zip with a note of its own", zip(second)},
      {"zip, transposed view", zipWith(tensor({.strides = integers({1, 2})}))},
      {"zip, one number repeated",
       zipWith(tensor({.shape = integers({100}), .strides = integers({0})}))},
      {"zip, parameter",
       zipWith(call(global("torch._utils", "_rebuild_parameter"),
                    {tensor(), "\x88", call(global("collections", "OrderedDict"), {})}))},
      {"zip, numbers and words beside the weights",
       zipOf(dict(
           {{text("epoch"), integer(7)}, {text("note"), text("hello")}, {text("w"), tensor()}}))},
      {"zip, hyper-parameters that would call something beside the state dictionary",
       zipOf(dict({{text("state_dict"), dict({{text("w"), tensor()}})},
                   {text("hyper_parameters"), call(global("os", "system"), {text("id")})},
                   {text("pytorch-lightning_version"), text("1.6")}}))},
      {"legacy", legacy()},
      {"legacy without numbers", legacy(empty)}};
}

std::vector<Case> badSafetensors() {
  const std::string nan = bytesOf(std::numeric_limits<float>::quiet_NaN());
  const std::string infinite = bytesOf(-std::numeric_limits<double>::infinity());
  const std::string longName(5000, 'n');
  std::string rank = "[1";
  for (int i = 0; i < 40; ++i) rank += ",1";
  return {{"no header", safetensors("", "")},
          {"header of spaces", safetensors("        ", "")},
          {"header is a list", safetensors("[]", "")},
          {"header is a number", safetensors("{1}", "")},
          {"header with something behind it", safetensors("{}{}", "")},
          {"header without its end", safetensors(R"({"x":{"dtype":"F32")", "")},
          {"header with a byte order mark", safetensors("\xEF\xBB\xBF{}", "")},
          {"header with a NUL", safetensors(std::string("{}\0", 3), "")},
          {"header with a comment", safetensors("{}/* */", "")},
          {"header length one too long", bytesOf(std::uint64_t(3)) + "{}"},
          {"header length 2^63", bytesOf(std::uint64_t(1) << 63) + "{}"},
          {"no type", safetensors(R"({"x":{"shape":[4],"data_offsets":[0,16]}})", kFour)},
          {"no shape", safetensors(R"({"x":{"dtype":"F32","data_offsets":[0,16]}})", kFour)},
          {"no offsets", safetensors(R"({"x":{"dtype":"F32","shape":[4]}})", kFour)},
          {"entry is a number", safetensors(R"({"x":4})", "")},
          {"entry is null", safetensors(R"({"x":null})", "")},
          {"type in small letters", oneTensor("f32", "[4]", "[0,16]", kFour)},
          {"type of eight bits", oneTensor("F8_E4M3", "[16]", "[0,16]", kFour)},
          {"complex type", oneTensor("C64", "[2]", "[0,16]", kFour)},
          {"type wider than its bytes", oneTensor("F64", "[4]", "[0,16]", kFour)},
          {"type narrower than its bytes", oneTensor("F16", "[4]", "[0,16]", kFour)},
          {"shape of fractions", f32("[4.5]", "[0,16]")},
          {"shape of words", f32(R"(["4"])", "[0,16]")},
          {"shape is a number", f32("4", "[0,16]")},
          {"shape below zero", f32("[-4]", "[0,16]")},
          {"shape of two below zero", f32("[-2,-2]", "[0,16]")},
          {"shape that overflows to what is there", f32("[4611686018427387905,4]", "[0,16]")},
          {"shape whose product overflows to nothing", f32("[4294967296,4294967296]", "[0,0]")},
          {"nothing times far too much", f32("[0,4611686018427387904,4]", "[0,0]")},
          {"41 dimensions", oneTensor("F32", rank + "]", "[0,4]", bytesOf(1.0f))},
          {"offsets backwards", f32("[4]", "[16,0]")},
          {"offsets beyond the end", f32("[4]", "[16,32]")},
          {"offsets near 2^64", f32("[4]", "[18446744073709551600,18446744073709551615]")},
          {"offsets beyond 2^64", f32("[4]", "[0,18446744073709551632]")},
          {"offsets below zero", f32("[4]", "[-16,0]")},
          {"offsets of fractions", f32("[4]", "[0,16.5]")},
          {"one offset", f32("[4]", "[16]")},
          {"three offsets", f32("[4]", "[0,16,16]")},
          {"offsets as an object", f32("[4]", R"({"0":0,"1":16})")},
          {"two tensors over each other", twoTensors("[0,8]", "[4,12]")},
          {"two tensors in one place", twoTensors("[0,8]", "[0,8]")},
          {"a hole between two tensors",
           safetensors(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                       R"("b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}})",
                       kFour)},
          {"bytes that no tensor claims", oneTensor("F32", "[3]", "[0,12]", kFour)},
          {"a name twice", safetensors(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                                       R"("x":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})",
                                       kFour)},
          {"a key twice",
           safetensors(R"({"x":{"dtype":"F32","dtype":"I32","shape":[4],"data_offsets":[0,16]}})",
                       kFour)},
          {"a name that is no UTF-8", named("\xff\xfe")},
          {"half a surrogate as name", named("\\ud800")},
          {"a name of 5000 letters", named(longName)},
          {"metadata of numbers", safetensors(R"({"__metadata__":{"a":1}})", "")},
          {"metadata of objects", safetensors(R"({"__metadata__":{"a":{}}})", "")},
          {"metadata is a list", safetensors(R"({"__metadata__":[]})", "")},
          {"NaN", oneTensor("F32", "[1]", "[0,4]", nan)},
          {"minus infinity", oneTensor("F64", "[1]", "[0,8]", infinite)},
          {"half NaN", oneTensor("F16", "[1]", "[0,2]", bytesOf(std::uint16_t(0x7e01)))},
          {"half infinity", oneTensor("F16", "[1]", "[0,2]", bytesOf(std::uint16_t(0xfc00)))},
          {"bfloat NaN", oneTensor("BF16", "[1]", "[0,2]", bytesOf(std::uint16_t(0x7f81)))},
          {"bfloat infinity", oneTensor("BF16", "[1]", "[0,2]", bytesOf(std::uint16_t(0x7f80)))},
          {"a boolean of 2", oneTensor("BOOL", "[1]", "[0,1]", "\x02")},
          {"index below zero", indexAndTable("I64", arrayOf<std::int64_t>({0, -1}))},
          {"index beyond its table", indexAndTable("I64", arrayOf<std::int64_t>({0, 4}))},
          {"index of 32 bits", indexAndTable("I32", arrayOf<std::int32_t>({0, 3}))},
          {"index of floats", indexAndTable("F32", arrayOf<float>({0, 3}))}};
}

std::vector<Case> badZips() {
  const std::string value = dict({{text("w"), tensor()}});
  const auto changed = [&](std::size_t record, auto change) {
    auto records = checkpoint(value);
    change(records[record]);
    return zip(records);
  };
  const auto with = [&](Record record) {
    auto records = checkpoint(value);
    records.push_back(std::move(record));
    return zip(records);
  };
  const auto without = [&](std::size_t record) {
    auto records = checkpoint(value);
    records.erase(records.begin() + std::ptrdiff_t(record));
    return zip(records);
  };
  return {
      {"empty zip", zip({})},
      {"no pickle", without(0)},
      {"no numbers", without(2)},
      {"two pickles", with({"other/data.pkl", whole(value)})},
      {"pickle in a folder's folder", zip({{"a/b/data.pkl", whole(value)}})},
      {"a record twice", with({"archive/data/0", sixNumbers()})},
      {"numbers that no tensor claims", with({"archive/data/1", sixNumbers()})},
      {"a record that climbs out", with({"archive/../../evil", "x"})},
      {"an absolute record", with({"/etc/passwd", "x"})},
      {"a program inside", with({"archive/code/__torch__.py", "import os"})},
      {"constants of a program", with({"archive/constants.pkl", whole("N")})},
      {"compressed", changed(2, [](Record& r) { r.method = 8; })},
      {"encrypted", changed(2, [](Record& r) { r.flags = 1; })},
      {"wrong checksum", changed(2, [](Record& r) { r.crcChange = 1; })},
      {"another name in the record's own header",
       changed(2, [](Record& r) { r.localName = "archive/data/9"; })},
      {"another size in the record's own header",
       changed(2, [](Record& r) { r.localSizeChange = -4; })},
      {"a record that begins inside another", changed(2, [](Record& r) { r.offsetChange = 1; })},
      {"two entries for one record", changed(3, [](Record& r) { r.offsetChange = -77; })},
      {"a record that begins beyond the end",
       changed(2, [](Record& r) { r.offsetChange = 1 << 30; })},
      {"fewer entries than records", zip(checkpoint(value), {.entriesChange = -1})},
      {"more entries than records", zip(checkpoint(value), {.entriesChange = 1})},
      {"65535 entries", zip(checkpoint(value), {.entriesChange = 65531})},
      {"directory elsewhere", zip(checkpoint(value), {.directoryChange = -4})},
      {"several disks", zip(checkpoint(value), {.disk = 1})},
      {"bytes before the first record", zip(checkpoint(value), {.before = "#!/bin/sh\n"})},
      {"bytes between records", zip(checkpoint(value), {.between = "x"})},
      {"a comment", zip(checkpoint(value), {.comment = "hello"})},
      {"numbers too short", zipOf(value, sixNumbers().substr(4))},
      {"numbers too long", zipOf(value, sixNumbers() + "1234")},
      {"big-endian", changed(1, [](Record& r) { r.content = "big"; })},
      {"something behind the pickle", changed(0, [](Record& r) { r.content += "N."; })},
      {"pickle cut off", changed(0, [](Record& r) { r.content.pop_back(); })},
      {"an empty pickle", changed(0, [](Record& r) { r.content.clear(); })}};
}

std::vector<Case> badPickles() {
  const std::string evil = call(global("os", "system"), {text("touch PWNED")});
  const auto at = [](const std::string& storage) { return zipWith(tensor({.storage = storage})); };
  const auto shaped = [](std::vector<std::int64_t> shape, std::vector<std::int64_t> strides) {
    return zipWith(tensor({.shape = integers(shape), .strides = integers(strides)}));
  };
  std::string deep = "N";
  for (int i = 0; i < 1000; ++i) deep += "\x85";
  return {
      {"a system call as file", zipOf(evil)},
      {"a system call as weight", zipWith(evil)},
      {"a system call as state dictionary", zipOf(dict({{text("state_dict"), evil}}))},
      {"a system call as storage", at(evil)},
      {"a system call as shape", zipWith(tensor({.shape = evil}))},
      {"a system call as offset", zipWith(tensor({.offset = evil}))},
      {"eval by its stack names",
       zipWith(text("builtins") + text("eval") + "\x93(" + text("1") + "tR")},
      {"getattr of a getattr",
       zipWith(call(call(global("builtins", "getattr"), {global("os", "path"), text("join")}),
                    {text("x")}))},
      {"a tensor made by another name",
       zipWith(call(global("torch._utils", "_rebuild_wrapper"), {tensor()}))},
      {"a rebuild with too few parts",
       zipWith(call(global("torch._utils", "_rebuild_tensor_v2"), {storage(), integer(0)}))},
      {"old instance instruction", zipWith("(ios\nsystem\n")},
      {"old object instruction", zipWith("(" + global("os", "system") + text("x") + "o")},
      {"extension registry", zipWith("\x82\x01")},
      {"text persistent id", zipWith("Pstorage\n")},
      {"text protocol", zipWith("I6\n")},
      {"protocol 200", zipWith("\x80\xc8N")},
      {"frame beyond the end", zipWith("\x95" + bytesOf(~std::uint64_t(0)) + "N")},
      {"recalls what was never stored", zipWith("h\x05")},
      {"stores far away", zipWith("N" + ("r" + bytesOf(std::uint32_t(0xfffffff0))))},
      {"takes from an empty stack", zip({{"a/data.pkl", "\x80\x02R."}})},
      {"a tuple without a mark", zip({{"a/data.pkl", "\x80\x02t."}})},
      {"no value at the end", zip({{"a/data.pkl", "\x80\x02."}})},
      {"two values at the end", zip({{"a/data.pkl", "\x80\x02NN."}})},
      {"an open mark at the end", zip({{"a/data.pkl", "\x80\x02N(."}})},
      {"a key without a value", zip({{"a/data.pkl", "\x80\x02}(" + text("w") + "u."}})},
      {"items into a number", zipWith("K\x01N"
                                      "a")},
      {"text longer than the file", zipWith("X" + bytesOf(std::uint32_t(0x7fffffff)))},
      {"text of 2^64 bytes", zipWith("\x8d" + bytesOf(~std::uint64_t(0)))},
      {"bytes below zero", zipWith("T" + bytesOf(std::int32_t(-1)))},
      {"a number of 2^31 digits", zipWith("\x8b" + bytesOf(std::int32_t(0x7fffffff)))},
      {"tuples in tuples", zipWith(deep)},
      {"a list is no state dictionary", zipOf(list({tensor()}))},
      {"a tensor is no state dictionary", zipOf(tensor())},
      {"nothing is no state dictionary", zipOf("N")},
      {"state_dict is nothing", zipOf(dict({{text("state_dict"), "N"}}))},
      {"two state_dicts", zipOf(dict({{text("state_dict"), dict({{text("w"), tensor()}})},
                                      {text("state_dict"), "}"}}))},
      {"no tensors at all", zipOf(dict({{text("epoch"), integer(1)}}))},
      {"a dictionary of itself", zipOf("}q\x01" + text("w") + "h\x01s")},
      {"a name twice", zipOf(dict({{text("w"), tensor()}, {text("w"), tensor()}}))},
      {"a number as name", zipOf(dict({{integer(3), tensor()}}))},
      {"bytes as name", zipOf(dict({{"U\x01w", tensor()}}))},
      {"a name that is no UTF-8", zipOf(dict({{text("\xff\xfe"), tensor()}}))},
      {"a name of 5000 letters", zipOf(dict({{text(std::string(5000, 'n')), tensor()}}))},
      {"fewer numbers than announced", at(storage("FloatStorage", "0", 7))},
      {"numbers below zero", at(storage("FloatStorage", "0", -6))},
      {"numbers whose bytes overflow", at(storage("DoubleStorage", "0", kMost / 4))},
      {"numbers under a key that climbs", at(storage("FloatStorage", "../0"))},
      {"numbers of another width", at(storage("DoubleStorage"))},
      {"numbers of an unknown type", at(storage("QInt8Storage"))},
      {"complex numbers", at(storage("ComplexFloatStorage", "0", 3))},
      {"offset below zero", zipWith(tensor({.offset = integer(-1)}))},
      {"offset beyond the end", zipWith(tensor({.offset = integer(1)}))},
      {"offset of 2^63 - 1", zipWith(tensor({.offset = integer(kMost)}))},
      {"offset as text", zipWith(tensor({.offset = text("0")}))},
      {"shape below zero", shaped({-2, 3}, {3, 1})},
      {"stride below zero", shaped({2, 3}, {-3, 1})},
      {"stride beyond the end", shaped({2, 3}, {4, 1})},
      {"stride that overflows", shaped({3, 3}, {kMost / 2 + 1, 1})},
      {"strides that overflow together", shaped({2, 2, 2}, {kMost, kMost, 2})},
      {"shape that overflows", shaped({kMost, kMost}, {0, 0})},
      {"terabytes of one number", shaped({1 << 20, 1 << 20}, {0, 0})},
      {"more strides than dimensions", shaped({6}, {1, 1})},
      {"40 dimensions", shaped(std::vector<std::int64_t>(40, 1), std::vector<std::int64_t>(40, 1))},
      {"shape as list", zipWith(tensor({.shape = list({integer(2), integer(3)})}))},
      {"shape of truths", zipWith(tensor({.shape = tuple({"\x88", "\x88"})}))},
      {"shape of huge numbers",
       zipWith(tensor(
           {.shape = tuple({"\x8a\x0a" + std::string(10, '\x7f')}), .strides = integers({1})}))},
      {"NaN in the view",
       zipWith(tensor(), arrayOf<float>({1, 2, 3, std::numeric_limits<float>::quiet_NaN(), 5, 6}))},
      {"infinity in a transposed view",
       zipWith(tensor({.strides = integers({1, 2})}),
               arrayOf<float>({1, 2, 3, 4, 5, std::numeric_limits<float>::infinity()}))}};
}

std::vector<Case> badStreams() {
  const std::string system = whole(dict({{text("little_endian"), "\x89"}}));
  const std::string twoWays =
      whole(dict({{text("v"), tensor()}, {text("w"), tensor({.storage = storage("IntStorage")})}}));
  const auto counted = [](std::int64_t count) {
    return legacy({.numbers = bytesOf(count) + sixNumbers()});
  };
  return {{"another magic", legacy({.magic = whole(integer(0x1950a86a20f9469c))})},
          {"a call as magic", legacy({.magic = whole(global("os", "system"))})},
          {"protocol 1002", legacy({.protocol = whole(integer(1002))})},
          {"protocol as text", legacy({.protocol = whole(text("1001"))})},
          {"big-endian stream", legacy({.system = system})},
          {"big-endian by a number",
           legacy({.system = whole(dict({{text("little_endian"), integer(1)}}))})},
          {"system is a list", legacy({.system = whole("]")})},
          {"a system call as object",
           legacy({.object = whole(call(global("posix", "system"), {text("id")}))})},
          {"the same numbers in two types", legacy({.object = twoWays})},
          {"keys are a tuple", legacy({.keys = whole(tuple({text("0")}))})},
          {"a key twice", legacy({.keys = whole(list({text("0"), text("0")})),
                                  .numbers = bytesOf(std::int64_t(6)) + sixNumbers() +
                                             bytesOf(std::int64_t(6)) + sixNumbers()})},
          {"an unknown key", legacy({.keys = whole(list({text("0"), text("1")}))})},
          {"a key that is a number", legacy({.keys = whole(list({integer(0)}))})},
          {"no keys", legacy({.keys = whole("]"), .numbers = ""})},
          {"one number fewer", counted(5)},
          {"one number more", counted(7)},
          {"count below zero", counted(-1)},
          {"count of 2^63 - 1", counted(kMost)},
          {"numbers cut off", legacy().substr(0, legacy().size() - 1)},
          {"something behind the numbers", legacy() + "x"},
          {"only the magic", LegacyParts().magic},
          {"everything but the numbers", legacy({.numbers = ""})}};
}

}  // namespace

class TestCraftedWeights : public QObject {
  Q_OBJECT

  static void rows(const std::vector<Case>& cases) {
    QTest::addColumn<QByteArray>("content");
    for (const auto& [name, content] : cases)
      QTest::newRow(name) << QByteArray(content.data(), qsizetype(content.size()));
  }

  /// Reads a file in memory of exactly its size, so that sanitizers notice a byte past it.
  static TensorListing read(const QByteArray& content) {
    const auto exact = std::make_unique<char[]>(std::size_t(content.size()));
    std::memcpy(exact.get(), content.data(), std::size_t(content.size()));
    const Bytes file = std::as_bytes(std::span(exact.get(), std::size_t(content.size())));
    const TensorListing listing = listTensors(file, "crafted");
    for (const TensorEntry& tensor : listing.tensors) {
      std::vector<std::byte> copy(std::size_t(*checkedCount(tensor.shape)) *
                                  elementSize(tensor.type));
      gatherElements(file, tensor, copy);
    }
    return listing;
  }

  static void refused() {
    QFETCH(QByteArray, content);
    QElapsedTimer clock;
    clock.start();
    try {
      read(content);
      QFAIL("it was opened");
    } catch (const ModelError& error) {
      const std::string sentence = error.what();
      QVERIFY2(sentence.starts_with("crafted: ") && sentence.size() < 6000, error.what());
    }
    QVERIFY(clock.elapsed() < 1000);
  }

private Q_SLOTS:
  void soundFilesOpen_data() { rows(soundFiles()); }
  void soundFilesOpen() {
    QFETCH(QByteArray, content);
    try {
      QVERIFY(!read(content).tensors.empty());
    } catch (const ModelError& error) {
      QFAIL(error.what());
    }
  }

  void badSafetensorsAreRefused_data() { rows(badSafetensors()); }
  void badSafetensorsAreRefused() { refused(); }
  void badZipFilesAreRefused_data() { rows(badZips()); }
  void badZipFilesAreRefused() { refused(); }
  void badPicklesAreRefused_data() { rows(badPickles()); }
  void badPicklesAreRefused() { refused(); }
  void badStreamsAreRefused_data() { rows(badStreams()); }
  void badStreamsAreRefused() { refused(); }
};

QTEST_APPLESS_MAIN(TestCraftedWeights)
#include "tst_crafted_weights.moc"
