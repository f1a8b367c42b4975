#include "app/figure/attention_figure.h"
#include "app/figure/block_figure.h"
#include "app/figure/diffusion_figure.h"
#include "app/figure/figure.h"
#include "app/figure/kmz_file.h"
#include "app/figure/sheet.h"
#include "core/errors.h"

namespace stormloom {

namespace {

[[noreturn]] void refuse() {
  throw UsageError(
      "This build has no pictures. Build Stormloom with STORMLOOM_GUI=ON, or open the NetCDF file "
      "elsewhere.");
}

}  // namespace

struct FigurePainter::Impl {};

bool canDrawFigures() { return false; }
FigurePainter::FigurePainter(const GeoReference&, Quantity, const FigureOptions&) { refuse(); }
FigurePainter::~FigurePainter() = default;
RgbImage FigurePainter::draw(const FigureFrame&) const { refuse(); }
RgbImage drawAttention(const AttentionPicture&, const FigureOptions&) { refuse(); }
RgbImage drawOcclusion(const OcclusionPicture&, const FigureOptions&) { refuse(); }
void writeAttentionFigure(const std::string&, const AttentionPicture&, const FigureOptions&,
                          const Receipt&) {
  refuse();
}
void writeOcclusionFigure(const std::string&, const OcclusionPicture&, const FigureOptions&,
                          const Receipt&) {
  refuse();
}
RgbImage drawBlock(const BlockPicture&, const FigureOptions&) { refuse(); }
void writeBlockFigure(const std::string&, const BlockPicture&, const FigureOptions&,
                      const Receipt&) {
  refuse();
}
BlockPicture movedBlock(const BlockPicture&, BlockMotion, double) { refuse(); }
bool writeMovie(const std::string&, const std::function<RgbImage(int)>&, const MovieOptions&,
                const Receipt&, std::stop_token) {
  refuse();
}
bool writeDiffusionMovie(const std::string&, const DiffusionPicture&, const FigureOptions&,
                         const Receipt&, std::stop_token, const std::function<void(double)>&) {
  refuse();
}
const char* blockMotionName(BlockMotion) { refuse(); }
bool writeBlockMovie(const std::string&, const BlockPicture&, BlockMotion, const FigureOptions&,
                     const Receipt&, std::stop_token, const std::function<void(double)>&) {
  refuse();
}
bool writeGrowthMovie(const std::string&, const LabPattern&, const PatternLook&, const BlockView&,
                      const FigureOptions&, const Receipt&, std::stop_token,
                      const std::function<void(double)>&) {
  refuse();
}
bool writeLayersMovie(const std::string&, const std::vector<AttentionPicture>&,
                      const FigureOptions&, const Receipt&, std::stop_token,
                      const std::function<void(double)>&) {
  refuse();
}
BlockPicture patternPicture(const LabPattern&, const PatternLook&, const BlockView&) { refuse(); }
BlockPicture attentionBlockPicture(const AttentionView&, BlockGround, const RadarAt&, bool,
                                   const BlockView&) {
  refuse();
}
RgbImage drawDiffusion(const DiffusionPicture&, const FigureOptions&) { refuse(); }
void writeDiffusionFigure(const std::string&, const DiffusionPicture&, const FigureOptions&,
                          const Receipt&) {
  refuse();
}
void writeDiffusionSheet(const std::string&, const DiffusionPicture&, const FigureOptions&,
                         const Receipt&) {
  refuse();
}
void writePng(const std::string&, const RgbImage&, const Receipt&, double) { refuse(); }

std::string sheetBytes(const std::string&, const SheetContent&, const SheetOptions&,
                       const Receipt&) {
  refuse();
}
void writeSheet(const std::string&, const SheetContent&, const SheetOptions&, const Receipt&) {
  refuse();
}
std::string reportPdf(const SheetContent&, const Receipt&) { refuse(); }
void writeKmz(const std::string&, const Product&, const Receipt&) { refuse(); }

}  // namespace stormloom
