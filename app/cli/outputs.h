#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"
#include "core/file_ending.h"

namespace stormloom::cli {

/// Refuses a name that no file can get before minutes are spent on its content: a wrong ending, a
/// folder that cannot be made, a file that is there already and may not be replaced (asked on a
/// terminal; elsewhere --overwrite says yes).
void checkOutput(const Session& session, const std::string& path,
                 const std::vector<std::string>& endings);

/// The same for any ending, and for the first picture of a PNG folder.
void checkOutput(const Session& session, const std::string& path);

}  // namespace stormloom::cli
