#include <QTemporaryDir>
#include <QtTest>
#include <limits>

#include "core/errors.h"
#include "core/json.h"

using stormloom::IoError;
using stormloom::Json;
using stormloom::JsonLimits;

namespace {

std::string messageOf(const std::string& text, const JsonLimits& limits = {}) {
  try {
    Json::parse(text, limits, "card.json");
  } catch (const IoError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

class TestJson : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void validTextComesBackAsItWas_data() {
    QTest::addColumn<QByteArray>("text");
    const char* const texts[] = {"null",
                                 "true",
                                 "false",
                                 "0",
                                 "-7",
                                 "9223372036854775807",
                                 "-9223372036854775808",
                                 "18446744073709551615",
                                 "0.5",
                                 "-1.5e-07",
                                 "1e+300",
                                 "\"\"",
                                 "[]",
                                 "{}",
                                 "[1,[2,[]],{}]",
                                 R"({"b":1,"a":{"c":[true,null,"x"]}})",
                                 "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8C\xA9\"",
                                 "\"\\\"\\\\\\n\\u0001\""};
    for (const char* text : texts) QTest::newRow(text) << QByteArray(text);
  }
  void validTextComesBackAsItWas() {
    QFETCH(QByteArray, text);
    QCOMPARE(QByteArray::fromStdString(Json::parse(text.toStdString()).dump()), text);
  }

  void invalidTextIsRefused_data() {
    QTest::addColumn<QByteArray>("text");
    const std::pair<const char*, QByteArray> rows[] = {
        {"nothing", ""},
        {"only space", "  \n"},
        {"two values", "1 2"},
        {"open list", "[1,2"},
        {"open object", "{\"a\":1"},
        {"trailing comma in a list", "[1,]"},
        {"trailing comma in an object", "{\"a\":1,}"},
        {"key without quotes", "{a:1}"},
        {"no colon", "{\"a\" 1}"},
        {"key twice", "{\"a\":1,\"b\":2,\"a\":1}"},
        {"key twice, written differently", R"({"a":1,"\u0061":2})"},
        {"NaN", "NaN"},
        {"Infinity", "Infinity"},
        {"leading zero", "01"},
        {"leading plus", "+1"},
        {"bare point", ".5"},
        {"point at the end", "1."},
        {"empty exponent", "1e"},
        {"minus alone", "-"},
        {"hexadecimal", "0x10"},
        {"beyond a double", "1e999"},
        {"single quotes", "'a'"},
        {"open string", "\"abc"},
        {"open escape", "\"\\"},
        {"unknown escape", "\"\\x41\""},
        {"short unicode escape", "\"\\u12\""},
        {"no hexadecimal", "\"\\u12G4\""},
        {"lone high surrogate", "\"\\uD800\""},
        {"lone low surrogate", "\"\\uDC00\""},
        {"two high surrogates", "\"\\uD800\\uD800\""},
        {"line break in a string", "\"a\nb\""},
        {"zero byte", QByteArray("\"a\0b\"", 5)},
        {"zero byte instead of a value", QByteArray("\0", 1)},
        {"overlong UTF-8", "\"\xC0\xAF\""},
        {"surrogate in UTF-8", "\"\xED\xA0\x80\""},
        {"beyond U+10FFFF", "\"\xF4\x90\x80\x80\""},
        {"cut UTF-8", "\"\xE2\x82\""},
        {"byte order mark", "\xEF\xBB\xBF{}"},
        {"comment", "/* a */ 1"},
        {"word", "nul"}};
    for (const auto& [name, text] : rows) QTest::newRow(name) << text;
  }
  void invalidTextIsRefused() {
    QFETCH(QByteArray, text);
    QVERIFY_THROWS_EXCEPTION(IoError, Json::parse(text.toStdString()));
  }

  void everyPrefixOfAGoodTextIsRefusedCalmly() {
    const std::string text =
        R"({"name":"\u00e4\ud83c\udf29","list":[1,-2.5e3,true,null,{"x":[]}]})";
    QVERIFY(Json::parse(text).isObject());
    for (std::size_t length = 0; length < text.size(); ++length) {
      QVERIFY_THROWS_EXCEPTION(IoError, Json::parse(text.substr(0, length)));
    }
  }

  void anErrorNamesTheSourceTheLineAndTheColumn() {
    const std::string message = messageOf("{\n  \"a\": 1,\n  \"b\": x\n}");
    QVERIFY(message.starts_with("card.json: "));
    QVERIFY2(message.find("line 3, column 8") != std::string::npos, message.c_str());
  }

  void limitsHold() {
    QVERIFY(messageOf(std::string(64, '[') + std::string(64, ']')).empty());
    QVERIFY(messageOf(std::string(100000, '[')).find("nested too deep") != std::string::npos);
    QVERIFY(!messageOf("[1]", {.maxBytes = 2}).empty());
    QVERIFY(!messageOf("[1,2,3]", {.maxValues = 3}).empty());
  }

  void escapesBecomeUtf8() {
    QCOMPARE(Json::parse(R"("\u00e4\u20ac\ud83c\udf29\/\b\f\r\t")").asString(),
             std::string("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8C\xA9/\b\f\r\t"));
  }

  void integersStayExactAndFractionsAreNoIntegers() {
    const Json json = Json::parse("[9007199254740993, 1.0, -1, 18446744073709551615, 300]");
    QCOMPARE(json.at(0).asInt(), std::int64_t(9007199254740993));
    QVERIFY_THROWS_EXCEPTION(IoError, json.at(1).asInt());
    QVERIFY_THROWS_EXCEPTION(IoError, json.at(2).asUint());
    QVERIFY_THROWS_EXCEPTION(IoError, json.at(3).asInt());
    QCOMPARE(json.at(3).asUint(), ~std::uint64_t(0));
    QVERIFY_THROWS_EXCEPTION(IoError, json.at(4).as<std::uint8_t>());
    QCOMPARE(json.at(4).as<int>(), 300);
    QCOMPARE(json.at(4).asDouble(), 300.0);
  }

  void objectsAreReadByKey() {
    const Json json = Json::parse(R"({"z":1,"a":null,"list":[[1,2],[3]]})");
    QCOMPARE(json.items().front().first, std::string("z"));
    QCOMPARE(json.value("z", 5), 1);
    QCOMPARE(json.value("a", 5), 5);
    QCOMPARE(json.value("missing", "text"), std::string("text"));
    QVERIFY(json.find("missing") == nullptr);
    QVERIFY_THROWS_EXCEPTION(IoError, json.at("missing"));
    QVERIFY_THROWS_EXCEPTION(IoError, json.at("list").at("key"));
    QVERIFY_THROWS_EXCEPTION(IoError, json.at("list").at(2));
    const std::vector<std::vector<int>> expected{{1, 2}, {3}};
    QVERIFY(json.at("list").as<std::vector<std::vector<int>>>() == expected);
    std::size_t seen = 0;
    for (const Json& element : json.at("list")) seen += element.size();
    QCOMPARE(seen, std::size_t(3));
  }

  void whatIsBuiltIsWritten() {
    Json json = Json::object({{"n", 1.0}, {"flag", true}, {"name", "a b"}});
    json.set("list", std::vector<int>{1, 2}).set("n", std::size_t(7));
    json.set("nested", Json().push(Json::object()).push(0.1));
    json.set("none", std::numeric_limits<double>::quiet_NaN());
    QCOMPARE(json.dump(),
             std::string(
                 R"({"n":7,"flag":true,"name":"a b","list":[1,2],"nested":[{},0.1],"none":null})"));
    QCOMPARE(Json::object({{"a", std::vector<int>{1, 2}}}).dump(2),
             std::string("{\n  \"a\": [1, 2]\n}"));
    QCOMPARE(Json("\xFFok").dump(), std::string("\"\xEF\xBF\xBDok\""));
    QCOMPARE(Json(2.0).dump(), std::string("2.0"));
  }

  void filesAreWrittenWholeAndReadBack() {
    const QTemporaryDir folder;
    const std::string path = folder.filePath("card.json").toStdString();
    const Json json = Json::object({{"sigma", 0.25}, {"leads", std::vector<int>{5, 10}}});
    stormloom::writeJsonFile(path, json);
    QVERIFY(stormloom::readJsonFile(path) == json);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    QVERIFY_THROWS_EXCEPTION(IoError, stormloom::readJsonFile(path + ".none"));
    QVERIFY_THROWS_EXCEPTION(IoError, stormloom::readJsonFile(folder.path().toStdString()));
    QVERIFY_THROWS_EXCEPTION(IoError, stormloom::writeJsonFile(path + "/x/y.json", json));
  }
};

QTEST_APPLESS_MAIN(TestJson)
#include "tst_json.moc"
