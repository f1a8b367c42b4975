#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/scenario.h"

namespace stormloom {

/// What one scenario is known by. The same seed serves every n; n counts in tenths of σ.
struct ScenarioKey {
  std::string contextHash;
  std::uint64_t seed = 1;
  int tenths = 0;
  Quality quality = Quality::Full;
  std::vector<int> curve = {};  ///< tenths of each lead time where the command is bent
  std::string area = {};        ///< hash of the cells the control is limited to; empty: everywhere
  auto operator<=>(const ScenarioKey&) const = default;
};

int tenthsOf(double nSigma);
std::vector<int> tenthsOf(const std::vector<double>& nSigmaByLead);

/// Computed scenarios, each n on its own, so that undo, redo and the slider find them again. The
/// oldest go when the memory given to it is full.
class ScenarioStore {
public:
  explicit ScenarioStore(std::size_t mostBytes = std::size_t(512) << 20) : mostBytes_(mostBytes) {}

  /// Takes an answer apart: one entry for each n.
  void add(const ScenarioForecast& forecast);
  /// An entry with at least that many members, or nothing.
  std::shared_ptr<const ScenarioForecast> find(const ScenarioKey& key, int members = 1) const;
  /// Everything known like `like` but for n, not bent, by rising n.
  std::vector<std::shared_ptr<const ScenarioForecast>> all(ScenarioKey like) const;
  std::size_t bytes() const { return bytes_; }

private:
  struct Entry {
    std::shared_ptr<const ScenarioForecast> forecast;
    std::size_t bytes = 0;
    mutable std::uint64_t used = 0;
  };
  void put(const ScenarioKey& key, std::shared_ptr<const ScenarioForecast> forecast);
  void makeRoom();

  std::size_t mostBytes_;
  std::size_t bytes_ = 0;
  mutable std::uint64_t clock_ = 0;
  std::map<ScenarioKey, Entry> entries_;
};

}  // namespace stormloom
