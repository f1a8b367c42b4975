#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"

namespace stormloom::cli {

/// A command's own options followed by those every command has.
std::vector<Option> withCommonOptions(const std::vector<Option>& own);

std::string programHelp(const std::vector<Command>& all);
std::string commandHelp(const Command& command);

}  // namespace stormloom::cli
