#include "app/cli/sheets.h"

#include <algorithm>
#include <charconv>

#include "app/cli/inputs.h"
#include "core/checked_result.h"

namespace stormloom::cli {

namespace {

/// "180" or "120x80".
void readMillimetres(const std::string& text, SheetOptions& options) {
  const char* end = text.data() + text.size();
  const auto width = std::from_chars(text.data(), end, options.widthMm);
  bool good = width.ec == std::errc();
  if (good && width.ptr != end) {
    const auto height = std::from_chars(width.ptr + 1, end, options.heightMm);
    good = *width.ptr == 'x' && height.ec == std::errc() && height.ptr == end;
  }
  if (!good)
    throw UsageError(
        "--mm needs WIDTH or WIDTHxHEIGHT in millimetres, for instance 180x120, not \"" + text +
        "\".");
}

}  // namespace

SheetOptions sheetOptionsFrom(const Session& session) {
  const Arguments& arguments = session.arguments;
  SheetOptions options;
  const std::string kind = arguments.choice("--kind", {"strip", "stamps", "fan", "scores"});
  options.kind = kind == "strip"    ? SheetKind::Strip
                 : kind == "stamps" ? SheetKind::Stamps
                 : kind == "fan"    ? SheetKind::Fan
                                    : SheetKind::Scores;
  readMillimetres(arguments.text("--mm"), options);
  options.dotsPerInch = arguments.integer("--dpi", 36, 1200);
  options.dark = arguments.choice("--theme", {"light", "dark"}) == "dark";
  options.lead = arguments.integer("--lead", 0, 1000);
  return options;
}

SheetSubject sheetSubjectFrom(const Session& session, const std::string& output) {
  const std::vector<std::string>& words = session.arguments.positionals();
  if (!isResultFile(words.front()))
    throw IoError(words.front() +
                  ": this is no result of Stormloom. Name one made by demo, forecast or scenario.");
  SheetSubject subject{{readCheckedResult(words.front()), std::nullopt, {}},
                       receiptOfDerived(session, output, words.front())};
  SheetContent& content = subject.content;
  if (words.size() == 1 || content.result.members.empty()) return subject;
  ReadOptions options;
  options.stop = session.stop;
  const RadarFiles files = readRadarFiles({words.begin() + 1, words.end()}, options);
  stopHere(session);
  const FrameSequence& observed = longestObserved(session, files);
  content.scores = verifyForecast(content.result, observed);
  content.truth = observedOnGrid(observed, content.result.members.front().frames);
  std::vector<std::string> inputs = {words.front()};
  for (const std::string& file : sourceFiles(observed)) inputs.push_back(file);
  subject.receipt.inputs = receiptFor(session, output, inputs).inputs;
  return subject;
}

}  // namespace stormloom::cli
