#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/radar_grid.h"

namespace stormloom {

/// Read-only owner of an HDF5 file of any layout. Every failure is an IoError that names the file;
/// the library itself prints nothing. Sizes are checked before anything is allocated.
class Hdf5File {
public:
  explicit Hdf5File(const std::string& path);
  ~Hdf5File();
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  const std::string& path() const { return path_; }
  bool has(const std::string& object) const;
  std::vector<std::string> namesIn(const std::string& group) const;  ///< of links, sorted

  /// Attributes; nothing when absent or of another kind. Numbers may be arrays of one, and texts
  /// that hold a number.
  std::optional<std::string> text(const std::string& object, const std::string& attribute) const;
  std::optional<double> number(const std::string& object, const std::string& attribute) const;

  double needed(const std::string& object,
                const std::string& attribute) const;  ///< finite, or IoError

  std::vector<std::size_t> shape(const std::string& dataset) const;
  /// A 2-D dataset (rows, columns) as floats, into a grid of exactly that size.
  void readPlane(const std::string& dataset, RadarGrid& grid) const;
  /// One entry of the first dimension of a 4-D dataset, as bytes.
  std::vector<std::uint8_t> readEntry(const std::string& dataset, std::size_t entry) const;
  std::vector<std::string> texts(const std::string& dataset) const;  ///< a 1-D dataset of texts
  std::vector<std::uint8_t> readBytes(const std::string& dataset) const;  ///< all of it, any shape
  std::vector<std::int64_t> integers(const std::string& dataset) const;   ///< a 1-D dataset

private:
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  std::int64_t id_ = -1;
};

}  // namespace stormloom
