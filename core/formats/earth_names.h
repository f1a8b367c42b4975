#pragma once

#include <string>

namespace stormloom {

/// PROJ's name ("bessel", "krass", "WGS84") of an ellipsoid as people write it ("Bessel 1841", "Krassowsky 1940",
/// "WGS 84"); "" for those not known.
std::string ellipsoidNamed(const std::string& written);

/// A PROJ text whose +ellps and +datum are as people write them, as PROJ knows them.
std::string withKnownEarth(const std::string& projection);

}  // namespace stormloom
