#pragma once

namespace stormloom {

/// The decoder process's whole life: answers requests for files on a connected socket until the
/// other side is gone. Returns the exit code.
int serveDecoder(int socket);

}  // namespace stormloom
