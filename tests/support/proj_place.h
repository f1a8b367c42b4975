#pragma once

#include <proj.h>

#include <string>

#include "core/geo_reference.h"

/// PROJ by itself, for positions that owe nothing to the code under test.
class ProjPlace {
public:
  explicit ProjPlace(const std::string& projection) : context_(proj_context_create()) {
    PJ* found = proj_create_crs_to_crs(context_, "EPSG:4326", (projection.find("+proj") == 0 ? projection + " +type=crs" : projection).c_str(), nullptr);
    transform_ = proj_normalize_for_visualization(context_, found);
    proj_destroy(found);
  }
  ~ProjPlace() {
    proj_destroy(transform_);
    proj_context_destroy(context_);
  }
  ProjPlace(const ProjPlace&) = delete;
  ProjPlace& operator=(const ProjPlace&) = delete;

  /// Degrees of a point on the map, in the map's unit.
  stormloom::LonLat of(double x, double y) const {
    const PJ_COORD c = proj_trans(transform_, PJ_INV, proj_coord(x, y, 0, 0));
    return {c.xy.x, c.xy.y};
  }

private:
  PJ_CONTEXT* context_;
  PJ* transform_ = nullptr;
};
