#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/frame_sequence.h"
#include "core/netcdf_file.h"

namespace stormloom {

/// The pieces every CF-1.8 file of the program shares: grid mapping and axes, times, packed fields.

inline constexpr const char* kCfTimeUnit = "seconds since 1970-01-01 00:00:00";

/// x, y (cell centres) with bounds and the grid mapping `crs`: CF attributes, and WKT where PROJ is
/// there.
void writeCfGrid(NetCdfFile& file, const GeoReference& geo);
/// The variable `crs` alone, for grids whose axes have names of their own.
void writeGridMapping(NetCdfFile& file, const GeoReference& geo);
GeoReference readCfGrid(const NetCdfFile& file);

/// Dimension and coordinate variable of valid times.
void writeCfTimes(NetCdfFile& file, const std::string& name, const FrameSequence& sequence);
std::vector<ValidTime> readCfTimes(const NetCdfFile& file, const std::string& name);

inline constexpr double kPackingStep = 0.01;

/// The CF standard name of what is measured in these units; none for the digital scale.
void nameAsCf(NetCdfFile& file, const std::string& variable, const std::string& units);

/// A field of values packed into 16 bits; cells without a value hold the fill value.
struct PackedField {
  std::string name;
  double step = kPackingStep;
};
void addPackedField(NetCdfFile& file, const PackedField& field,
                    const std::vector<std::string>& dimensions);
/// A hundredth a step, with the quantity's name and unit.
void addPackedField(NetCdfFile& file, const std::string& name,
                    const std::vector<std::string>& dimensions, Quantity quantity);
/// CellState as CF flags beside a field.
void addStateField(NetCdfFile& file, const std::string& name,
                   const std::vector<std::string>& dimensions);
/// `leading` are the indices of all dimensions before (y, x).
void writePackedGrid(NetCdfFile& file, const PackedField& field,
                     const std::vector<std::size_t>& leading, const RadarGrid& grid);
void writeStateGrid(NetCdfFile& file, const std::string& name,
                    const std::vector<std::size_t>& leading, const RadarGrid& grid);
/// With `stateName` empty, cells with the fill value are Missing and all others Measured.
std::shared_ptr<const RadarGrid> readPackedGrid(const NetCdfFile& file, const std::string& name,
                                                const std::string& stateName,
                                                const std::vector<std::size_t>& leading,
                                                Quantity quantity);

}  // namespace stormloom
