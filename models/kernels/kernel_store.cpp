#include "models/kernels/kernel_store.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/errors.h"
#include "core/scratch_file.h"
#include "core/sha256.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

fs::path storeFolder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
    return fs::path(cache) / "stormloom" / "kernels";
  if (const char* home = std::getenv("HOME"); home && *home)
    return fs::path(home) / ".cache" / "stormloom" / "kernels";
  return {};
}

/// Everything the machine code depends on, as a file's name.
std::string nameOf(const std::string& source, const KernelDefines& defines, int architecture) {
  std::string all =
      kernelText(source) + "\n" + compilerVersion() + "\n" + std::to_string(architecture);
  for (const auto& [name, value] : defines) all += "\n" + name + "=" + std::to_string(value);
  Sha256 hash;
  hash.add(std::as_bytes(std::span(all)));
  return fs::path(source).stem().string() + "-" + hash.hex().substr(0, 32) + ".cubin";
}

std::string readWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void keep(const fs::path& path, const std::string& code) try {
  fs::create_directories(path.parent_path());
  ScratchFile scratch(path.string());
  std::ofstream file(scratch.path(), std::ios::binary);
  file << code;
  file.close();
  if (file) scratch.commit();
} catch (const std::exception&) {
  return;  // compiled again next time
}

}  // namespace

std::string storedKernel(const std::string& source, const KernelDefines& defines,
                         int architecture) {
  const fs::path folder = storeFolder();
  if (folder.empty()) return compiledKernel(source, defines, architecture);
  const fs::path path = folder / nameOf(source, defines, architecture);
  if (std::string code = readWhole(path); code.starts_with("\177ELF")) return code;
  const std::string code = compiledKernel(source, defines, architecture);
  keep(path, code);
  return code;
}

}  // namespace stormloom
