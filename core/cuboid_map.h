#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace stormloom {

/// Three numbers along time, height and width.
using Thw = std::array<std::int64_t, 3>;

/// Whether the elements of a cuboid are neighbours or lie far apart (spec 1.5).
enum class Locality { Local, Dilated };
using CuboidStrategy = std::array<Locality, 3>;
inline constexpr CuboidStrategy kLocal = {Locality::Local, Locality::Local, Locality::Local};
inline constexpr CuboidStrategy kDilated = {Locality::Dilated, Locality::Dilated,
                                            Locality::Dilated};

/// What fills the end of an axis that cuboids do not divide (spec 1.6).
enum class PaddingType { Zeros, Ignore, Nearest };
PaddingType paddingTypeFromName(const std::string& name);

/// The cuboids of one self-attention layer as configured (spec 2).
struct CuboidShape {
  Thw size = {1, 1, 1};
  CuboidStrategy strategy = kLocal;
  Thw shift = {0, 0, 0};
};

/// The cuboids of one cross-attention layer as configured (spec 1.9, 2).
struct CrossCuboidShape {
  std::array<std::int64_t, 2> hw = {1, 1};
  std::array<std::int64_t, 2> shiftHw = {0, 0};
  CuboidStrategy strategy = kLocal;
  std::int64_t nTemporal = 1;
};

/// A configured cuboid fitted to data of one shape: sizes clipped, shift and padding decided.
/// Cuboids are numbered row-major over their (T,H,W) coordinates, elements row-major over their
/// offsets (spec 1.5).
struct CuboidMap {
  Thw data;    ///< shape of the field
  Thw padded;  ///< shape after padding
  Thw front;   ///< padding before the first element; the rest is at the end
  Thw size;    ///< effective cuboid size
  Thw shift;   ///< effective shift: the padded field is rolled by -shift before it is cut
  CuboidStrategy strategy;

  Thw counts() const;            ///< cuboids along each axis
  std::int64_t cuboids() const;  ///< K
  std::int64_t volume() const;   ///< V, elements of one cuboid
  bool isPadded() const { return padded != data; }
  bool isShifted() const { return shift != Thw{0, 0, 0}; }

  /// Where element v of cuboid k lies in the padded, rolled field.
  Thw rolledPosition(std::int64_t cuboid, std::int64_t element) const;
  /// Where a position of the rolled field comes from in the data; outside the data for padding.
  Thw dataPosition(const Thw& rolled) const;
  bool holdsData(const Thw& dataPosition) const;

  /// The cuboid and the element that hold a position of the data: the inverse of the above.
  struct Element {
    std::int64_t cuboid;
    std::int64_t element;
  };
  Element elementAt(const Thw& dataPosition) const;
};

/// A run of cuboids, by their numbers.
struct CuboidRange {
  std::int64_t first = 0;
  std::int64_t count = 1;
};

std::int64_t volumeOf(const Thw& shape);
std::int64_t flatIndex(const Thw& position, const Thw& shape);

/// Effective sizes (spec 1.5) and padding at the end of every axis (spec 1.6).
CuboidMap fitCuboids(const CuboidShape& configured, const Thw& data);

/// Query and memory cuboids of cross-attention, paired by index (spec 1.9): no clipping, memory
/// padded in front.
struct CrossCuboidMaps {
  CuboidMap x;
  CuboidMap mem;
};
CrossCuboidMaps fitCrossCuboids(const CrossCuboidShape& configured, const Thw& x, const Thw& mem);

/// Flat index in the padded field of each cuboid element, without shift: (K,V).
std::vector<std::int64_t> reorderIndex(const CuboidMap& map);
/// Its inverse: k*V+v for each position of the padded field.
std::vector<std::int64_t> inverseIndex(const CuboidMap& map);
/// Flat index in the data of what lies at each cuboid element after padding, roll and
/// decomposition; -1 for padding (nearest padding has none: there it is the element that was
/// copied): (K,V).
std::vector<std::int64_t> sourceIndex(const CuboidMap& map, PaddingType padding);
/// The same for a few cuboids: (count,V).
std::vector<std::int64_t> sourceIndex(const CuboidMap& map, PaddingType padding,
                                      const CuboidRange& cuboids);
/// The element whose output becomes that of a position of the data; with nearest padding the one
/// that is read back when the padding is undone.
CuboidMap::Element queryElement(const CuboidMap& map, const Thw& dataPosition, PaddingType padding);
/// Region of the rolled field each cuboid element belongs to; only equal regions may attend each
/// other (spec 1.6): (K,V).
std::vector<std::int64_t> regionLabels(const CuboidMap& map);
/// The same for a few cuboids: (count,V).
std::vector<std::int64_t> regionLabels(const CuboidMap& map, const CuboidRange& cuboids);
/// 1 where a cuboid element is data, 0 where it is padding: (K,V).
std::vector<std::uint8_t> validElements(const CuboidMap& map);
/// 1 where a position of the padded, rolled field is data, in row-major (T,H,W) order.
std::vector<std::uint8_t> validRolledPositions(const CuboidMap& map);

/// Row of the relative position bias table for every pair of elements of a cuboid (spec 1.7):
/// (vol,vol).
std::vector<std::int64_t> relativePositionIndex(const Thw& size);
/// Rows of that table.
std::int64_t relativePositionCount(const Thw& size);

/// Source of every element when an axis is resized by the nearest rule (spec, conventions).
std::vector<std::int64_t> nearestIndex(std::int64_t in, std::int64_t out);

}  // namespace stormloom
