#include "app/cli/command_line.h"
#include "app/cli/interrupt.h"

int main(int argc, char** argv) {
  const stormloom::cli::InterruptWatch interrupt;
  return stormloom::cli::runCommandLine({argv + 1, argv + argc}, interrupt.token());
}
