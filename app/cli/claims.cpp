#include "app/cli/claims.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <span>
#include <utility>

#include "core/scratch_file.h"
#include "core/sha256.h"

namespace stormloom::cli {

namespace {

/// A place in the claims file that another name will hardly have: 62 bits of its hash.
long placeOf(const std::string& name) {
  Sha256 hash;
  hash.add(std::as_bytes(std::span(name)));
  return long(std::strtoull(hash.hex().substr(0, 16).c_str(), nullptr, 16) >> 2);
}

int lockByte(int handle, long place, short kind) {
  struct flock lock = {};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  lock.l_start = place;
  lock.l_len = 1;
  return fcntl(handle, F_SETLK, &lock);
}

}  // namespace

Claim::Claim(Claim&& other) noexcept
    : handle_(std::exchange(other.handle_, -1)), place_(other.place_) {}

Claim::~Claim() {
  if (handle_ >= 0) lockByte(handle_, place_, F_UNLCK);
}

Claims::Claims(const std::string& folder) {
  const std::string file = folder + "/.stormloom-claims";
  handle_ = open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  if (handle_ < 0) refuseTarget(file, errno);
}

Claims::~Claims() { close(handle_); }

std::optional<Claim> Claims::tryClaim(const std::string& fileName) {
  const long place = placeOf(fileName);
  if (lockByte(handle_, place, F_WRLCK) == 0) return Claim(handle_, place);
  if (errno == EACCES || errno == EAGAIN) return std::nullopt;
  refuseTarget(fileName, errno);
}

}  // namespace stormloom::cli
