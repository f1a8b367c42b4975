#include "core/pattern_file.h"

#include <sstream>

#include "core/file_ending.h"
#include "core/netcdf_file.h"
#include "core/pattern_text.h"
#include "core/scratch_file.h"

namespace stormloom {
namespace {

/// What both forms of file hold; layers first, then cells.
struct PatternNumbers {
  std::vector<std::vector<std::int64_t>> cuboids;
  std::vector<std::vector<std::uint8_t>> attended;
  std::vector<std::int8_t> reached;
};

PatternNumbers numbersOf(const LabPattern& pattern, const Thw& element) {
  PatternNumbers numbers;
  numbers.reached.assign(std::size_t(volumeOf(pattern.field)), -1);
  for (std::size_t layer = 0; layer < pattern.layers.size(); ++layer) {
    numbers.cuboids.push_back(cuboidNumbers(pattern, layer));
    numbers.attended.push_back(attendedBy(pattern, layer, element));
  }
  for (std::size_t layers = 0; layers <= pattern.layers.size(); ++layers) {
    const auto now = receptiveField(pattern, layers, element);
    for (std::size_t i = 0; i < now.size(); ++i)
      if (now[i] && numbers.reached[i] < 0) numbers.reached[i] = std::int8_t(layers);
  }
  return numbers;
}

std::string describe(const LabPattern& pattern) {
  static const char* const kPaddings[] = {"zeros", "ignore", "nearest"};
  return pattern.name + ": layers " + patternText(pattern) + " on field " + thwText(pattern.field) +
         ", padding " + kPaddings[int(pattern.padding)] + ", " +
         std::to_string(pattern.globalVectors) + " global vectors";
}

void writeTable(const std::string& path, const LabPattern& pattern, const Thw& element,
                const PatternNumbers& numbers, const Receipt& receipt) {
  std::ostringstream table;
  table << "# pattern " << describe(pattern) << "; element " << thwText(element)
        << "; cells and cuboids counted from 0, layers from 1\n"
        << "# receipt: " << receiptText(receipt) << "\n"
        << "frame,row,col";
  for (const char* what : {"cuboid", "attended"})
    for (std::size_t layer = 1; layer <= pattern.layers.size(); ++layer)
      table << ',' << what << "_in_layer_" << layer;
  table << ",reached_after_layers\n";
  const Thw& field = pattern.field;
  for (std::size_t i = 0; i < numbers.reached.size(); ++i) {
    const auto flat = std::int64_t(i);
    table << flat / (field[1] * field[2]) << ',' << flat / field[2] % field[1] << ','
          << flat % field[2];
    for (const auto& layer : numbers.cuboids) table << ',' << layer[i];
    for (const auto& layer : numbers.attended) table << ',' << int(layer[i]);
    table << ',' << int(numbers.reached[i]) << '\n';
  }
  writeWholeFile(path, table.str());
}

void addNumbers(NetCdfFile& file, const std::string& name, const char* meaning,
                const std::vector<std::string>& dimensions, const std::vector<double>& values) {
  file.addVariable(name, NetCdfFile::Type::Int32, dimensions);
  file.setText(name, "long_name", meaning);
  file.setText(name, "units", "1");
  file.writeDoubles(name, values);
}

void writeGlobalAttributes(NetCdfFile& file, const LabPattern& pattern, const Thw& element,
                           const Receipt& receipt) {
  file.setText("", "Conventions", "CF-1.8");
  file.setText("", "title", "Cuboids of the attention pattern " + describe(pattern));
  file.setText("", "institution", "made with Stormloom");
  file.setText("", "history", receipt.commandLine);
  file.setText("", "stormloom_kind", "pattern");
  file.setText("", "pattern", patternText(pattern));
  file.setNumbers("", "element", {double(element[0]), double(element[1]), double(element[2])});
  file.setNumbers("", "global_vectors", {double(pattern.globalVectors)});
  file.setText("", "comment",
               "Which cells a layer may attend to; not where a trained layer looks, nor what causes "
               "a forecast.");
  for (const auto& [name, value] : receiptAttributes(receipt)) file.setText("", name, value);
}

void writeFile(const std::string& path, const LabPattern& pattern, const Thw& element,
               const PatternNumbers& numbers, const Receipt& receipt) {
  NetCdfFile file = NetCdfFile::create(path);
  writeGlobalAttributes(file, pattern, element, receipt);
  const char* const axes[] = {"frame", "row", "col"};
  file.addDimension("layer", pattern.layers.size());
  for (std::size_t a = 0; a < 3; ++a) file.addDimension(axes[a], std::size_t(pattern.field[a]));
  file.addDimension("axis", 3);
  std::vector<double> cuboids, attended, sizes, shifts, dilated;
  for (std::size_t layer = 0; layer < pattern.layers.size(); ++layer) {
    cuboids.insert(cuboids.end(), numbers.cuboids[layer].begin(), numbers.cuboids[layer].end());
    attended.insert(attended.end(), numbers.attended[layer].begin(), numbers.attended[layer].end());
    const CuboidMap map = fitCuboids(pattern.layers[layer], pattern.field);
    for (std::size_t a = 0; a < 3; ++a) {
      sizes.push_back(double(map.size[a]));
      shifts.push_back(double(map.shift[a]));
      dilated.push_back(map.strategy[a] == Locality::Dilated ? 1.0 : 0.0);
    }
  }
  addNumbers(file, "cuboid", "number of the cuboid that holds the cell, from 0",
             {"layer", "frame", "row", "col"}, cuboids);
  addNumbers(file, "attended", "1 where the element attends to the cell in this layer",
             {"layer", "frame", "row", "col"}, attended);
  addNumbers(file, "reached_after_layers",
             "layers after which news of the cell reaches the element; -1: never",
             {"frame", "row", "col"}, {numbers.reached.begin(), numbers.reached.end()});
  addNumbers(file, "cuboid_size", "cells of a cuboid along frame, row, col", {"layer", "axis"},
             sizes);
  addNumbers(file, "cuboid_shift", "cells the field is rolled by along frame, row, col",
             {"layer", "axis"}, shifts);
  addNumbers(file, "dilated", "1 where cells of a cuboid lie apart along frame, row, col",
             {"layer", "axis"}, dilated);
  file.commit();
}

}  // namespace

void writePattern(const std::string& path, const LabPattern& pattern, const Thw& element,
                  const Receipt& receipt) {
  const PatternNumbers numbers = numbersOf(pattern, element);
  if (lowerEnding(path) == ".nc")
    writeFile(path, pattern, element, numbers, receipt);
  else
    writeTable(path, pattern, element, numbers, receipt);
}

}  // namespace stormloom
