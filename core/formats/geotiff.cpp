// GeoTIFF: FMI's, whose gain, codes and time stand in a GDAL_METADATA text escaped twice, and any
// other with a north-up grid, a unit and a time in its tags or its name. Always read at full
// resolution: FMI's overviews are all zero in some years and averages of codes in others.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

#include "core/errors.h"
#include "core/formats/cf_clock.h"
#include "core/formats/coded_values.h"
#include "core/formats/format_reader.h"
#include "core/formats/gdal_file.h"
#include "core/formats/packed_file.h"
#include "core/formats/time_in_name.h"
#include "core/formats/unit_text.h"

namespace stormloom {
namespace {

constexpr int kMostBands = 1000;

/// Metadata items by lower-case name; what stands inside FMI's inner text as well, and each item's
/// unit under "name:unit".
using Items = std::map<std::string, std::string>;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

/// `name="..."` inside one tag.
std::string attributeOf(const std::string& tag, const std::string& name) {
  const std::size_t at = tag.find(name + "=\"");
  if (at == std::string::npos) return {};
  const std::size_t from = at + name.size() + 2;
  return tag.substr(from, std::min(tag.find('"', from), tag.size()) - from);
}

void addInnerItems(Items& items, const std::string& xml) {
  for (std::size_t at = 0; (at = xml.find("<Item ", at)) != std::string::npos;) {
    const std::size_t close = xml.find('>', at);
    const std::size_t end = close == std::string::npos ? close : xml.find("</Item>", close);
    if (end == std::string::npos) return;
    const std::string tag = xml.substr(at, close - at);
    const std::string name = lower(attributeOf(tag, "name"));
    items[name] = xml.substr(close + 1, end - close - 1);
    items[name + ":unit"] = attributeOf(tag, "unit");
    at = end;
  }
}

void addItems(Items& items, char** list) {
  for (; list != nullptr && *list != nullptr; ++list) {
    const std::string line = *list;
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = line.substr(0, equals), value = line.substr(equals + 1);
    if (name == "GDAL_METADATA")
      addInnerItems(items, value);
    else
      items[lower(name)] = value;
  }
}

std::optional<std::string> firstOf(const Items& items, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto found = items.find(name);
    if (found != items.end() && !found->second.empty()) return found->second;
  }
  return {};
}

std::optional<double> numberOf(const Items& items, std::initializer_list<const char*> names) {
  const std::optional<std::string> text = firstOf(items, names);
  char* end = nullptr;
  const double value = text ? std::strtod(text->c_str(), &end) : 0.0;
  if (!text || end == text->c_str()) return {};
  return value;
}

/// "2016:09-28 14:45:00", "201609281445", "2016-09-28T14:45Z", "20160928T1645+0200", seconds since
/// 1970.
std::optional<ValidTime> timeFromText(const std::string& text) {
  if (auto time = timeFromIso(text)) return time;
  const std::size_t zoneAt = std::min(text.find_first_of("Z+"), text.size());
  const auto zone = zoneFrom(std::string_view(text).substr(zoneAt));
  if (!zone) return {};
  std::string digits;
  for (const char c : text.substr(0, zoneAt)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  if (digits.size() == 10 && digits.size() == text.size()) {  // since 1970
    return ValidTime(seconds(std::strtoll(digits.c_str(), nullptr, 10)));
  }
  const auto time = timeFromDigits(digits);
  return time ? std::optional(*time - *zone) : std::nullopt;
}

/// What NetCDF left behind in a GeoTIFF made of it: NETCDF_DIM_time and time#units.
std::optional<ValidTime> timeFromNetCdf(const Items& ofBand, const Items& ofFile) {
  const auto value = numberOf(ofBand, {"netcdf_dim_time"});
  const auto units = firstOf(ofFile, {"time#units"});
  const auto clock = value && units ? cfClockFrom(*units) : std::nullopt;
  return clock ? clock->at(*value) : std::nullopt;
}

/// By TIFF's own rules its tag is when the file was made: many services write the valid time there,
/// others do not, so that a time in the name goes before it.
constexpr const char* kMadeAt = "tifftag_datetime";

std::optional<ValidTime> timeOf(const Items& items,
                                const std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const std::optional<std::string> text = firstOf(items, {name});
    if (!text) continue;
    if (auto time = timeFromText(*text)) return time;
  }
  return {};
}

std::optional<ValidTime> timeOf(const Items& items) {
  return timeOf(items, {"observation time", "valid_time", "validity_time", "time", "datetime",
                        "obstime", "netcdf_dim_time", "timestamp"});
}

/// The grid, and whether its rows come from the south.
struct Placed {
  GeoReference geo;
  bool southFirst = false;
};

std::string wktInMetres(const OGRSpatialReference& system, double& metres) {
  OGRSpatialReference copy(system);
  metres = copy.IsGeographic() ? 1.0 : copy.GetLinearUnits();
  if (metres != 1.0) copy.SetLinearUnitsAndUpdateParameters("metre", 1.0);
  char* text = nullptr;
  const char* const options[] = {"FORMAT=WKT2_2018", "MULTILINE=NO", nullptr};
  const bool done = copy.exportToWkt(&text, options) == OGRERR_NONE && text != nullptr;
  const std::string wkt = done ? text : "";
  CPLFree(text);
  return wkt;
}

Placed placeOf(GDALDataset& dataset, const std::string& path) {
  double t[6] = {};
  const bool known = dataset.GetGeoTransform(t) == CE_None &&
                     std::all_of(t, t + 6, [](double v) { return std::isfinite(v); });
  const OGRSpatialReference* system = dataset.GetSpatialRef();
  if (!known && dataset.GetGCPCount() > 0)
    throw IoError(path + ": it names the places of single points, but no even grid. Carry it to one first (gdalwarp).");
  if (!known)
    throw IoError(path + ": it does not say where its cells lie (no georeference). Fetch the GeoTIFF with its tags, or "
                         "add them (gdal_edit.py -a_ullr).");
  if (system == nullptr)
    throw IoError(path + ": its cells have a place on a map, but it names no map projection. Fetch the GeoTIFF with its "
                         "tags, or add it (gdal_edit.py -a_srs).");
  if (t[2] != 0.0 || t[4] != 0.0)
    throw IoError(path + ": its grid is rotated. Turn it north up first (gdalwarp).");
  if (!(t[1] > 0.0) || t[5] == 0.0)
    throw IoError(path + ": its grid is mirrored, its columns run from the east. Turn it first (gdalwarp).");
  double metres = 1.0;
  const std::string wkt = wktInMetres(*system, metres);
  const int width = dataset.GetRasterXSize(), height = dataset.GetRasterYSize();
  const bool southFirst = t[5] > 0.0;
  const double top = southFirst ? t[3] + height * t[5] : t[3];
  return {GeoReference(wkt, t[0] * metres, top * metres, t[1] * metres, std::abs(t[5]) * metres,
                       width, height),
          southFirst};
}

/// Many GeoTIFFs say no unit: their names do.
std::string unitFromNames(const std::string& names) {
  const std::string text = lower(names);
  const auto says = [&](const char* word) { return text.find(word) != std::string::npos; };
  if (says("dbz") || says("reflectiv") || says("_vmi")) return "dBZ";  // Italy: highest above each place
  if (namesVil(names)) return "kg/m2";
  return says("_sri") || says("rate") || says("rain") || says("precip") ? "mm/h" : "";
}

std::string unitOf(GDALRasterBand& band, const Items& items) {
  return firstOf(items, {"quantity:unit", "units", "unit", "unittype"}).value_or(band.GetUnitType());
}

std::optional<UnitMeaning> knownMeaning(GDALRasterBand& band, const Items& items, const std::string& path) {
  const std::string unit = unitOf(band, items);
  std::string names = band.GetDescription();
  for (const char* name : {"quantity", "product", "long_name", "standard_name", "netcdf_varname"}) {
    names += " " + firstOf(items, {name}).value_or("");
  }
  names += " " + fileNameOf(path);
  return meaningOfUnit(unit.empty() ? unitFromNames(names) : unit, names);
}

UnitMeaning meaningOf(GDALRasterBand& band, const Items& items, const std::string& path) {
  if (const auto meaning = knownMeaning(band, items, path)) return *meaning;
  const std::string unit = unitOf(band, items);
  if (unit.empty())
    throw IoError(path + ": neither a unit nor a word in its tags or name says whether its values are rain, reflectivity "
                         "or VIL. Choose a product that does, or name it so, as in rain_201906101230.tif (mm/h), "
                         "dbz_... or vil_...");
  throw IoError(path + ": its values in \"" + unit +
                "\" are not known to be rain, reflectivity or VIL. Choose a product in mm/h, dBZ or kg/m2, or in mm with "
                "the word rain in its tags or name.");
}

/// Over how long sums of rain add up; 0 for everything else.
double sumMinutesOf(const UnitMeaning& meaning, const Items& items, const std::string& path) {
  if (!meaning.accumulated) return 0.0;
  const auto minutes = numberOf(items, {"accumulation time", "accumulation_minutes", "interval"});
  if (!minutes || !(*minutes > 0.0))
    throw IoError(path + ": it does not say over how many minutes its rain was added up (tag \"Accumulation time\"). "
                         "Choose a rain rate, or add the tag (gdal_edit.py -mo).");
  if (*minutes > 60.0)
    throw IoError(path + ": it adds rain up over " + std::to_string(std::llround(std::min(*minutes, 1e9))) +
                  " minutes, too long for a rain rate. Choose a rain rate, or sums of at most an hour.");
  return *minutes;
}

ValueCodes codesOf(GDALRasterBand& band, const Items& items, double factor) {
  ValueCodes codes{.factor = factor};
  int has = 0;
  codes.gain = numberOf(items, {"gain"}).value_or(band.GetScale(nullptr));
  codes.offset = numberOf(items, {"offset"}).value_or(band.GetOffset(nullptr));
  const double nodata = band.GetNoDataValue(&has);
  codes.outside = numberOf(items, {"nodata"});
  if (!codes.outside && has != 0) codes.outside = nodata;
  codes.belowDetection = numberOf(items, {"undetect"});
  codes.missing = numberOf(items, {"missing", "missing_value"});
  return codes;
}

/// Metadata of the band alone, with the time that its description may be.
Items itemsOf(GDALRasterBand& band) {
  Items items;
  addItems(items, band.GetMetadata());
  if (timeFromText(band.GetDescription())) items["time"] = band.GetDescription();
  return items;
}

/// Bands of values: one that says how opaque the others are is none. TIFF calls every fourth byte
/// of a cell so unless told otherwise: one with a unit or a time of its own is a value.
std::vector<int> valueBands(GDALDataset& dataset) {
  std::vector<int> numbers;
  for (int k = 1; k <= dataset.GetRasterCount(); ++k) {
    GDALRasterBand& band = *dataset.GetRasterBand(k);
    const Items items = itemsOf(band);
    if (band.GetColorInterpretation() != GCI_AlphaBand || !unitOf(band, items).empty() || timeOf(items))
      numbers.push_back(k);
  }
  return numbers;
}

/// The bands of values that are frames: beside rain a quality has no time.
std::vector<int> frameBands(GDALDataset& dataset, const std::string& path) {
  Items items;
  addItems(items, dataset.GetMetadata());
  const std::vector<int> bands = valueBands(dataset);
  std::vector<int> known;
  for (const int number : bands) {
    GDALRasterBand& band = *dataset.GetRasterBand(number);
    Items all = itemsOf(band);
    if (timeFromNetCdf(all, items) || timeOf(all)) return bands;
    for (const auto& [name, value] : items) all.emplace(name, value);
    if (knownMeaning(band, all, path)) known.push_back(number);
  }
  return known.size() == 1 ? known : bands;
}

/// Cells that a mask or an opacity beside the values hides lie outside.
void hideMasked(GDALRasterBand& band, bool alphaIsValue, ValueCodes& codes, RadarGrid& grid,
                const std::string& path) {
  const int flags = band.GetMaskFlags();
  if ((flags & (GMF_PER_DATASET | GMF_ALPHA)) == 0 || ((flags & GMF_ALPHA) != 0 && alphaIsValue)) return;
  if (!codes.outside) codes.outside = std::nan("");
  RadarGrid mask(grid.width(), grid.height());
  readBand(*band.GetMaskBand(), mask, path);
  for (std::size_t k = 0; k < grid.size(); ++k)
    if (mask.values()[k] == 0.0f) grid.values()[k] = float(*codes.outside);
}

void turnRows(RadarGrid& grid) {
  const std::size_t width = std::size_t(grid.width());
  for (int row = 0; row < grid.height() / 2; ++row) {
    const std::size_t upper = std::size_t(row) * width;
    const std::size_t lower = std::size_t(grid.height() - 1 - row) * width;
    std::swap_ranges(grid.values().begin() + std::ptrdiff_t(upper),
                     grid.values().begin() + std::ptrdiff_t(upper + width),
                     grid.values().begin() + std::ptrdiff_t(lower));
  }
}

/// Colours for eyes. A table of colours beside values that have a unit or a gain is only for drawing them, and TIFF
/// calls three bands of bytes colours unless told otherwise.
bool isPicture(GDALDataset& dataset) {
  GDALRasterBand& band = *dataset.GetRasterBand(1);
  const GDALColorInterp colour = band.GetColorInterpretation();
  if (colour != GCI_PaletteIndex && colour != GCI_RedBand) return false;
  Items items = itemsOf(band);
  if (timeOf(items)) return false;
  addItems(items, dataset.GetMetadata());
  return unitOf(band, items).empty() && !numberOf(items, {"gain", "scale"}) && band.GetScale(nullptr) == 1.0;
}

/// FMI's composites in its open data (names as 202201010010_FIN-DBZ-3067-250M.tif): bytes, by the service's page
/// "Radar data on AWS S3" dBZ = 0.5 * byte - 32, 255 outside, 0 nothing found; older ones say so in their tags.
bool isPlainFmi(GDALRasterBand& band, const Items& items, const std::string& path) {
  const std::string name = fileNameOf(path);
  return band.GetRasterDataType() == GDT_Byte && name.find("FIN-DBZ") != std::string::npos &&
         !numberOf(items, {"gain"}) && band.GetScale(nullptr) == 1.0;
}

/// A text that names the frame's own time would make every frame a product of its own.
std::string productOf(const Items& items) {
  const std::string quantity = firstOf(items, {"product", "quantity", "long_name"}).value_or("");
  const std::string writer = firstOf(items, {"tifftag_software"}).value_or("");
  if (writer.starts_with("Stormloom") && items.contains("product")) return quantity;  // as it was opened
  return "GeoTIFF" + (quantity.empty() || namesATime(quantity) ? "" : " " + quantity);
}

/// FMI's composites name neither service nor licence: its grids and names are its own.
std::string attributionOf(const Items& items, const std::string& path) {
  const std::string name = fileNameOf(path);
  const bool isFmi =
      name.find("FIN-DBZ") != std::string::npos || name.find("FINUTM") != std::string::npos;
  const auto written = firstOf(items, {"tifftag_copyright", "licence", "license", "attribution"});
  return written.value_or(isFmi ? "Finnish Meteorological Institute, CC BY 4.0" : "");
}

/// Which bands are frames, and whether the band that TIFF calls opacity holds values.
struct Bands {
  std::vector<int> frames;
  bool alphaIsValue = false;
};

FrameSequence sequenceOf(GDALDataset& dataset, int number, const Bands& bands, const Placed& placed,
                         const ReadOptions& options, const std::string& path) {
  GDALRasterBand& band = *dataset.GetRasterBand(number);
  Items items;
  addItems(items, dataset.GetMetadata());
  const Items ofBand = itemsOf(band);
  const bool several = bands.frames.size() > 1;
  std::optional<ValidTime> time = timeFromNetCdf(ofBand, items);
  if (!time) time = timeOf(ofBand);
  if (!time && !several) time = timeOf(items);
  if (!time && !several) time = timeInName(fileNameOf(path));
  if (!time && !several) time = timeOf(items, {kMadeAt});
  if (!time) {
    if (several)
      throw IoError(path + ": its band " + std::to_string(number) + " of " + std::to_string(bands.frames.size()) +
                    " has no time, and the bands' times are not in the name. Give each band a description or a tag "
                    "valid_time, as 2019-06-10T12:30Z, or make a file of each.");
    throw IoError(path + ": neither its tags nor its name say a time. Name it with the valid time, as in "
                         "rain_201906101230.tif.");
  }
  for (const auto& [name, value] : ofBand) items[name] = value;
  const UnitMeaning meaning = meaningOf(band, items, path);
  const double sumMinutes = sumMinutesOf(meaning, items, path);
  ValueCodes codes = codesOf(band, items, sumMinutes > 0.0 ? meaning.factor * 60.0 / sumMinutes : meaning.factor);
  if (isPlainFmi(band, items, path))
    codes = {.gain = 0.5, .offset = -32.0, .outside = 255.0, .belowDetection = 0.0};
  FrameSequence sequence{.quantity = meaning.quantity, .geo = placed.geo};
  sequence.product = productOf(items) + (unitOf(band, items).empty() ? ", unit by its name" : "");
  sequence.sumMinutes = sumMinutes;
  if (sumMinutes > 0.0) sequence.product = namedBySum(sequence.product, sumMinutes);
  sequence.attribution = attributionOf(items, path);
  std::shared_ptr<RadarGrid> grid;
  if (options.framesToo) {
    grid = std::make_shared<RadarGrid>(placed.geo.width(), placed.geo.height());
    readBand(band, *grid, path);
    hideMasked(band, bands.alphaIsValue, codes, *grid, path);
    if (placed.southFirst) turnRows(*grid);
    valuesFromCodes(*grid, meaning.quantity, codes);
  }
  addFrame(sequence, {.validTime = *time, .grid = grid, .source = path}, options);
  return sequence;
}

}  // namespace

FileSequences readGeoTiff(const std::string& path, const ReadOptions& options) {
  const GDALDatasetUniquePtr dataset = openWithGdal(path, "GTiff", path);
  checkRasterSize(*dataset, path);
  const int count = dataset->GetRasterCount();
  if (count < 1 || count > kMostBands) {
    throw IoError(path + ": it has no band, or too many to be a radar product.");
  }
  if (isPicture(*dataset)) {
    throw IoError(path + ": it is a coloured picture, not data. Fetch the product with values.");
  }
  const Placed placed = placeOf(*dataset, path);
  requirePlace(placed.geo, path);
  FileSequences sequences;
  const Bands bands{frameBands(*dataset, path), int(valueBands(*dataset).size()) == count};
  std::vector<std::string> numbers;
  for (const int band : bands.frames) numbers.push_back(std::to_string(band));
  requirePart(path, options, numbers);
  for (const int band : bands.frames) {
    if (options.stop.stop_requested()) break;
    if (!isWantedPart(options, {std::to_string(band)})) continue;
    sequences.push_back(sequenceOf(*dataset, band, bands, placed, options, path));
  }
  return sequences;
}

FileSequences readGeoTiffBands(const std::string& path, const ReadOptions& options) {
  prepareGdal();
  const auto dataset = openWithGdal(path, "GTiff", path);
  checkRasterSize(*dataset, path);
  const int width = dataset->GetRasterXSize(), height = dataset->GetRasterYSize();
  FrameSequence bands{.geo = GeoReference("+proj=longlat", 0, height, 1, 1, width, height)};
  for (int number = 1; number <= dataset->GetRasterCount(); ++number) {
    auto grid = std::make_shared<RadarGrid>(width, height);
    readBand(*dataset->GetRasterBand(number), *grid, path);
    for (std::size_t cell = 0; cell < grid->size(); ++cell)
      grid->states()[cell] = std::isfinite(grid->values()[cell]) ? CellState::Measured : CellState::Missing;
    addFrame(bands, {.grid = std::move(grid), .source = path}, options);
  }
  return {std::move(bands)};
}

}  // namespace stormloom
