#pragma once

#include <vtkNew.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/map_region.h"
#include "core/picture_caption.h"
#include "core/picture_signs.h"
#include "render/map_ground.h"
#include "render/map_lines.h"
#include "render/map_style.h"
#include "render/picture_text.h"

class vtkActor;
class vtkImageData;
class vtkRenderer;
class vtkTexture;

namespace stormloom {

PictureColor captionColor(const MapStyle& style, PictureCaption::Kind kind);

struct PictureNote {
  LonLat place;
  std::string text;
  bool operator==(const PictureNote& other) const {
    return place.lon == other.place.lon && place.lat == other.place.lat && text == other.text;
  }
};

/// How much a picture says besides radar and lines: all, only what fits a stamp, only its title.
enum class PictureDetail { Full, Small, Bare };

/// One map: raster, coast, borders, graticule, scale bar, legend and caption. Cheap enough for
/// software rendering: a new frame is one texture.
class RadarScene {
public:
  RadarScene();
  ~RadarScene();
  vtkRenderer* renderer() { return renderer_; }

  /// Whether something is to be drawn anew since setDrawn().
  bool isChanged() const { return changed_; }
  void setDrawn() { changed_ = false; }

  void setStyle(const MapStyle& style);
  void setDetail(PictureDetail detail);
  /// The plane everything is drawn on; takes the frame away when it is another one.
  void setGround(std::shared_ptr<const MapGround> ground);
  /// `geo`: of the grid, in whatever projection; its cells are put where they lie on the ground.
  /// `table` must outlive the scene.
  /// `legendTitle`: what the values are, where that is not what the table is for.
  void setFrame(std::shared_ptr<const RadarGrid> grid, const GeoReference& geo,
                const ColorTable& table, const std::string& legendTitle = {});
  void clearFrame();
  void setSigns(const PictureSigns& signs);
  void setCaption(const PictureCaption& caption);
  void setLegendShown(bool shown);
  void setTownsShown(bool shown);
  void setActive(bool active);  ///< the pane keys and menus are meant for
  /// The models' box on a wider map, dashed; none: not drawn.
  void setBox(const std::optional<GeoReference>& box);
  const std::optional<GeoReference>& box() const { return box_; }
  bool isOnBox(double x, double y) const;  ///< near the box's frame, in design pixels
  /// `name`: of a place, written beside its ring.
  void setRegion(const MapRegion& region, const std::string& name = {});
  void setControlArea(const MapRegion& area);  ///< what the command is limited to, amber and dashed
  void setNotes(const std::vector<PictureNote>& notes);
  /// Crosshair and the value under the linked cursor; none: not drawn.
  void setCursor(const std::optional<LonLat>& position, const std::string& text = {});

  void setSize(const PictureSize& size);
  const PictureSize& size() const { return size_; }
  /// The plane; none before setGround().
  const MapFrame* frame() const { return ground_ ? &ground_->frame : nullptr; }
  const std::shared_ptr<const RadarGrid>& grid() const { return grid_; }
  const PictureCaption& caption() const { return caption_; }

  /// Shows all of `home`, or of the picture when there is none.
  MapView fittingView(const std::optional<GeoReference>& home = std::nullopt) const;
  void setView(const MapView& view);
  const MapView& view() const { return view_; }
  /// Pixels count from the upper left, in design pixels.
  LonLat lonLatFromPixel(double x, double y) const;
  MapView panned(double dx, double dy) const;
  MapView zoomed(double factor, double x, double y) const;  ///< the place under (x, y) stays there

private:
  static constexpr double kTownPlate = 0.45;  ///< opacity: the storm below stays in sight
  MapPoint mapFromPixel(double x, double y) const;
  MapPoint pixelFromLonLat(LonLat place) const;  ///< from the lower left, in design pixels
  void drawGround();
  void placeRaster(const GeoReference& geo);
  bool isBoxDrawn() const;
  void drawBox();
  void drawRegion();
  void drawControlArea();
  void fill();
  void applyStyle();
  void applyCaption();
  void applyView();
  void layout();
  void layoutEdge(std::vector<PictureBoxes::Box>& boxes) const;
  void layoutTexts();
  void layoutTowns();
  void layoutScale(std::vector<PictureBoxes::Box>& boxes);
  void layoutCursor();
  void layoutPlaceName();
  std::string when() const;
  std::string fitted(const std::string& text, double pointSize, double taken) const;
  std::string fittedTitle(double taken) const;
  std::string inTwoLines(const std::string& text, double pointSize, double taken) const;

  vtkNew<vtkRenderer> renderer_;
  vtkNew<vtkImageData> image_;
  vtkNew<vtkTexture> texture_;
  vtkNew<vtkActor> picture_;
  MapStyle style_ = MapStyle::dark();
  PictureDetail detail_ = PictureDetail::Full;
  std::shared_ptr<const MapGround> ground_;
  std::shared_ptr<const RadarGrid> grid_;
  std::optional<RasterPlacement> raster_;
  const ColorTable* table_ = nullptr;
  std::string legendTitle_;
  std::optional<GeoReference> box_;
  MapRegion region_;
  MapRegion controlArea_;
  std::vector<PictureNote> notes_;
  MapView view_;
  PictureSize size_;
  PictureCaption caption_;
  std::optional<LonLat> cursor_;
  PictureSigns signs_;
  std::string cursorSays_;
  bool active_ = false;
  bool legendShown_ = true;
  bool changed_ = true;

  MapLines graticule_, states_, borders_, coast_, edge_, boxLines_, hatching_, outlines_, contour_,
      regionLines_, crosshair_, coverage_, controlLines_;
  PictureBoxes bars_;
  Legend legend_;
  std::string regionName_;
  TextPlate title_, detailText_, time_, scaleText_, cursorText_, credit_, placeText_;
  std::vector<std::unique_ptr<TextPlate>> degrees_;
  std::vector<std::unique_ptr<TextPlate>> noteTexts_;
  std::vector<std::unique_ptr<TextPlate>> townTexts_;  ///< as many as were needed at once
  bool townsShown_ = true;
};

}  // namespace stormloom
