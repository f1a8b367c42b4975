#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/geo_reference.h"
#include "core/valid_time.h"

namespace stormloom::cli {

/// One row of a command's table of options.
struct Option {
  std::string name;      ///< with its dashes: "--out"
  std::string value;     ///< what stands for the value in the help: "FILE"; empty for a switch
  std::string help;      ///< one line
  std::string fallback;  ///< value when the option is not given, shown in the help
  std::string shortName = {};  ///< "-q"
  bool output = false;         ///< names something to be written
};

/// What was given to a command, checked against its table. Every getter that reads a number or a
/// time throws UsageError with the option's name when the text is none.
class Arguments {
public:
  bool has(const std::string& name) const { return given_.contains(name); }
  std::string text(const std::string& name) const;
  std::string required(const std::string& name) const;
  /// One of the listed words; anything else is refused with a suggestion.
  std::string choice(const std::string& name, const std::vector<std::string>& allowed) const;
  int integer(const std::string& name, int low, int high) const;
  std::uint64_t seed(const std::string& name) const;
  double number(const std::string& name, double low, double high) const;
  std::vector<double> numbers(const std::string& name, double low, double high) const;
  std::optional<ValidTime> time(const std::string& name) const;
  /// "LON,LAT"; none for "auto".
  std::optional<LonLat> position(const std::string& name) const;
  /// The options given, as words that mean the same again: without inputs, without what only
  /// changes how the program speaks, outputs by their bare names.
  std::vector<std::string> recordedOptions(const std::vector<Option>& options) const;
  const std::map<std::string, std::string>& all() const { return given_; }
  const std::vector<std::string>& positionals() const { return positionals_; }

private:
  friend Arguments parseArguments(const std::vector<Option>&, const std::vector<std::string>&);
  std::map<std::string, std::string> given_;
  std::map<std::string, std::string> fallbacks_;
  std::vector<std::string> positionals_;
};

/// `--name value`, `--name=value` and switches; "--" ends the options. A value may begin with a
/// minus sign. Throws UsageError for unknown options (with a suggestion), missing values and
/// repeated options.
Arguments parseArguments(const std::vector<Option>& options, const std::vector<std::string>& words);

/// The nearest of `known` when it is near enough to be what was meant, else empty.
std::string nearestWord(std::string_view word, const std::vector<std::string>& known);

}  // namespace stormloom::cli
