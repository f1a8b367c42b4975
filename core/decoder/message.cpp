#include "core/decoder/message.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace stormloom {
namespace {

constexpr std::uint64_t kLongestMessage = std::uint64_t(64) << 20;

bool sendAll(int socket, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(socket, data, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    data += sent;
    size -= std::size_t(sent);
  }
  return true;
}

bool receiveAll(int socket, char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t got = recv(socket, data, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    data += got;
    size -= std::size_t(got);
  }
  return true;
}

/// Room for one file handle beside the data of a message.
union HandleRoom {
  cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

}  // namespace

FileHandle::~FileHandle() {
  if (id_ >= 0) close(id_);
}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  std::swap(id_, other.id_);
  return *this;
}

bool sendMessage(int socket, const std::string& bytes, int memory) {
  std::uint64_t length = bytes.size();
  iovec part{&length, sizeof length};
  HandleRoom room{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (memory >= 0) {
    message.msg_control = room.bytes;
    message.msg_controllen = sizeof room.bytes;
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &memory, sizeof memory);
  }
  ssize_t sent = 0;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == ssize_t(sizeof length) && sendAll(socket, bytes.data(), bytes.size());
}

std::optional<Message> receiveMessage(int socket) {
  std::uint64_t length = 0;
  iovec part{&length, sizeof length};
  HandleRoom room{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = room.bytes;
  header.msg_controllen = sizeof room.bytes;
  ssize_t got = 0;
  do {
    got = recvmsg(socket, &header, MSG_CMSG_CLOEXEC | MSG_WAITALL);
  } while (got < 0 && errno == EINTR);
  Message message;
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); got > 0 && c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    int id = -1;
    std::memcpy(&id, CMSG_DATA(c), sizeof id);
    message.memory = FileHandle(id);
  }
  if (got != ssize_t(sizeof length) || length > kLongestMessage) return {};
  message.bytes.resize(std::size_t(length));
  if (!receiveAll(socket, message.bytes.data(), message.bytes.size())) return {};
  return message;
}

}  // namespace stormloom
