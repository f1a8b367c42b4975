#pragma once

#include <string>
#include <vector>

#include "core/radar_files.h"

namespace stormloom {

/// What one file holds: usually one sequence of one frame, joined with those of other files
/// afterwards. Every reader throws IoError with the file and the remedy.
using FileSequences = std::vector<FrameSequence>;

/// Whether an HDF5 file is one of the program's own results. Asked of the HDF5 library: NetCDF
/// keeps files of other layouts open after refusing them, and whoever replaced such a file would be
/// shown the old one.
bool isOwnHdf5(const std::string& path);

/// Whether an HDF5 file was written as NetCDF or claims to follow its conventions.
bool isNetCdfHdf5(const std::string& path);

/// Whether it is GAMIC's layout of a single radar's volume.
bool isGamicHdf5(const std::string& path);

/// GRIB2 on longitude/latitude grids through GDAL: MRMS, and what others call a rain rate or reflectivity.
/// Before a message stands, on some lines, the heading of a bulletin at most.
inline constexpr std::size_t kLongestHeading = 100;
FileSequences readMrmsGrib(const std::string& path, const ReadOptions& options);

/// GeoTIFF through GDAL: FMI's and any other with a unit and a time.
FileSequences readGeoTiff(const std::string& path, const ReadOptions& options);
/// All its bands as they are, each a frame without time or place, whatever they mean: for comparing files.
FileSequences readGeoTiffBands(const std::string& path, const ReadOptions& options);

/// MeteoSwiss's GIF composites through GDAL.
FileSequences readMeteoSwissGif(const std::string& path, const ReadOptions& options);

/// FMI's PGM composites, gzip or plain.
FileSequences readFmiPgm(const std::string& path, const ReadOptions& options);

/// DWD's RADOLAN composites, binary and as ASCII grids.
FileSequences readRadolan(const std::string& path, const ReadOptions& options);
bool isAsciiGrid(const std::string& start);
FileSequences readDwdAsciiGrid(const std::string& path, const ReadOptions& options);

/// NetCDF by the CF conventions, BOM's Rainfields among them; frames without a usable time are passed over.
RadarFiles readCfNetCdf(const std::string& path, const ReadOptions& options);

/// KNMI's own HDF5 layout, one or many images; `isKnmi` looks for that layout alone.
bool isKnmiHdf5(const std::string& path);
FileSequences readKnmiHdf5(const std::string& path, const ReadOptions& options);

/// ODIM HDF5 (EUMETNET OPERA's data model), composites and single images; polar volumes are refused
/// by name.
bool isOdimHdf5(const std::string& path);
FileSequences readOdimHdf5(const std::string& path, const ReadOptions& options);

/// SEVIR's layout. The catalogue gives times and places; it is looked for in the folders above a
/// data file.
bool isSevirHdf5(const std::string& path);
bool isSevirCatalogue(const std::string& path);
RadarFiles readSevirHdf5(const std::string& path, const ReadOptions& options);
RadarFiles readSevirCatalogue(const std::string& path, const ReadOptions& options);

/// What a path names behind its "#" of a file with several parts: whether that is one of `names`, or nothing is named.
bool isWantedPart(const ReadOptions& options, const std::vector<std::string>& names);
/// Throws IoError, saying what there is, where the path names none of `parts`.
void requirePart(const std::string& path, const ReadOptions& options, const std::vector<std::string>& parts);

/// Bytes of a gzip file, at most `limit` of them (the rest is not looked at); without GDAL an
/// IoError.
std::string unzippedStart(const std::string& path, std::size_t limit);

/// One file of whatever format, recognised by its content alone: services name their files as they
/// like. Throws IoError for one that is none of them, by name where it is known what it is.
RadarFiles readOneFile(const std::string& path, const ReadOptions& options);

/// Throws the IoError when the middle of the grid has no place on the Earth (projection unknown,
/// numbers absurd).
void requirePlace(const GeoReference& geo, const std::string& path);

/// What was computed ahead. Each run is a product of its own: the frames of two runs overlap.
inline void markForecast(FrameSequence& sequence, ValidTime run) {
  sequence.provenance = Provenance::Forecast;
  sequence.product += ", run of " + isoText(run);
}

/// Puts a frame that was just read into a sequence and tells the options' listener.
inline void addFrame(FrameSequence& sequence, Frame frame, const ReadOptions& options) {
  sequence.frames.push_back(std::move(frame));
  if (options.onFrame) options.onFrame(sequence, sequence.frames.back());
}

}  // namespace stormloom
