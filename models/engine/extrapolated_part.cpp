#include "models/engine/extrapolated_part.h"

namespace stormloom {
using torch::Tensor;

ExtrapolatedPart ExtrapolatedPart::of(const std::vector<double>& shares,
                                      const Tensor& extrapolated) {
  if (shares.empty()) return {};
  TORCH_CHECK(std::int64_t(shares.size()) == extrapolated.size(0),
              "one share for each lead time is needed, got ", shares.size());
  const Tensor share =
      torch::tensor(shares, torch::kFloat64).to(extrapolated.options()).view({-1, 1, 1});
  return {1.0 - share, share * extrapolated};
}

Tensor ExtrapolatedPart::operator()(const Tensor& frames) const {
  return defined() ? kept * frames + rain : frames;
}

ExtrapolatedPart ExtrapolatedPart::only(const Tensor& rows) const {
  if (!defined()) return {};
  return {kept.index_select(0, rows), rain.index_select(0, rows)};
}

ExtrapolatedPart ExtrapolatedPart::times(std::int64_t forecasts) const {
  if (!defined()) return {};
  return {kept.repeat({forecasts, 1, 1}), rain.repeat({forecasts, 1, 1})};
}

}  // namespace stormloom
