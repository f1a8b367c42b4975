// Decodes radar files for Stormloom's other programs, in a process that a hostile file may bring
// down.
#include "core/decoder/decoder_server.h"

int main() {
  constexpr int kSocket = 3;  // as core/decoder/decoder_process.cpp hands it over
  return stormloom::serveDecoder(kSocket);
}
