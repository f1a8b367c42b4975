#pragma once

#include <string>

namespace stormloom {

/// What the picture says about itself; all of it is drawn inside the picture.
struct PictureCaption {
  enum class Kind { Observed, Forecast, Preview, Synthetic };
  Kind kind = Kind::Observed;
  std::string title;      ///< "Observed", "PreDiff n = +2.4 σ"
  std::string detail;     ///< "member 3 of 8", product and scale
  std::string credit;     ///< producer and licence, as they ask to be named
  std::string validTime;  ///< "00:44 UTC"
  std::string lead;       ///< "+20 min"; empty for observations
  bool dimmed = false;    ///< the picture is not of the chosen time; `lead` says so
  bool operator==(const PictureCaption&) const = default;
};

}  // namespace stormloom
