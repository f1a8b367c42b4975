#pragma once

#include <string>

/// A small composite in FMI's PGM layout, 40 x 60 cells; `time` is YYYYMMDDhhmm.
inline std::string pgmSample(const std::string& time = "201609281445") {
  std::string bytes = "P5\n# obstime " + time +
                      "\n# productname LOWEST\n# param CorrectedReflectivity\n"
                      "# projection radar {\n# type stereographic\n# centrallongitude 25\n"
                      "# centrallatitude 90\n# truelatitude 60\n# bottomleft 18.600000 57.930000\n"
                      "# topright 34.903000 69.005000\n# }\n40 60\n255\n";
  for (int k = 0; k < 40 * 60; ++k) bytes += char(k);
  return bytes;
}
