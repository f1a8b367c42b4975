#pragma once

#include <stdexcept>
#include <string>

namespace stormloom {

/// Exit codes of the command line; every error class knows its own.
enum class ExitCode : int {
  Done = 0,
  CaseFailed = 1,  ///< `parity` found a case outside its tolerance
  WrongUsage = 2,
  UnfitData = 3,
  UnfitWeights = 4,
  DeviceOrMemory = 5,
  Cancelled = 130,
};

/// What happened, to which file, and what to do about it, in one or two sentences for a person.
class StormloomError : public std::runtime_error {
 public:
  StormloomError(ExitCode code, const std::string& sentence)
      : std::runtime_error(sentence), code_(code) {}
  ExitCode exitCode() const { return code_; }

 private:
  ExitCode code_;
};

/// A file cannot be read, written, placed or used as radar data.
class IoError : public StormloomError {
 public:
  explicit IoError(const std::string& sentence) : StormloomError(ExitCode::UnfitData, sentence) {}
};

/// Weights that are damaged, hostile, or do not fit the network.
class ModelError : public StormloomError {
 public:
  explicit ModelError(const std::string& sentence)
      : StormloomError(ExitCode::UnfitWeights, sentence) {}
};

/// A device that was demanded is not there, or memory ran out.
class DeviceError : public StormloomError {
 public:
  explicit DeviceError(const std::string& sentence)
      : StormloomError(ExitCode::DeviceOrMemory, sentence) {}
};

/// The person asked for something that makes no sense.
class UsageError : public StormloomError {
 public:
  explicit UsageError(const std::string& sentence)
      : StormloomError(ExitCode::WrongUsage, sentence) {}
};

}  // namespace stormloom
