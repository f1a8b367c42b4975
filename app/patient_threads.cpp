// Threads of LibTorch's OpenMP wait asleep, not spinning: a forecast shares its cores with a window
// that draws, with decoders, with other programs. Spinning cost a forecast beside another one two
// thirds of its time.
//
// The OpenMP library reads its wishes when it is loaded, before main(); functions of .preinit_array
// run before that.
#include <stdlib.h>

namespace {

void letThreadsSleep(int, char**, char**) { setenv("OMP_WAIT_POLICY", "passive", /*overwrite=*/0); }

}  // namespace

__attribute__((section(".preinit_array"),
               used)) void (*const letThreadsSleepFirst)(int, char**, char**) = letThreadsSleep;
