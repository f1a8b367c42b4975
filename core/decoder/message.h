#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace stormloom {

/// Bytes of one message between a program and its decoder process; both are the same machine and
/// build.
class MessageWriter {
public:
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  void put(const T& value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void put(std::string_view text) {
    put(std::uint64_t(text.size()));
    bytes_.append(text);
  }
  void putRaw(const void* data, std::size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
  }
  const std::string& bytes() const { return bytes_; }

private:
  std::string bytes_;
};

/// A decoder that sends what no decoder sends: it was taken over by a file.
struct ForgedMessage : std::runtime_error {
  ForgedMessage() : std::runtime_error("a message of the decoder that does not fit together") {}
};

class MessageReader {
public:
  explicit MessageReader(std::string_view bytes) : rest_(bytes) {}
  std::size_t remaining() const { return rest_.size(); }
  template <typename T>
  requires std::is_trivially_copyable_v<T> T take() {
    T value;
    std::memcpy(&value, raw(sizeof value), sizeof value);
    return value;
  }
  std::string text() {
    const auto size = take<std::uint64_t>();
    return {raw(size), std::size_t(size)};
  }
  const char* raw(std::uint64_t size) {
    if (size > rest_.size()) throw ForgedMessage();
    const char* const data = rest_.data();
    rest_.remove_prefix(std::size_t(size));
    return data;
  }

private:
  std::string_view rest_;
};

/// An open file that closes itself.
class FileHandle {
public:
  explicit FileHandle(int id = -1) : id_(id) {}
  ~FileHandle();
  FileHandle(FileHandle&& other) noexcept : id_(other.release()) {}
  FileHandle& operator=(FileHandle&& other) noexcept;
  int id() const { return id_; }
  int release() {
    const int id = id_;
    id_ = -1;
    return id;
  }

private:
  int id_;
};

/// One message and, for large grids, the shared memory that came with it.
struct Message {
  std::string bytes;
  FileHandle memory;
};

/// Over a connected Unix socket; false when the other side is gone.
bool sendMessage(int socket, const std::string& bytes, int memory = -1);
/// Waits for a whole message; nothing when the other side is gone or sends what is too long.
std::optional<Message> receiveMessage(int socket);

}  // namespace stormloom
