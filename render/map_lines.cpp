#include "render/map_lines.h"

#include <vtkActor.h>
#include <vtkCellArray.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>

#include <cmath>

namespace stormloom {

MapLines::MapLines(vtkRenderer* renderer, const Look& look) : look_(look) {
  mapper_->SetInputData(lines_);
  actor_->SetMapper(mapper_);
  actor_->PickableOff();
  vtkProperty* property = actor_->GetProperty();
  property->LightingOff();
  property->SetLineWidth(static_cast<float>(look.width));
  property->SetOpacity(look.opacity);
  renderer->AddActor(actor_);
}

MapLines::~MapLines() = default;

template <class Placement>
void MapLines::place(const Placement& placement, const Paths& paths) {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> strips;
  for (const auto& path : paths) {
    if (path.size() < 2) continue;
    strips->InsertNextCell(static_cast<int>(path.size()));
    for (const CellPoint& cell : path) {
      const MapPoint at = placement.mapFromCell(cell);
      strips->InsertCellPoint(points->InsertNextPoint(at.east, at.north, look_.height));
    }
  }
  lines_->Initialize();
  lines_->SetPoints(points);
  lines_->SetLines(strips);
}

void MapLines::setPaths(const MapFrame& frame, const Paths& paths) { place(frame, paths); }

void MapLines::setPaths(const RasterPlacement& raster, const Paths& paths) { place(raster, paths); }

void MapLines::setWidthScale(double scale) {
  actor_->GetProperty()->SetLineWidth(static_cast<float>(look_.width * scale));
}

void MapLines::setColor(const std::array<double, 3>& color) {
  actor_->GetProperty()->SetColor(color[0], color[1], color[2]);
}

void MapLines::setVisible(bool visible) { actor_->SetVisibility(visible); }

std::vector<std::vector<CellPoint>> dashes(const std::vector<std::vector<CellPoint>>& paths,
                                           double dash, double gap) {
  std::vector<std::vector<CellPoint>> pieces;
  for (const auto& path : paths) {
    double walked = 0.0;
    for (std::size_t i = 1; i < path.size(); ++i) {
      const CellPoint a = path[i - 1], b = path[i];
      const double length = std::hypot(b.col - a.col, b.row - a.row);
      const auto at = [&](double s) {
        return CellPoint{a.col + (b.col - a.col) * s / length,
                         a.row + (b.row - a.row) * s / length};
      };
      for (double s = 0.0; s < length;) {
        const double phase = std::fmod(walked + s, dash + gap);
        const double end =
            std::fmin(length, s + (phase < dash ? dash - phase : dash + gap - phase) + 1e-9);
        if (phase < dash) pieces.push_back({at(s), at(end)});
        s = end;
      }
      walked += length;
    }
  }
  return pieces;
}

}  // namespace stormloom
