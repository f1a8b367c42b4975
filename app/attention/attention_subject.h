#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/frame_sequence.h"
#include "core/model_grid.h"
#include "core/receipt.h"

namespace stormloom {

/// Options of `stormloom-cli attention` by their names; flags have no value.
using CommandOptions = std::map<std::string, std::string>;

/// What the main window has that attention is asked about.
struct AttentionSubject {
  std::shared_ptr<const ModelContext> context;
  std::vector<FrameSequence> coming;  ///< its extrapolation and a forecast
  double nSigma = 0.0;                ///< what the dial stands at
  std::optional<LonLat> place;        ///< pinned on the map: asked instead of the wettest cell
  ValidTime time{};                   ///< that the map shows: asked with the pinned place
  std::uint64_t seed = 1;
  /// How a file is made with these options of `attention`, its inputs hashed: not on the GUI
  /// thread.
  std::function<Receipt(const CommandOptions& options)> receipt;
  /// The same as a line for a shell; quick.
  std::function<std::string(const CommandOptions& options)> command;
};

}  // namespace stormloom
