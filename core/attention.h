#pragma once

#include <string>
#include <vector>

#include "core/cuboid_map.h"
#include "core/geo_reference.h"
#include "core/valid_time.h"

namespace stormloom {

/// A frame that a network's level looks at or fills.
struct LevelFrame {
  enum class Kind { Observed, Extrapolated, Forecast };
  Kind kind = Kind::Observed;
  ValidTime validTime{};
};
const char* levelFrameWord(LevelFrame::Kind kind);  ///< "observed", "extrapolated", "forecast"
/// The frame of a level that stands for one of another level (an index): of the same time and, where
/// there are several, of the same kind; else the nearest of its kind, else the nearest.
std::size_t frameLike(const std::vector<LevelFrame>& frames, const LevelFrame& wanted);

/// One cuboid attention layer of a network, as it cuts its level.
struct AttentionLayer {
  std::string path;   ///< in the state dictionary: "encoder.blocks.0.0.attn_l.1"
  std::string words;  ///< "encoder, level 1, block 1, layer 2: along columns"
  int heads = 0;
  int globalVectors = 0;
  bool cross = false;  ///< attends the encoder's memory instead of its own field
  CuboidMap query;     ///< cuboids of the field whose elements ask
  CuboidMap attended;  ///< cuboids of the field that is looked at; the same but for cross-attention
  PaddingType padding = PaddingType::Zeros;
  std::vector<LevelFrame> queryFrames;     ///< one for each frame of the asking field
  std::vector<LevelFrame> attendedFrames;  ///< one for each frame of the attended field
};

/// The layer that is asked where nobody chose one (an index): one that looks at every frame of a place,
/// cross-attention before others, on the finest level, the last of its kind.
std::size_t usualLayer(const std::vector<AttentionLayer>& layers);

/// A cell of the attended field and the share of attention it gets.
struct AttentionCell {
  Thw at = {0, 0, 0};
  double weight = 0.0;
};

inline constexpr int kMeanOfHeads = -1;

/// What one element attends to: cells, padding and global vectors add up to 1.
struct AttentionView {
  std::string model;
  std::string weightsHash;
  AttentionLayer layer;
  GeoReference geo;  ///< of the attended level's grid
  int head = kMeanOfHeads;
  Thw query = {0, 0, 0};               ///< the asking cell on its level
  std::vector<AttentionCell> cells;    ///< of the cuboid, each cell once
  double padding = 0.0;                ///< weight of what is no cell of the field
  std::vector<double> globals;         ///< weight of each global vector
  std::vector<double> drawnByGlobals;  ///< what each global vector draws from the asking cell
};

/// The same place on another level's grid.
Thw cellOnLevel(const Thw& cell, const Thw& from, const Thw& to);

/// What happens to one pixel of the forecast when patches of the context are dried out.
struct OcclusionMap {
  int frame = 0, row = 0, col = 0;  ///< pixel of the forecast, on the model's grid
  int patch = 16;                   ///< side of a patch in pixels; all context frames lose it
  int rows = 0, cols = 0;
  std::vector<double>
      change;           ///< (rows,cols): forecast without the patch minus with it, 0-255 scale
  double intact = 0.0;  ///< the pixel with nothing dried out
};

/// The cell of a level that holds a pixel of the map: 3 x 3 pixels share a cell of a third the
/// size.
Thw levelCell(const Thw& level, int frame, int row, int col, const GeoReference& map);

/// The map's grid as a level of (H,W) cells sees it.
GeoReference levelGeo(const GeoReference& map, const Thw& level);

/// What a layer's cuboids are, in words: "along time", "along columns", "2 x 4 x 4, shifted".
std::string cuboidWords(const CuboidMap& map);

}  // namespace stormloom
