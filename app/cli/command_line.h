#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace stormloom::cli {

/// Runs one command and says on the console what went wrong; the exit code of the program.
int runCommandLine(const std::vector<std::string>& words, std::stop_token stop);

}  // namespace stormloom::cli
