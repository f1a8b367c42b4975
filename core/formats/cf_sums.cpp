#include "core/formats/cf_sums.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr double kLongestMinutes = 60.0;

[[noreturn]] void refuseRunning(const NetCdfSource& file, const NetCdfVariable& variable, const char* shownBy) {
  throw IoError(file.path() + ": its variable " + variable.name + " holds running sums, each from the same start on (" +
                shownBy + "). Choose a rain rate, or sums of a step each.");
}

/// "ACCUMULATED TOTAL GRID SCALE PRECIPITATION", "rain since 00 UTC"; but not "cumulative rain of 5 min" or "rain since the last scan".
bool namesRunningSums(const NetCdfSource& file, const NetCdfVariable& variable) {
  std::string names = variable.name.substr(variable.name.rfind('/') + 1);
  for (const char* attribute : {"standard_name", "long_name", "description", "cell_methods"})
    names += " " + file.text(variable.name, attribute);
  std::ranges::transform(names, names.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  const auto says = [&](const char* word) { return names.find(word) != std::string::npos; };
  const bool hasNumber = std::ranges::any_of(names, [](unsigned char c) { return std::isdigit(c) != 0; });
  const bool ofStep = says("since last") || says("since the last") || says("since previous") || says("since the previous");
  return (says(" since ") && !ofStep) || says("_since_") || says("running") || says("accumulated total") ||
         says("total accumulated") || says("storm total") || says("storm_total") || says("from start") ||
         ((says("cumulative") || says("cumulated")) && !hasNumber);
}

}  // namespace

std::vector<double> sumFactors(const NetCdfSource& file, const NetCdfVariable& variable, const UnitMeaning& meaning,
                               const CfTimes& times) {
  if (!meaning.accumulated) return std::vector<double>(times.times.size(), meaning.factor);
  const std::string its = file.path() + ": its variable " + variable.name;
  if (times.runningSums) refuseRunning(file, variable, "time bounds");
  if (times.sumsOverStep && namesRunningSums(file, variable)) refuseRunning(file, variable, "by its name");
  if (times.uneven)
    throw IoError(its + " adds rain up, its frames come unevenly, and nothing says over how long each adds up (time "
                        "bounds). Choose a rain rate.");
  std::vector<double> factors;
  for (const double minutes : times.accumulationMinutes) {
    if (!(minutes > 0.0))
      throw IoError(its + " adds rain up over a time that is not said (time bounds). Choose a rain rate, or a product "
                          "that says its interval.");
    if (minutes > kLongestMinutes)
      throw IoError(its + " adds rain up over " + std::to_string(std::llround(minutes)) +
                    " min, longer than an hour (time bounds). Choose a rain rate or a shorter product.");
    factors.push_back(meaning.factor * 60.0 / minutes);
  }
  return factors;
}

// Rain that falls anew in each step grows here and shrinks there. A count of cells that grew and none that shrank is no
// chance; where all grow alike it is no rain either, but somebody's ramp.
void refuseRisingSums(const NetCdfSource& file, const NetCdfVariable& variable, std::size_t count,
                      const std::function<std::shared_ptr<const RadarGrid>(std::size_t)>& frameAt) {
  constexpr std::size_t kLooked = 4, kFewest = 3, kEnoughCells = 50;
  constexpr float kRounding = 1e-3f, kUneven = 0.05f;
  if (count < kFewest) return;
  std::size_t compared = 0;
  float least = HUGE_VALF, most = 0.0f;
  std::shared_ptr<const RadarGrid> before = frameAt(0);
  for (std::size_t k = 1; k < std::min(count, kLooked); ++k) {
    const std::shared_ptr<const RadarGrid> now = frameAt(k);
    for (std::size_t cell = 0; cell < now->size(); ++cell) {
      const float was = before->values()[cell], is = now->values()[cell];
      if (!(was > 0.0f) || std::isnan(is)) continue;
      if (is < was * (1.0f - kRounding)) return;
      ++compared;
      least = std::min(least, is - was);
      most = std::max(most, is - was);
    }
    before = now;
  }
  if (compared >= kEnoughCells && most - least > kUneven * most)
    refuseRunning(file, variable, "its values, which grow and never fall");
}

}  // namespace stormloom
