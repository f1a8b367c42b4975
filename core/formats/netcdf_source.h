#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/radar_grid.h"

namespace stormloom {

/// One variable of a NetCDF file and the names of its dimensions; names in groups are paths, as
/// "radar/rain_rate".
struct NetCdfVariable {
  std::string name;
  std::vector<std::string> dimensions;
  std::vector<std::size_t> lengths;
};

/// Read-only owner of a NetCDF file of any making, classic or NetCDF-4 with groups. Every
/// failure is an IoError that names the file.
class NetCdfSource {
public:
  explicit NetCdfSource(const std::string& path);
  ~NetCdfSource();
  NetCdfSource(const NetCdfSource&) = delete;
  NetCdfSource& operator=(const NetCdfSource&) = delete;

  const std::string& path() const { return path_; }
  const std::vector<NetCdfVariable>& variables() const { return variables_; }
  const NetCdfVariable* find(const std::string& name) const;
  /// The variable that `name` means in an attribute of `variable`: of the same group, else of one
  /// above it; "" where there is none.
  std::string meantBy(const std::string& variable, const std::string& name) const;

  /// Attributes; "" or nothing where absent or of another kind. Variable "" is the file.
  std::string text(const std::string& variable, const std::string& attribute) const;
  std::vector<double> numbers(const std::string& variable, const std::string& attribute) const;
  std::optional<double> number(const std::string& variable, const std::string& attribute) const;

  /// All values of a coordinate (at most 16 million), unpacked; NaN where they are declared or usual fill values.
  std::vector<double> coordinate(const std::string& variable) const;
  /// What a variable of texts, or of characters along its last dimension, holds; empty for all others.
  std::vector<std::string> texts(const std::string& variable) const;
  /// One plane, unscaled, into a grid of its size: dimension `outer` runs along its rows, `inner`
  /// along its columns, the others stay at `index` (one entry for each dimension).
  void readSlice(const NetCdfVariable& variable, std::vector<std::size_t> index, std::size_t outer,
                 std::size_t inner, RadarGrid& grid) const;
  /// 256 or 65536 to be added to negative values: NetCDF classic's _Unsigned = "true"; otherwise 0.
  double unsignedWrap(const std::string& variable) const;

private:
  /// Where the library keeps a variable: its group and its number there.
  struct Place {
    int group = -1;
    int id = -1;
  };
  void addVariables(int group, const std::string& path, int depth);
  void check(int status, const std::string& what) const;
  Place placeOf(const std::string& variable) const;
  void dropFill(const std::string& variable, std::vector<double>& values) const;

  std::string path_;
  int id_ = -1;
  std::vector<NetCdfVariable> variables_;
  std::vector<Place> places_;                    ///< of each of them
  std::map<int, std::string> dimensions_;        ///< paths by number
};

}  // namespace stormloom
