#include "core/products.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "core/errors.h"
#include "core/vil_scale.h"

namespace stormloom {

namespace {

using Members = std::vector<const ScenarioMember*>;
using Reduce = std::function<double(std::vector<double>&)>;

std::string numberText(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

/// The members that were asked; for products over members all must share one n.
Members chosenMembers(const ResultFile& result, const ProductRequest& request, bool oneN) {
  std::set<double> all;
  for (const ScenarioMember& member : result.members)
    if (!std::isnan(member.nSigma)) all.insert(member.nSigma);
  std::optional<double> n = request.nSigma;
  if (!n && oneN && all.size() > 1) n = 0.0;
  Members chosen;
  for (const ScenarioMember& member : result.members)
    if ((!n || std::abs(member.nSigma - *n) < 1e-9) &&
        (!request.member || member.member == *request.member))
      chosen.push_back(&member);
  if (!chosen.empty()) return chosen;
  std::string list;
  for (const double value : all) list += (list.empty() ? "" : ", ") + numberText(value);
  throw UsageError(
      "No member of this file is at n = " + numberText(n.value_or(0.0)) +
      (list.empty() ? "; it holds one forecast without n." : "; it holds n = " + list + ".") +
      " Choose with --n and --member.");
}

/// `reduce` of each cell's values; Missing where one of them is not known.
std::shared_ptr<const RadarGrid> reduced(const std::vector<const RadarGrid*>& grids,
                                         const Reduce& reduce) {
  auto out = std::make_shared<RadarGrid>(grids.front()->width(), grids.front()->height());
  std::vector<double> values(grids.size());
  for (std::size_t cell = 0; cell < out->size(); ++cell) {
    bool known = true;
    for (std::size_t k = 0; k < grids.size(); ++k) {
      known = known && grids[k]->states()[cell] <= CellState::BelowDetection;
      values[k] = double(grids[k]->values()[cell]);
    }
    if (!known) continue;
    out->values()[cell] = float(reduce(values));
    out->states()[cell] = CellState::Measured;
  }
  return out;
}

double meanOf(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / double(values.size());
}

/// Of the members as a sample (n - 1).
double deviationOf(const std::vector<double>& values) {
  if (values.size() < 2) return 0.0;
  const double mean = meanOf(values);
  double sum = 0.0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / double(values.size() - 1));
}

/// Linear between the ordered values (as numpy's default).
double percentileOf(std::vector<double>& values, double percent) {
  std::sort(values.begin(), values.end());
  const double at = percent / 100.0 * double(values.size() - 1);
  const std::size_t below = std::size_t(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - double(below)) * (values[above] - values[below]);
}

double shareAtOrAbove(const std::vector<double>& values, double threshold) {
  const auto count = std::count_if(values.begin(), values.end(),
                                   [threshold](double value) { return value >= threshold; });
  return double(count) / double(values.size());
}

/// One map for each lead time out of all chosen members.
void reduceMembers(const Members& members, const Reduce& reduce, Product& product) {
  const FrameSequence& first = members.front()->frames;
  for (std::size_t lead = 0; lead < first.frames.size(); ++lead) {
    std::vector<const RadarGrid*> grids;
    for (const ScenarioMember* member : members)
      grids.push_back(member->frames.frames.at(lead).grid.get());
    const ValidTime time = first.frames[lead].validTime;
    product.maps.push_back({members.front()->nSigma, -1, time, time, reduced(grids, reduce)});
  }
}

/// One map for each member out of all its frames. `weights` are the hours that a frame stands for.
void reduceTime(
    const Members& members, ValidTime runTime,
    const std::function<double(const std::vector<double>&, const std::vector<double>&)>& reduce,
    Product& product) {
  for (const ScenarioMember* member : members) {
    std::vector<const RadarGrid*> grids;
    std::vector<double> hours;
    ValidTime before = runTime;
    for (const Frame& frame : member->frames.frames) {
      grids.push_back(frame.grid.get());
      hours.push_back(double((frame.validTime - before).count()) / 3600.0);
      before = frame.validTime;
    }
    const auto grid =
        reduced(grids, [&](std::vector<double>& values) { return reduce(values, hours); });
    product.maps.push_back({member->nSigma, member->member, runTime, before, grid});
  }
}

double millimetres(const std::vector<double>& digital, const std::vector<double>& hours) {
  double sum = 0.0;
  for (std::size_t k = 0; k < digital.size(); ++k) sum += rainFromDigital(digital[k]) * hours[k];
  return sum;
}

void fillIntensity(const Members& members, Product& product) {
  for (const ScenarioMember* member : members)
    for (const Frame& frame : member->frames.frames)
      product.maps.push_back(
          {member->nSigma, member->member, frame.validTime, frame.validTime, frame.grid});
}

void describe(Product& product, const std::string& name, const std::string& longName,
              const std::string& units, const std::string& cellMethods = {}) {
  product.name = name;
  product.longName = longName;
  product.units = units;
  product.cellMethods = cellMethods;
}

void fillOverMembers(const ResultFile& result, const ProductRequest& request, Product& product) {
  const Members members = chosenMembers(result, request, true);
  const std::string scale = ", 0-255 scale";
  if (request.product == "mean") {
    describe(product, "mean_intensity", "mean of the members" + scale, "1", "realization: mean");
    reduceMembers(members, meanOf, product);
  } else if (request.product == "spread") {
    describe(product, "intensity_spread", "standard deviation of the members" + scale, "1",
             "realization: standard_deviation");
    reduceMembers(members, deviationOf, product);
  } else if (request.product == "percentile") {
    describe(product, "intensity_percentile",
             numberText(request.percentile) + "th percentile of the members" + scale, "1");
    reduceMembers(
        members,
        [&](std::vector<double>& values) { return percentileOf(values, request.percentile); },
        product);
  } else {
    describe(product, "exceedance_probability",
             "share of members at or above " + numberText(request.threshold) + scale, "1");
    reduceMembers(
        members,
        [&](std::vector<double>& values) { return shareAtOrAbove(values, request.threshold); },
        product);
  }
}

void fillOverTime(const ResultFile& result, const ProductRequest& request, Product& product) {
  const Members members = chosenMembers(result, request, false);
  if (request.product == "accumulation") {
    describe(product, "rain_accumulation",
             "rain of the forecast period, from the VIL-like scale by its fixed chain", "mm",
             "time: sum");
    reduceTime(members, result.runTime, millimetres, product);
  } else {
    describe(product, "maximum_intensity", "largest value of the forecast period, 0-255 scale", "1",
             "time: maximum");
    reduceTime(
        members, result.runTime,
        [](const std::vector<double>& values, const std::vector<double>&) {
          return *std::max_element(values.begin(), values.end());
        },
        product);
  }
}

}  // namespace

Product makeProduct(const ResultFile& result, const ProductRequest& request) {
  if (result.members.empty()) {
    if (request.product != "intensity")
      throw UsageError("This file holds observed frames and no forecast; " + request.product +
                       " needs one made by forecast or scenario.");
    return productOfSequence(result.context);
  }
  const FrameSequence& frames = result.members.front().frames;
  Product product{.geo = frames.geo,
                  .quantity = frames.quantity,
                  .runTime = result.runTime,
                  .title = result.context.product + " " + result.context.event,
                  .synthetic = result.context.synthetic};
  const std::string& what = request.product;
  if (what == "intensity") {
    describe(product, "intensity", "VIL, digital, on SEVIR's 0-255 scale", "1");
    fillIntensity(chosenMembers(result, request, false), product);
  } else if (what == "mean" || what == "spread" || what == "percentile" || what == "exceedance") {
    fillOverMembers(result, request, product);
  } else if (what == "accumulation" || what == "maximum") {
    fillOverTime(result, request, product);
  } else {
    throw UsageError("There is no product \"" + what + "\".");
  }
  return product;
}

ColorTable colorsOf(const Product& product) {
  if (product.name == "exceedance_probability")
    return ColorTable("probability", "share of members",
                      {{0.01, {0xd9, 0xe6, 0xf2}},
                       {0.1, {0xa6, 0xc8, 0xe4}},
                       {0.25, {0x6a, 0xa3, 0xd5}},
                       {0.5, {0xf2, 0xd0, 0x6b}},
                       {0.75, {0xec, 0x8f, 0x3f}},
                       {0.9, {0xc8, 0x37, 0x2d}}});
  if (product.name == "rain_accumulation")
    return ColorTable("accumulation", "mm",
                      {{0.1, {0xc6, 0xe3, 0xf4}},
                       {1.0, {0x7f, 0xbf, 0xe8}},
                       {5.0, {0x2f, 0x86, 0xc8}},
                       {10.0, {0x2e, 0xa6, 0x5a}},
                       {20.0, {0xf0, 0xd2, 0x3c}},
                       {40.0, {0xe6, 0x7a, 0x22}},
                       {80.0, {0xb5, 0x1f, 0x3c}}});
  return colorTableFor(product.quantity);
}

Product productOfSequence(const FrameSequence& sequence) {
  Product product{.geo = sequence.geo,
                  .quantity = sequence.quantity,
                  .title = sequence.product + " " + sequence.event,
                  .synthetic = sequence.synthetic};
  describe(
      product, "intensity", std::string(quantityName(sequence.quantity)),
      sequence.quantity == Quantity::VilDigital ? "1" : std::string(unitText(sequence.quantity)));
  for (const Frame& frame : sequence.frames)
    product.maps.push_back({std::numeric_limits<double>::quiet_NaN(), -1, frame.validTime,
                            frame.validTime, frame.grid});
  return product;
}

}  // namespace stormloom
