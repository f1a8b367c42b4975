#pragma once

#include <filesystem>
#include <optional>

namespace stormloom {

/// Folder of the running program; the current folder where the system does not tell.
std::filesystem::path programFolder();

/// `name` in the program's folder or in one of the folders above it: finds data both installed
/// beside the program (share/stormloom) and in a source tree that holds the build.
std::optional<std::filesystem::path> findAboveProgram(const std::filesystem::path& name);

}  // namespace stormloom
