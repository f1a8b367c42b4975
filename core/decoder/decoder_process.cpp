#include "core/decoder/decoder_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include "core/errors.h"
#include "core/program_folder.h"

namespace stormloom {
namespace {

constexpr int kSocketOfDecoder = 3;  // what app/decoder/main.cpp reads from

/// Nothing of this program's surroundings that makes libraries load or open other things.
std::vector<std::string> decoderEnvironment() {
  std::vector<std::string> kept = {"LC_ALL=C", "GDAL_DRIVER_PATH=disable",
                                   "HDF5_USE_FILE_LOCKING=FALSE"};
  for (const char* name : {"LD_LIBRARY_PATH", "GDAL_DATA", "PROJ_LIB", "PROJ_DATA", "ASAN_OPTIONS",
                           "LSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) kept.push_back(std::string(name) + "=" + value);
  }
  return kept;
}

/// posix_spawn's list of what to do to the child's files.
class FileActions {
public:
  explicit FileActions(int socket) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, socket, kSocketOfDecoder);
    for (const int standard : {0, 1, 2}) {  // decoders print what they like
      posix_spawn_file_actions_addopen(&actions_, standard, "/dev/null",
                                       standard == 0 ? O_RDONLY : O_WRONLY, 0);
    }
    posix_spawn_file_actions_addclosefrom_np(&actions_, kSocketOfDecoder + 1);
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
  posix_spawn_file_actions_t actions_;
};

int spawn(const std::string& program, int socket) {
  std::vector<std::string> environment = decoderEnvironment();
  std::vector<char*> variables;
  for (std::string& variable : environment) variables.push_back(variable.data());
  variables.push_back(nullptr);
  std::string name = program;
  std::array<char*, 2> arguments = {name.data(), nullptr};
  const FileActions actions(socket);
  pid_t pid = -1;
  const int failure = posix_spawn(&pid, program.c_str(), actions.get(), nullptr, arguments.data(),
                                  variables.data());
  if (failure != 0) {
    throw IoError(program + ": the program that decodes files cannot be started (" +
                  std::generic_category().message(failure) + "). Install Stormloom again.");
  }
  return pid;
}

}  // namespace

std::optional<std::filesystem::path> findDecoderProgram() {
  const char* const chosen = std::getenv("STORMLOOM_DECODER");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  const std::filesystem::path beside = programFolder() / "stormloom-decoder";
  std::error_code unknown;
  if (std::filesystem::exists(beside, unknown)) return beside;
  for (const char* place : {"app/decoder/stormloom-decoder", "libexec/stormloom-decoder"}) {
    if (const auto found = findAboveProgram(place)) return found;  // of a build, of a package
  }
  return std::nullopt;
}

std::filesystem::path requireDecoderProgram() {
  if (auto found = findDecoderProgram()) return *found;
  throw IoError(
      "stormloom-decoder, the program that decodes radar files in a process of its own, is missing "
      "beside " +
      programFolder().string() +
      ". Install Stormloom again, or say with STORMLOOM_DECODER where it is (\"none\": decode in "
      "this process, unprotected).");
}

DecoderProcess::DecoderProcess(const std::filesystem::path& program) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw IoError("There are too many open files to start a decoder. Close some programs.");
  }
  socket_ = FileHandle(ends[0]);
  const timeval patience{10, 0};  // a message once begun is not waited for longer
  for (const int direction : {SO_RCVTIMEO, SO_SNDTIMEO})
    setsockopt(ends[0], SOL_SOCKET, direction, &patience, sizeof patience);
  // Not the decoder's own number: a descriptor duplicated onto itself would keep its close-on-exec
  // mark.
  const FileHandle low(ends[1]);
  const FileHandle theirs(fcntl(low.id(), F_DUPFD_CLOEXEC, kSocketOfDecoder + 1));
  pid_ = spawn(program.string(), theirs.id());
}

DecoderProcess::~DecoderProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  endedBySignal();
}

bool DecoderProcess::ask(const DecodingRequest& request) {
  return sendMessage(socket(), bytesFrom(request));
}

std::optional<Message> DecoderProcess::answer() { return receiveMessage(socket()); }

/// What the system tells of it behind its name, which may hold anything.
std::string DecoderProcess::statistics() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  const std::string line{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name = line.rfind(')');
  return name == std::string::npos ? std::string() : line.substr(name + 1);
}

char DecoderProcess::state() const {
  char state = 0;
  return std::sscanf(statistics().c_str(), " %c", &state) == 1 ? state : '\0';
}

double DecoderProcess::processorSeconds() const {
  unsigned long user = 0, system = 0;
  if (std::sscanf(statistics().c_str(), " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    return 0.0;
  return double(user + system) / double(sysconf(_SC_CLK_TCK));
}

std::size_t DecoderProcess::mostMemory() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  std::size_t most = 0, code = 0, kilobytes = 0;
  for (std::string line; std::getline(file, line);) {
    if (std::sscanf(line.c_str(), "VmHWM: %zu", &kilobytes) == 1) most = kilobytes;
    if (std::sscanf(line.c_str(), "RssFile: %zu", &kilobytes) == 1) code = kilobytes;
  }
  return most > code ? (most - code) << 10 : 0;
}

int DecoderProcess::endedBySignal() {
  int status = 0;
  pid_t ended = -1;
  while (pid_ >= 0 && (ended = waitpid(pid_, &status, 0)) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return ended > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace stormloom
