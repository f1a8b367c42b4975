#pragma once

#include <memory>
#include <optional>
#include <string>

namespace stormloom::cli {

/// Which jobs of a batch this process takes, when several share one: processes of one host, ranks
/// of MPI, tasks of Slurm. Claims guard the files whatever this says; it only spreads the work.
class JobShare {
public:
  virtual ~JobShare() = default;
  /// The next job's number below `jobs`; none when all are taken.
  virtual std::optional<int> next() = 0;
  /// Where this process stands among those that share: 0 writes the list of results at the end.
  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// Returns when all have come here.
  virtual void meet() {}
};

/// MPI where the program was started under it (and built with it), Slurm's variables without MPI,
/// else `worker` of `workers` on this host.
std::unique_ptr<JobShare> shareJobs(int jobs, int worker, int workers);

/// True under MPI and in tasks of Slurm, which start as many processes as there shall be.
bool sharedFromOutside();

/// Lets this process see one GPU of its host only, so that processes do not crowd on the first: by
/// SLURM_LOCALID, Open MPI's local rank, or the worker's number. To be called before CUDA is used.
void takeOneGpu(int worker);

/// GPUs that the system shows, CUDA_VISIBLE_DEVICES respected.
int visibleGpus();

}  // namespace stormloom::cli
