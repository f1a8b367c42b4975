#include "core/decoder/decoder_sandbox.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace stormloom {
namespace {

void limit(__rlimit_resource what, std::uint64_t most) {
  const rlimit both{most, most};
  setrlimit(what, &both);
}

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;  // no filter of calls on others
#endif

constexpr std::uint32_t answer(int error) { return SECCOMP_RET_ERRNO | std::uint32_t(error); }

/// A filter of system calls, one question after the other; what no question stops is allowed.
class CallFilter {
public:
  CallFilter() {
    load(offsetof(seccomp_data, arch));
    steps_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
    give(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
  }
  void deny(long call, int error = EPERM) {
    steps_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, std::uint32_t(call), 0, 1));
    give(answer(error));
  }
  /// Denied when `argument` has one of `bits`, or, with `needed`, none of them.
  void denyBits(long call, int argument, std::uint32_t bits, bool needed = false) {
    steps_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, std::uint32_t(call), 0, 4));
    load(std::uint32_t(offsetof(seccomp_data, args) + 8 * std::size_t(argument)));
    const std::uint8_t whenSet = needed ? 1 : 0, whenNot = needed ? 0 : 1;
    steps_.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, whenSet, whenNot));
    give(answer(EPERM));
    load(offsetof(seccomp_data, nr));
  }
  void install() {
    give(SECCOMP_RET_ALLOW);
    const sock_fprog program{static_cast<unsigned short>(steps_.size()), steps_.data()};
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  }

private:
  void load(std::uint32_t at) { steps_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at)); }
  void give(std::uint32_t result) { steps_.push_back(BPF_STMT(BPF_RET | BPF_K, result)); }
  std::vector<sock_filter> steps_;
};

void filterCalls() {
  CallFilter filter;
  for (const long call : {SYS_socket,
                          SYS_connect,
                          SYS_bind,
                          SYS_listen,
                          SYS_accept,
                          SYS_accept4,
                          SYS_execve,
                          SYS_execveat,
                          SYS_ptrace,
                          SYS_process_vm_readv,
                          SYS_process_vm_writev,
                          SYS_kill,
                          SYS_unlinkat,
                          SYS_renameat2,
                          SYS_mkdirat,
                          SYS_linkat,
                          SYS_symlinkat,
                          SYS_fchmodat,
                          SYS_fchownat,
                          SYS_truncate,
                          SYS_mount,
                          SYS_umount2,
                          SYS_mknodat,
                          SYS_setns,
                          SYS_unshare,
                          SYS_bpf,
                          SYS_perf_event_open,
                          SYS_keyctl,
                          SYS_add_key}) {
    filter.deny(call);
  }
#if defined(__x86_64__)
  for (const long call :
       {SYS_fork, SYS_vfork, SYS_creat, SYS_unlink, SYS_rename, SYS_renameat, SYS_mkdir, SYS_rmdir,
        SYS_link, SYS_symlink, SYS_chmod, SYS_chown, SYS_mknod}) {
    filter.deny(call);
  }
  filter.denyBits(SYS_open, 1, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
#endif
  filter.denyBits(SYS_openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
  filter.denyBits(SYS_clone, 0, CLONE_THREAD, true);  // threads are no other processes
  for (const long call : {SYS_clone3, SYS_openat2, SYS_io_uring_setup}) filter.deny(call, ENOSYS);
  filter.install();
}

#if defined(__has_feature)  // Clang
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STORMLOOM_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // GCC
#define STORMLOOM_SANITIZED
#endif
#ifdef STORMLOOM_SANITIZED
constexpr bool kSanitized = true;  // whose shadow memory needs terabytes of addresses
#else
constexpr bool kSanitized = false;
#endif

}  // namespace

void enterDecoderSandbox(const DecoderLimits& limits) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, std::uint64_t(limits.openFiles));
  if (!kSanitized) limit(RLIMIT_AS, limits.memoryBytes);
  if (kArchitecture != 0) filterCalls();
}

}  // namespace stormloom
