#include "app/figure/attention_figure.h"
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
void writePng(const std::string&, const RgbImage&, const std::string&) { refuse(); }
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
