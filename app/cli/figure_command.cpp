#include <charconv>

#include "app/cli/outputs.h"
#include "app/cli/sheets.h"
#include "app/figure/figure.h"

namespace stormloom::cli {

namespace {

ExitCode run(const Session& session) {
  const std::string out = session.arguments.required("--out");
  checkOutput(session, out, {".png", ".svg", ".pdf"});
  const SheetOptions options = sheetOptionsFrom(session);
  const SheetSubject subject = sheetSubjectFrom(session, "--out");
  writeSheet(out, subject.content, options, subject.receipt);
  session.console.result(out);
  session.console.resultJson(Json::object({{"file", out}}));
  return ExitCode::Done;
}

}  // namespace

Command figureCommand() {
  return {"figure",
          "FILE.nc [PATH...] --kind NAME --out FILE",
          "A figure for paper or slides: PNG, SVG or PDF.",
          "strip: past, truth and scenarios as rows, times as columns; stamps: every member at one "
          "lead time; fan: mean\nintensity over time; scores: a table. PATH... are radar files of "
          "the time after the run: the truth.",
          {{"--out", "FILE", ".png, .svg or .pdf.", "", "", true},
           {"--kind", "NAME", "strip, stamps, fan or scores.", "strip"},
           {"--mm", "WxH", "Millimetres; W alone: as tall as the content needs.", "180"},
           {"--dpi", "D", "Dots per inch of PNG and of maps inside the others.", "300"},
           {"--theme", "NAME", "light, for paper, or dark.", "light"},
           {"--lead", "K", "Of stamps: which lead time, from 1 on; 0: the last.", "0"}},
          {"figure out/s.nc out/demo.nc --kind strip --out out/strip.pdf",
           "figure out/s.nc --kind fan --mm 120x80 --dpi 600 --out out/fan.png"},
          1,
          -1,
          run};
}

}  // namespace stormloom::cli
