#pragma once

#include <vtkNew.h>

#include <array>
#include <vector>

#include "core/base_map.h"
#include "render/raster_placement.h"

class vtkActor;
class vtkPolyData;
class vtkPolyDataMapper;
class vtkRenderer;

namespace stormloom {

/// Line strips on the map in one colour and width.
class MapLines {
public:
  struct Look {
    double width = 1.0;
    double opacity = 1.0;
    double height = 0.1;  ///< above the raster at 0
  };
  MapLines(vtkRenderer* renderer, const Look& look);
  ~MapLines();
  MapLines(const MapLines&) = delete;
  MapLines& operator=(const MapLines&) = delete;

  using Paths = std::vector<std::vector<CellPoint>>;
  void setPaths(const MapFrame& frame, const Paths& paths);  ///< in cells of the map
  void setPaths(const RasterPlacement& raster, const Paths& paths);  ///< in cells of a grid on it
  void setWidthScale(double scale);  ///< device pixels per pixel
  void setColor(const std::array<double, 3>& color);
  void setVisible(bool visible);

private:
  template <class Placement>
  void place(const Placement& placement, const Paths& paths);

  Look look_;
  vtkNew<vtkPolyData> lines_;
  vtkNew<vtkPolyDataMapper> mapper_;
  vtkNew<vtkActor> actor_;
};

/// Breaks strips into dashes of equal length in cells, for dotted and dashed lines (core profiles
/// have no stipple).
std::vector<std::vector<CellPoint>> dashes(const std::vector<std::vector<CellPoint>>& paths,
                                           double dash, double gap);

}  // namespace stormloom
