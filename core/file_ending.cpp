#include "core/file_ending.h"

#include <algorithm>

namespace stormloom {

namespace {

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string lowerEnding(std::string_view path) {
  constexpr std::size_t kLongest = 12;  // ".safetensors"
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  const std::string_view word = name.substr(dot + 1);
  if (word.empty() || word.size() >= kLongest || !isLetter(word.front()) ||
      !std::ranges::all_of(word, [](char c) { return isLetter(c) || isDigit(c); }))
    return {};
  std::string ending(name.substr(dot));
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return ending;
}

}  // namespace stormloom
