#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "core/json.h"

namespace stormloom {

/// `stormloom-cli skill`: how good the models of a folder are on the validation events of a corpus,
/// beside what a forecaster has without them. Events that no weights may be made from are scored as well.
struct SkillRequest {
  std::string data;         ///< training corpus (HDF5)
  std::string modelFolder;  ///< "": the shipped ones
  std::string device = "auto";
  std::string precision = "fp32";
  int windows = 60;  ///< of each validation event, evenly spaced
  int members = 8;
  int steps = 0;          ///< of PreDiff; 0: the model's own number
  std::string sampler;    ///< of PreDiff; "": the model's own
  bool obedience = true;  ///< also n = -4, -2, 0, 2, 4 for each window
  std::string pictures;   ///< folder for the best and the worst case of each event; "": none
};
using SkillProgress = std::function<void(double share, const std::string& what)>;

/// Figures of persistence, extrapolation, stochastic extrapolation, Earthformer and PreDiff, and
/// how the anticipated intensity is obeyed at n = -4, -2, 0, 2, 4. Null when stopped. IoError,
/// ModelError.
Json measureSkill(const SkillRequest& request, std::stop_token stop, const SkillProgress& progress);

/// The same for people, as a Markdown page.
std::string skillPage(const Json& figures);

}  // namespace stormloom
