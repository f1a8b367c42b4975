#include <filesystem>

#include "app/cli/outputs.h"
#include "app/cli/pictures.h"
#include "app/cli/sheets.h"
#include "core/base64.h"
#include "core/markup_text.h"
#include "core/scratch_file.h"

namespace stormloom::cli {

namespace {

constexpr const char* kStyle = R"(
body{margin:0 auto;max-width:1080px;padding:32px;background:#f6f7f9;color:#18202a;font:15px/1.5 Inter,system-ui,sans-serif}
h1{font-size:26px;margin:0}h2{font-size:18px;margin:32px 0 8px}
p.facts{color:#5a6875;margin:4px 0 24px}.synthetic{color:#614bc4;font-weight:600}
video,img{width:100%;background:#fff;border:1px solid #d5dbe1}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px}
td,th{padding:2px 12px 2px 0;text-align:left;vertical-align:top}td{overflow-wrap:anywhere}
pre{background:#e7ebf0;padding:12px;overflow-x:auto;font-size:13px}
)";

std::string picture(const SheetContent& content, SheetKind kind, const Receipt& receipt,
                    const std::string& title) {
  SheetOptions options;
  options.kind = kind;
  options.dotsPerInch = 200;
  return "<h2>" + title + "</h2>\n<img alt=\"" + title + "\" src=\"data:image/png;base64," +
         base64Of(sheetBytes(".png", content, options, receipt)) + "\">\n";
}

std::string factsTable(const Receipt& receipt) {
  std::string rows;
  for (const auto& [name, value] : receiptAttributes(receipt))
    if (name != "receipt" && name != "command_line")
      rows += "<tr><th>" + markupText(name) + "</th><td>" + markupText(value) + "</td></tr>\n";
  return "<h2>How this was made</h2>\n<pre>" + markupText(receipt.commandLine) + "</pre>\n<table>\n" +
         rows + "</table>\n";
}

std::string headOf(const SheetContent& content, const Receipt& receipt, const std::string& title) {
  const ResultFile& result = content.result;
  std::string facts = result.runTime != ValidTime{} ? "run " + isoText(result.runTime)
                                                    : std::string("observed frames");
  if (!receipt.model.empty()) facts += ", " + receipt.model;
  if (!result.context.attribution.empty()) facts += ", " + result.context.attribution;
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
         markupText(title) + "</title>\n<script type=\"application/json\" id=\"stormloom-receipt\">" +
         receiptText(receipt) + "</script>\n<style>" + kStyle + "</style></head><body>\n<h1>" +
         markupText(title) + "</h1>\n<p class=\"facts\">" + markupText(facts) +
         (result.context.synthetic ? " <span class=\"synthetic\">synthetic</span>" : "") + "</p>\n";
}

/// One file that needs nothing else: pictures and the animation stand inside.
std::string reportHtml(const Session& session, const SheetSubject& subject) {
  const SheetContent& content = subject.content;
  const FrameSequence& context = content.result.context;
  std::string title = context.product;
  if (!context.event.empty()) title += (title.empty() ? "" : " ") + context.event;
  std::string html = headOf(content, subject.receipt, title.empty() ? "Storm" : title);
  if (canWriteAnimations())
    html += "<video controls autoplay loop muted src=\"data:video/mp4;base64," +
            base64Of(filmAsMp4(session, filmOfResult(content.result), subject.receipt)) +
            "\"></video>\n";
  html += picture(content, SheetKind::Strip, subject.receipt, "Frames");
  if (!content.result.members.empty()) {
    html += picture(content, SheetKind::Fan, subject.receipt, "Mean intensity");
    if (content.result.members.size() > 1 && content.result.members.size() <= 100)
      html += picture(content, SheetKind::Stamps, subject.receipt, "Members");
    if (!content.scores.empty())
      html += picture(content, SheetKind::Scores, subject.receipt, "Skill");
  }
  return html + factsTable(subject.receipt) + "</body></html>\n";
}

/// A page of paper moves nothing.
void refuseAnimationOptions(const Arguments& arguments) {
  for (const Option& option : pictureOptions())
    if (arguments.has(option.name))
      throw UsageError(option.name + " is for the animation in a report; a .pdf has none.");
}

ExitCode run(const Session& session) {
  const std::string out = session.arguments.required("--out");
  if (lowerEnding(out) == ".pdf") refuseAnimationOptions(session.arguments);
  checkOutput(session, out, {".html", ".pdf"});
  const SheetSubject subject = sheetSubjectFrom(session, "--out");
  writeWholeFile(out, lowerEnding(out) == ".pdf" ? reportPdf(subject.content, subject.receipt)
                                                 : reportHtml(session, subject));
  session.console.result(out);
  session.console.resultJson(Json::object({{"file", out}}));
  return ExitCode::Done;
}

}  // namespace

Command reportCommand() {
  std::vector<Option> options = {
      {"--out", "FILE", ".html (with the animation) or .pdf.", "", "", true}};
  for (const Option& option : pictureOptions()) options.push_back(option);
  return {"report",
          "FILE.nc [PATH...] --out FILE.html|.pdf",
          "Everything about one event in one file: animation, figures, scores, how it was made.",
          "The HTML needs no network and no other file. PATH... are radar files of the time after "
          "the run: with them the\nreport has the truth and the scores.",
          options,
          {"report out/s.nc out/demo.nc --out out/report.html", "report f.nc --out report.pdf"},
          1,
          -1,
          run};
}

}  // namespace stormloom::cli
