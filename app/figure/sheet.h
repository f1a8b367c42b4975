#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/receipt.h"
#include "core/scenario_file.h"
#include "core/verification.h"

namespace stormloom {

enum class SheetKind {
  Strip,   ///< rows: past, truth, scenarios; columns: times (the figure of the paper)
  Stamps,  ///< every member at one lead time
  Fan,     ///< mean intensity over time: past, what is expected, what was asked and got
  Scores,  ///< a table of skill scores
};

/// A figure for paper or slides.
struct SheetOptions {
  SheetKind kind = SheetKind::Strip;
  double widthMm = 180.0;
  double heightMm = 0.0;  ///< 0: what the content needs
  int dotsPerInch = 300;  ///< of PNG, and of maps inside SVG and PDF
  bool dark = false;
  int lead = 0;  ///< of stamps, from 1 on; 0: the last
  std::size_t firstScore = 0;  ///< of scores: the row that the table begins with
};

/// What figures are drawn from.
struct SheetContent {
  ResultFile result;
  std::optional<FrameSequence> truth;  ///< observed on the forecast's grid, where known
  std::vector<LeadScores> scores;
};

/// One figure as PNG, SVG or PDF by the ending. Throws UsageError for sizes that make no sense and
/// for what the content cannot give.
void writeSheet(const std::string& path, const SheetContent& content, const SheetOptions& options,
                const Receipt& receipt);

/// The bytes of the figure in one of the formats ".png", ".svg", ".pdf".
std::string sheetBytes(const std::string& format, const SheetContent& content,
                       const SheetOptions& options, const Receipt& receipt);

/// All that is worth showing of an event on pages of A4: facts, strip, stamps, fan, scores,
/// receipt.
std::string reportPdf(const SheetContent& content, const Receipt& receipt);

}  // namespace stormloom
