#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/color_table.h"
#include "core/scenario_file.h"

namespace stormloom {

/// What to make of a result file.
struct ProductRequest {
  /// "intensity": the frames themselves; over the members at one n "mean", "spread", "percentile",
  /// "exceedance"; over time "accumulation" and "maximum", for each member.
  std::string product = "intensity";
  double threshold = 74.0;       ///< of exceedance, in the file's unit
  double percentile = 90.0;      ///< 0 to 100
  std::optional<double> nSigma;  ///< none: the only n there is, or 0
  std::optional<int> member;     ///< none: all
};

/// One map; where members are reduced, a cell counts those that have a value there.
struct ProductMap {
  double nSigma = 0.0;  ///< NaN where no intensity was asked for
  int member = -1;      ///< -1: of all members
  ValidTime from{};     ///< equal to `until` for a moment
  ValidTime until{};
  std::shared_ptr<const RadarGrid> grid;
};

struct Product {
  std::string name;         ///< "exceedance_probability"
  std::string longName;     ///< "share of members at or above 133"
  std::string units;        ///< "1" where there is none
  std::string cellMethods;  ///< CF, empty where there is none
  GeoReference geo;
  Quantity quantity = Quantity::VilDigital;
  ValidTime runTime{};  ///< epoch for observations
  std::string title;    ///< product and event
  std::string observed;     ///< the product of observed frames as they are; else empty
  std::string attribution;  ///< producer and licence of what it was made of, as far as known
  bool synthetic = false;
  std::vector<ProductMap> maps;
};

/// Throws UsageError for what the file cannot give.
Product makeProduct(const ResultFile& result, const ProductRequest& request);

/// Stepped colours for a product's values.
ColorTable colorsOf(const Product& product);

/// Observed frames as they are.
Product productOfSequence(const FrameSequence& sequence);

}  // namespace stormloom
