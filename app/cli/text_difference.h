#pragma once

#include <string>

namespace stormloom::cli {

/// In what two texts differ, as a sentence: where they are alike but for their numbers, how many of
/// those differ and by how much at most, else the first place where one says something else.
std::string textDifference(const std::string& before, const std::string& again);

}  // namespace stormloom::cli
