#include "app/cli/compare_files.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <set>
#include <span>

#include "app/cli/console.h"
#include "app/cli/file_parts.h"
#include "app/cli/outputs.h"
#include "app/cli/text_difference.h"
#include "core/animation_encoder.h"
#include "core/animation_file.h"
#include "core/checked_result.h"
#include "core/errors.h"
#include "core/file_ending.h"
#include "core/receipt_in_file.h"
#include "core/scenario_file.h"
#include "core/scratch_file.h"

namespace stormloom::cli {

namespace {

namespace fs = std::filesystem;

/// Names of the entries in which two receipts differ, with both texts where they are short.
std::vector<std::string> receiptDifferences(const std::string& before, const std::string& again) {
  std::vector<std::string> sentences;
  const auto a = receiptOf(before);
  const auto b = receiptOf(again);
  if (!a || !b) return {"one of the two has no receipt"};
  const Json first = a->toJson();
  const Json second = b->toJson();
  for (const auto& [key, value] : first.items()) {
    const Json* other = second.find(key);
    if (other && *other == value) continue;
    const std::string was = value.dump();
    const std::string is = other ? other->dump() : "nothing";
    sentences.push_back(was.size() + is.size() < 200 ? key + " was " + was + ", is " + is
                                                     : key + " differs");
  }
  for (const auto& [key, value] : second.items())
    if (!first.contains(key)) sentences.push_back(key + " is new: " + value.dump().substr(0, 80));
  return sentences;
}

/// How many of all values differ, by how much at most, and where only one of both files has one.
struct ValueDifference {
  std::size_t differing = 0;
  std::size_t oneSided = 0;
  std::size_t all = 0;
  double largest = 0.0;

  template <class Value>
  void add(std::span<const Value> before, std::span<const Value> again, double step = 1.0) {
    all += before.size();
    for (std::size_t i = 0; i < before.size(); ++i) addOne(before[i], again[i], step);
  }
  void add(const FrameSequence& a, const FrameSequence& b) {
    for (std::size_t k = 0; k < std::min(a.frames.size(), b.frames.size()); ++k)
      add(*a.frames[k].grid, *b.frames[k].grid);
  }
  /// Kinds of no value are told apart, too.
  void add(const RadarGrid& a, const RadarGrid& b) {
    all += std::min(a.size(), b.size());
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      const std::size_t before = differing;
      addOne(a.values()[i], b.values()[i], 1.0);
      if (before == differing && a.states()[i] != b.states()[i]) ++differing, ++oneSided;
    }
  }
  std::string text() const {
    char words[128];
    std::snprintf(words, sizeof words, "%zu of %zu values differ", differing, all);
    std::string sentence = words;
    if (differing > oneSided) {
      std::snprintf(words, sizeof words, ", by at most %.4g", largest);
      sentence += words;
    }
    if (oneSided > 0) sentence += "; in " + std::to_string(oneSided) + " cells what is known differs (a value, nothing found, missing, not covered)";
    return sentence;
  }

private:
  void addOne(double before, double again, double step) {
    if (before == again || (std::isnan(before) && std::isnan(again))) return;
    ++differing;
    const double off = std::abs(before - again) * step;
    if (std::isfinite(off))
      largest = std::max(largest, off);
    else
      ++oneSided;
  }
};

void compareResults(const std::string& before, const std::string& again, Comparison& out) {
  const ResultFile a = readCheckedResult(before);
  const ResultFile b = readCheckedResult(again);
  const bool alike = a.kind == b.kind && a.context.geo == b.context.geo &&
                     a.members.size() == b.members.size() &&
                     a.context.frames.size() == b.context.frames.size() && a.runTime == b.runTime;
  if (!alike) {
    out.differences.push_back("grid, times or number of scenarios are others");
    return;
  }
  ValueDifference difference;
  difference.add(a.context, b.context);
  for (std::size_t m = 0; m < a.members.size(); ++m)
    difference.add(a.members[m].frames, b.members[m].frames);
  out.sameContent = difference.differing == 0;
  if (out.sameContent) return;
  out.differences.push_back(
      difference.text() +
      (a.context.quantity == Quantity::VilDigital ? " on the 0-255 scale" : ""));
}

/// Products as NetCDF, variable by variable.
std::vector<std::string> variableDifferences(const std::string& before, const std::string& again) {
  const std::vector<StoredVariable> now = readCheckedVariables(again);
  std::vector<std::string> sentences;
  for (const StoredVariable& was : readCheckedVariables(before)) {
    const auto is = std::ranges::find(now, was.name, &StoredVariable::name);
    if (is == now.end() || is->values.size() != was.values.size()) {
      sentences.push_back(was.name + (is == now.end() ? ": is not there any more"
                                                      : ": has another size"));
      continue;
    }
    ValueDifference difference;
    difference.add<double>(was.values, is->values, was.step);
    if (difference.differing > 0)
      sentences.push_back(was.name + ": " + difference.text());
    else if (was.description != is->description)
      sentences.push_back(was.name + ": the same values with other attributes");
  }
  return sentences;
}

/// NumPy arrays as this program writes them: a header of one line, then 32-bit floats.
std::vector<std::string> arrayDifferences(const std::string& before, const std::string& again) {
  const std::string was = readWholeFile(before);
  const std::string is = readWholeFile(again);
  const std::size_t begin = was.find('\n') + 1;
  if (begin == 0 || was.size() != is.size() || was.compare(0, begin, is, 0, begin) != 0)
    return {"its shape is another"};
  std::vector<float> a((was.size() - begin) / sizeof(float));
  std::vector<float> b(a.size());
  std::memcpy(a.data(), was.data() + begin, a.size() * sizeof(float));
  std::memcpy(b.data(), is.data() + begin, b.size() * sizeof(float));
  ValueDifference difference;
  difference.add<float>(a, b);
  return {difference.text()};
}

/// What follows a path in the names of its maps: "/NAME.tif" of each in a folder, nothing of a file.
std::set<std::string> mapNamesOf(const std::string& path) {
  if (!fs::is_directory(path)) return {""};
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(path))
    if (lowerEnding(entry.path().string()) == ".tif")
      names.insert("/" + entry.path().filename().string());
  return names;
}

/// GeoTIFF files, or all of a folder.
std::vector<std::string> mapDifferences(const std::string& before, const std::string& again) {
  std::set<std::string> names = mapNamesOf(before);
  names.merge(mapNamesOf(again));
  std::vector<std::string> sentences;
  ValueDifference difference;
  for (const std::string& name : names) {
    if (!fs::exists(before + name)) {
      sentences.push_back(name.substr(1) + " was missing");
      continue;
    }
    if (!fs::exists(again + name)) {
      sentences.push_back(name.substr(1) + " is not made any more");
      continue;
    }
    const auto was = readCheckedBands(before + name);
    const auto is = readCheckedBands(again + name);
    const bool alike = std::ranges::equal(was, is, [](const auto& a, const auto& b) {
      return a->width() == b->width() && a->height() == b->height();
    });
    if (!alike) sentences.push_back(before + name + " has another size or number of bands");
    for (std::size_t band = 0; alike && band < was.size(); ++band)
      difference.add<float>(was[band]->values(), is[band]->values());
  }
  if (difference.differing > 0)
    sentences.push_back(difference.text());
  else if (sentences.empty())
    sentences.push_back("the same values; place, projection or descriptions are others");
  return sentences;
}

/// What differs in formats whose values say more than their bytes; empty for others.
std::vector<std::string> differencesByFormat(const std::string& before, const std::string& again) {
  const std::string ending = lowerEnding(before);
  if (ending == ".nc") return variableDifferences(before, again);
  if (ending == ".npy") return arrayDifferences(before, again);
  if (ending == ".tif" || fs::is_directory(before)) return mapDifferences(before, again);
  if (isTextResult(before))
    return {textDifference(contentParts(before).front(), contentParts(again).front())};
  return {};
}

void comparePictures(const std::string& before, const std::string& again, Comparison& out) {
  const PictureDifference difference = compareAnimations(before, again);
  if (difference.framesBefore != difference.framesAgain) {
    out.differences.push_back("it has " + std::to_string(difference.framesAgain) +
                              " pictures instead of " + std::to_string(difference.framesBefore));
    return;
  }
  out.sameContent = difference.differing == 0;
  if (!out.sameContent)
    out.differences.push_back(
        std::to_string(difference.differing) + " of " + std::to_string(difference.framesAgain) +
        " pictures differ, a colour by at most " + std::to_string(difference.largest) + " of 255");
}

bool isPicture(const std::string& path) {
  if (fs::is_directory(path)) return fs::exists(fs::path(path) / sequenceFrameName(0));
  const std::string ending = lowerEnding(path);
  return ending == ".mp4" || ending == ".webm" || ending == ".gif" || ending == ".png";
}

bool sameBytes(const std::string& before, const std::string& again) {
  if (!fs::is_directory(before)) return readWholeFile(before) == readWholeFile(again);
  const auto count = [](const std::string& folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  };
  if (count(before) != count(again)) return false;
  for (const fs::directory_entry& entry : fs::directory_iterator(before)) {
    const fs::path other = fs::path(again) / entry.path().filename();
    if (!fs::is_regular_file(other) || !sameBytes(entry.path().string(), other.string()))
      return false;
  }
  return true;
}

/// Of a folder the parts of all its files.
std::vector<std::string> partsOf(const std::string& path) {
  if (!fs::is_directory(path)) return contentParts(path);
  std::set<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path))
    files.insert(entry.path().string());
  std::vector<std::string> parts;
  for (const std::string& file : files)
    for (std::string& part : contentParts(file)) parts.push_back(std::move(part));
  return parts;
}

/// Formats that are laid side by side, part by part.
void compareParts(const std::string& before, const std::string& again, Comparison& out) {
  const std::vector<std::string> a = partsOf(before);
  const std::vector<std::string> b = partsOf(again);
  out.sameContent = !a.empty() && a == b;
  if (out.sameContent) return;
  if (std::vector<std::string> told = differencesByFormat(before, again); !told.empty()) {
    out.differences = std::move(told);
    return;
  }
  out.differences.push_back(fs::is_directory(before)
                                ? std::string("files in it differ")
                                : "its bytes differ (" + std::to_string(fs::file_size(before)) +
                                      " before, " + std::to_string(fs::file_size(again)) + " now)");
  if (a.size() < 2 || a.size() != b.size()) return;
  std::size_t differing = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differing += a[i] != b[i];
  out.differences.push_back(std::to_string(differing) + " of the " + std::to_string(a.size()) +
                            " parts it consists of differ");
}

}  // namespace

Comparison compareFiles(const std::string& before, const std::string& again) {
  Comparison out;
  out.identical = sameBytes(before, again);
  out.sameContent = out.identical;
  if (out.identical) return out;
  if (isResultFile(before) && isResultFile(again))
    compareResults(before, again, out);
  else if (isPicture(before) && canWriteAnimations())
    comparePictures(before, again, out);
  else
    compareParts(before, again, out);
  for (std::string& sentence : receiptDifferences(before, again))
    out.differences.push_back("receipt: " + std::move(sentence));
  return out;
}

}  // namespace stormloom::cli
