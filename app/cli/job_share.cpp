#include "app/cli/job_share.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#ifdef STORMLOOM_MPI
#include <mpi.h>
#endif

namespace stormloom::cli {

namespace {

/// An environment variable as a number; `fallback` where it is none.
int numberFrom(const char* name, int fallback) {
  const char* text = std::getenv(name);
  if (!text || !*text) return fallback;
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  return *end == '\0' && value >= 0 && value < 1'000'000 ? int(value) : fallback;
}

/// Every `size`-th job, beginning with `rank`; what dies with another process is left to the last
/// look at all jobs that every batch ends with.
class EveryNth : public JobShare {
public:
  EveryNth(int jobs, int rank, int size) : jobs_(jobs), rank_(rank), size_(size), next_(rank) {}
  std::optional<int> next() override {
    if (next_ >= jobs_) return std::nullopt;
    const int job = next_;
    next_ += size_;
    return job;
  }
  int rank() const override { return rank_; }
  int size() const override { return size_; }

private:
  int jobs_;
  int rank_;
  int size_;
  int next_;
};

#ifdef STORMLOOM_MPI
/// One counter on rank 0 that every rank raises: a fast host gets more jobs than a slow one.
class MpiShare : public JobShare {
public:
  explicit MpiShare(int jobs) : jobs_(jobs) {
    MPI_Init(nullptr, nullptr);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    MPI_Win_allocate(rank_ == 0 ? sizeof(int) : 0, sizeof(int), MPI_INFO_NULL, MPI_COMM_WORLD,
                     &counter_, &window_);
    if (rank_ == 0) *counter_ = 0;
    MPI_Win_fence(0, window_);
    MPI_Win_lock_all(0, window_);
  }
  ~MpiShare() override {
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
    MPI_Finalize();
  }
  std::optional<int> next() override {
    const int one = 1;
    int job = 0;
    MPI_Fetch_and_op(&one, &job, MPI_INT, 0, 0, MPI_SUM, window_);
    MPI_Win_flush(0, window_);
    if (job >= jobs_) return std::nullopt;
    return job;
  }
  int rank() const override { return rank_; }
  int size() const override { return size_; }
  void meet() override { MPI_Barrier(MPI_COMM_WORLD); }

private:
  int jobs_;
  int rank_ = 0;
  int size_ = 1;
  int* counter_ = nullptr;
  MPI_Win window_ = MPI_WIN_NULL;
};

bool underMpi() {
  return numberFrom("OMPI_COMM_WORLD_SIZE", 1) > 1 || numberFrom("PMIX_SIZE", 1) > 1 ||
         (std::getenv("PMIX_RANK") && numberFrom("SLURM_NTASKS", 1) > 1);
}
#endif

bool underSlurm() { return numberFrom("SLURM_NTASKS", 1) > 1 && std::getenv("SLURM_PROCID"); }

}  // namespace

bool sharedFromOutside() {
#ifdef STORMLOOM_MPI
  if (underMpi()) return true;
#endif
  return underSlurm();
}

std::unique_ptr<JobShare> shareJobs(int jobs, int worker, int workers) {
#ifdef STORMLOOM_MPI
  if (underMpi()) return std::make_unique<MpiShare>(jobs);
#endif
  const int arrayTasks = numberFrom("SLURM_ARRAY_TASK_COUNT", 1);
  if (arrayTasks > 1) {
    const int first = numberFrom("SLURM_ARRAY_TASK_MIN", 0);
    return std::make_unique<EveryNth>(
        jobs, (numberFrom("SLURM_ARRAY_TASK_ID", first) - first) % arrayTasks, arrayTasks);
  }
  if (underSlurm()) {
    const int tasks = numberFrom("SLURM_NTASKS", 1);
    return std::make_unique<EveryNth>(jobs, numberFrom("SLURM_PROCID", 0) % tasks, tasks);
  }
  return std::make_unique<EveryNth>(jobs, worker, workers);
}

namespace {

/// Names of the GPUs for CUDA_VISIBLE_DEVICES.
std::vector<std::string> gpuNames() {
  std::vector<std::string> names;
  if (const char* listed = std::getenv("CUDA_VISIBLE_DEVICES")) {
    std::string name;
    for (const char c : std::string(listed) + ",") {
      if (c != ',')
        name += c;
      else if (!name.empty() && name != "-1")
        names.push_back(std::exchange(name, {}));
    }
    return names;
  }
  while (std::filesystem::exists("/dev/nvidia" + std::to_string(names.size())))
    names.push_back(std::to_string(names.size()));
  return names;
}

}  // namespace

int visibleGpus() { return int(gpuNames().size()); }

void takeOneGpu(int worker) {
  const std::vector<std::string> names = gpuNames();
  if (names.size() < 2) return;
  const int local = numberFrom("OMPI_COMM_WORLD_LOCAL_RANK", numberFrom("SLURM_LOCALID", worker));
  setenv("CUDA_VISIBLE_DEVICES", names[std::size_t(local) % names.size()].c_str(), 1);
}

}  // namespace stormloom::cli
