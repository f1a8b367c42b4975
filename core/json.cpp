#include "core/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/errors.h"
#include "core/utf8.h"

namespace stormloom {

Json Json::object(std::initializer_list<std::pair<std::string, Json>> entries) {
  Json out;
  out.value_ = Object{};
  for (const auto& [key, value] : entries) out.set(key, value);
  return out;
}

const char* Json::kindName() const {
  static constexpr const char* kNames[] = {"null",     "true or false", "an integer", "an integer",
                                           "a number", "a string",      "a list",     "an object"};
  return kNames[value_.index()];
}

template <class T>
const T& Json::get(const char* wanted) const {
  if (const T* held = std::get_if<T>(&value_)) return *held;
  throw IoError(std::string("JSON: expected ") + wanted + ", found " + kindName() + ".");
}

bool Json::asBool() const { return get<bool>("true or false"); }
const std::string& Json::asString() const { return get<std::string>("a string"); }
const Json::Array& Json::asArray() const { return get<Array>("a list"); }
const Json::Object& Json::items() const { return get<Object>("an object"); }

double Json::asDouble() const {
  if (const auto* exact = std::get_if<std::int64_t>(&value_)) return double(*exact);
  if (const auto* large = std::get_if<std::uint64_t>(&value_)) return double(*large);
  return get<double>("a number");
}

std::int64_t Json::asInt() const {
  if (const auto* large = std::get_if<std::uint64_t>(&value_)) {
    throwIntegerOutOfRange(std::to_string(*large));
  }
  return get<std::int64_t>("an integer");
}

std::uint64_t Json::asUint() const {
  if (const auto* large = std::get_if<std::uint64_t>(&value_)) return *large;
  const std::int64_t value = get<std::int64_t>("an integer");
  if (value < 0) throwIntegerOutOfRange(std::to_string(value));
  return std::uint64_t(value);
}

void throwIntegerOutOfRange(const std::string& number) {
  throw IoError("JSON: the number " + number + " is outside the range allowed here.");
}

std::size_t Json::size() const {
  if (const auto* array = std::get_if<Array>(&value_)) return array->size();
  if (const auto* object = std::get_if<Object>(&value_)) return object->size();
  return 0;
}

const Json& Json::at(std::size_t index) const {
  const Array& array = asArray();
  if (index >= array.size()) {
    throw IoError("JSON: a list has " + std::to_string(array.size()) + " entries, entry " +
                  std::to_string(index) + " was needed.");
  }
  return array[index];
}

const Json* Json::find(std::string_view key) const {
  const auto* object = std::get_if<Object>(&value_);
  if (!object) return nullptr;
  const auto found = std::find_if(object->begin(), object->end(),
                                  [key](const auto& entry) { return entry.first == key; });
  return found == object->end() ? nullptr : &found->second;
}

const Json& Json::at(std::string_view key) const {
  items();  // refuses what is no object
  if (const Json* found = find(key)) return *found;
  throw IoError("JSON: the key \"" + std::string(key) + "\" is missing.");
}

Json& Json::set(std::string key, Json value) {
  if (isNull()) value_ = Object{};
  items();
  if (const Json* found = find(key)) {
    const_cast<Json&>(*found) = std::move(value);
  } else {
    std::get<Object>(value_).emplace_back(std::move(key), std::move(value));
  }
  return *this;
}

Json& Json::push(Json value) {
  if (isNull()) value_ = Array{};
  asArray();
  std::get<Array>(value_).push_back(std::move(value));
  return *this;
}

namespace {

void writeString(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8Length(text.substr(i));
    if (byte == '"' || byte == '\\') {
      out += {'\\', char(byte)};
    } else if (byte == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", unsigned(byte));
      out += escape;
    } else if (length == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD in place of a byte that is no UTF-8
    } else {
      out += text.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  out += '"';
}

void writeDouble(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  const std::string_view shortest(buffer, std::size_t(end - buffer));
  out += shortest;
  if (shortest.find_first_of(".e") == std::string_view::npos) out += ".0";  // stays a double
}

void newLine(std::string& out, int indent, int depth) {
  if (indent == 0) return;
  out += '\n';
  out.append(std::size_t(indent) * std::size_t(depth), ' ');
}

}  // namespace

void Json::write(std::string& out, int indent, int depth) const {
  if (isNull()) {
    out += "null";
  } else if (const auto* flag = std::get_if<bool>(&value_)) {
    out += *flag ? "true" : "false";
  } else if (const auto* exact = std::get_if<std::int64_t>(&value_)) {
    out += std::to_string(*exact);
  } else if (const auto* large = std::get_if<std::uint64_t>(&value_)) {
    out += std::to_string(*large);
  } else if (const auto* real = std::get_if<double>(&value_)) {
    writeDouble(out, *real);
  } else if (const auto* text = std::get_if<std::string>(&value_)) {
    writeString(out, *text);
  } else if (const auto* array = std::get_if<Array>(&value_)) {
    // A list of plain values reads best on one line.
    const bool nested = std::any_of(array->begin(), array->end(),
                                    [](const Json& v) { return v.isArray() || v.isObject(); });
    out += '[';
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i) out += nested || indent == 0 ? "," : ", ";
      if (nested) newLine(out, indent, depth + 1);
      (*array)[i].write(out, indent, depth + 1);
    }
    if (nested) newLine(out, indent, depth);
    out += ']';
  } else {
    const Object& object = items();
    out += '{';
    for (std::size_t i = 0; i < object.size(); ++i) {
      if (i) out += ',';
      newLine(out, indent, depth + 1);
      writeString(out, object[i].first);
      out += indent ? ": " : ":";
      object[i].second.write(out, indent, depth + 1);
    }
    if (!object.empty()) newLine(out, indent, depth);
    out += '}';
  }
}

std::string Json::dump(int indent) const {
  std::string out;
  write(out, indent, 0);
  return out;
}

Json readJsonFile(const std::string& path, const JsonLimits& limits) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw IoError(path + ": cannot be opened. Check the path and the permissions.");
  const auto bytes = std::int64_t(file.tellg());
  if (bytes < 0 || std::uint64_t(bytes) > limits.maxBytes) {
    throw IoError(path + ": is no JSON file of at most " + std::to_string(limits.maxBytes) +
                  " bytes.");
  }
  std::string text(std::size_t(bytes), '\0');
  file.seekg(0);
  if (!file.read(text.data(), bytes)) throw IoError(path + ": cannot be read to its end.");
  return Json::parse(text, limits, path);
}

void writeJsonFile(const std::string& path, const Json& json, int indent) {
  const std::string partial = path + ".part";
  {
    std::ofstream file(partial, std::ios::binary | std::ios::trunc);
    file << json.dump(indent) << '\n';
    file.close();
    if (!file) {
      std::remove(partial.c_str());
      throw IoError(path +
                    ": cannot be written. Check the folder, its permissions and free space.");
    }
  }
  std::error_code failed;
  std::filesystem::rename(partial, path, failed);
  if (failed) throw IoError(path + ": cannot be written: " + failed.message() + ".");
}

}  // namespace stormloom
