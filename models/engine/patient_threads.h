#pragma once

namespace stormloom {

/// From here on threads of LibTorch's OpenMP that wait for others sleep after some microseconds,
/// where they would spin for three milliseconds: a forecast shares its cores with a window that
/// draws, with decoders, with other programs (docs/decisions/0047). Once for the whole program.
void letWaitingThreadsSleep();

}  // namespace stormloom
