#pragma once

#include <string>

#include "app/cli/command.h"
#include "core/receipt.h"
#include "core/scenario_file.h"

namespace stormloom::cli {

/// What PATH... is: a result file, or radar files as a result without forecast; and the receipt of
/// what is made from it.
struct Subject {
  ResultFile result;
  Receipt receipt;
};

/// `output` is the option that names the file to be made.
Subject subjectFrom(const Session& session, const std::string& output);

}  // namespace stormloom::cli
