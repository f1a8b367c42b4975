#pragma once

#include <vtkNew.h>

#include <array>
#include <vector>

#include "core/base_map.h"
#include "render/map_frame.h"

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

  void setPaths(const MapFrame& frame, const std::vector<std::vector<CellPoint>>& paths);
  void setWidthScale(double scale);  ///< device pixels per pixel
  void setColor(const std::array<double, 3>& color);
  void setVisible(bool visible);

private:
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
