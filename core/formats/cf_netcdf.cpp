// Any NetCDF file that follows the CF conventions, BOM's Rainfields among them: every variable of
// rain, reflectivity or VIL on a plain grid becomes a sequence.
#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "core/errors.h"
#include "core/formats/cf_axes.h"
#include "core/formats/cf_sums.h"
#include "core/formats/cf_time.h"
#include "core/formats/coded_values.h"
#include "core/formats/format_reader.h"
#include "core/formats/netcdf_source.h"
#include "core/formats/time_in_name.h"
#include "core/formats/unit_text.h"

namespace stormloom {
namespace {

constexpr double kUsualFill = 9.969209968386869e36;  // NetCDF's own for floats and doubles

std::optional<UnitMeaning> meaningOf(const NetCdfSource& file, const NetCdfVariable& variable) {
  return meaningOfUnit(file.text(variable.name, "units"),
                       variable.name + " " + file.text(variable.name, "standard_name") + " " +
                           file.text(variable.name, "long_name"));
}

/// The one dimension beside the map's that may be longer than one: time. Others must be single.
struct Leading {
  std::string timeCoordinate;
  std::size_t timeIndex = 0;
};

Leading leadingOf(const NetCdfSource& file, const NetCdfVariable& variable, const CfGrid& place) {
  Leading leading;
  for (std::size_t k = 0; k < variable.dimensions.size(); ++k) {
    if (k == place.outer || k == place.inner) continue;
    const std::string& name = variable.dimensions[k];
    const std::string counts = cfTimeCoordinate(file, name);
    if (!counts.empty() && leading.timeCoordinate.empty()) {
      leading = {counts, k};
    } else if (!counts.empty() && variable.lengths[leading.timeIndex] == 1) {
      leading = {counts, k};  // one run, many leads
    } else if (variable.lengths[k] != 1) {
      const std::string units = file.find(name) != nullptr ? file.text(name, "units") : "";
      if (units.find(" since ") != std::string::npos)
        throw IoError(file.path() + ": its times (" + name + ") are counted in \"" + units +
                      "\", which says no clock. Choose a product whose times count in days or shorter units.");
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

/// Codes beyond valid_min, valid_max or valid_range are none; `wrap` as makeUnsigned has it.
void dropInvalid(const NetCdfSource& file, const std::string& name, double wrap, const ValueCodes& codes,
                 RadarGrid& grid) {
  const std::vector<double> range = file.numbers(name, "valid_range");
  const auto unwrapped = [&](double bound) { return bound < 0.0 && std::isfinite(bound) ? bound + wrap : bound; };
  const double low =
      unwrapped(range.size() == 2 ? range[0] : file.number(name, "valid_min").value_or(-HUGE_VAL));
  const double high =
      unwrapped(range.size() == 2 ? range[1] : file.number(name, "valid_max").value_or(HUGE_VAL));
  for (float& value : grid.values()) {
    const bool outside = codes.outside && value == float(*codes.outside);
    if ((double(value) < low || double(value) > high) && !outside) value = std::nanf("");
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

/// What CF flags beside the values say of cells: this program's own exports keep the kinds of "no
/// value" apart with them.
class CellFlags {
public:
  CellFlags(const NetCdfSource& file, const NetCdfVariable& variable) : file_(file) {
    std::istringstream names(file.text(variable.name, "ancillary_variables"));
    for (std::string name; names >> name && states_.empty();) {
      const NetCdfVariable* flags = file.find(file.meantBy(variable.name, name));
      if (flags == nullptr || flags->dimensions != variable.dimensions) continue;
      variable_ = flags;
      takeMeanings(file.numbers(flags->name, "flag_values"), file.text(flags->name, "flag_meanings"));
    }
  }

  /// `index` as for the values, which `grid` holds as they are turned north up.
  void apply(const CfGrid& place, const std::vector<std::size_t>& index, Quantity quantity, RadarGrid& grid) const {
    if (states_.empty()) return;
    const bool columnsFirst = place.columnsFirst;
    RadarGrid read(columnsFirst ? grid.height() : grid.width(), columnsFirst ? grid.width() : grid.height());
    file_.readSlice(*variable_, index, place.outer, place.inner, read);
    const RadarGrid flags = turned(std::move(read), place);
    for (std::size_t k = 0; k < grid.size(); ++k) {
      const auto known = states_.find(flags.values()[k]);
      if (known == states_.end()) continue;
      grid.states()[k] = known->second;
      grid.values()[k] =
          known->second == CellState::BelowDetection ? belowDetectionValue(quantity) : std::nanf("");
    }
  }

private:
  void takeMeanings(const std::vector<double>& values, const std::string& meanings) {
    static const std::map<std::string, CellState> kKnown = {{"below_detection", CellState::BelowDetection},
                                                            {"missing", CellState::Missing},
                                                            {"outside_coverage", CellState::OutsideCoverage}};
    std::istringstream words(meanings);
    std::string word;
    for (const double value : values) {
      if (!(words >> word)) return;
      if (const auto known = kKnown.find(word); known != kKnown.end()) states_[float(value)] = known->second;
    }
  }

  const NetCdfSource& file_;
  const NetCdfVariable* variable_ = nullptr;
  std::map<float, CellState> states_;  ///< by flag, of cells without a value
};

std::shared_ptr<const RadarGrid> gridOf(const NetCdfSource& file, const NetCdfVariable& variable,
                                        const CfGrid& place, const std::vector<std::size_t>& index,
                                        Quantity quantity, ValueCodes codes, const CellFlags& flags) {
  const bool columnsFirst = place.columnsFirst;
  RadarGrid read(columnsFirst ? place.geo.height() : place.geo.width(),
                 columnsFirst ? place.geo.width() : place.geo.height());
  file.readSlice(variable, index, place.outer, place.inner, read);
  const double wrap = file.unsignedWrap(variable.name);
  makeUnsigned(wrap, read, codes);
  dropInvalid(file, variable.name, wrap, codes, read);
  auto grid = std::make_shared<RadarGrid>(turned(std::move(read), place));
  valuesFromCodes(*grid, quantity, codes);
  flags.apply(place, index, quantity, *grid);
  return grid;
}

/// The file's title, of several variables each one's own name. A title with the frame's own time
/// would make every file a product of its own.
std::string productOf(const NetCdfSource& file, const NetCdfVariable& variable, bool alone) {
  if (!alone) return "NetCDF " + variable.name;
  for (const std::string& name : {file.text("", "title"), file.text(variable.name, "long_name")}) {
    if (!name.empty() && !namesATime(name)) return name;
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
                         const UnitMeaning& meaning, const CfGrid& place, bool alone,
                         const ReadOptions& options, std::vector<std::string>& notes) {
  const Leading leading = leadingOf(file, variable, place);
  const CfTimes times = cfTimesOf(file, variable, leading.timeCoordinate, meaning.accumulated);
  const std::vector<double> factors = sumFactors(file, variable, meaning, times);
  ValueCodes codes = codesOf(file, variable.name, meaning.factor);
  const CellFlags flags(file, variable);
  requirePlace(place.geo, file.path());
  std::vector<std::size_t> index(variable.dimensions.size(), 0);
  const auto frameAt = [&](std::size_t k) {
    if (!leading.timeCoordinate.empty()) index[leading.timeIndex] = times.entries[k];
    codes.factor = factors[k];
    return gridOf(file, variable, place, index, meaning.quantity, codes, flags);
  };
  if (times.sumsOverStep && meaning.accumulated) refuseRisingSums(file, variable, times.times.size(), frameAt);
  FrameSequence sequence{.quantity = meaning.quantity, .geo = place.geo};
  sequence.product = productOf(file, variable, alone);
  if (meaning.accumulated && times.sumsOverStep)
    sequence.product += ", taken as sums over its step";
  else if (meaning.accumulated && std::ranges::min(factors) == std::ranges::max(factors))
    sequence.sumMinutes = times.accumulationMinutes.front();
  if (sequence.sumMinutes > 0.0) sequence.product = namedBySum(sequence.product, sequence.sumMinutes);
  if (times.run) markForecast(sequence, *times.run);
  sequence.attribution = attributionOf(file);
  if (times.leftOut > 0)
    notes.push_back(file.path() + ": " + std::to_string(times.leftOut) + " of its " +
                    std::to_string(times.leftOut + times.times.size()) + " frames of " + variable.name +
                    " have no usable time or interval (" + leading.timeCoordinate + ") and are left out.");
  for (std::size_t k = 0; k < times.times.size() && !options.stop.stop_requested(); ++k) {
    addFrame(sequence,
             {.validTime = times.times[k],
              .grid = options.framesToo ? frameAt(k) : nullptr,
              .source = file.path()},
             options);
  }
  return sequence;
}

void refusePolar(const NetCdfSource& file) {
  const std::string conventions = file.text("", "Conventions");
  const bool polar = conventions.find("adial") != std::string::npos || file.text("", "DataType") == "RadialSet" ||
                     (file.find("azimuth") && file.find("range") && file.find("elevation"));
  if (!polar) return;
  throw IoError(file.path() +
                ": it is a single radar's polar scan or volume. Choose the service's composite, "
                "which covers a map.");
}

/// A variable that may be opened, what it measures and where it lies.
struct Field {
  const NetCdfVariable* variable;
  UnitMeaning meaning;
  CfGrid place;
};

/// The fields of the file; why others are none goes into `reasons`.
std::vector<Field> fieldsOf(const NetCdfSource& file, std::vector<std::string>& reasons) {
  std::vector<Field> fields;
  for (const NetCdfVariable& variable : file.variables()) {
    const std::optional<UnitMeaning> meaning = meaningOf(file, variable);
    if (!meaning) continue;
    try {
      if (const auto place = cfGridOf(file, variable)) fields.push_back({&variable, *meaning, *place});
    } catch (const IoError& error) {
      reasons.emplace_back(error.what());
    }
  }
  return fields;
}

}  // namespace

RadarFiles readCfNetCdf(const std::string& path, const ReadOptions& options) {
  const NetCdfSource file(path);
  refusePolar(file);
  std::vector<std::string> reasons;
  RadarFiles read;
  const std::vector<Field> fields = fieldsOf(file, reasons);
  std::vector<std::string> names;
  for (const Field& field : fields) names.push_back(field.variable->name);
  if (!names.empty()) requirePart(path, options, names);
  for (const Field& field : fields) {
    if (options.stop.stop_requested()) return read;
    if (!isWantedPart(options, {field.variable->name})) continue;
    try {
      read.sequences.push_back(sequenceOf(file, *field.variable, field.meaning, field.place, fields.size() == 1,
                                          options, read.passedOver));
    } catch (const IoError& error) {  // a sum of a day beside a rate costs nothing
      reasons.emplace_back(error.what());
    }
  }
  if (!read.sequences.empty()) return read;
  if (!reasons.empty()) throw IoError(reasons.front());
  throw IoError(
      path +
      ": it has no variable of rain, reflectivity or VIL with a unit on a plain grid (CF "
      "conventions). Choose a radar composite.");
}

}  // namespace stormloom
