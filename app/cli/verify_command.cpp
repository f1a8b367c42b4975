#include <cmath>

#include "app/cli/inputs.h"
#include "app/cli/outputs.h"
#include "core/checked_result.h"
#include "core/receipt_in_file.h"
#include "core/scratch_file.h"
#include "core/skill_scores.h"
#include "core/verification.h"

namespace stormloom::cli {

namespace {

std::string thresholdText(float threshold) { return std::to_string(int(threshold)); }

Json byThreshold(const std::vector<double>& scores) {
  Json json = Json::object();
  for (std::size_t i = 0; i < scores.size(); ++i)
    json.set(thresholdText(kSevirThresholds[i]), scores[i]);
  return json;
}

Json jsonFromScores(const LeadScores& scores) {
  return Json::object({{"model", scores.model},
                       {"n", scores.nSigma},
                       {"realization", scores.member},
                       {"lead_minutes", scores.leadMinutes},
                       {"csi", byThreshold(scores.csi)},
                       {"mse", scores.mse},
                       {"mae", scores.mae},
                       {"crps", scores.crps},
                       {"fss", byThreshold(scores.fss)}});
}

void addRow(TextTable& table, const LeadScores& scores) {
  std::vector<std::string> row = {
      std::isnan(scores.nSigma) ? scores.model : sigmaText(scores.nSigma),
      std::to_string(scores.member + 1), "+" + decimals(scores.leadMinutes, 0) + " min"};
  for (const double csi : scores.csi) row.push_back(decimals(csi, 3));
  for (const double score : {scores.mae, scores.crps}) row.push_back(decimals(255.0 * score, 2));
  table.add(row);
}

/// The numbers of --json as a table; empty where nothing can be said.
std::string csvFromScores(const std::vector<LeadScores>& scores) {
  std::string csv = "model,n_sigma,member,lead_minutes,mse,mae,crps";
  for (const char* score : {"csi", "fss"})
    for (const float threshold : kSevirThresholds)
      csv += std::string(",") + score + "_" + thresholdText(threshold);
  csv += "\n";
  const auto add = [&csv](double value) {
    char text[32] = "";
    if (std::isfinite(value)) std::snprintf(text, sizeof text, "%.9g", value);
    csv += std::string(",") + text;
  };
  for (const LeadScores& one : scores) {
    csv += "\"" + one.model + "\"";
    for (const double value :
         {one.nSigma, double(one.member + 1), one.leadMinutes, one.mse, one.mae, one.crps})
      add(value);
    for (const auto* list : {&one.csi, &one.fss})
      for (const double value : *list) add(value);
    csv += "\n";
  }
  return csv;
}

ExitCode run(const Session& session) {
  const std::string out = session.arguments.text("--out");
  if (!out.empty()) checkOutput(session, out, {".csv"});
  const std::vector<std::string>& words = session.arguments.positionals();
  if (!isResultFile(words.front()))
    throw IoError(
        words.front() +
        ": this is no forecast of Stormloom. Name one made by forecast or scenario first, "
        "then the radar files.");
  const ResultFile forecast = readCheckedResult(words.front());
  ReadOptions options;
  options.stop = session.stop;
  const RadarFiles files = readRadarFiles({words.begin() + 1, words.end()}, options);
  stopHere(session);
  for (const std::string& sentence : files.passedOver) session.console.warning(sentence);
  const FrameSequence& observed = longestObserved(session, files);
  const auto scores = verifyForecast(forecast, observed);
  std::vector<std::string> header = {"forecast", "member", "lead time"};
  for (const float threshold : kSevirThresholds)
    header.push_back("CSI " + thresholdText(threshold));
  header.insert(header.end(), {"MAE", "CRPS"});
  TextTable table(header);
  Json list = Json::array();
  for (const LeadScores& one : scores) {
    list.push(jsonFromScores(one));
    addRow(table, one);
  }
  session.console.resultJson(Json::object({{"scores", list}}));
  if (out.empty()) {
    session.console.result(table.text());
    return ExitCode::Done;
  }
  std::vector<std::string> inputs = {words.front()};
  for (const std::string& file : sourceFiles(observed)) inputs.push_back(file);
  Receipt receipt = receiptOfDerived(session, "--out", words.front());
  receipt.inputs = receiptFor(session, "--out", inputs).inputs;
  writeWithSidecar(out, csvFromScores(scores), receiptText(receipt) + "\n");
  session.console.result(out);
  return ExitCode::Done;
}

}  // namespace

Command verifyCommand() {
  return {"verify",
          "FORECAST.nc PATH...",
          "Skill scores of a forecast against what was observed.",
          "CSI by threshold of the 0-255 scale; MAE and CRPS on that scale (with --json on 0-1, as "
          "MSE is, and FSS in squares of 9 cells).\nCells without a value in the forecast or the "
          "observation count nowhere; n/a where nothing can be said.",
          {{"--out", "FILE.csv", "Also write the scores as a table.", "", "", true}},
          {"verify out/scenario.nc out/demo.nc", "verify f.nc /data/radar --out scores.csv"},
          2,
          -1,
          run};
}

}  // namespace stormloom::cli
