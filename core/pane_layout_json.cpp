#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "core/errors.h"
#include "core/frame_words.h"
#include "core/pane_layout.h"

namespace stormloom {
namespace {

constexpr std::array kSources{"observed",    "persistence", "extrapolation", "stochastic",
                              "earthformer", "scenario",    "disagreement"};
constexpr std::array kProducts{"member", "mean", "percentile", "maximum", "spread", "probability"};
constexpr int kDeepest = 8;

template <class Enum, std::size_t N>
Enum fromName(const std::array<const char*, N>& names, const std::string& name) {
  for (std::size_t i = 0; i < N; ++i)
    if (name == names[i]) return Enum(i);
  throw IoError("A layout names \"" + name + "\", which this program does not know.");
}

Json toJson(const PaneContent& content) {
  Json json = Json::object({{"source", kSources[std::size_t(content.source)]}});
  if (!content.hasMembers()) return json;
  json.set("product", kProducts[std::size_t(content.product)]);
  if (content.nSigma) json.set("n", *content.nSigma);
  if (content.member) json.set("member", content.member);
  if (content.product == PaneProduct::Percentile) json.set("percent", content.percent);
  return json;
}

PaneContent contentFromJson(const Json& json) {
  PaneContent content;
  content.source = fromName<PaneSource>(kSources, json.at("source").asString());
  content.product = fromName<PaneProduct>(kProducts, json.value("product", "member"));
  if (const Json* n = json.find("n")) content.nSigma = n->asDouble();
  content.member = json.value("member", 0);
  content.percent = json.value("percent", 90.0);
  const bool sound = (!content.nSigma || std::abs(*content.nSigma) <= 4.0) && content.member >= 0 &&
                     content.member < 256 && content.percent >= 0 && content.percent <= 100;
  if (!sound)
    throw IoError("A layout holds a pane with n, member or percentage outside its range.");
  return content;
}

std::string plainNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

PaneSpec observed() { return {{PaneSource::Observed}, {}, {}}; }
PaneSpec forecast(PaneSource source) { return {{source}, {}, {}}; }
PaneSpec scenario(std::optional<double> n = {}, int member = 0) {
  return {{PaneSource::Scenario, PaneProduct::Member, n, member}, {}, {}};
}
PaneSpec product(PaneProduct kind) { return {{PaneSource::Scenario, kind}, {}, {}}; }

PaneLayout row(const std::vector<PaneSpec>& panes) {
  return PaneLayout::grid(panes, int(panes.size()));
}

PaneLayout stripLayout(bool wide) {
  std::vector<PaneSpec> panes;
  for (const double n : {-4.0, -2.0, 0.0, 2.0, 4.0}) panes.push_back(scenario(n));
  if (wide) return row(panes);
  panes.insert(panes.begin() + 3,
               observed());  // the middle of the lower row's beginning: what was seen
  return PaneLayout::grid(panes, 3);
}

PaneLayout stampsLayout(int members) {
  std::vector<PaneSpec> panes;
  for (int member = 0; member < members; ++member) panes.push_back(scenario({}, member));
  panes.push_back(product(PaneProduct::Mean));
  const int columns = int(std::ceil(std::sqrt(1.4 * double(panes.size()))));
  return PaneLayout::grid(panes, columns);
}

/// The figure of the PreDiff paper: context, target, five rows of n; a column for each lead time.
PaneLayout figureLayout(int leads) {
  std::vector<PaneSpec> panes;
  for (int i = 0; i < leads; ++i) panes.push_back({{PaneSource::Observed}, {}, i - leads});
  for (int i = 0; i < leads; ++i) panes.push_back({{PaneSource::Observed}, {}, i});
  for (const double n : {4.0, 2.0, 0.0, -2.0, -4.0}) {
    for (int i = 0; i < leads; ++i) {
      PaneSpec pane = scenario(n);
      pane.frame = i;
      panes.push_back(pane);
    }
  }
  return PaneLayout::grid(panes, leads);
}

}  // namespace

std::string signedNumber(double value, int decimals) {
  const double unit = std::pow(10.0, decimals);
  const double rounded = std::round(value * unit) / unit;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, std::abs(rounded));
  return (rounded > 0 ? "+" : rounded < 0 ? "−" : "") + std::string(text);
}

Json PaneSpec::toJson() const {
  Json json = stormloom::toJson(content);
  if (minus) json.set("minus", stormloom::toJson(*minus));
  if (frame) json.set("frame", *frame);
  return json;
}

PaneSpec PaneSpec::fromJson(const Json& json) {
  PaneSpec pane{contentFromJson(json), {}, {}};
  if (const Json* minus = json.find("minus")) pane.minus = contentFromJson(*minus);
  if (const Json* frame = json.find("frame")) pane.frame = std::clamp(frame->as<int>(), -64, 64);
  return pane;
}

Json PaneLayout::toJson() const {
  if (parts_.empty()) return pane_.toJson();
  Json parts = Json::array();
  for (const PaneLayout& part : parts_) parts.push(part.toJson());
  return Json::object(
      {{"way", way_ == Way::Row ? "row" : "column"}, {"parts", parts}, {"shares", shares_}});
}

namespace {

PaneLayout layoutFromJson(const Json& json, int depth) {
  if (depth > kDeepest) throw IoError("A layout is nested too deeply.");
  if (!json.contains("parts")) return PaneLayout(PaneSpec::fromJson(json));
  std::vector<PaneLayout> parts;
  for (const Json& part : json.at("parts")) parts.push_back(layoutFromJson(part, depth + 1));
  const auto way =
      json.value("way", "row") == "column" ? PaneLayout::Way::Column : PaneLayout::Way::Row;
  std::vector<double> shares;
  if (const Json* given = json.find("shares")) shares = given->as<std::vector<double>>();
  try {
    PaneLayout layout(way, std::move(parts), std::move(shares));
    if (layout.count() > 64) throw UsageError("A layout has at most 64 panes.");
    return layout;
  } catch (const UsageError& error) {
    throw IoError(error.what());
  }
}

}  // namespace

PaneLayout PaneLayout::fromJson(const Json& json) { return layoutFromJson(json, 0); }

namespace {

/// What is made of the members, after the name of who made them.
std::string productTitle(const PaneContent& content, double threshold) {
  switch (content.product) {
    case PaneProduct::Member:
      return "";
    case PaneProduct::Mean:
      return "Mean";
    case PaneProduct::Percentile:
      return percentileWords(content.percent);
    case PaneProduct::Maximum:
      return "Maximum";
    case PaneProduct::Spread:
      return "Spread";
    case PaneProduct::Probability:
      return "Chance of " + plainNumber(threshold) + " or more";
  }
  return "";
}

}  // namespace

std::string contentTitle(const PaneContent& content, double dialSigma, double threshold) {
  const std::string product = content.hasMembers() ? productTitle(content, threshold) : "";
  switch (content.source) {
    case PaneSource::Observed:
      return "Observed";
    case PaneSource::Persistence:
      return "Persistence";
    case PaneSource::Extrapolation:
      return "Extrapolation";
    case PaneSource::Earthformer:
      return "Earthformer";
    case PaneSource::Disagreement:
      return "Where they disagree";
    case PaneSource::Stochastic:
      return (product.empty() ? "S" : product + ", s") + "tochastic extrapolation";
    case PaneSource::Scenario:
      break;
  }
  const std::string n = "n = " + signedNumber(content.nSigma.value_or(dialSigma)) + " σ";
  return product.empty() ? "PreDiff " + n : product + ", " + n;
}

std::string paneTitle(const PaneSpec& pane, double dialSigma, double threshold) {
  const std::string title = contentTitle(pane.content, dialSigma, threshold);
  return pane.minus ? title + " minus " + contentTitle(*pane.minus, dialSigma, threshold) : title;
}

const char* presetName(LayoutPreset preset) {
  constexpr std::array names{"Single",     "Compare",     "Strip", "Stamps",
                             "Difference", "Probability", "Figure"};
  return names[std::size_t(preset)];
}

PaneLayout presetLayout(LayoutPreset preset, const PresetOptions& options) {
  const PaneSpec earthformer = forecast(PaneSource::Earthformer);
  switch (preset) {
    case LayoutPreset::Single:
      return PaneLayout(scenario());
    case LayoutPreset::Compare:
      return row({observed(), earthformer, scenario()});
    case LayoutPreset::Strip:
      return stripLayout(options.wide);
    case LayoutPreset::Stamps:
      return stampsLayout(options.members);
    case LayoutPreset::Difference: {
      PaneSpec difference = scenario();
      difference.minus = earthformer.content;
      return row({scenario(), earthformer, difference});
    }
    case LayoutPreset::Probability:
      return PaneLayout::grid({observed(), scenario(), product(PaneProduct::Probability),
                               product(PaneProduct::Percentile)},
                              2);
    case LayoutPreset::Figure:
      return figureLayout(options.leads);
  }
  return PaneLayout();
}

}  // namespace stormloom
