#include "app/cli/text_difference.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <vector>


namespace stormloom::cli {

namespace {

/// A text taken apart: what it says, with "#" for each number, and the numbers.
struct NumbersInText {
  explicit NumbersInText(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      double value = 0.0;
      const auto [end, failure] = std::from_chars(text.data() + at, text.data() + text.size(), value);
      const bool isNumber = failure == std::errc() && std::isfinite(value);
      words += isNumber ? '#' : text[at];
      if (isNumber) numbers.push_back(value);
      at = isNumber ? std::size_t(end - text.data()) : at + 1;
    }
  }
  std::string words;
  std::vector<double> numbers;
};

std::string differenceOfNumbers(const std::vector<double>& before, const std::vector<double>& again) {
  std::size_t differing = 0;
  double largest = 0.0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    differing += before[i] != again[i];
    largest = std::max(largest, std::abs(before[i] - again[i]));
  }
  char text[128];
  std::snprintf(text, sizeof text, "%zu of its %zu numbers differ, by at most %.4g", differing,
                before.size(), largest);
  return text;
}

/// What stands at `at`, of a line at most some words, ends of lines as they are written.
std::string excerpt(const std::string& text, std::size_t at) {
  constexpr std::size_t kShown = 60;
  if (at >= text.size()) return "its end";
  std::string piece = text.substr(at, kShown);
  piece.resize(std::min(piece.find('\n'), piece.size()));
  std::ranges::replace_if(piece, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return piece.empty() ? "the end of a line" : "\"" + piece + "\"";
}

}  // namespace

std::string textDifference(const std::string& before, const std::string& again) {
  const NumbersInText a(before);
  const NumbersInText b(again);
  if (a.words == b.words) return differenceOfNumbers(a.numbers, b.numbers);
  const auto [was, is] = std::ranges::mismatch(before, again);
  std::size_t at = std::size_t(was - before.begin());
  const std::size_t word = before.find_last_of(",<>{ \n", at == 0 ? 0 : at - 1);
  at = word == std::string::npos ? 0 : word + 1;
  const auto line = 1 + std::count(before.begin(), before.begin() + std::ptrdiff_t(at), '\n');
  return "it differs from line " + std::to_string(line) + " on: there was " + excerpt(before, at) +
         ", there is " + excerpt(again, at);
}

}  // namespace stormloom::cli
