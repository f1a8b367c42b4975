#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <set>

#include "app/cli/inputs.h"
#include "app/cli/outputs.h"
#include "app/cli/subject.h"
#include "app/figure/kmz_file.h"
#include "core/export_files.h"

namespace stormloom::cli {

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kEndings = {".nc",  ".tif", ".csv", ".geojson",
                                           ".kml", ".kmz", ".npy"};

constexpr std::array kOverMembers{"mean", "spread", "percentile", "exceedance"};

ProductRequest requestFrom(const Session& session) {
  const Arguments& arguments = session.arguments;
  ProductRequest request;
  request.product = arguments.choice("--product", {"intensity", "mean", "spread", "percentile",
                                                   "exceedance", "accumulation", "maximum"});
  const std::vector<double> thresholds = arguments.numbers("--threshold", -1e6, 1e6);
  if (request.product == "exceedance" && arguments.has("--threshold") && thresholds.size() > 1)
    throw UsageError("--threshold of --product exceedance is one number: write a file for each.");
  request.threshold = thresholds.front();
  request.percentile = arguments.number("--percentile", 0.0, 100.0);
  if (arguments.has("--n")) request.nSigma = arguments.number("--n", -4.0, 4.0);
  if (arguments.has("--member")) request.member = arguments.integer("--member", 1, 256) - 1;
  return request;
}

/// Levels of outlines and shares. Those of exceedance belong to the probability itself.
std::vector<double> thresholdsFor(const Session& session, const Product& product) {
  if (product.name == "exceedance_probability") return {10.0, 50.0, 90.0};
  return session.arguments.numbers("--threshold", -1e6, 1e6);
}

/// Digital VIL ends at 255, percentages at 100: nothing lies above them.
void refuseImpossible(const std::vector<double>& thresholds, const Product& product,
                      Quantity source) {
  const bool percent = product.name == "exceedance_probability";
  const Quantity quantity = percent ? source : product.quantity;
  if (quantity != Quantity::VilDigital || product.name == "rain_accumulation") return;
  for (const double threshold : thresholds)
    if (threshold < 0.0 || threshold > 255.0)
      throw UsageError("--threshold " + decimals(threshold, 0) +
                       ": the scale of these values is 0 to 255, so nothing is ever at or above it.");
}

std::string nameInFolder(const Product& product, const ProductMap& map) {
  std::string time = isoText(map.until);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  std::string name = product.name + "_" + time;
  char part[32];
  if (!std::isnan(map.nSigma)) {
    std::snprintf(part, sizeof part, "_n%+g", map.nSigma);
    name += part;
  }
  if (map.member >= 0) name += "_member" + std::to_string(map.member + 1);
  return name + ".tif";
}

/// One GeoTIFF for each map: all of them or none.
std::vector<std::string> writeFolder(const Session& session, const std::string& folder,
                                     const Product& product, const Receipt& receipt) {
  std::vector<std::string> files;
  std::vector<ScratchFile> written;
  ProgressLine line(session.console, "Writing");
  for (const ProductMap& map : product.maps) {
    stopHere(session);
    Product one = product;
    one.maps = {map};
    files.push_back((fs::path(folder) / nameInFolder(product, map)).string());
    checkOutput(session, files.back());
    written.push_back(geoTiffToCommit(files.back(), one, receipt));
    line.update(double(files.size()) / double(product.maps.size()));
  }
  for (ScratchFile& file : written) file.commit();
  return files;
}

void writeOne(const Session& session, const std::string& out, const Product& product,
              const Receipt& receipt) {
  const std::string ending = lowerEnding(out);
  const std::vector<double> thresholds = thresholdsFor(session, product);
  if (ending == ".nc") writeProductNetCdf(out, product, receipt);
  if (ending == ".tif") writeGeoTiff(out, product, receipt);
  if (ending == ".csv") writeSeriesCsv(out, product, thresholds, receipt);
  if (ending == ".geojson") writeGeoJson(out, product, thresholds, receipt);
  if (ending == ".kml") writeKml(out, product, thresholds, receipt);
  if (ending == ".kmz") writeKmz(out, product, receipt);
  if (ending == ".npy") writeNpy(out, product, receipt);
}

/// Products over members need one n; what is taken unasked is said.
void sayWhichN(const Session& session, const ResultFile& result, const ProductRequest& request) {
  std::set<double> all;
  for (const ScenarioMember& member : result.members) all.insert(member.nSigma);
  const bool overMembers = std::ranges::count(kOverMembers, request.product) > 0;
  if (!overMembers || request.nSigma || all.size() < 2) return;
  session.console.warning("The file holds n = " + numberList({all.begin(), all.end()}) +
                          "; the members at n = 0 are taken. --n chooses others.");
}

ExitCode run(const Session& session) {
  const std::string out = session.arguments.required("--out");
  std::error_code none;
  const bool folder = lowerEnding(out).empty() || fs::is_directory(out, none);
  if (!folder) checkOutput(session, out, kEndings);
  const ProductRequest request = requestFrom(session);
  const Subject subject = subjectFrom(session, "--out");
  const Product product = makeProduct(subject.result, request);
  refuseImpossible(session.arguments.numbers("--threshold", -1e6, 1e6), product,
                   subject.result.context.quantity);
  sayWhichN(session, subject.result, request);
  stopHere(session);
  std::vector<std::string> files = {out};
  if (folder)
    files = writeFolder(session, out, product, subject.receipt);
  else
    writeOne(session, out, product, subject.receipt);
  for (const std::string& file : files) session.console.result(file);
  session.console.resultJson(Json::object({{"files", files},
                                           {"product", product.name},
                                           {"long_name", product.longName},
                                           {"units", product.units},
                                           {"maps", product.maps.size()}}));
  return ExitCode::Done;
}

}  // namespace

Command exportCommand() {
  return {
      "export",
      "FILE.nc|PATH... --out FILE",
      "Maps, products, outlines and series for other programs.",
      "The ending of the name says the format: .nc (CF NetCDF), .tif (cloud-optimised GeoTIFF, "
      "a band for each map),\n.csv (series), .geojson and .kml (regions at or above the "
      "thresholds), .kmz (maps for Google Earth), .npy;\na name without ending is a folder with "
      "a GeoTIFF for each map.",
      {{"--out", "FILE", "File, or folder for GeoTIFF files.", "", "", true},
       {"--product", "NAME",
        "intensity, mean, spread, percentile, exceedance, accumulation or maximum.", "intensity"},
       {"--threshold", "LIST", "On the file's scale; of exceedance one, 74 unless given.", "74,133,181"},
       {"--percentile", "P", "Of percentile, 0 to 100.", "90"},
       {"--n", "N", "Only this scenario; products over members need one.", ""},
       {"--member", "M", "Only this member, from 1 on.", ""}},
      {"export out/s.nc --product exceedance --threshold 133 --n 2 --out out/p133.tif",
       "export out/s.nc --out out/storms.geojson --threshold 133,181",
       "export out/s.nc --n 0 --out out/s.kmz", "export /data/radar --out out/observed.nc"},
      1,
      -1,
      run};
}

}  // namespace stormloom::cli
