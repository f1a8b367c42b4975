#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "core/errors.h"
#include "core/formats/file_bytes.h"
#include "core/formats/format_reader.h"
#include "core/formats/packed_file.h"
#include "core/formats/pgm_header.h"
#include "core/formats/radolan_header.h"
#include "core/scenario_file.h"

namespace stormloom {
namespace {

FileSequences readOwnResult(const std::string& path, const ReadOptions& options) {
  requirePart(path, options, {});
  ResultFile result = readResultFile(path);
  if (result.context.frames.empty()) throw IoError(path + ": it holds no frames.");
  FileSequences sequences = {std::move(result.context)};
  for (ScenarioMember& member : result.members) {
    if (member.nSigma == member.nSigma) {
      char name[64];
      std::snprintf(name, sizeof name, "n = %g, member %d", member.nSigma, member.member);
      member.frames.event = name;
    }
    sequences.push_back(std::move(member.frames));
  }
  for (FrameSequence& sequence : sequences) {
    if (!options.onFrame) break;
    for (Frame& frame : sequence.frames) options.onFrame(sequence, frame);
  }
  return sequences;
}

constexpr const char* kKnownFormats =
    "MRMS GRIB2, ODIM, KNMI and SEVIR HDF5, FMI PGM, GeoTIFF, CF NetCDF, MeteoSwiss GIF, RADOLAN "
    "and Stormloom's own "
    "NetCDF can be opened";

/// What is no composite, but known to people who have it.
struct Stranger {
  std::size_t at;
  std::string_view bytes;
  const char* sentence;
};
constexpr Stranger kStrangers[] = {
    {0, "AR2V", "it is a NEXRAD level II volume of a single radar. Choose a mosaic such as MRMS"},
    {0, "ARCHIVE2",
     "it is a NEXRAD level II volume of a single radar. Choose a mosaic such as MRMS"},
    {0, "SDUS", "it is a NEXRAD level III product of a single radar. Choose a mosaic such as MRMS"},
    {0, "BUFR", "it is a BUFR message. Fetch the same composite as ODIM HDF5 or GeoTIFF"},
    {0, "<volume", "it is a Rainbow volume of a single radar. Choose the service's composite"},
    {0, std::string_view("\x1b\0", 2),
     "it is an IRIS product of a single radar. Choose the service's composite"},
    {0, "<?xml", "it is an XML file (Rainbow volumes of single radars begin so). Choose the service's composite"},
    {0, "UF", "it is a UF volume of a single radar. Choose the service's composite"},
    {0, "SSWB", "it is a DORADE sweep of a single radar. Choose the service's composite"},
    {0, "VOLD", "it is a DORADE volume of a single radar. Choose the service's composite"},
    {0, std::string_view("\0\0\x02\0", 4),
     "it is a Nimrod file of the Met Office. Fetch the same composite as ODIM HDF5 or NetCDF"},
    {0, "\x89PNG",
     "it is a picture for eyes, whose colours are no values. Fetch the product as data"},
    {0, "\xff\xd8\xff",
     "it is a picture for eyes, whose colours are no values. Fetch the product as data"},
    {0,
     "\xfd"
     "7zXZ",
     "it is packed with xz. Unpack it first (unxz)"},
};

void refuseStrangers(const std::string& path, const std::string& start) {
  if (start.front() == '\0' && start.size() > 6 && (start.compare(2, 2, "UF") == 0 || start.compare(4, 2, "UF") == 0))
    return refuseStrangers(path, "UF volume");  // behind the length of its record
  const std::size_t bulletin = start.substr(0, 60).find("SDUS");
  if (bulletin != std::string::npos && bulletin > 0) return refuseStrangers(path, start.substr(bulletin));
  for (const Stranger& stranger : kStrangers) {
    if (start.size() <= stranger.at ||
        start.compare(stranger.at, stranger.bytes.size(), stranger.bytes) != 0)
      continue;
    throw IoError(path + ": " + stranger.sentence + " (" + kKnownFormats + ").");
  }
}

RadarFiles alone(FileSequences sequences) {
  return {.sequences = std::move(sequences), .passedOver = {}};
}

/// GAMIC's layout: scan0, scan1, ... of one radar.
void refuseGamic(const std::string& path) {
  if (!isGamicHdf5(path)) return;
  throw IoError(path + ": it is a GAMIC volume of a single radar. Choose the service's composite (" + kKnownFormats +
                ").");
}

RadarFiles readHdf5(const std::string& path, const ReadOptions& options) {
  if (isOwnHdf5(path)) return alone(readOwnResult(path, options));
  if (isSevirHdf5(path)) return readSevirHdf5(path, options);
  if (isKnmiHdf5(path)) return alone(readKnmiHdf5(path, options));
  if (isOdimHdf5(path)) return alone(readOdimHdf5(path, options));
  if (isNetCdfHdf5(path)) return readCfNetCdf(path, options);
  refuseGamic(path);
  throw IoError(path + ": this HDF5 or NetCDF file has no layout of radar frames that is known (" +
                kKnownFormats + ").");
}

bool isTiff(const std::string& start) {
  for (const std::string_view magic :
       {std::string_view("II*\0", 4), std::string_view("MM\0*", 4), std::string_view("II+\0", 4),
        std::string_view("MM\0+", 4)}) {
    if (start.starts_with(magic)) return true;
  }
  return false;
}

/// The WMO's heading, as "HRUS01 KWBN 101202": behind control characters and a number, or alone.
bool isBulletin(const std::string& start) {
  const std::size_t at = start.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  const auto is = [&](std::size_t k, auto kind) { return at + k < start.size() && kind(static_cast<unsigned char>(start[at + k])); };
  const auto letter = [](int c) { return c >= 'A' && c <= 'Z'; };
  const auto digit = [](int c) { return c >= '0' && c <= '9'; };
  for (const std::size_t k : {0, 1, 2, 3, 7, 8, 9, 10})
    if (!is(k, letter)) return false;
  return is(4, digit) && is(5, digit) && is(6, [](int c) { return c == ' '; });
}

}  // namespace

bool isWantedPart(const ReadOptions& options, const std::vector<std::string>& names) {
  if (options.events.empty()) return true;
  return std::ranges::any_of(options.events, [&](std::string wanted) {
    if (wanted.starts_with('/')) wanted.erase(0, 1);
    return std::ranges::find(names, wanted) != names.end();
  });
}

void requirePart(const std::string& path, const ReadOptions& options, const std::vector<std::string>& parts) {
  if (isWantedPart(options, parts)) return;
  constexpr std::size_t kNamed = 12;
  std::string there;
  for (std::size_t k = 0; k < std::min(kNamed, parts.size()); ++k) there += (k > 0 ? ", " : "") + parts[k];
  throw IoError(path + ": it holds no part \"" + options.events.front() + "\". " +
                (parts.empty() ? "It is one whole: leave out what stands behind \"#\"."
                               : "It holds " + there + (parts.size() > kNamed ? ", ..." : "") + "."));
}

RadarFiles readOneFile(const std::string& path, const ReadOptions& options) {
  std::error_code unknown;
  const auto kind = std::filesystem::status(path, unknown).type();
  if (kind != std::filesystem::file_type::regular &&
      kind != std::filesystem::file_type::not_found) {
    throw IoError(
        path + ": it is no file but a folder, a pipe or a device. Name a file that holds frames.");
  }
  constexpr std::size_t kLookedAt = 512;
  const std::string start = startOfFile(path, kLookedAt);
  if (start.empty() && !storedStart(path, 1).empty())
    throw IoError(path + ": it cannot be unpacked. The file is damaged or incomplete: fetch it again.");
  if (start.empty()) throw IoError(path + ": the file is empty. Fetch it again.");
  if (isPacked(path)) return readPacked(path, options, readOneFile);
  if (start.starts_with("GRIB") || (isBulletin(start) && start.substr(0, kLongestHeading).find("GRIB") != std::string::npos))
    return requirePart(path, options, {}), alone(readMrmsGrib(path, options));
  if (start.starts_with("\x89HDF\r\n\x1a\n")) return readHdf5(path, options);
  if (start.starts_with("CDF\x01") || start.starts_with("CDF\x02") || start.starts_with("CDF\x05"))
    return readCfNetCdf(path, options);
  if (isSevirCatalogue(path)) return readSevirCatalogue(path, options);
  if (isTiff(start)) return alone(readGeoTiff(path, options));
  requirePart(path, options, {});
  if (start.starts_with("GIF8")) return alone(readMeteoSwissGif(path, options));
  if (isPgm(start)) return alone(readFmiPgm(path, options));
  if (isRadolan(start)) return alone(readRadolan(path, options));
  if (isAsciiGrid(start)) return alone(readDwdAsciiGrid(path, options));
  refuseStrangers(path, start);
  throw IoError(path + ": no radar format is recognised in it (" + kKnownFormats + ").");
}

}  // namespace stormloom
