// KNMI's HDF5 layout: "KNMI HDF5 Data Format Specification" version 3.5 (Roozekrans and Holleman).
// Lengths of the grid are in kilometres there, offsets in pixels.
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <sstream>

#include "core/errors.h"
#include "core/formats/coded_values.h"
#include "core/formats/earth_names.h"
#include "core/formats/format_reader.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/time_in_name.h"

namespace stormloom {
namespace {

constexpr double kMostCells = 1 << 26;

/// "+a=6378.137 +b=6356.752 x_0=0" -> the same in metres, with the "+" some files forget.
std::string inMetres(const std::string& text) {
  if (text.find("proj=") == std::string::npos) return text;  // WKT
  std::istringstream words(text);
  std::vector<std::pair<std::string, std::string>> parameters;
  bool kilometres = false;
  for (std::string word; words >> word;) {
    if (word.front() == '+') word.erase(0, 1);
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      parameters.emplace_back(word, "");
      continue;
    }
    parameters.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    const bool radius = parameters.back().first == "a" || parameters.back().first == "R";
    if (radius && std::strtod(parameters.back().second.c_str(), nullptr) < 10000.0)
      kilometres = true;
  }
  std::string result;
  for (auto& [name, value] : parameters) {
    const bool length = name == "a" || name == "b" || name == "R" || name == "x_0" || name == "y_0";
    if (length && kilometres) {
      char metres[48];
      std::snprintf(metres, sizeof metres, "%.10g", 1000.0 * std::strtod(value.c_str(), nullptr));
      value = metres;
    }
    if (name.empty() || name == "units") continue;
    result += (result.empty() ? "+" : " +") + name + (value.empty() ? "" : "=" + value);
  }
  return result + " +units=m";
}

/// What pixels are measured in: as the file says, unless no radar has such pixels (a megametre, a metre). Some
/// generations say kilometres and mean metres.
double metresAUnit(const std::string& unit, double pixel) {
  constexpr double kSmallest = 20.0, kLargest = 50000.0;  // metres
  const bool kilometres = unit.starts_with("KM") || unit.starts_with("km");
  const double said = kilometres ? 1000.0 : 1.0, other = kilometres ? 1.0 : 1000.0;
  const auto isUsual = [&](double metres) { return pixel * metres >= kSmallest && pixel * metres <= kLargest; };
  return isUsual(said) || !isUsual(other) ? said : other;
}

GeoReference geoOf(const Hdf5File& file) {
  const std::optional<std::string> text =
      file.text("geographic/map_projection", "projection_proj4_params");
  if (!text || text->empty()) {
    throw IoError(file.path() + ": it names no map projection. Fetch the file again.");
  }
  const std::string projection = inMetres(withKnownEarth(*text));
  const std::string unit = file.text("geographic", "geo_dim_pixel").value_or("KM,KM");
  const double written = file.needed("geographic", "geo_pixel_size_x");
  const double metres = metresAUnit(unit, written);
  const double cellWidth = written;
  const double cellHeight = -file.needed("geographic", "geo_pixel_size_y");
  const double width = file.needed("geographic", "geo_number_columns");
  const double height = file.needed("geographic", "geo_number_rows");
  const double column = file.needed("geographic", "geo_column_offset");
  const double row = file.needed("geographic", "geo_row_offset");
  if (!(cellWidth > 0.0) || !(cellHeight > 0.0) || !(cellWidth * metres < 1e6) ||
      !(cellHeight * metres < 1e6) || !(width >= 1.0) || !(height >= 1.0) ||
      !(width * height <= kMostCells) || !(std::abs(column) < 1e6) || !(std::abs(row) < 1e6)) {
    throw IoError(file.path() +
                  ": its grid is no usable one (size, pixels or offsets). Fetch the "
                  "file again.");
  }
  // Offsets in pixels; with a pixel definition of left upper (LU) they are edges, of the centre (C)
  // they are half a pixel inside. Rows count downwards: y = -row * size.
  const bool fromCentres = file.text("geographic", "geo_pixel_def").value_or("LU").rfind("C", 0) == 0;
  const double inside = fromCentres ? 0.5 : 0.0;
  return GeoReference(projection, (column - inside) * cellWidth * metres,
                      -(row - inside) * cellHeight * metres, cellWidth * metres,
                      cellHeight * metres, int(width), int(height));
}

/// "26-AUG-2010;00:05:00.000", English names of months whatever the locale.
std::optional<ValidTime> timeFromKnmi(const std::string& text) {
  static constexpr std::array<const char*, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
  int day = 0, year = 0, hour = 0, minute = 0, second = 0;
  char name[4] = {};
  if (std::sscanf(text.c_str(), "%2d-%3[A-Za-z]-%4d;%2d:%2d:%2d", &day, name, &year, &hour, &minute,
                  &second) != 6) {
    return {};
  }
  for (char& c : name) c = char(std::toupper(static_cast<unsigned char>(c)));
  const auto month = std::ranges::find_if(
      kMonths, [&](const char* known) { return std::string_view(known) == name; });
  if (month == kMonths.end()) return {};
  char digits[64];
  std::snprintf(digits, sizeof digits, "%04d%02d%02d%02d%02d%02d", year,
                int(month - kMonths.begin()) + 1, day, hour, minute, second);
  return timeFromDigits(digits);  // 24:00 is the next day's first minute
}

ValidTime validTimeOf(const Hdf5File& file, const std::string& image) {
  std::optional<std::string> text = file.text(image, "image_datetime_valid");
  if (!text) text = file.text("overview", "product_datetime_end");
  const std::optional<ValidTime> time = text ? timeFromKnmi(*text) : std::nullopt;
  if (!time) {
    throw IoError(file.path() +
                  ": it has no valid time (overview/product_datetime_end). Fetch the "
                  "file again.");
  }
  return *time;
}

/// "GEO=0.01*PV+0.0", also "GEO = 0.5 * PV + -32": value = gain * code + offset.
ValueCodes calibrationOf(const Hdf5File& file, const std::string& image) {
  const std::string group = image + "/calibration";
  std::string formula = file.text(group, "calibration_formulas").value_or("");
  std::erase_if(formula, [](char c) { return c == ' '; });
  const std::size_t signs = formula.find("+-");
  if (signs != std::string::npos) formula.erase(signs, 1);
  ValueCodes codes;
  char rest = 0;
  int found = std::sscanf(formula.c_str(), "GEO=%lf*PV%lf%c", &codes.gain, &codes.offset, &rest);
  if (found == 1 && formula.ends_with("*PV")) found = 2;  // no offset
  if (found != 2 || !std::isfinite(codes.gain) || !std::isfinite(codes.offset)) {
    throw IoError(file.path() + ": its calibration \"" + formula +
                  "\" is not of the kind GEO=a*PV+b. Fetch the file again.");
  }
  codes.missing = file.number(group, "calibration_missing_data");
  codes.outside = file.number(group, "calibration_out_of_image");
  return codes;
}

/// What the numbers are, and by what to multiply them for the quantity's unit.
struct Meaning {
  Quantity quantity = Quantity::RainRate;
  double factor = 1.0;
};

std::string parameterOf(const Hdf5File& file, const std::string& image) {
  std::string name = file.text(image, "image_geo_parameter").value_or("");
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return char(std::toupper(c)); });
  return name;
}

bool isRadarPicture(const std::string& parameter) {
  return parameter.find("[DBZ]") != std::string::npos || parameter.find("[MM") != std::string::npos;
}

Meaning meaningOf(const Hdf5File& file, const std::string& image, bool manyTimes) {
  const std::string name = parameterOf(file, image);
  if (name.find("[DBZ]") != std::string::npos) return {Quantity::Reflectivity, 1.0};
  if (name.find("[MM/H") != std::string::npos) return {Quantity::RainRate, 1.0};
  const auto begin = timeFromKnmi(file.text("overview", "product_datetime_start").value_or(""));
  const auto end = timeFromKnmi(file.text("overview", "product_datetime_end").value_or(""));
  // Forecast files span hours and hold accumulations of five minutes, as all of KNMI's 5-minute
  // products.
  double duration = begin && end ? double((*end - *begin).count()) / 60.0 : 5.0;
  if (manyTimes && file.text(image, "image_datetime_valid")) duration = 5.0;
  if (!(duration > 0.0) || duration > 60.0) {
    throw IoError(file.path() + ": it adds rain up over " + std::to_string(int(duration)) +
                  " minutes, too long for a rain rate. Choose a product of at most an hour.");
  }
  return {Quantity::RainRate, 60.0 / duration};
}

std::shared_ptr<const RadarGrid> gridOf(const Hdf5File& file, const std::string& image,
                                        const GeoReference& geo, Meaning meaning) {
  ValueCodes codes = calibrationOf(file, image);
  codes.factor = meaning.factor;
  if (meaning.quantity == Quantity::Reflectivity) codes.belowDetection = 0.0;
  auto grid = std::make_shared<RadarGrid>(geo.width(), geo.height());
  file.readPlane(image + "/image_data", *grid);
  valuesFromCodes(*grid, meaning.quantity, codes);
  return grid;
}

/// image1, image2, ... image10: by number, not by name.
std::vector<std::string> allImagesOf(const Hdf5File& file) {
  std::vector<std::pair<int, std::string>> numbered;
  for (const std::string& name : file.namesIn("/")) {
    int number = 0;
    char rest = 0;
    if (std::sscanf(name.c_str(), "image%6d%c", &number, &rest) == 1 &&
        file.has("/" + name + "/image_data")) {
      numbered.emplace_back(number, name);
    }
  }
  std::ranges::sort(numbered);
  std::vector<std::string> images;
  for (auto& [number, name] : numbered) images.push_back(std::move(name));
  return images;
}

/// Corrected rain comes with images of its quality and of what it was corrected by: those are none
/// of rain.
std::vector<std::string> radarImagesOf(const Hdf5File& file) {
  std::vector<std::string> images = allImagesOf(file);
  std::string first = images.empty() ? "" : parameterOf(file, images.front());
  std::erase_if(images, [&](const std::string& image) { return !isRadarPicture(parameterOf(file, image)); });
  if (!images.empty()) return images;
  throw IoError(file.path() + ": its quantity \"" + first +
                "\" is no rain and no reflectivity. Choose a product that is.");
}

std::string productOf(const Hdf5File& file, const std::string& image) {
  const auto group = file.text("overview", "product_group_name");
  const std::string name = group ? *group : file.text(image, "image_product_name").value_or("");
  return name.empty() ? "KNMI" : "KNMI " + name;
}

}  // namespace

bool isKnmiHdf5(const std::string& path) {
  const Hdf5File file(path);
  if (file.has("/overview") && file.has("/scan1")) {
    throw IoError(path +
                  ": it is KNMI's polar volume of a single radar. Choose one of its composites "
                  "(RAD_NL25_...), which cover a map.");
  }
  return file.has("/overview") && file.has("/geographic") && !allImagesOf(file).empty();
}

FileSequences readKnmiHdf5(const std::string& path, const ReadOptions& options) {
  const Hdf5File file(path);
  const GeoReference geo = geoOf(file);
  requirePlace(geo, path);
  FileSequences sequences;
  const std::vector<std::string> images = radarImagesOf(file);
  requirePart(path, options, images);
  for (const std::string& image : images) {
    if (options.stop.stop_requested()) break;
    if (!isWantedPart(options, {image})) continue;
    const Meaning meaning = meaningOf(file, image, images.size() > 1);
    FrameSequence sequence{.quantity = meaning.quantity, .geo = geo};
    sequence.product = productOf(file, image);
    // KNMI's nowcasts (RAC_FM and their kin) come in the same layout.
    if (sequence.product.find("_FM") != std::string::npos) {
      sequence.provenance = Provenance::Forecast;
      const auto run = timeFromKnmi(file.text("overview", "product_datetime_start").value_or(""));
      if (run) markForecast(sequence, *run);
    }
    sequence.attribution = "KNMI, CC BY 4.0";
    addFrame(sequence,
             {.validTime = validTimeOf(file, image),
              .grid = options.framesToo ? gridOf(file, image, geo, meaning) : nullptr,
              .source = path},
             options);
    sequences.push_back(std::move(sequence));
  }
  return sequences;
}

}  // namespace stormloom
