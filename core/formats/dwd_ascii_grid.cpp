// DWD's RADOLAN and RADKLIM composites as ASCII grids (Esri's layout): six lines of head, rows from
// the north. What they hold and when stands in the name alone: RW_20170711-1950.asc,
// YW_2017.002_20170711_1950.asc.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <string_view>

#include "core/errors.h"
#include "core/formats/coded_values.h"
#include "core/formats/file_bytes.h"
#include "core/formats/format_reader.h"
#include "core/formats/radolan_header.h"
#include "core/formats/packed_file.h"
#include "core/formats/time_in_name.h"

namespace stormloom {
namespace {

constexpr std::size_t kMostBytes = std::size_t(1) << 27;

/// Words of a text, one after the other.
class Words {
public:
  explicit Words(std::string_view text) : text_(text) {}
  std::string_view next() {
    const std::size_t from = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    at_ = std::min(text_.find_first_of(" \t\r\n", from), text_.size());
    return text_.substr(from, at_ - from);
  }
  std::size_t at() const { return at_; }
  void goTo(std::size_t at) { at_ = at; }

private:
  std::string_view text_;
  std::size_t at_ = 0;
};

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw IoError(path + ": it is no usable ASCII grid of DWD, " + why + ". Fetch the file again.");
}

std::string printable(std::string_view word) {
  std::string text(word);
  std::ranges::replace_if(text, [](unsigned char c) { return c <= ' ' || c > '~'; }, '?');
  return text;
}

double numberFrom(std::string_view word, const std::string& path) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || error != std::errc() || end != word.data() + word.size())
    refuse(path, "\"" + printable(word.substr(0, 20)) + "\" stands where a number should");
  return value;
}

std::map<std::string, double> headFrom(Words& words, const std::string& path) {
  std::map<std::string, double> head;
  for (int line = 0; line < 6; ++line) {
    const std::size_t before = words.at();
    std::string key(words.next());
    for (char& c : key) c = char(std::tolower(static_cast<unsigned char>(c)));
    if (key.empty() || std::isalpha(static_cast<unsigned char>(key.front())) == 0) {
      words.goTo(before);  // a head of five lines has no code of its own
      break;
    }
    head[key] = numberFrom(words.next(), path);
  }
  return head;
}

double needed(const std::map<std::string, double>& head, const std::string& key,
              const std::string& path) {
  const auto found = head.find(key);
  if (found == head.end()) refuse(path, "its head has no " + key);
  return found->second;
}

/// The head gives the corner rounded to metres: the grid of that size is taken where it agrees.
GeoReference geoOf(const std::map<std::string, double>& head, const std::string& path) {
  const double columns = needed(head, "ncols", path), rows = needed(head, "nrows", path);
  if (!(columns >= 1.0) || !(rows >= 1.0) || !(columns <= 10000.0) || !(rows <= 10000.0))
    refuse(path, "its size is no usable one");
  const auto geo = radolanGrid(int(rows), int(columns), false);
  const bool agrees = geo && std::abs(geo->left() - needed(head, "xllcorner", path)) < 2.0 &&
                      std::abs(geo->bottom() - needed(head, "yllcorner", path)) < 2.0 &&
                      std::abs(geo->cellWidth() - needed(head, "cellsize", path)) < 0.01;
  if (!agrees)
    refuse(path, "its grid is none of RADOLAN's (an ASCII grid names no map projection)");
  return *geo;
}

/// The product's letters at the front of the name, and its minutes and the step of whole numbers in
/// mm.
struct Product {
  std::string name;
  double minutes;
  double step;
};

Product productOf(const std::string& path) {
  const std::string name = fileNameOf(path);
  for (const Product& product :
       {Product{"RW", 60.0, 0.1}, Product{"RY", 5.0, 0.01}, Product{"YW", 5.0, 0.01}}) {
    const bool named = name.size() > 2 &&
                       std::toupper(static_cast<unsigned char>(name[0])) == product.name[0] &&
                       std::toupper(static_cast<unsigned char>(name[1])) == product.name[1] &&
                       std::isalpha(static_cast<unsigned char>(name[2])) == 0;
    if (named) return product;
  }
  throw IoError(
      path +
      ": an ASCII grid of DWD says only in its name which product it is (RW_, RY_ or YW_ at the "
      "front). Keep the producer's name.");
}

std::shared_ptr<const RadarGrid> gridOf(Words words, const GeoReference& geo,
                                        const Product& product, double noData, bool wholeNumbers,
                                        const std::string& path) {
  auto grid = std::make_shared<RadarGrid>(geo.width(), geo.height());
  for (float& value : grid->values()) value = float(numberFrom(words.next(), path));
  if (!words.next().empty()) refuse(path, "it holds more values than its head says");
  valuesFromCodes(*grid, Quantity::RainRate,
                  {.gain = wholeNumbers ? product.step : 1.0,
                   .factor = 60.0 / product.minutes,
                   .outside = noData});
  return grid;
}

}  // namespace

bool isAsciiGrid(const std::string& start) {
  std::string first = start.substr(0, 5);
  for (char& c : first) c = char(std::tolower(static_cast<unsigned char>(c)));
  return first == "ncols";
}

FileSequences readDwdAsciiGrid(const std::string& path, const ReadOptions& options) {
  const std::string text = contentOf(path, kMostBytes);
  Words words(text);
  const std::map<std::string, double> head = headFrom(words, path);
  const GeoReference geo = geoOf(head, path);
  const Product product = productOf(path);
  const std::optional<ValidTime> time = timeInName(fileNameOf(path));
  if (!time) {
    throw IoError(
        path +
        ": an ASCII grid says its time only in its name (as in RW_20170711-1950.asc). Keep the "
        "producer's name.");
  }
  const auto noData = head.find("nodata_value");
  const bool wholeNumbers = text.find('.', words.at()) == std::string::npos;
  FrameSequence sequence{.quantity = Quantity::RainRate, .geo = geo};
  sequence.product = "DWD " + product.name;
  sequence.attribution = "Deutscher Wetterdienst";
  addFrame(sequence,
           {.validTime = *time,
            .grid = options.framesToo
                        ? gridOf(words, geo, product, noData == head.end() ? -1.0 : noData->second,
                                 wholeNumbers, path)
                        : nullptr,
            .source = path},
           options);
  return {std::move(sequence)};
}

}  // namespace stormloom
