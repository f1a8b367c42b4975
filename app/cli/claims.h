#pragma once

#include <optional>
#include <string>

namespace stormloom::cli {

/// The right to write a file, held until destroyed. The kernel takes it back when its holder dies,
/// however it dies; on network file systems with locks it holds between hosts.
class Claim {
public:
  ~Claim();
  Claim(Claim&& other) noexcept;
  Claim& operator=(Claim&&) = delete;

private:
  friend class Claims;
  Claim(int handle, long place) : handle_(handle), place_(place) {}
  int handle_;
  long place_;
};

/// Rights to write files of one folder, shared with every process that works there: locks on single
/// bytes of one empty hidden file, one byte for each file name.
class Claims {
public:
  /// Throws IoError where the folder takes no file.
  explicit Claims(const std::string& folder);
  ~Claims();
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;

  /// None while somebody else holds it.
  std::optional<Claim> tryClaim(const std::string& fileName);

private:
  int handle_;
};

}  // namespace stormloom::cli
