#include "core/pattern_text.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <vector>

#include "core/cuboid_pattern.h"
#include "core/errors.h"

namespace stormloom {
namespace {

constexpr std::int64_t kLongestAxis = 1024;

std::vector<std::string> splitAt(const std::string& text, char mark) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, mark);) parts.push_back(part);
  return parts;
}

std::string joined(const Thw& thw, const char* between) {
  return std::to_string(thw[0]) + between + std::to_string(thw[1]) + between +
         std::to_string(thw[2]);
}

bool readThree(const std::string& text, char mark, std::int64_t least, Thw& three) {
  const std::vector<std::string> parts = splitAt(text, mark);
  if (parts.size() != 3) return false;
  for (std::size_t a = 0; a < 3; ++a) {
    const char* end = parts[a].data() + parts[a].size();
    const auto read = std::from_chars(parts[a].data(), end, three[a]);
    if (read.ec != std::errc() || read.ptr != end || three[a] < least || three[a] > kLongestAxis)
      return false;
  }
  return true;
}

bool readLayer(const std::string& text, CuboidShape& layer) {
  const std::vector<std::string> parts = splitAt(text, ':');
  if (parts.empty() || parts.size() > 3 || !readThree(parts[0], 'x', 1, layer.size)) return false;
  if (parts.size() > 1) {
    if (parts[1].size() != 3 || parts[1].find_first_not_of("ld") != std::string::npos) return false;
    for (std::size_t a = 0; a < 3; ++a)
      layer.strategy[a] = parts[1][a] == 'd' ? Locality::Dilated : Locality::Local;
  }
  return parts.size() < 3 || readThree(parts[2], 'x', 0, layer.shift);
}

bool sameLayers(const LabPattern& a, const LabPattern& b) { return patternText(a) == patternText(b); }

}  // namespace

std::string patternText(const LabPattern& pattern) {
  std::string text;
  for (const CuboidShape& layer : pattern.layers) {
    std::string strategy;
    for (const Locality locality : layer.strategy)
      strategy += locality == Locality::Local ? 'l' : 'd';
    const bool shifted = layer.shift != Thw{0, 0, 0};
    text += (text.empty() ? "" : "+") + joined(layer.size, "x");
    if (shifted || layer.strategy != kLocal) text += ":" + strategy;
    if (shifted) text += ":" + joined(layer.shift, "x");
  }
  return text;
}

LabPattern patternNamed(const std::string& text, const Thw& field) {
  for (const LabPattern& preset : labPresets())
    if (preset.name == text) return preset;
  LabPattern pattern{.name = text, .field = field};
  for (const std::string& part : splitAt(text, '+')) {
    CuboidShape layer;
    if (!readLayer(part, layer)) {
      pattern.layers.clear();
      break;
    }
    pattern.layers.push_back(layer);
  }
  if (pattern.layers.empty()) {
    try {
      pattern.layers = selfPattern(text, field);
    } catch (const StormloomError&) {
      throw UsageError("The pattern \"" + text +
                       "\" is unknown. Use full, axial, divided_st, video_swin_2x4, spatial_lg_4, "
                       "axial_space_dilate_2, \"figure (6,4,4): local\", or layers such as "
                       "3x2x2+3x2x2:ddd+3x2x2:lll:1x1x1.");
    }
  }
  return pattern;
}

Thw thwFromText(const std::string& option, const std::string& text) {
  Thw thw = {0, 0, 0};
  if (!readThree(text, ',', 0, thw))
    throw UsageError(option + " needs T,H,W, for instance 6,4,4, not \"" + text + "\".");
  return thw;
}

std::string thwText(const Thw& thw) { return joined(thw, ","); }

std::map<std::string, std::string> patternOptions(const LabPattern& pattern,
                                                  const PatternLook& look) {
  static const char* const kPaddings[] = {"zeros", "ignore", "nearest"};
  std::map<std::string, std::string> options;
  const std::vector<LabPattern> presets = labPresets();
  const auto known =
      std::find_if(presets.begin(), presets.end(), [&](const LabPattern& preset) {
        return preset.name == pattern.name && preset.field == pattern.field &&
               sameLayers(preset, pattern);
      });
  options["--pattern"] = known != presets.end() ? pattern.name : patternText(pattern);
  if (known == presets.end()) options["--field"] = thwText(pattern.field);
  if (pattern.padding != PaddingType::Zeros)
    options["--padding"] = kPaddings[int(pattern.padding)];
  if (pattern.globalVectors > 0) options["--globals"] = std::to_string(pattern.globalVectors);
  if (look.layer > 0) options["--layer"] = std::to_string(look.layer + 1);
  if (look.element != Thw{0, 0, 0}) options["--cell"] = thwText(look.element);
  if (look.grown > 0) options["--grown"] = std::to_string(look.grown);
  if (look.onlyLit) options["--only-lit"] = "";
  if (!look.dark) options["--theme"] = "light";
  return options;
}

}  // namespace stormloom
