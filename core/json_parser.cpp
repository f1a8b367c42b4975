#include <algorithm>
#include <charconv>

#include "core/errors.h"
#include "core/json.h"
#include "core/utf8.h"

namespace stormloom {

/// Recursive descent over the bytes; depth, size and number of values are bounded before anything
/// is stored.
class JsonParser {
public:
  JsonParser(std::string_view text, const JsonLimits& limits, const std::string& source)
      : text_(text), limits_(limits), source_(source) {}

  Json document() {
    if (text_.size() > limits_.maxBytes) fail("is longer than allowed here");
    Json value = parseValue(0);
    skipSpace();
    if (at_ != text_.size()) fail("has something after its end");
    return value;
  }

private:
  [[noreturn]] void fail(const std::string& what) const {
    const std::string_view before = text_.substr(0, at_);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t lastBreak = before.rfind('\n');
    const std::size_t column = at_ - (lastBreak == std::string_view::npos ? 0 : lastBreak + 1) + 1;
    throw IoError(source_ + ": is no valid JSON: line " + std::to_string(line) + ", column " +
                  std::to_string(column) + " " + what + ".");
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool isDigit() const { return peek() >= '0' && peek() <= '9'; }

  void skipSpace() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }

  bool accept(char wanted) {
    skipSpace();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted)) fail(std::string("needs '") + wanted + "'");
  }

  Json parseValue(int depth) {
    if (depth > limits_.maxDepth) fail("is nested too deep");
    if (++values_ > limits_.maxValues) fail("has too many values");
    skipSpace();
    switch (peek()) {
      case '{':
        return parseObject(depth);
      case '[':
        return parseArray(depth);
      case '"':
        return Json(parseString());
      case 't':
        return parseWord("true", Json(true));
      case 'f':
        return parseWord("false", Json(false));
      case 'n':
        return parseWord("null", Json());
      default:
        return parseNumber();
    }
  }

  Json parseWord(std::string_view word, Json value) {
    if (text_.substr(at_, word.size()) != word) fail("has an unknown word");
    at_ += word.size();
    return value;
  }

  Json parseArray(int depth) {
    expect('[');
    Json::Array values;
    if (accept(']')) return Json(std::move(values));
    do {
      values.push_back(parseValue(depth + 1));
    } while (accept(','));
    expect(']');
    return Json(std::move(values));
  }

  Json parseObject(int depth) {
    expect('{');
    Json out = Json::object();
    auto& entries = std::get<Json::Object>(out.value_);
    if (accept('}')) return out;
    do {
      skipSpace();
      if (peek() != '"') fail("needs a key in quotation marks");
      std::string key = parseString();
      expect(':');
      entries.emplace_back(std::move(key), parseValue(depth + 1));
    } while (accept(','));
    expect('}');
    refuseDuplicates(entries);
    return out;
  }

  void refuseDuplicates(const Json::Object& entries) const {
    std::vector<std::string_view> keys;
    keys.reserve(entries.size());
    for (const auto& entry : entries) keys.push_back(entry.first);
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end())
      fail("closes an object that has a key twice: \"" + std::string(*twice) + "\"");
  }

  std::string parseString() {
    ++at_;  // the opening quotation mark
    std::string out;
    for (;;) {
      if (at_ >= text_.size()) fail("ends inside a string");
      const char c = text_[at_];
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) fail("has a control character in a string");
      if (c == '\\') {
        parseEscape(out);
        continue;
      }
      const std::size_t length = utf8Length(text_.substr(at_));
      if (length == 0) fail("has bytes that are no UTF-8");
      out += text_.substr(at_, length);
      at_ += length;
    }
    ++at_;
    return out;
  }

  void parseEscape(std::string& out) {
    ++at_;  // the backslash
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char name = peek();
    if (name == 'u') {
      ++at_;
      appendUtf8(out, parseCodePoint());
      return;
    }
    const std::size_t which = name == '\0' ? std::string_view::npos : kNames.find(name);
    if (which == std::string_view::npos) fail("has an unknown escape in a string");
    out += kMeanings[which];
    ++at_;
  }

  /// What follows "\u": four digits, or two halves of a surrogate pair.
  std::uint32_t parseCodePoint() {
    const std::uint32_t first = parseFourDigits();
    if (first < 0xD800 || first > 0xDFFF) return first;
    if (first > 0xDBFF || text_.substr(at_, 2) != "\\u") fail("has half a surrogate pair");
    at_ += 2;
    const std::uint32_t second = parseFourDigits();
    if (second < 0xDC00 || second > 0xDFFF) fail("has half a surrogate pair");
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
  }

  std::uint32_t parseFourDigits() {
    const std::string_view digits = text_.substr(at_, 4);
    std::uint32_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 4 || read.ptr != digits.data() + 4) fail("needs four hexadecimal digits");
    at_ += 4;
    return value;
  }

  void skipDigits(const char* where) {
    if (!isDigit()) fail(where);
    while (isDigit()) ++at_;
  }

  /// The grammar is checked by hand: the library would take "1." or "01" as well.
  Json parseNumber() {
    const std::size_t start = at_;
    bool integer = true;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
      if (isDigit()) fail("has a number with a leading zero");
    } else {
      skipDigits("has no value where one is needed");
    }
    if (peek() == '.') {
      integer = false;
      ++at_;
      skipDigits("has a number without digits after its point");
    }
    if (peek() == 'e' || peek() == 'E') {
      integer = false;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      skipDigits("has a number without digits in its exponent");
    }
    return numberFrom(text_.substr(start, at_ - start), integer);
  }

  Json numberFrom(std::string_view digits, bool integer) const {
    const char* end = digits.data() + digits.size();
    if (integer) {
      std::int64_t exact = 0;
      if (std::from_chars(digits.data(), end, exact).ec == std::errc()) return Json(exact);
      std::uint64_t large = 0;
      if (digits[0] != '-' && std::from_chars(digits.data(), end, large).ec == std::errc()) {
        return Json(large);
      }
    }
    double real = 0.0;
    if (std::from_chars(digits.data(), end, real).ec != std::errc()) {
      fail("has a number outside the range of a double");
    }
    return Json(real);
  }

  std::string_view text_;
  const JsonLimits& limits_;
  const std::string& source_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

Json Json::parse(std::string_view text, const JsonLimits& limits, const std::string& source) {
  return JsonParser(text, limits, source).document();
}

}  // namespace stormloom
