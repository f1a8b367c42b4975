#include "app/figure/attention_figure.h"
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
void writePng(const std::string&, const RgbImage&, const std::string&) { refuse(); }

}  // namespace stormloom
