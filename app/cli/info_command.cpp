#include "app/cli/command.h"
#include "core/inventory.h"
#include "core/standing_still.h"

namespace stormloom::cli {

namespace {

Json timesJson(const std::vector<ValidTime>& times) {
  Json json = Json::array();
  for (const ValidTime time : times) json.push(isoText(time));
  return json;
}

Json jsonFromEntry(const SequenceEntry& entry) {
  Json gaps = Json::array();
  for (const Gap& gap : entry.gaps)
    gaps.push(Json::object({{"before", isoText(gap.before)}, {"after", isoText(gap.after)}}));
  const LonLatBox& box = entry.bounds;
  return Json::object({{"product", entry.product},
                       {"quantity", quantityName(entry.quantity)},
                       {"units", unitText(entry.quantity)},
                       {"width", entry.width},
                       {"height", entry.height},
                       {"crs", entry.crs},
                       {"bounds", std::vector<double>{box.west, box.south, box.east, box.north}},
                       {"step_minutes", entry.stepMinutes},
                       {"frames", entry.times.size()},
                       {"times", timesJson(entry.times)},
                       {"gaps", gaps},
                       {"min", double(entry.min)},
                       {"max", double(entry.max)},
                       {"wet_fraction", entry.wetFraction},
                       {"missing_fraction", entry.missingFraction},
                       {"stands_still", timesJson(entry.standStill)},
                       {"still_fraction", entry.stillFraction},
                       {"outside_fraction", entry.outsideFraction},
                       {"event", entry.event},
                       {"attribution", entry.attribution},
                       {"forecast", entry.provenance == Provenance::Forecast},
                       {"synthetic", entry.synthetic}});
}

std::string kindOf(const SequenceEntry& entry) {
  const bool forecast = entry.provenance == Provenance::Forecast;
  if (entry.synthetic) return forecast ? "synthetic, forecast" : "synthetic";
  return forecast ? "forecast" : "";
}

std::string percent(double share) { return decimals(100.0 * share, 1) + " %"; }

void describe(const Console& console, const SequenceEntry& entry) {
  const std::string kind = kindOf(entry);
  console.result(console.strong(entry.product + (kind.empty() ? "" : " (" + kind + ")")) +
                 (entry.event.empty() ? "" : "  " + entry.event));
  console.result("  " + std::string(quantityName(entry.quantity)) + " in " +
                 std::string(unitText(entry.quantity)) + ", " + std::to_string(entry.width) +
                 " x " + std::to_string(entry.height) + " cells");
  console.result("  west " + decimals(entry.bounds.west, 3) + ", south " +
                 decimals(entry.bounds.south, 3) + ", east " + decimals(entry.bounds.east, 3) +
                 ", north " + decimals(entry.bounds.north, 3));
  console.result("  " + entry.crs.substr(0, 120));
  if (!entry.times.empty())
    console.result("  " + std::to_string(entry.times.size()) + " frames, " +
                   isoText(entry.times.front()) + " to " + isoText(entry.times.back()) +
                   ", every " + decimals(entry.stepMinutes, 1) + " min");
  for (const Gap& gap : entry.gaps)
    console.result("  gap between " + isoText(gap.before) + " and " + isoText(gap.after));
  if (!entry.standStill.empty())
    console.result("  stands still at " + std::to_string(entry.standStill.size()) +
                   " of these times, first " + isoText(entry.standStill.front()));
  else if (const std::string still = stillWords(entry.stillFraction); !still.empty())
    console.result("  " + still + " from frame to frame (median of the rain): radars slower than these times");
  console.result("  values " + decimals(double(entry.min), 2) + " to " +
                 decimals(double(entry.max), 2) + ", wet " + percent(entry.wetFraction) +
                 ", without a value " + percent(entry.missingFraction));
  if (!entry.attribution.empty()) console.result("  " + entry.attribution);
}

ExitCode run(const Session& session) {
  const Console& console = session.console;
  Inventory inventory;
  {
    ProgressLine line(console, "Reading");
    ReadOptions options;
    options.stop = session.stop;
    options.progress = [&](int done, int total) { line.update(double(done) / total); };
    inventory = takeInventory(session.arguments.positionals(), options);
  }
  stopHere(session);
  for (const std::string& sentence : inventory.passedOver) console.warning(sentence);
  Json list = Json::array();
  for (const SequenceEntry& entry : inventory.sequences) {
    list.push(jsonFromEntry(entry));
    describe(console, entry);
  }
  console.resultJson(Json::object({{"sequences", list}, {"passed_over", inventory.passedOver}}));
  return ExitCode::Done;
}

}  // namespace

Command infoCommand() {
  return {"info",
          "PATH...",
          "What is in these files: product, grid, times, gaps, units, range.",
          "",
          {},
          {"info /data/radar", "info out/demo.nc --json", "info '/data/mrms/*.grib2.gz'"},
          1,
          -1,
          run};
}

}  // namespace stormloom::cli
