#pragma once

#include <QStringList>
#include <stop_token>

namespace stormloom {

/// Runs stormloom-cli, for files that only it writes, and waits; not for the thread of the window.
/// False when it was stopped. Throws IoError with the sentence the program said when it failed, and
/// when it is not beside this program.
bool runCommandLine(const QStringList& words, std::stop_token stop);

}  // namespace stormloom
