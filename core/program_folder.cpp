#include "core/program_folder.h"

namespace stormloom {

std::filesystem::path programFolder() {
  std::error_code failure;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure);
  return failure ? std::filesystem::current_path() : program.parent_path();
}

std::optional<std::filesystem::path> findAboveProgram(const std::filesystem::path& name) {
  std::filesystem::path folder = programFolder();
  for (;;) {
    std::error_code failure;
    if (std::filesystem::exists(folder / name, failure)) return folder / name;
    if (!folder.has_relative_path()) return std::nullopt;
    folder = folder.parent_path();
  }
}

}  // namespace stormloom
