#pragma once

#include <string>

namespace stormloom {

/// What QSvgGenerator wrote, without what says nothing: fonts of groups without letters, transforms
/// that move nothing, a group round every single path. Coordinates of filled polygons are told to a
/// hundredth and from corner to corner. The picture is the same.
std::string compactSvg(const std::string& svg);

}  // namespace stormloom
