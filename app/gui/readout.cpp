#include "app/gui/readout.h"

#include <cmath>

#include "app/gui/theme.h"
#include "core/vil_scale.h"

namespace stormloom {

QString placeText(LonLat place) {
  return QString("%1° %2  %3° %4")
      .arg(std::abs(place.lat), 0, 'f', 3)
      .arg(place.lat < 0 ? "S" : "N")
      .arg(std::abs(place.lon), 0, 'f', 3)
      .arg(place.lon < 0 ? "W" : "E");
}

namespace {

QString valueText(const PanePicture& picture, double value) {
  if (picture.kind == FieldKind::Probability) return QString("%1 %").arg(value, 0, 'f', 0);
  if (picture.kind == FieldKind::Difference) return signedText(value, 0);
  if (picture.kind == FieldKind::Spread) return QObject::tr("± %1").arg(value, 0, 'f', 0);
  if (picture.sequence->quantity == Quantity::VilDigital)
    return QString("%1, %2 kg/m²").arg(value, 0, 'f', 0).arg(vilMassFromDigital(value), 0, 'f', 1);
  return QString("%1 %2")
      .arg(value, 0, 'f', 1)
      .arg(QString::fromUtf8(unitText(picture.sequence->quantity).data()));
}

}  // namespace

QString readoutText(const PanePicture& picture, LonLat place, bool withPlace) {
  if (!picture.grid || !picture.sequence) return {};
  const CellPoint at = picture.sequence->geo.cellFromLonLat(place);
  const RadarGrid& grid = *picture.grid;
  QString text = QObject::tr("outside");
  if (at.col >= 0 && at.row >= 0 && at.col < grid.width() && at.row < grid.height()) {
    const int row = int(at.row), col = int(at.col);
    const CellState state = grid.state(row, col);
    text = state == CellState::Missing           ? QObject::tr("missing")
           : state == CellState::OutsideCoverage ? QObject::tr("outside coverage")
           : state == CellState::BelowDetection  ? QObject::tr("below detection")
                                                 : valueText(picture, grid.at(row, col));
    if (picture.measured && state == CellState::Measured)
      text += QString(" (%1 %2)")
                  .arg(picture.measured->at(row, col), 0, 'f', 1)
                  .arg(QString::fromUtf8(unitText(picture.measuredAs).data()));
    if (withPlace) text += QObject::tr("   row %1, column %2").arg(row).arg(col);
  }
  return withPlace ? placeText(place) + "   " + text : text;
}

}  // namespace stormloom
