#include "core/products.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "core/ensemble_fields.h"
#include "core/errors.h"
#include "core/frame_words.h"
#include "core/vil_scale.h"

namespace stormloom {

namespace {

using Members = std::vector<const ScenarioMember*>;

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

/// The members' rasters of one lead time.
GridList gridsAt(const Members& members, std::size_t lead) {
  GridList grids;
  for (const ScenarioMember* member : members) grids.push_back(member->frames.frames.at(lead).grid);
  return grids;
}

/// One map for each lead time out of all chosen members.
void reduceMembers(const Members& members, const std::function<RadarGrid(const GridList&)>& reduce,
                   Product& product) {
  const FrameSequence& first = members.front()->frames;
  for (std::size_t lead = 0; lead < first.frames.size(); ++lead) {
    const ValidTime time = first.frames[lead].validTime;
    product.maps.push_back({members.front()->nSigma, -1, time, time,
                            std::make_shared<const RadarGrid>(reduce(gridsAt(members, lead)))});
  }
}

/// One map for each member out of all its frames.
void reduceTime(const Members& members, ValidTime runTime,
                const std::function<RadarGrid(const FrameSequence&)>& reduce, Product& product) {
  for (const ScenarioMember* member : members)
    product.maps.push_back({member->nSigma, member->member, runTime,
                            member->frames.frames.back().validTime,
                            std::make_shared<const RadarGrid>(reduce(member->frames))});
}

RadarGrid largestOf(const FrameSequence& frames) {
  GridList grids;
  for (const Frame& frame : frames.frames) grids.push_back(frame.grid);
  return maximumField(grids);
}

/// mm/h of a value that was measured.
double rainOf(Quantity quantity, double value) {
  if (quantity == Quantity::RainRate) return value;
  if (quantity == Quantity::Reflectivity)
    return std::isfinite(value) ? rainFromReflectivityFactor(std::pow(10.0, value / 10.0)) : 0.0;
  if (quantity == Quantity::VilMass)
    return rainFromReflectivityFactor(reflectivityFactorFromVilMass(value));
  return rainFromDigital(value);
}

/// Each frame stands for the time since the one before it. A cell that is unknown once has no sum.
RadarGrid millimetres(const FrameSequence& frames, ValidTime runTime) {
  RadarGrid sum(frames.width(), frames.height());
  for (std::size_t cell = 0; cell < sum.size(); ++cell) {
    double millimetres = 0.0;
    bool known = true;
    ValidTime before = runTime;
    for (const Frame& frame : frames.frames) {
      known = known && frame.grid->states()[cell] <= CellState::BelowDetection;
      const double hours = double((frame.validTime - before).count()) / 3600.0;
      millimetres +=
          known ? rainOf(frames.quantity, double(frame.grid->values()[cell])) * hours : 0.0;
      before = frame.validTime;
    }
    if (!known) continue;
    sum.values()[cell] = float(millimetres);
    sum.states()[cell] = CellState::Measured;
  }
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
    reduceMembers(members, meanField, product);
  } else if (request.product == "spread") {
    describe(product, "intensity_spread", "standard deviation of the members" + scale, "1",
             "realization: standard_deviation");
    reduceMembers(members, spreadField, product);
  } else if (request.product == "percentile") {
    describe(product, "intensity_percentile",
             percentileWords(request.percentile) + " of the members" + scale, "1");
    reduceMembers(
        members, [&](const GridList& grids) { return percentileField(grids, request.percentile); },
        product);
  } else {
    describe(product, "exceedance_probability",
             "share of members at or above " + numberText(request.threshold) + scale, "%");
    reduceMembers(
        members, [&](const GridList& grids) { return probabilityField(grids, request.threshold); },
        product);
  }
}

void fillOverTime(const ResultFile& result, const ProductRequest& request, Product& product) {
  const Members members = chosenMembers(result, request, false);
  if (request.product == "accumulation") {
    describe(product, "rain_accumulation",
             "rain of the forecast period, from the VIL-like scale by its fixed chain", "mm",
             "time: sum");
    reduceTime(
        members, result.runTime,
        [&](const FrameSequence& frames) { return millimetres(frames, result.runTime); }, product);
  } else {
    describe(product, "maximum_intensity", "largest value of the forecast period, 0-255 scale", "1",
             "time: maximum");
    reduceTime(members, result.runTime, largestOf, product);
  }
}

/// Over the whole time of observed frames; the first stands for one step, like the others.
Product observedOverTime(const FrameSequence& observed, const std::string& what) {
  if (observed.frames.size() < 2 || observed.quantity == Quantity::PrecipitationType)
    throw UsageError("The " + what + " of observed frames needs two or more frames of rain.");
  Product product = productOfSequence(observed);
  product.maps.clear();
  product.observed.clear();  // not the frames as they are
  const ValidTime begin =
      observed.frames.front().validTime - seconds(std::lround(60.0 * stepMinutes(observed)));
  const bool sum = what == "accumulation";
  if (sum)
    describe(product, "rain_accumulation",
             observed.quantity == Quantity::RainRate
                 ? "rain of all frames together"
                 : "rain of all frames together, from " +
                       std::string(quantityName(observed.quantity)) + " by its fixed chain",
             "mm", "time: sum");
  else
    describe(product, "maximum_intensity", "largest " + product.longName + " of all frames",
             product.units, "time: maximum");
  product.maps.push_back({std::numeric_limits<double>::quiet_NaN(), -1, begin,
                          observed.frames.back().validTime,
                          std::make_shared<const RadarGrid>(sum ? millimetres(observed, begin)
                                                                : largestOf(observed))});
  return product;
}

}  // namespace

Product makeProduct(const ResultFile& result, const ProductRequest& request) {
  if (result.members.empty()) {
    if (request.product == "accumulation" || request.product == "maximum")
      return observedOverTime(result.context, request.product);
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
                  .attribution = result.context.attribution,
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
    return ColorTable("probability", "% of the members",
                      {{1.0, {0xd9, 0xe6, 0xf2}},
                       {10.0, {0xa6, 0xc8, 0xe4}},
                       {25.0, {0x6a, 0xa3, 0xd5}},
                       {50.0, {0xf2, 0xd0, 0x6b}},
                       {75.0, {0xec, 0x8f, 0x3f}},
                       {90.0, {0xc8, 0x37, 0x2d}}});
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
                  .observed = sequence.product,
                  .attribution = sequence.attribution,
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
