// make_tiny_models FOLDER: models for tests that run the command line as a process.
#include "tests/support/tiny_models.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const QString folder = QString::fromLocal8Bit(argv[1]);
  stormloom::tiny::writePrediff(folder);
  stormloom::tiny::writeEarthformer(folder);
  stormloom::tiny::writeAlignment(folder);
  return 0;
}
