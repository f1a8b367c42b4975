#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace stormloom {

/// What a text may cost before it is refused. Files come from strangers.
struct JsonLimits {
  int maxDepth = 64;
  std::size_t maxBytes = std::size_t(256) << 20;
  std::size_t maxValues = std::size_t(1) << 24;  ///< every value costs about 40 bytes of memory
};

/// One JSON value (RFC 8259). Objects keep the order in which their keys were written; integers
/// stay exact. A wrong type or a missing key throws IoError.
class Json {
public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json() = default;  ///< null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Json(T value) {
    if constexpr (std::is_signed_v<T>) {
      value_ = std::int64_t(value);
    } else if (value <= std::uint64_t(std::numeric_limits<std::int64_t>::max())) {
      value_ = std::int64_t(value);
    } else {
      value_ = std::uint64_t(value);
    }
  }
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(Array values) : value_(std::move(values)) {}
  explicit Json(Object entries) : value_(std::move(entries)) {}  ///< the keys must differ
  template <class T>
  requires(!std::is_same_v<T, Json>) Json(const std::vector<T>& values)
      : value_(Array(values.begin(), values.end())) {}
  static Json array() { return Json(Array{}); }
  static Json object() { return object({}); }
  /// Later entries with the name of an earlier one replace it.
  static Json object(std::initializer_list<std::pair<std::string, Json>> entries);

  /// `source` is what messages call the text, for instance the file's path.
  static Json parse(std::string_view text, const JsonLimits& limits = {},
                    const std::string& source = "JSON text");

  bool isNull() const { return holds<std::monostate>(); }
  bool isBool() const { return holds<bool>(); }
  bool isInteger() const { return holds<std::int64_t>() || holds<std::uint64_t>(); }
  bool isNumber() const { return isInteger() || holds<double>(); }
  bool isString() const { return holds<std::string>(); }
  bool isArray() const { return holds<Array>(); }
  bool isObject() const { return holds<Object>(); }

  bool asBool() const;
  double asDouble() const;       ///< any number
  std::int64_t asInt() const;    ///< written as an integer that fits
  std::uint64_t asUint() const;  ///< the same, not negative
  const std::string& asString() const;
  const Array& asArray() const;
  const Object& items() const;  ///< of an object, in order

  /// T: bool, an integer type, float, double, std::string, Json, std::vector of these.
  template <class T>
  T as() const;

  std::size_t size() const;  ///< entries of an array or object, else 0
  Array::const_iterator begin() const { return asArray().begin(); }
  Array::const_iterator end() const { return asArray().end(); }
  const Json& at(std::size_t index) const;
  const Json& at(std::string_view key) const;
  const Json* find(std::string_view key) const;  ///< nullptr when absent or no object
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// The entry of that name, or `fallback` when it is absent or null.
  template <class T>
  T value(std::string_view key, T fallback) const {
    const Json* found = find(key);
    return found && !found->isNull() ? found->as<T>() : fallback;
  }
  std::string value(std::string_view key, const char* fallback) const {
    return value(key, std::string(fallback));
  }

  Json& set(std::string key,
            Json value);   ///< adds or replaces; null becomes an object; returns *this
  Json& push(Json value);  ///< appends; null becomes an array; returns *this

  /// indent 0: one line. NaN and infinities become null; bytes that are no UTF-8 become U+FFFD.
  std::string dump(int indent = 0) const;

  bool operator==(const Json&) const = default;

private:
  template <class T>
  bool holds() const {
    return std::holds_alternative<T>(value_);
  }
  template <class T>
  const T& get(const char* wanted) const;
  template <class T>
  T asBoundedInteger() const;
  const char* kindName() const;
  void write(std::string& out, int indent, int depth) const;

  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array,
               Object>
      value_;
  friend class JsonParser;
};

Json readJsonFile(const std::string& path, const JsonLimits& limits = {});
/// Written beside the target and renamed, so that nobody ever sees half a file.
void writeJsonFile(const std::string& path, const Json& json, int indent = 2);

[[noreturn]] void throwIntegerOutOfRange(const std::string& number);

template <class T>
T Json::asBoundedInteger() const {
  if constexpr (std::is_signed_v<T>) {
    const std::int64_t value = asInt();
    if (!std::in_range<T>(value)) throwIntegerOutOfRange(std::to_string(value));
    return T(value);
  } else {
    const std::uint64_t value = asUint();
    if (!std::in_range<T>(value)) throwIntegerOutOfRange(std::to_string(value));
    return T(value);
  }
}

namespace json_detail {
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
}  // namespace json_detail

template <class T>
T Json::as() const {
  if constexpr (std::is_same_v<T, Json>) {
    return *this;
  } else if constexpr (std::is_same_v<T, bool>) {
    return asBool();
  } else if constexpr (std::is_integral_v<T>) {
    return asBoundedInteger<T>();
  } else if constexpr (std::is_floating_point_v<T>) {
    return T(asDouble());
  } else if constexpr (json_detail::IsVector<T>::value) {
    T out;
    out.reserve(size());
    for (const Json& element : asArray()) out.push_back(element.as<typename T::value_type>());
    return out;
  } else {
    static_assert(std::is_same_v<T, std::string>, "no JSON value has this type");
    return asString();
  }
}

}  // namespace stormloom
