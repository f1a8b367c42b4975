#include "app/cli/console.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace stormloom::cli {

namespace {

bool mayColor(int descriptor) {
  const char* none = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(descriptor) && !(none && *none) &&
         !(terminal && std::string_view(terminal) == "dumb");
}

std::string painted(std::string_view text, const char* code, bool allowed) {
  if (!allowed) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

void writeLine(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  if (!text.ends_with('\n')) std::fputc('\n', stream);
  std::fflush(stream);
}

std::size_t characters(std::string_view text) {
  return std::size_t(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool looksLikeNumber(std::string_view text) {
  if (text.starts_with("−")) text.remove_prefix(std::string_view("−").size());
  if (text.starts_with('+')) text.remove_prefix(1);
  return text.empty() || std::isdigit(static_cast<unsigned char>(text.front()));
}

}  // namespace

Console::Console(bool json, bool quiet)
    : json_(json),
      quiet_(quiet),
      colorsOut_(mayColor(STDOUT_FILENO)),
      colorsErr_(mayColor(STDERR_FILENO)) {}

Console::Console(std::function<void(const Json&)> take)
    : json_(true), quiet_(true), colorsOut_(false), colorsErr_(false), take_(std::move(take)) {}

void Console::result(std::string_view text) const {
  if (!json_) writeLine(stdout, text);
}

void Console::resultJson(const Json& document) const {
  if (take_)
    take_(document);
  else if (json_)
    writeLine(stdout, document.dump(2));
}

void Console::note(std::string_view sentence) const {
  if (!quiet_) writeLine(stderr, painted(sentence, "2", colorsErr_));
}

void Console::warning(std::string_view sentence) const {
  if (quiet_) return;
  writeLine(stderr, painted("Note: ", "33", colorsErr_) + std::string(sentence));
}

void Console::error(std::string_view sentence) const {
  writeLine(stderr, painted("stormloom-cli: ", "31", colorsErr_) + std::string(sentence));
}

std::string Console::strong(std::string_view text) const { return painted(text, "1", colorsOut_); }

std::string Console::dim(std::string_view text) const { return painted(text, "2", colorsOut_); }

ProgressLine::ProgressLine(const Console& console, std::string what)
    : silent_(console.quiet()), terminal_(isatty(STDERR_FILENO)), what_(std::move(what)) {}

ProgressLine::~ProgressLine() {
  if (!silent_ && terminal_) std::fputs("\r\033[K", stderr);
}

std::string ProgressLine::timeLeft(double share) const {
  const double taken = std::chrono::duration<double>(Clock::now() - start_).count();
  if (share <= 0.0 || share >= 1.0 || taken < 1.0) return {};
  const long left = std::lround(taken * (1.0 - share) / share);
  if (left >= 90) return ", " + std::to_string((left + 30) / 60) + " min left";
  return ", " + std::to_string(left) + " s left";
}

void ProgressLine::update(double share, std::string_view detail) {
  if (silent_) return;
  share = std::clamp(share, 0.0, 1.0);
  const std::string text = what_ + " " + std::to_string(int(share * 100.0)) + " %" +
                           (detail.empty() ? "" : ", " + std::string(detail)) + timeLeft(share);
  const auto now = Clock::now();
  if (terminal_) {
    if (now - lastShown_ < std::chrono::milliseconds(80) && share < 1.0) return;
    std::fprintf(stderr, "\r\033[K%s", text.c_str());
    std::fflush(stderr);
    lastShown_ = now;
    return;
  }
  // In a log file: a line for each quarter, and not at all for work of a moment.
  const int quarter = int(share * 4.0);
  if (quarter <= lastQuarter_ || now - start_ < std::chrono::seconds(2)) return;
  lastQuarter_ = quarter;
  writeLine(stderr, text);
}

TextTable::TextTable(std::vector<std::string> header) : rows_{std::move(header)} {}

void TextTable::add(std::vector<std::string> row) {
  row.resize(rows_.front().size());
  rows_.push_back(std::move(row));
}

std::string TextTable::text(std::string_view indent) const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<bool> numeric(columns, rows_.size() > 1);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], characters(rows_[r][c]));
      if (r > 0 && !looksLikeNumber(rows_[r][c])) numeric[c] = false;
    }
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line(indent);
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string pad(widths[c] - characters(row[c]), ' ');
      line += (c ? "  " : "") + (numeric[c] ? pad + row[c] : row[c] + pad);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string decimals(double value, int places) {
  if (std::isnan(value)) return "n/a";
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.*f", places, std::abs(value));
  const bool zero = std::string_view(digits).find_first_not_of("0.") == std::string_view::npos;
  return (value < 0.0 && !zero ? "−" : "") + std::string(digits);
}

std::string sigmaText(double nSigma) {
  if (nSigma == 0.0) return "0 σ";
  return (nSigma > 0.0 ? "+" : "") + decimals(nSigma, 1) + " σ";
}

}  // namespace stormloom::cli
