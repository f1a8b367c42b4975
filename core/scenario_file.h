#pragma once

#include <string>
#include <vector>

#include "core/frame_sequence.h"
#include "core/receipt.h"
#include "core/scenario.h"

namespace stormloom {

/// CF-1.8 NetCDF of an observed or synthetic sequence: intensity(time, y, x). Values are packed to
/// a hundredth.
void writeSequenceFile(const std::string& path, const FrameSequence& sequence,
                       const Receipt& receipt = {});

/// CF-1.8 NetCDF: intensity(scenario, realization, time, y, x) on the 0-255 scale,
/// context(context_time, y, x), n_sigma, commanded and achieved intensity, forecast_reference_time,
/// forecast_period, grid mapping.
void writeScenarioFile(const std::string& path, const ScenarioForecast& forecast,
                       const Receipt& receipt = {});

/// The same for one deterministic future: intensity(time, y, x) and the context.
void writeForecastFile(const std::string& path, const DeterministicForecast& forecast,
                       const ModelContext& context, const Receipt& receipt = {});

/// What lies in one of the program's own NetCDF files.
struct ResultFile {
  std::string kind;                     ///< "sequence", "scenario", "forecast"
  FrameSequence context;                ///< of a sequence file: the sequence itself
  ValidTime runTime{};                  ///< of forecasts
  std::vector<ScenarioMember> members;  ///< of a forecast: one, with n = NaN
  AnticipatedIntensity anticipated;     ///< of scenarios; empty where the file does not say
  Receipt receipt;                      ///< how it was made
};
/// Throws IoError for a file that is not one of these.
ResultFile readResultFile(const std::string& path);
bool isResultFile(const std::string& path);  ///< by content; false for everything that is not ours

}  // namespace stormloom
