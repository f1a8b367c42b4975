#pragma once

#include <map>
#include <string>

#include "core/attention_block.h"
#include "core/pattern_lab.h"

namespace stormloom {

/// Layers as a word: size, strategy and shift along T, H, W, joined by plus signs, such as
/// "3x2x2+3x2x2:ddd+3x2x2:lll:1x1x1"; strategy and shift may be left out.
std::string patternText(const LabPattern& pattern);

/// A pattern by a preset's name ("figure (6,4,4): dilated"), by an official name on `field`
/// ("axial"), or by its layers as patternText writes them on `field`. UsageError for anything else.
LabPattern patternNamed(const std::string& text, const Thw& field);

/// "6,4,4" -> {6, 4, 4}; UsageError that names the option.
Thw thwFromText(const std::string& option, const std::string& text);
std::string thwText(const Thw& thw);

/// The options of `stormloom-cli attention` that show a pattern.
std::map<std::string, std::string> patternOptions(const LabPattern& pattern,
                                                  const PatternLook& look);

}  // namespace stormloom
