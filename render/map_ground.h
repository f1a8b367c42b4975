#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base_map.h"
#include "core/place_names.h"
#include "render/map_frame.h"

namespace stormloom {

/// Everything of a map but the radar, worked out once for each plane and shared by all panes.
/// Plain data: it may be made on any thread.
struct MapGround {
  using Paths = std::vector<std::vector<CellPoint>>;
  struct DegreeLabel {
    LonLat place;
    bool meridian = false;
    std::string text;
  };

  struct Town {
    MapPoint at;
    std::string name;
  };

  MapFrame frame;
  Paths coast, borders, states, graticule;
  std::vector<DegreeLabel> degrees;
  std::vector<Town> towns;  ///< on and around the grid, largest first
};

std::shared_ptr<const MapGround> makeMapGround(const std::vector<MapLine>& lines,
                                               const GeoReference& geo,
                                               const std::vector<PlaceName>& places = {});

/// The outer edge of one grid in another's cells, densified.
std::vector<CellPoint> gridOutline(const GeoReference& of, const GeoReference& on);

}  // namespace stormloom
