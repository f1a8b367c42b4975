#include "core/attention_file.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <sstream>

#include "core/cf_grid.h"
#include "core/errors.h"
#include "core/netcdf_file.h"
#include "core/scratch_file.h"

namespace stormloom {
namespace {

using Numbers = std::vector<double>;

constexpr const char* kNotCause =
    "Attention says where a layer looked, not what caused the forecast.";

Numbers asNumbers(const Thw& thw) { return {double(thw[0]), double(thw[1]), double(thw[2])}; }

std::string headText(const AttentionView& view) {
  return view.head == kMeanOfHeads ? "mean" : std::to_string(view.head);
}

std::string strategyText(const CuboidStrategy& strategy) {
  std::string text;
  for (const Locality locality : strategy) text += locality == Locality::Local ? 'l' : 'd';
  return text;
}

std::string kindsText(const std::vector<LevelFrame>& frames) {
  std::string text;
  for (const LevelFrame& frame : frames)
    text += (text.empty() ? "" : " ") + std::string(levelFrameWord(frame.kind));
  return text;
}

void writeGlobals(NetCdfFile& file, const AttentionView& view, const Receipt& receipt) {
  file.setText("", "Conventions", "CF-1.8");
  file.setText("", "title", "Attention of one element of " + view.model);
  file.setText("", "institution", "made with Stormloom");
  file.setText("", "history", receipt.commandLine);
  file.setText("", "stormloom_kind", "attention");
  file.setText("", "model", view.model);
  file.setText("", "weights_sha256", view.weightsHash);
  file.setText("", "layer", view.layer.path);
  file.setText("", "layer_in_words", view.layer.words);
  file.setText("", "head", headText(view));
  file.setNumbers("", "query", asNumbers(view.query));
  file.setNumbers("", "query_field_shape", asNumbers(view.layer.query.data));
  file.setNumbers("", "cuboid_size", asNumbers(view.layer.attended.size));
  file.setNumbers("", "cuboid_shift", asNumbers(view.layer.attended.shift));
  file.setText("", "cuboid_strategy", strategyText(view.layer.attended.strategy));
  file.setNumbers("", "padding_weight", {view.padding});
  file.setText("", "attended_frames", kindsText(view.layer.attendedFrames));
  file.setText("", "comment", kNotCause);
  for (const auto& [name, value] : receiptAttributes(receipt)) file.setText("", name, value);
}

void writeAxis(NetCdfFile& file, const std::string& name, const char* axis, const Numbers& centres,
               bool geographic) {
  const bool isX = *axis == 'X';
  file.addDimension(name, centres.size());
  file.addVariable(name, NetCdfFile::Type::Double, {name});
  file.setText(name, "axis", axis);
  file.setText(name, "standard_name",
               geographic ? (isX ? "longitude" : "latitude")
                          : (isX ? "projection_x_coordinate" : "projection_y_coordinate"));
  file.setText(name, "units", geographic ? (isX ? "degrees_east" : "degrees_north") : "m");
  file.writeDoubles(name, centres);
}

void writeAxes(NetCdfFile& file, const AttentionView& view) {
  Numbers times, x, y;
  for (const LevelFrame& frame : view.layer.attendedFrames)
    times.push_back(double(frame.validTime.time_since_epoch().count()));
  for (int row = 0; row < view.geo.height(); ++row)
    y.push_back(view.geo.pointFromCell({0.5, row + 0.5}).y);
  for (int col = 0; col < view.geo.width(); ++col)
    x.push_back(view.geo.pointFromCell({col + 0.5, 0.5}).x);
  // Where a network sees extrapolated and forecast frames of the same times, they are no
  // coordinate.
  const bool rising =
      std::adjacent_find(times.begin(), times.end(), std::greater_equal<>()) == times.end();
  const std::string name = rising ? "attended_time" : "attended_valid_time";
  file.addDimension("attended_time", times.size());
  file.addVariable(name, NetCdfFile::Type::Double, {"attended_time"});
  file.setText(name, "standard_name", "time");
  file.setText(name, "units", kCfTimeUnit);
  file.setText(name, "calendar", "standard");
  file.writeDoubles(name, times);
  writeAxis(file, "attended_y", "Y", y, view.geo.isGeographic());
  writeAxis(file, "attended_x", "X", x, view.geo.isGeographic());
}

void writeGlobalVectors(NetCdfFile& file, const char* name, const char* meaning,
                        const Numbers& weights) {
  if (weights.empty()) return;
  file.addVariable(name, NetCdfFile::Type::Double, {"global_vector"});
  file.setText(name, "long_name", meaning);
  file.setText(name, "units", "1");
  file.writeDoubles(name, weights);
}

std::string escaped(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

}  // namespace

void writeAttentionFile(const std::string& path, const AttentionView& view,
                        const Receipt& receipt) {
  const Thw& field = view.layer.attended.data;
  NetCdfFile file = NetCdfFile::create(path);
  writeGlobals(file, view, receipt);
  writeAxes(file, view);
  writeGridMapping(file, view.geo);
  Numbers weights(std::size_t(volumeOf(field)), 0.0);
  std::vector<std::int8_t> cuboid(weights.size(), 0);
  for (const AttentionCell& cell : view.cells) {
    const auto index = std::size_t(flatIndex(cell.at, field));
    weights[index] = cell.weight;
    cuboid[index] = 1;
  }
  const std::vector<std::string> dimensions = {"attended_time", "attended_y", "attended_x"};
  file.addVariable("weights", NetCdfFile::Type::Double, dimensions);
  file.setText("weights", "long_name", "share of attention the query gives to the cell");
  file.setText("weights", "units", "1");
  file.setText("weights", "grid_mapping", "crs");
  file.writeDoubles("weights", weights);
  file.addVariable("cuboid", NetCdfFile::Type::Int8, dimensions);
  file.setText("cuboid", "long_name", "whether the cell belongs to the query's cuboid");
  file.setFlags("cuboid", "flag_values", {0, 1});
  file.setText("cuboid", "flag_meanings", "outside inside");
  file.setText("cuboid", "grid_mapping", "crs");
  file.writeBytes("cuboid", {0, 0, 0},
                  {std::size_t(field[0]), std::size_t(field[1]), std::size_t(field[2])}, cuboid);
  if (!view.globals.empty()) file.addDimension("global_vector", view.globals.size());
  writeGlobalVectors(file, "global_weights",
                     "share of attention the query gives to a global vector", view.globals);
  writeGlobalVectors(file, "drawn_by_globals",
                     "share of its attention a global vector gives to the query",
                     view.drawnByGlobals);
  file.commit();
}

void writeAttentionTable(const std::string& path, const AttentionView& view,
                         const Receipt& receipt) {
  std::ostringstream out;
  out << "# " << escaped(view.model) << ", " << escaped(view.layer.path) << ", head "
      << headText(view) << ", query " << view.query[0] << "," << view.query[1] << ","
      << view.query[2] << "\n# " << kNotCause << "\n";
  for (const auto& [name, value] : receiptAttributes(receipt))
    out << "# " << name << ": " << escaped(value) << "\n";
  out << "what,frame,row,col,time,kind,weight\n";
  char number[32];
  const auto weightText = [&number](double weight) {
    std::snprintf(number, sizeof number, "%.9g", weight);
    return number;
  };
  for (const AttentionCell& cell : view.cells) {
    const LevelFrame& frame = view.layer.attendedFrames[std::size_t(cell.at[0])];
    out << "cell," << cell.at[0] << "," << cell.at[1] << "," << cell.at[2] << ","
        << isoText(frame.validTime) << "," << levelFrameWord(frame.kind) << ","
        << weightText(cell.weight) << "\n";
  }
  for (std::size_t i = 0; i < view.globals.size(); ++i)
    out << "global," << i << ",,,,," << weightText(view.globals[i]) << "\n";
  if (view.padding > 0.0) out << "padding,,,,,," << weightText(view.padding) << "\n";
  writeWholeFile(path, out.str());
}

void writeOcclusionTable(const std::string& path, const OcclusionMap& map,
                         const Receipt& receipt) {
  std::ostringstream table;
  char intact[32];
  std::snprintf(intact, sizeof intact, "%.3f", map.intact);
  table << "# change of the forecast at frame " << map.frame << ", row " << map.row << ", column "
        << map.col << " (0-255 scale, " << intact
        << " with nothing taken away) when a patch of the context is dry\n"
        << "# receipt: " << receiptText(receipt) << "\n"
        << "patch_row,patch_col,first_row,first_col,pixels,change\n";
  for (int i = 0; i < map.rows * map.cols; ++i)
    table << i / map.cols << "," << i % map.cols << "," << i / map.cols * map.patch << ","
          << i % map.cols * map.patch << "," << map.patch << "," << map.change[std::size_t(i)]
          << "\n";
  writeWholeFile(path, table.str());
}

}  // namespace stormloom
