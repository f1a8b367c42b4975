#include "app/cli/arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <sstream>

#include "core/errors.h"

namespace stormloom::cli {

namespace {

std::size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t(0));
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

double numberFrom(const std::string& name, std::string_view text, double low, double high) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw UsageError(name + " needs a number, not \"" + std::string(text) + "\".");
  if (value < low || value > high) {
    std::ostringstream sentence;
    sentence << name << " must lie between " << low << " and " << high << ", not " << text << ".";
    throw UsageError(sentence.str());
  }
  return value;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

const Option* findOption(const std::vector<Option>& options, const std::string& word) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const Option& option) {
    return option.name == word || (!option.shortName.empty() && option.shortName == word);
  });
  return found == options.end() ? nullptr : &*found;
}

[[noreturn]] void refuseUnknown(const std::vector<Option>& options, const std::string& word) {
  std::vector<std::string> names;
  for (const Option& option : options) names.push_back(option.name);
  const std::string meant = nearestWord(word, names);
  throw UsageError("There is no option " + word + " here." +
                   (meant.empty() ? " --help lists them." : " Did you mean " + meant + "?"));
}

/// "s.nc" of "out/s.nc", "frames" of "out/frames/".
std::string bareName(const std::string& path) {
  const std::filesystem::path file(path);
  return (file.has_filename() ? file : file.parent_path()).filename().string();
}

}  // namespace

std::string nearestWord(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t bestDistance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    std::size_t distance = editDistance(word, candidate);
    if (word.size() >= 3 && candidate.starts_with(word)) distance = 1;
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

Arguments parseArguments(const std::vector<Option>& options,
                         const std::vector<std::string>& words) {
  Arguments arguments;
  for (const Option& option : options) arguments.fallbacks_[option.name] = option.fallback;
  bool optionsOver = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (optionsOver || word.size() < 2 || word[0] != '-') {
      arguments.positionals_.push_back(word);
      continue;
    }
    if (word == "--") {
      optionsOver = true;
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Option* option = findOption(options, name);
    if (!option) refuseUnknown(options, name);
    if (arguments.given_.contains(option->name))
      throw UsageError(option->name + " is given twice; give it once.");
    std::string value;
    if (option->value.empty()) {
      if (equals != std::string::npos) throw UsageError(option->name + " takes no value.");
    } else if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < words.size() && words[i + 1] != "--" && !findOption(options, words[i + 1])) {
      value = words[++i];
    } else {
      throw UsageError(option->name + " needs a value: " + option->name + " " + option->value +
                       ".");
    }
    arguments.given_[option->name] = value;
  }
  return arguments;
}

std::vector<std::string> Arguments::recordedOptions(const std::vector<Option>& options) const {
  constexpr std::array<std::string_view, 5> kOnlySpeech = {"--json", "--quiet", "--help",
                                                           "--overwrite", "--watch"};
  std::vector<std::string> words;
  for (const auto& [name, value] : given_) {
    if (std::find(kOnlySpeech.begin(), kOnlySpeech.end(), name) != kOnlySpeech.end()) continue;
    const Option& option = *findOption(options, name);
    words.push_back(name);
    if (option.value.empty()) continue;
    if (option.output)
      words.push_back(bareName(value));
    else  // files that are read are found from any folder
      words.push_back(option.value == "FILE" ? std::filesystem::absolute(value).string() : value);
  }
  return words;
}

std::string Arguments::text(const std::string& name) const {
  const auto found = given_.find(name);
  return found == given_.end() ? fallbacks_.at(name) : found->second;
}

std::string Arguments::required(const std::string& name) const {
  const std::string value = text(name);
  if (value.empty()) throw UsageError(name + " is needed here; --help shows an example.");
  return value;
}

std::string Arguments::choice(const std::string& name,
                              const std::vector<std::string>& allowed) const {
  const std::string value = text(name);
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return value;
  std::string list;
  for (const std::string& word : allowed) list += (list.empty() ? "" : ", ") + word;
  const std::string meant = nearestWord(value, allowed);
  throw UsageError(name + " can be one of " + list + ", not \"" + value + "\"." +
                   (meant.empty() ? "" : " Did you mean " + meant + "?"));
}

int Arguments::integer(const std::string& name, int low, int high) const {
  const double value = number(name, low, high);
  if (value != std::floor(value))
    throw UsageError(name + " needs a whole number, not \"" + text(name) + "\".");
  return int(value);
}

std::uint64_t Arguments::seed(const std::string& name) const {
  const std::string value = text(name);
  std::uint64_t seed = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), seed);
  if (failure != std::errc() || end != value.data() + value.size())
    throw UsageError(name + " needs a whole number from 0 on, not \"" + value + "\".");
  return seed;
}

double Arguments::number(const std::string& name, double low, double high) const {
  return numberFrom(name, text(name), low, high);
}

std::vector<double> Arguments::numbers(const std::string& name, double low, double high) const {
  std::vector<double> values;
  for (const std::string& part : split(text(name), ','))
    values.push_back(numberFrom(name, part, low, high));
  return values;
}

std::optional<ValidTime> Arguments::time(const std::string& name) const {
  const std::string value = text(name);
  if (value.empty()) return std::nullopt;
  const auto time = timeFromIso(value);
  if (!time)
    throw UsageError(name + " needs a UTC time such as 2019-06-10T00:24:00Z, not \"" + value +
                     "\".");
  return time;
}

std::optional<LonLat> Arguments::position(const std::string& name) const {
  const std::string value = text(name);
  if (value == "auto") return std::nullopt;
  const std::vector<std::string> parts = split(value, ',');
  if (parts.size() != 2)
    throw UsageError(name + " needs LON,LAT in degrees (for example 5.1,52.1) or auto, not \"" +
                     value + "\".");
  return LonLat{numberFrom(name, parts[0], -180.0, 180.0), numberFrom(name, parts[1], -90.0, 90.0)};
}

}  // namespace stormloom::cli
