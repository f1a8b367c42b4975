#pragma once

#include <string>
#include <vector>

#include "core/json.h"

namespace stormloom::cli {

/// One result of a batch: a command that writes one file.
struct BatchJob {
  std::string file;                ///< where the result goes
  std::vector<std::string> words;  ///< "scenario PATH... --n 2 --out FILE"
  Json facts;                      ///< event, model, n, seed: for the line about the result
};

/// What a job file, or a folder of events with options, asks for.
struct BatchPlan {
  std::string out;  ///< folder of the results
  std::vector<BatchJob> jobs;
};

/// Reads JOB.json. Paths in it are relative to its folder. Throws UsageError that names file, line
/// and field.
BatchPlan planFromFile(const std::string& path);

/// The same for a folder whose files and folders are the events; `settings` holds the other fields.
BatchPlan planFromFolder(const std::string& folder, Json settings);

}  // namespace stormloom::cli
