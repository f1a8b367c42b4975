#pragma once

#include <functional>
#include <string>

#include "core/radar_files.h"

namespace stormloom {

/// Whether a file is an archive, or packed: tar, zip and bzip2 by its own first bytes, gzip by those
/// within, unless readers of one format unpack it themselves.
bool isPacked(const std::string& path);

/// Reads what is packed in a file, one member after the other, each by `readMember` from memory
/// under a name that its time may stand in; frames say that they come from `path`. A member that is
/// no radar file costs a sentence. Throws IoError when none is usable.
using MemberReading = std::function<RadarFiles(const std::string& path, const ReadOptions& options)>;
RadarFiles readPacked(const std::string& path, const ReadOptions& options,
                      const MemberReading& readMember);

/// Whether a path is that of a member, which libraries that ask for real paths must read whole.
bool liesInMemory(const std::string& path);

/// A file's name without its folders; of one that is read from memory that in its archive.
std::string fileNameOf(const std::string& path);

}  // namespace stormloom
