// make_tiny_models FOLDER: models for tests that run the command line as a process.
#include "tests/support/tiny_models.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  stormloom::writeTinyModels(argv[1]);
  return 0;
}
