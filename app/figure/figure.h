#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/animation_file.h"
#include "core/field_tables.h"
#include "core/geo_reference.h"
#include "core/pane_layout.h"
#include "core/picture_signs.h"
#include "core/quantity.h"
#include "core/radar_grid.h"
#include "core/receipt.h"
#include "core/valid_time.h"

namespace stormloom {

/// Past is cyan, forecast is amber, everywhere; a preview is a forecast that says so.
enum class PaneKind { Observed, Forecast, Preview };

inline const char* kindWord(PaneKind kind) {
  switch (kind) {
    case PaneKind::Observed:
      return "observed";
    case PaneKind::Forecast:
      return "forecast";
    case PaneKind::Preview:
      return "preview";
  }
  return "";
}

/// One map of a picture.
struct FigurePane {
  std::string title;   ///< "+2 σ"
  std::string detail;  ///< a smaller line below it
  std::string corner;  ///< time or lead time of this pane, to the right of the detail
  PaneKind kind = PaneKind::Observed;
  bool synthetic = false;
  std::shared_ptr<const RadarGrid> grid;
  bool inBetween = false;  ///< computed between two frames; drawn with a mark
  bool otherQuantity = false;  ///< than the film's: nothing is computed between two of it
  FieldKind field = FieldKind::Radar;
  PictureSigns signs = {};  ///< coverage is drawn without them
};

/// One picture; all panes show the same place, unless FigureOptions::grounds says where each lies.
struct FigureFrame {
  std::string title;      ///< product and event
  std::string validTime;  ///< "2019-07-01 21:10 UTC"
  std::string leadTime;   ///< "+20 min", empty for the past
  std::string runTime;    ///< "run 20:50 UTC", empty for observations
  std::vector<FigurePane> panes;
  ValidTime time{};
};

/// Where a pane lies and what it measures.
struct PaneGround {
  GeoReference geo;
  Quantity quantity = Quantity::VilDigital;
  bool operator==(const PaneGround&) const = default;
};

/// Colours that the legend explains.
struct LegendPart {
  FieldKind field = FieldKind::Radar;
  std::optional<Quantity> quantity = {};  ///< none: that of the picture
  bool operator==(const LegendPart&) const = default;
};

struct FigureOptions {
  int width = 0;  ///< pixels; 0: both as large as the panes need to be read easily
  int height = 0;
  int panes = 1;
  std::string footnote;  ///< producer, licence and how it was made
  bool legend = true;
  bool clock = true;  ///< valid, lead and run time
  bool title = true;
  bool scaleBar = true;
  std::string note;      ///< a line of the person's own
  std::string logoFile;  ///< a picture for the upper right corner
  std::vector<PaneRect> places = {};  ///< of the panes, in shares of the room; empty: in rows
  std::vector<PaneGround> grounds = {};  ///< of the panes, where they are not all those of the picture
  std::vector<LegendPart> legendParts = {LegendPart()};
  ColorChoice colors = {};
  bool towns = false;
  double widthMm = 0.0;  ///< of figures on paper; 0: so that their letters can be read
  int dotsPerInch = 300;
};

/// Whether a picture can have this many pixels: from 320 x 240 to 16384 x 16384, at most 150 million.
bool isFigureSize(int width, int height);

/// False where this build has no Qt Gui.
bool canDrawFigures();

/// Draws pictures of one place: radar on fixed colours, map lines, graticule with labels, legend
/// with unit, times. Needs no display. Throws UsageError where this build cannot draw and for sizes
/// below 320 x 240, above 16384 x 16384 or of more than 150 million pixels.
class FigurePainter {
public:
  FigurePainter(const GeoReference& geo, Quantity quantity, const FigureOptions& options);
  ~FigurePainter();
  RgbImage draw(const FigureFrame& frame) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One PNG, whole or not at all, with its receipt and, when it is known, the size of a dot.
void writePng(const std::string& path, const RgbImage& image, const Receipt& receipt,
              double dotsPerInch = 0.0);

}  // namespace stormloom
