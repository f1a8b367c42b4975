#pragma once

#include <vtkNew.h>
#include <vtkSmartPointer.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base_map.h"
#include "core/frame_sequence.h"
#include "render/map_frame.h"
#include "render/map_lines.h"
#include "render/picture_text.h"

class vtkActor;
class vtkImageData;
class vtkRenderer;
class vtkTexture;

namespace stormloom {

/// What the picture says about itself; all of it is drawn inside the picture.
struct PictureCaption {
  enum class Kind { Observed, Forecast, Preview, Synthetic };
  Kind kind = Kind::Observed;
  std::string title;      ///< "Observed", "PreDiff scenario, n = +2.4 σ"
  std::string detail;     ///< product, scale and how it was made
  std::string validTime;  ///< "2019-06-10 00:44 UTC"
  std::string lead;       ///< "+20 min, run 00:24 UTC"; empty for observations
  bool dimmed = false;    ///< the picture is not of the chosen time; `lead` says so
};
PictureColor captionColor(PictureCaption::Kind kind);

/// One map: raster, coast, borders, graticule, scale bar, legend and caption. Cheap enough for software rendering:
/// a new frame is one texture.
class RadarScene {
 public:
  RadarScene();
  ~RadarScene();
  vtkRenderer* renderer() { return renderer_; }

  void setBaseMap(std::shared_ptr<const std::vector<MapLine>> lines);
  void setGeo(const GeoReference& geo);  ///< rebuilds the map's lines when it is another one
  void setFrame(std::shared_ptr<const RadarGrid> grid, Quantity quantity);
  void clearFrame();
  void setCaption(const PictureCaption& caption);
  /// The models' box on a wider map, dashed; none: not drawn.
  void setBox(const std::optional<GeoReference>& box);
  /// Crosshair and the value under the linked cursor; none: not drawn.
  void setCursor(const std::optional<LonLat>& position, const std::string& text = {});

  void setSize(const PictureSize& size);
  const MapFrame* frame() const { return frame_ ? &*frame_ : nullptr; }
  const std::shared_ptr<const RadarGrid>& grid() const { return grid_; }
  Quantity quantity() const { return quantity_; }

  /// Shows all of `home`, or of the picture when there is none.
  MapView fittingView(const std::optional<GeoReference>& home = std::nullopt) const;
  void setView(const MapView& view);
  const MapView& view() const { return view_; }
  /// Pixels count from the upper left, in design pixels.
  LonLat lonLatFromPixel(double x, double y) const;
  MapView panned(double dx, double dy) const;
  MapView zoomed(double factor, double x, double y) const;  ///< the place under (x, y) stays there

 private:
  MapPoint mapFromPixel(double x, double y) const;
  void drawMap();
  void layout();

  vtkNew<vtkRenderer> renderer_;
  vtkNew<vtkImageData> image_;
  vtkNew<vtkTexture> texture_;
  vtkNew<vtkActor> raster_;
  std::shared_ptr<const std::vector<MapLine>> baseMap_;
  std::optional<MapFrame> frame_;
  std::shared_ptr<const RadarGrid> grid_;
  Quantity quantity_ = Quantity::VilDigital;
  std::optional<GeoReference> box_;
  MapView view_;
  PictureSize size_;
  PictureCaption caption_;
  std::optional<LonLat> cursor_;

  MapLines graticule_, states_, borders_, coast_, edge_, boxLines_, crosshair_;
  PictureBoxes bars_;
  Legend legend_;
  TextPlate title_, detail_, time_, lead_, scaleText_, cursorText_;
  std::vector<std::unique_ptr<TextPlate>> degrees_;
  std::vector<std::pair<LonLat, bool>> degreePlaces_;  ///< where a meridian (true) or parallel is labelled
};

}  // namespace stormloom
