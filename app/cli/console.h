#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace stormloom::cli {

/// Where a command speaks: results on stdout, everything else on stderr.
class Console {
public:
  /// `json`: results are one JSON document, so text results are left out. `quiet`: no notes, no
  /// progress.
  Console(bool json, bool quiet);
  /// For commands run by commands: no text and no notes, each JSON result goes to `take`.
  explicit Console(std::function<void(const Json&)> take);

  bool json() const { return json_; }
  bool quiet() const { return quiet_; }
  void result(std::string_view text) const;       ///< stdout, unless JSON was asked for
  void resultJson(const Json& document) const;    ///< stdout, only when JSON was asked for
  void note(std::string_view sentence) const;     ///< stderr, unless quiet
  void warning(std::string_view sentence) const;  ///< "Note: ..." on stderr, unless quiet
  void error(std::string_view sentence) const;    ///< stderr, always

  std::string strong(std::string_view text) const;  ///< for stdout: bold where the terminal may
  std::string dim(std::string_view text) const;

private:
  bool json_;
  bool quiet_;
  bool colorsOut_;
  bool colorsErr_;
  std::function<void(const Json&)> take_;
};

/// One line that counts on a terminal, a few plain lines elsewhere; gone when the work is done.
class ProgressLine {
public:
  ProgressLine(const Console& console, std::string what);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  void update(double share, std::string_view detail = {});

private:
  using Clock = std::chrono::steady_clock;
  std::string timeLeft(double share) const;

  bool silent_;
  bool terminal_;
  std::string what_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point lastShown_;
  int lastQuarter_ = 0;
};

/// Columns that line up; numbers to the right. Widths count characters, not bytes.
class TextTable {
public:
  explicit TextTable(std::vector<std::string> header);
  void add(std::vector<std::string> row);
  std::string text(std::string_view indent = "  ") const;

private:
  std::vector<std::vector<std::string>> rows_;
};

/// "12.3", with a real minus sign.
std::string decimals(double value, int places);
/// "+2.0 σ", "0 σ", "−4.0 σ".
std::string sigmaText(double nSigma);

}  // namespace stormloom::cli
