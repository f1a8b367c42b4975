#include <cstdio>
#include <sstream>

#include "models/skill.h"

namespace stormloom {
namespace {

std::string number(double value, const char* format) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string overallTable(const Json& methods) {
  std::ostringstream table;
  table << "| method | MSE x 1000 | CRPS x 1000 | CSI-M | spread/skill | power 12-40 km |\n"
        << "| --- | ---: | ---: | ---: | ---: | ---: |\n";
  const auto ofEnsembles = [](const Json& each, const char* key) {
    return each.contains(key) ? number(each.at(key).asDouble(), "%.2f") : std::string();
  };
  for (const Json& each : methods)
    table << "| " << each.at("method").asString() << " | "
          << number(each.at("mse_x1000").asDouble(), "%.2f") << " | "
          << ofEnsembles(each, "crps_x1000") << " | " << number(each.at("csi_m").asDouble(), "%.3f")
          << " | " << ofEnsembles(each, "spread_skill") << " | "
          << number(each.at("power_12_40_km").asDouble(), "%.2f") << " |\n";
  return table.str();
}

std::string leadTable(const Json& methods, const char* key, const char* format) {
  std::ostringstream table;
  table
      << "| method | 1 | 2 | 3 | 4 | 5 | 6 |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (const Json& each : methods) {
    if (!each.contains(key)) continue;
    table << "| " << each.at("method").asString() << " |";
    for (const Json& value : each.at(key)) table << ' ' << number(value.asDouble(), format) << " |";
    table << '\n';
  }
  return table.str();
}

std::string obedienceTable(const Json& obedience) {
  std::ostringstream table;
  table << "| n | mean absolute miss, in sigma | frames that count |\n| ---: | ---: | ---: |\n";
  for (const Json& each : obedience.at("miss"))
    table << "| " << number(each.at("n").asDouble(), "%+.0f") << " | "
          << number(each.at("miss_sigma").asDouble(), "%.3f") << " | " << each.at("frames").asInt()
          << " |\n";
  return table.str();
}

}  // namespace

std::string skillPage(const Json& figures) {
  const Json& methods = figures.at("methods");
  const Json& obedience = figures.at("obedience");
  std::ostringstream page;
  page << "## Overall\n\n"
       << figures.at("windows").asInt() << " windows, " << figures.at("members").asInt()
       << " members, " << figures.at("steps").asInt() << " steps; "
       << figures.at("device").asString() << ", " << figures.at("precision").asString()
       << ". CSI-M and power are those of the first member.\n\n"
       << overallTable(methods)
       << "\n## By lead step\n\nMSE of the forecast or of the ensemble's mean, x 1000\n\n"
       << leadTable(methods, "mse_x1000_by_lead", "%.2f") << "\nCRPS, x 1000\n\n"
       << leadTable(methods, "crps_x1000_by_lead", "%.2f") << "\nCSI-M\n\n"
       << leadTable(methods, "csi_m_by_lead", "%.3f")
       << "\n## Is the slider obeyed?\n\nAchieved intensity rises strictly with n = -4, -2, 0, 2, "
          "4 in "
       << obedience.at("rising").asInt() << " of " << obedience.at("contexts").asInt()
       << " contexts; mean rank correlation "
       << number(obedience.at("rank_correlation").asDouble(), "%.3f") << ".\n\n"
       << obedienceTable(obedience);
  return page.str();
}

}  // namespace stormloom
