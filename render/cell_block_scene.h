#pragma once

#include <vtkNew.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "core/cell_block.h"
#include "render/picture_text.h"

class vtkActor;
class vtkPolyData;
class vtkPolyDataMapper;
class vtkRenderer;

namespace stormloom {

/// A block of cells in space and time that turns. Parallel projection and no lights: of every box
/// only the three sides that face the eye are drawn, each a list of quads of its own, so that turning
/// the block costs no new geometry (13 x 32 x 32 cells in software, docs/performance.md).
class CellBlockScene {
public:
  CellBlockScene();
  ~CellBlockScene();
  CellBlockScene(const CellBlockScene&) = delete;
  CellBlockScene& operator=(const CellBlockScene&) = delete;

  vtkRenderer* renderer() { return renderer_; }
  /// Over the other one: what is seen inside the block.
  vtkRenderer* frontRenderer() { return front_; }
  void setBlock(std::shared_ptr<const CellBlock> block);
  /// What lies behind, also while there is no block.
  void setGround(Rgb ground);
  const std::shared_ptr<const CellBlock>& block() const { return block_; }
  void setView(const BlockView& view);
  const BlockView& view() const { return view_; }
  void setSize(const PictureSize& size);
  /// The foremost cell under a place; pixels count from the upper left, in design pixels.
  std::optional<Thw> cellAt(double x, double y) const;

private:
  /// Quads or lines that are coloured corner by corner.
  struct Part {
    vtkNew<vtkPolyData> data;
    vtkNew<vtkPolyDataMapper> mapper;
    vtkNew<vtkActor> actor;
  };
  void prepare(Part& part, vtkRenderer* renderer);
  void rebuild();
  void buildSide(BlockSide side);
  void buildHalos();
  void buildLinks();
  void buildFrame();
  void lookFrom();
  void placeTexts(const BlockProjection& projection);
  BlockProjection projection() const;

  vtkNew<vtkRenderer> renderer_, front_;
  std::array<Part, kBlockSides> sides_, frontSides_;
  Part halos_, links_, frame_;
  /// For each text one that ends and one that begins at its place: words stand beside the block.
  std::vector<std::array<std::unique_ptr<TextPlate>, 2>> texts_;
  std::shared_ptr<const CellBlock> block_;
  BlockShape shape_;
  std::vector<BlockBox> drawn_;  ///< boxes of the shape, runs of a large one merged
  BlockView view_;
  PictureSize size_;
};

}  // namespace stormloom
