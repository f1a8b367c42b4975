#include "core/formats/earth_names.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/cf_projection.h"

namespace stormloom {
namespace {

std::string lettersAndDigits(const std::string& text) {
  std::string plain;
  for (const unsigned char c : text)
    if (std::isalnum(c)) plain += char(std::tolower(c));
  return plain;
}

/// From `from` to the next parameter's "+", which may follow several words; where that is left out, one word.
std::string valueAt(const std::string& projection, std::size_t from) {
  std::string value = projection.substr(from, std::min(projection.find('+', from), projection.size()) - from);
  if (value.find('=') != std::string::npos) value.resize(std::min(value.find(' '), value.size()));
  while (!value.empty() && value.back() == ' ') value.pop_back();
  return value;
}

}  // namespace

std::string ellipsoidNamed(const std::string& written) {
  static constexpr std::pair<const char*, const char*> kNames[] = {
      {"wgs84", "WGS84"},         {"wgs1984", "WGS84"},       {"grs80", "GRS80"},
      {"grs1980", "GRS80"},       {"bessel", "bessel"},       {"bessel1841", "bessel"},
      {"krass", "krass"},         {"krassowsky", "krass"},    {"krassovsky", "krass"},
      {"krasovsky", "krass"},     {"krassowsky1940", "krass"}, {"krassovsky1940", "krass"},
      {"krasovsky1940", "krass"}, {"krassowski", "krass"},    {"krassowski1940", "krass"},
      {"airy", "airy"},           {"airy1830", "airy"},       {"international", "intl"},
      {"international1924", "intl"}, {"international1909", "intl"}, {"hayford", "intl"},
      {"hayford1909", "intl"},    {"hayford1924", "intl"},    {"intl", "intl"},
      {"clarke1866", "clrk66"},   {"clrk66", "clrk66"},       {"clarke1880", "clrk80"},
      {"clarke1880rgs", "clrk80"}, {"clarke1880ign", "clrk80ign"}, {"wgs72", "WGS72"},
      {"wgs1972", "WGS72"},       {"sphere", "sphere"},       {"grs67", "GRS67"},
      {"grs1967", "GRS67"},       {"everest1830", "evrst30"}};
  const std::string plain = lettersAndDigits(written);
  for (const auto& [name, known] : kNames)
    if (plain == name) return known;
  return {};
}

std::string withKnownEarth(const std::string& projection) {
  std::string result = projection;
  for (const std::string key : {"ellps=", "datum="}) {
    const std::size_t at = result.find(key);
    if (at == std::string::npos) continue;
    const std::size_t from = at + key.size();
    const std::string value = valueAt(result, from);
    const std::string known = ellipsoidNamed(value);
    if (!known.empty()) {
      if (key == "datum=" && known != "WGS84")
        result.replace(at, key.size() + value.size(), "ellps=" + known);
      else
        result.replace(from, value.size(), known);
    } else if (key == "datum=" && earthShapeOf(result) == std::nullopt) {
      std::string without = result;
      without.replace(at, key.size() + value.size(), "ellps=WGS84");
      if (const std::string named = onNamedDatum(without, value); !named.empty()) return named;
    }
  }
  return result;
}

}  // namespace stormloom
