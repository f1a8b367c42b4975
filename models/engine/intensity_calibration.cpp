#include "models/engine/intensity_calibration.h"

#include "core/errors.h"
#include "models/engine/sharpening.h"

namespace stormloom {
using torch::Tensor;
namespace {

Tensor sharesOf(const std::vector<double>& shares, const Tensor& like) {
  return torch::tensor(shares, torch::kFloat64).to(like.options()).view({1, -1, 1, 1});
}

std::vector<double> readShares(const Json& json, const char* key, std::int64_t leads) {
  std::vector<double> shares =
      json.value(key, std::vector<double>(std::size_t(leads), 0.0));
  bool usable = std::int64_t(shares.size()) == leads;
  for (const double share : shares) usable = usable && share >= 0.0 && share <= 1.0;
  if (!usable)
    throw ModelError(std::string("The calibration of a model card needs one number from 0 to 1 "
                                 "for each lead time in ") + key + ".");
  return shares;
}

/// From the given share where rain is weak to 1 where it is strong, (B,leads,H,W).
Tensor risingShare(const Tensor& share, const Tensor& extrapolated, double trustedFrom) {
  constexpr double kWhole = 255.0, kWidth = 12.0, kSmoothedCells = 1.0;
  const Tensor smooth = smoothedFrames(extrapolated, kSmoothedCells);
  return share + (1.0 - share) * torch::sigmoid((smooth * kWhole - trustedFrom) / kWidth);
}

}  // namespace

Tensor matchedByRank(const Tensor& fields, const Tensor& values) {
  const Tensor flat = fields.flatten(2);
  const Tensor order = flat.argsort(/*stable=*/true, /*dim=*/2, /*descending=*/false);
  const Tensor sorted = std::get<0>(values.flatten(2).sort(2));
  const Tensor matched = torch::empty_like(sorted).scatter_(2, order, sorted);
  return (matched * (flat > 0.0)).view_as(fields);
}

Tensor IntensityCalibration::operator()(const Tensor& forecast, const Tensor& extrapolated) const {
  Tensor share = sharesOf(extrapolatedShare, forecast);
  if (trustedFrom > 0.0) share = risingShare(share, extrapolated, trustedFrom);
  const Tensor mixed = forecast + share * (extrapolated - forecast);
  const Tensor matched = matchedByRank(mixed, extrapolated);
  return mixed + sharesOf(matchedShare, forecast) * (matched - mixed);
}

IntensityCalibration IntensityCalibration::fromJson(const Json& json, std::int64_t leads) {
  return {readShares(json, "extrapolated_share", leads), readShares(json, "matched_share", leads),
          json.value("trusted_from", 0.0)};
}

}  // namespace stormloom
