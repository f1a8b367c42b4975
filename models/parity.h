#pragma once

#include <functional>
#include <string>
#include <vector>

namespace stormloom {

struct ParityOptions {
  std::string reference;  ///< a golden folder (README there), or one like it that was never seen
  std::string filter;     ///< only "group" or "group/name" that contain this text
  std::string device = "cpu";
  /// "bf16", "fp16": tolerance 2e-2 of the output's largest magnitude, on a GPU through the fused
  /// path; "fused": the composition of the fused path on the CPU in fp32, by the kernels'
  /// references.
  std::string precision = "fp32";
};

/// One golden case against this build: its worst output.
struct ParityResult {
  std::string group;
  std::string name;
  std::string kind;
  std::string output;
  double maxAbsError = 0.0;
  double allowed = 0.0;  ///< where the error is largest
  bool passed = false;
  bool skipped = false;
  std::string note;  ///< why it was skipped or what went wrong
  double seconds = 0.0;
};

/// Runs every *.json below the folder, one network at a time, sorted by group and name. Throws
/// IoError for a folder without cases.
std::vector<ParityResult> runParity(const ParityOptions& options,
                                    const std::function<void(const ParityResult&)>& eachCase = {});

}  // namespace stormloom
