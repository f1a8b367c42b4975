#include <cstdio>
#include <sstream>

#include "models/skill.h"

namespace stormloom {
namespace {

constexpr int kShownWaves[] = {1, 2, 4, 8, 16, 32};  ///< cycles in a window

std::string number(double value, const char* format) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// A row of a table: its name and its numbers.
std::string rowOf(const std::string& name, const Json& values, const char* format) {
  std::string row = "| " + name + " |";
  for (const Json& value : values) row += ' ' + number(value.asDouble(), format) + " |";
  return row + '\n';
}

std::string headOf(const std::string& first, const std::vector<std::string>& columns) {
  std::string head = "| " + first + " |", rule = "\n| --- |";
  for (const std::string& column : columns) {
    head += ' ' + column + " |";
    rule += " ---: |";
  }
  return head + rule + '\n';
}

const std::vector<std::string> kLeads = {"1", "2", "3", "4", "5", "6"};

std::string overallTable(const Json& methods) {
  std::ostringstream table;
  table << headOf("method", {"MSE x 1000", "CRPS x 1000", "CSI-M", "pooled 4", "pooled 16",
                             "spread/skill", "power 12-40 km"});
  const auto orNothing = [](const Json& each, const char* key) {
    return each.contains(key) ? number(each.at(key).asDouble(), "%.2f") : std::string();
  };
  for (const Json& each : methods) {
    const Json& more = each.at("ensemble");
    table << "| " << each.at("method").asString() << " | "
          << number(each.at("mse_x1000").asDouble(), "%.2f") << " | "
          << orNothing(each, "crps_x1000") << " | " << number(each.at("csi_m").asDouble(), "%.3f")
          << " | " << number(more.at("csi_m_pool_4").asDouble(), "%.3f") << " | "
          << number(more.at("csi_m_pool_16").asDouble(), "%.3f") << " | "
          << orNothing(each, "spread_skill") << " | "
          << number(each.at("power_12_40_km").asDouble(), "%.2f") << " |\n";
  }
  return table.str();
}

std::string leadTable(const Json& methods, const char* key, const char* format) {
  std::string table = headOf("method", kLeads);
  for (const Json& each : methods)
    if (each.contains(key)) table += rowOf(each.at("method").asString(), each.at(key), format);
  return table;
}

std::string thresholdTable(const Json& methods) {
  std::string table = headOf("method", {"16", "74", "133", "160", "181", "219"});
  for (const Json& each : methods)
    table +=
        rowOf(each.at("method").asString(), each.at("ensemble").at("csi_by_threshold"), "%.3f");
  return table;
}

std::string fractionTable(const Json& methods) {
  std::string table = headOf("method, threshold", kLeads);
  for (const Json& each : methods)
    for (const Json& one : each.at("ensemble").at("fss"))
      table += rowOf(
          each.at("method").asString() + ", " + number(one.at("threshold").asDouble(), "%.0f"),
          one.at("by_lead"), "%.3f");
  return table;
}

std::string spectrumTable(const Json& methods) {
  std::vector<std::string> columns;
  for (const int wave : kShownWaves) columns.push_back(std::to_string(wave));
  std::string table = headOf("method", columns);
  for (const Json& each : methods) {
    const Json& all = each.at("ensemble").at("power_ratio_by_wave_number");
    Json some = Json::array();
    for (const int wave : kShownWaves) some.push(all.at(std::size_t(wave - 1)));
    table += rowOf(each.at("method").asString(), some, "%.2f");
  }
  return table;
}

std::string rankTable(const Json& methods, int members) {
  std::vector<std::string> columns;
  for (int rank = 0; rank <= members; ++rank) columns.push_back(std::to_string(rank));
  std::string table = headOf("members below the observation", columns);
  for (const Json& each : methods)
    if (each.at("ensemble").contains("rank_histogram"))
      table +=
          rowOf(each.at("method").asString(), each.at("ensemble").at("rank_histogram"), "%.3f");
  return table;
}

std::string reliabilityTable(const Json& methods, int members) {
  std::vector<std::string> columns;
  for (int votes = 0; votes <= members; ++votes)
    columns.push_back(number(100.0 * votes / members, "%.0f %%"));
  std::string table = headOf("forecast probability", columns);
  for (const Json& each : methods)
    if (each.at("ensemble").contains("reliability_74"))
      table += rowOf(each.at("method").asString() + ", observed share",
                     each.at("ensemble").at("reliability_74").at("observed_share"), "%.3f");
  return table;
}

std::string obedienceSection(const Json& obedience) {
  std::ostringstream text;
  text << "Achieved intensity rises strictly with n = -4, -2, 0, 2, 4 in "
       << obedience.at("rising").asInt() << " of " << obedience.at("contexts").asInt()
       << " contexts; mean rank correlation "
       << number(obedience.at("rank_correlation").asDouble(), "%.3f") << ".\n\n"
       << headOf("n", {"mean absolute miss, in sigma", "frames that count"});
  for (const Json& each : obedience.at("miss"))
    text << "| " << number(each.at("n").asDouble(), "%+.0f") << " | "
         << number(each.at("miss_sigma").asDouble(), "%.3f") << " | " << each.at("frames").asInt()
         << " |\n";
  return text.str();
}

std::string eventSection(const Json& event, int members) {
  const Json& methods = event.at("methods");
  std::ostringstream page;
  page << "\n## " << event.at("event").asString() << "\n\n"
       << event.at("windows").asInt() << " windows. "
       << (event.at("shippable").asBool() ? "Never trained on."
                                          : "Another producer and another year; never trained on, "
                                            "nor may weights be made of it.")
       << " CSI and power are those of the first member.\n\n"
       << overallTable(methods)
       << "\nMSE of the forecast or of the ensemble's mean by lead step, x 1000\n\n"
       << leadTable(methods, "mse_x1000_by_lead", "%.2f") << "\nCRPS by lead step, x 1000\n\n"
       << leadTable(methods, "crps_x1000_by_lead", "%.2f") << "\nCSI-M by lead step\n\n"
       << leadTable(methods, "csi_m_by_lead", "%.3f") << "\nCSI by threshold\n\n"
       << thresholdTable(methods)
       << "\nFractions skill score in squares of 9 cells by lead step\n\n"
       << fractionTable(methods)
       << "\nSpectral power over the observed, by cycles in a window (1 is as sharp as the "
          "radar)\n\n"
       << spectrumTable(methods)
       << "\nRank histogram (flat: " << number(1.0 / (members + 1), "%.3f") << ")\n\n"
       << rankTable(methods, members) << "\nReliability of the probability of 74 or more\n\n"
       << reliabilityTable(methods, members);
  if (event.at("obedience").at("contexts").asInt() > 0)
    page << "\nIs the slider obeyed?\n\n" << obedienceSection(event.at("obedience"));
  return page.str();
}

}  // namespace

std::string skillPage(const Json& figures) {
  const int members = int(figures.at("members").asInt());
  std::ostringstream page;
  page << members << " members, " << figures.at("steps").asInt() << " steps of "
       << figures.at("sampler").asString() << "; " << figures.at("device").asString() << ", "
       << figures.at("precision").asString() << ", "
       << number(figures.at("seconds_per_member").asDouble(), "%.3f") << " s a member.\n";
  for (const Json& event : figures.at("events")) page << eventSection(event, members);
  return page.str();
}

}  // namespace stormloom
