#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "core/decoder/frame_message.h"
#include "core/errors.h"
#include "core/formats/netcdf_extent.h"
#include "core/formats/packed_archive.h"
#include "core/formats/pgm_header.h"
#include "core/formats/radolan_header.h"
#include "core/formats/sevir_catalogue.h"
#include "core/formats/time_in_name.h"

/// Each parser of our own with arbitrary bytes: it may refuse them, by the errors it is known to
/// throw, and nothing else.
namespace stormloom::fuzz {

inline void radolanHeader(const std::string& bytes) {
  try {
    const RadolanHeader header = radolanHeaderFrom(bytes, "fuzz");
    if (header.valuesAt > bytes.size()) __builtin_trap();
    radolanGrid(header.rows, header.columns, header.formatVersion >= 5);
  } catch (const IoError&) {
  }
}

inline void pgmHeader(const std::string& bytes) {
  try {
    const PgmHeader header = pgmHeaderFrom(bytes, "fuzz");
    if (header.pixelsAt + std::size_t(header.width) * std::size_t(header.height) > bytes.size())
      __builtin_trap();
  } catch (const IoError&) {
  }
}

inline void sevirCatalogue(const std::string& bytes) {
  const int file = memfd_create("catalogue", 0);
  if (write(file, bytes.data(), bytes.size()) < 0) __builtin_trap();
  try {
    std::vector<std::string> problems;
    readCatalogueRows("/proc/self/fd/" + std::to_string(file), problems);
  } catch (const IoError&) {
  }
  close(file);
}

inline void netcdfExtent(const std::string& bytes) { classicNetCdfExtent(bytes); }

inline void timeInName(const std::string& bytes) { stormloom::timeInName(bytes); }

inline void packedArchive(const std::string& bytes) {
  try {
    PackedArchive archive(bytes, "fuzz");
    while (archive.next()) {
    }
  } catch (const IoError&) {
  }
}

inline void decoderAnswer(const std::string& bytes) {
  try {
    const Message message{bytes, FileHandle()};
    if (kindOf(message) == Answer::Frame)
      frameFrom(message);
    else
      sentenceOf(message);
  } catch (const ForgedMessage&) {
  } catch (const IoError&) {
  }
}

using Parser = void (*)(const std::string&);
struct NamedParser {
  const char* name;
  Parser parse;
};
inline constexpr NamedParser kParsers[] = {{"radolan_header", radolanHeader},
                                           {"pgm_header", pgmHeader},
                                           {"sevir_catalogue", sevirCatalogue},
                                           {"netcdf_extent", netcdfExtent},
                                           {"time_in_name", timeInName},
                                           {"packed_archive", packedArchive},
                                           {"decoder_answer", decoderAnswer}};

}  // namespace stormloom::fuzz
