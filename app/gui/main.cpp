#include <QApplication>

#include "app/gui/scene_widget.h"
#include "core/synthetic_event.h"
int main(int argc, char** argv) {
  stormloom::SceneWidget::setDefaultFormat();
  QApplication app(argc, argv);
  stormloom::SceneWidget w;
  auto seq = stormloom::syntheticEvent();
  w.scene().setBaseMap(std::make_shared<const std::vector<stormloom::MapLine>>(stormloom::loadBaseMap()));
  w.scene().setGeo(seq.geo);
  w.scene().setFrame(seq.frames[6].grid, seq.quantity);
  w.scene().setCaption({stormloom::PictureCaption::Kind::Synthetic, "Observed", "Synthetic event, VIL", "2019-07-01 01:00 UTC", "+20 min, run 00:24 UTC"});
  w.scene().setCursor(stormloom::LonLat{-98, 38}, "38.0° N 98.0° W  112");
  w.resize(700, 700);
  w.show();
  return app.exec();
}
