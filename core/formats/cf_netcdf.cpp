// Any NetCDF file that follows the CF conventions, BOM's Rainfields among them: every variable of
// rain, reflectivity or VIL on a plain grid becomes a sequence.
#include <algorithm>
#include <cmath>

#include "core/errors.h"
#include "core/formats/cf_axes.h"
#include "core/formats/cf_time.h"
#include "core/formats/coded_values.h"
#include "core/formats/format_reader.h"
#include "core/formats/netcdf_source.h"
#include "core/formats/unit_text.h"

namespace stormloom {
namespace {

constexpr double kUsualFill = 9.969209968386869e36;  // NetCDF's own for floats and doubles
constexpr double kLongestMinutes = 60.0;

std::optional<UnitMeaning> meaningOf(const NetCdfSource& file, const NetCdfVariable& variable) {
  return meaningOfUnit(file.text(variable.name, "units"),
                       variable.name + " " + file.text(variable.name, "standard_name") + " " +
                           file.text(variable.name, "long_name"));
}

/// The one leading dimension that may be longer than one: time. Others must be single.
struct Leading {
  std::string timeDimension;
  std::size_t timeIndex = 0;
};

Leading leadingOf(const NetCdfSource& file, const NetCdfVariable& variable) {
  Leading leading;
  for (std::size_t k = 0; k + 2 < variable.dimensions.size(); ++k) {
    const std::string& name = variable.dimensions[k];
    const bool isTime = file.find(name) && cfClockFrom(file.text(name, "units")).has_value();
    if (isTime && leading.timeDimension.empty()) {
      leading = {name, k};
    } else if (variable.lengths[k] != 1) {
      throw IoError(file.path() + ": its variable " + variable.name + " has " +
                    std::to_string(variable.lengths[k]) + " entries along " + name +
                    ". Only one level or member at a time can be opened: take one out.");
    }
  }
  return leading;
}

ValueCodes codesOf(const NetCdfSource& file, const std::string& name, double factor) {
  ValueCodes codes{.factor = factor};
  codes.gain = file.number(name, "scale_factor").value_or(1.0);
  codes.offset = file.number(name, "add_offset").value_or(0.0);
  codes.outside = file.number(name, "_FillValue");
  codes.missing = file.number(name, "missing_value");
  if (!codes.outside) {
    codes.outside = codes.missing ? codes.missing : kUsualFill;
    codes.missing.reset();
  }
  codes.belowDetection = file.number(name, "undetect");
  if (!std::isfinite(codes.gain) || !std::isfinite(codes.offset) || codes.gain == 0.0) {
    throw IoError(file.path() + ": scale_factor or add_offset of " + name +
                  " is no usable number. Fetch the file again.");
  }
  return codes;
}

/// Codes beyond valid_min, valid_max or valid_range are none.
void dropInvalid(const NetCdfSource& file, const std::string& name, RadarGrid& grid) {
  const std::vector<double> range = file.numbers(name, "valid_range");
  const auto low =
      range.size() == 2 ? range[0] : file.number(name, "valid_min").value_or(-HUGE_VAL);
  const auto high =
      range.size() == 2 ? range[1] : file.number(name, "valid_max").value_or(HUGE_VAL);
  const auto fill = file.number(name, "_FillValue");
  for (float& value : grid.values()) {
    if ((double(value) < low || double(value) > high) && !(fill && value == float(*fill)))
      value = std::nanf("");
  }
}

void makeUnsigned(double wrap, RadarGrid& grid, ValueCodes& codes) {
  if (wrap == 0.0) return;
  for (float& value : grid.values()) {
    if (value < 0.0f) value += float(wrap);
  }
  for (auto* code : {&codes.outside, &codes.missing, &codes.belowDetection}) {
    if (*code && **code < 0.0) **code += wrap;
  }
}

std::shared_ptr<const RadarGrid> gridOf(const NetCdfSource& file, const NetCdfVariable& variable,
                                        const CfGrid& place,
                                        const std::vector<std::size_t>& leading, Quantity quantity,
                                        ValueCodes codes) {
  const bool columnsFirst = place.columnsFirst;
  RadarGrid read(columnsFirst ? place.geo.height() : place.geo.width(),
                 columnsFirst ? place.geo.width() : place.geo.height());
  file.readSlice(variable, leading, read);
  makeUnsigned(file.unsignedWrap(variable.name), read, codes);
  dropInvalid(file, variable.name, read);
  auto grid = std::make_shared<RadarGrid>(turned(std::move(read), place));
  valuesFromCodes(*grid, quantity, codes);
  return grid;
}

double factorOf(const NetCdfSource& file, const NetCdfVariable& variable,
                const UnitMeaning& meaning, const CfTimes& times) {
  if (!meaning.accumulated) return meaning.factor;
  if (!(times.accumulationMinutes > 0.0) || times.accumulationMinutes > kLongestMinutes) {
    throw IoError(file.path() + ": its variable " + variable.name +
                  " adds rain up over a time that is not said, or longer than an hour (time "
                  "bounds). Choose a rain "
                  "rate or a shorter product.");
  }
  return meaning.factor * 60.0 / times.accumulationMinutes;
}

std::string productOf(const NetCdfSource& file, const NetCdfVariable& variable) {
  for (const std::string& name : {file.text("", "title"), file.text(variable.name, "long_name")}) {
    if (!name.empty()) return name;
  }
  return "NetCDF " + variable.name;
}

std::string attributionOf(const NetCdfSource& file) {
  std::string line = file.text("", "institution");
  for (const char* attribute : {"license", "licence"}) {
    const std::string licence = file.text("", attribute);
    if (!licence.empty()) line += (line.empty() ? "" : ", ") + licence.substr(0, 120);
  }
  return line;
}

FrameSequence sequenceOf(const NetCdfSource& file, const NetCdfVariable& variable,
                         const UnitMeaning& meaning, const CfGrid& place,
                         const ReadOptions& options) {
  const Leading leading = leadingOf(file, variable);
  const CfTimes times = cfTimesOf(file, variable, leading.timeDimension);
  const ValueCodes codes = codesOf(file, variable.name, factorOf(file, variable, meaning, times));
  requirePlace(place.geo, file.path());
  FrameSequence sequence{.quantity = meaning.quantity, .geo = place.geo};
  sequence.product = productOf(file, variable);
  sequence.attribution = attributionOf(file);
  std::vector<std::size_t> index(variable.dimensions.size() - 2, 0);
  for (std::size_t k = 0; k < times.times.size() && !options.stop.stop_requested(); ++k) {
    if (!leading.timeDimension.empty()) index[leading.timeIndex] = k;
    addFrame(
        sequence,
        {.validTime = times.times[k],
         .grid = options.framesToo ? gridOf(file, variable, place, index, meaning.quantity, codes)
                                   : nullptr,
         .source = file.path()},
        options);
  }
  return sequence;
}

void refusePolar(const NetCdfSource& file) {
  const std::string conventions = file.text("", "Conventions");
  const bool polar = conventions.find("adial") != std::string::npos ||
                     (file.find("azimuth") && file.find("range") && file.find("elevation"));
  if (!polar) return;
  throw IoError(file.path() +
                ": it is a single radar's polar volume (CfRadial). Choose the service's composite, "
                "which covers a map.");
}

}  // namespace

FileSequences readCfNetCdf(const std::string& path, const ReadOptions& options) {
  const NetCdfSource file(path);
  refusePolar(file);
  FileSequences sequences;
  for (const NetCdfVariable& variable : file.variables()) {
    const std::optional<UnitMeaning> meaning = meaningOf(file, variable);
    if (!meaning || options.stop.stop_requested()) continue;
    const std::optional<CfGrid> place = cfGridOf(file, variable);
    if (place) sequences.push_back(sequenceOf(file, variable, *meaning, *place, options));
  }
  if (sequences.empty() && !options.stop.stop_requested()) {
    throw IoError(
        path +
        ": it has no variable of rain, reflectivity or VIL with a unit on a plain grid (CF "
        "conventions). Choose a radar composite.");
  }
  return sequences;
}

}  // namespace stormloom
