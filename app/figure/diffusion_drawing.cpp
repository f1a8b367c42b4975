#include "app/figure/diffusion_drawing.h"

#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "app/figure/figure_drawing.h"

namespace stormloom::diffusion_drawing {
namespace {

namespace style = figure_style;

constexpr double kCurveShare = 0.20;  // of the room's height
constexpr Layer kLayers[] = {Layer::Latents, Layer::Clean, Layer::Push};

const style::Theme& themeFor(const DiffusionPicture& picture) {
  return picture.dark ? style::kDark : style::kLight;
}

QRgb mixed(const QColor& a, const QColor& b, double share) {
  const auto mix = [share](int x, int y) { return int(std::lround(x + share * (y - x))); };
  return qRgb(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

QRgb pushColor(double push, double most, const style::Theme& theme) {
  const QColor warm(0xff, 0x8a, 0x4c), cold(0x4f, 0x8d, 0xff);
  return mixed(theme.mapGround, push > 0.0 ? warm : cold,
               std::sqrt(std::clamp(std::abs(push) / most, 0.0, 1.0)));
}

QString number(double value, int decimals) { return QString::number(value, 'f', decimals); }

class MomentDrawing {
public:
  MomentDrawing(QPainter& painter, const DiffusionPicture& picture, int text)
      : painter_(painter),
        picture_(picture),
        theme_(themeFor(picture)),
        text_(text),
        most_(strongestPush(picture, picture.step)) {}

  void draw(const QRectF& room) {
    const QRectF curve = curveRoom(room, text_);
    const double height = (curve.top() - room.top()) / double(picture_.traces.size());
    for (std::size_t i = 0; i < picture_.traces.size(); ++i)
      row(QRectF(room.left(), room.top() + double(i) * height, room.width(), height - 0.5 * text_),
          *picture_.traces[i]);
    chart(curve);
  }

private:
  void put(const QRectF& room, const QString& words, bool strong = false, bool right = false) {
    figure_drawing::putText(painter_, room.toRect(), words,
                            figure_drawing::font(strong ? text_ * 11 / 10 : text_, strong),
                            strong ? theme_.text : theme_.quietText, right);
  }

  const DiffusionStep& stepOf(const DiffusionTrace& trace) const {
    return trace.steps[std::size_t(std::clamp(picture_.step, 0, int(trace.steps.size()) - 1))];
  }

  void row(const QRectF& room, const DiffusionTrace& trace) {
    const double line = 1.5 * text_, gap = 0.6 * text_;
    const QRectF head(room.left(), room.top(), room.width(), line);
    const QRect rest =
        figure_drawing::putText(painter_, head.toRect(), traceTitle(trace),
                                figure_drawing::font(text_ * 11 / 10, true), theme_.text);
    put(rest, meansOf(trace), false, true);
    const double side = std::min((room.width() - 2.0 * gap) / 3.0, room.height() - 2.0 * line);
    const double left = room.left() + 0.5 * (room.width() - 3.0 * side - 2.0 * gap);
    for (int i = 0; i < 3; ++i) {
      const QRectF title(left + i * (side + gap), room.top() + line, side, line);
      put(title, layerTitle(kLayers[i]));
      const QRectF map(title.left(), title.bottom(), side, side);
      if (!stepOf(trace).clean.frames[std::size_t(picture_.lead)].grid) {
        painter_.fillRect(map, theme_.mapGround);
        put(map.adjusted(text_, 0.0, 0.0, 0.0), "this lead time is still being decoded");
        continue;
      }
      painter_.setRenderHint(QPainter::SmoothPixmapTransform, false);
      painter_.drawImage(
          map, pictureOf(stepOf(trace), kLayers[i], picture_.lead, most_, theme_));
    }
  }

  QString meansOf(const DiffusionTrace& trace) const {
    constexpr double kWhole = 255.0;
    const DiffusionStep& step = stepOf(trace);
    const QString commanded = trace.isCommanded()
                                  ? "commanded " + number(kWhole * trace.commandedMean, 1)
                                  : QString("nothing else commanded");
    return QString("mean (0-255): expected of such cases %1, %2, the network now expects %3")
        .arg(number(kWhole * trace.expectedMean, 1), commanded, number(kWhole * step.cleanMean, 1));
  }

  /// The size of the push over the steps: bars, a colour for each trace.
  void chart(const QRectF& room) {
    const double line = 1.4 * text_;
    QRect head = QRectF(room.left(), room.top(), room.width(), line).toRect();
    head = drawColorKeys(painter_, head, most_, theme_, text_);
    put(head, "mean size of the push at every step, 0-255 scale");
    const QRectF plot = room.adjusted(0.0, line + 0.2 * text_, 0.0, -line);
    const double top = largestPush(picture_.traces);
    const int steps = int(picture_.traces.front()->steps.size());
    const double width = plot.width() / steps;
    for (int step = 0; step < steps; ++step) {
      const QRectF slot(plot.left() + step * width, plot.top(), width, plot.height());
      if (step == picture_.step) painter_.fillRect(slot, theme_.mapGround);
      bars(slot, step, top);
      const QRectF below(slot.left(), plot.bottom(), width, line);
      painter_.setFont(figure_drawing::font(text_ * 9 / 10));
      painter_.setPen(step == picture_.step ? theme_.text : theme_.quietText);
      painter_.drawText(below, Qt::AlignCenter,
                        step + 1 == steps ? QString("result") : QString::number(step + 1));
    }
  }

  void bars(const QRectF& slot, int step, double top) {
    const double width = slot.width() / (2.0 * double(picture_.traces.size()) + 1.0);
    for (std::size_t i = 0; i < picture_.traces.size(); ++i) {
      const auto& all = picture_.traces[i]->steps;
      if (step >= int(all.size())) continue;
      const double size = all[std::size_t(step)].pushSize;
      const double height = (slot.height() - text_ * 1.3) * size / top;
      const QRectF bar(slot.left() + (2.0 * double(i) + 0.5) * width, slot.bottom() - height,
                       1.5 * width, height);
      painter_.fillRect(bar, i == 0 ? theme_.forecast : theme_.synthetic);
      if (slot.width() < 5.0 * text_) continue;
      painter_.setFont(figure_drawing::font(text_ * 9 / 10));
      painter_.setPen(theme_.text);
      painter_.drawText(QRectF(bar.left() - width, bar.top() - 1.3 * text_, 3.5 * width,
                               1.3 * text_),
                        Qt::AlignCenter, number(size, size < 9.95 ? 1 : 0));
    }
  }

  QPainter& painter_;
  const DiffusionPicture& picture_;
  const style::Theme& theme_;
  int text_;
  double most_;
};

}  // namespace

QString layerTitle(Layer layer) {
  switch (layer) {
    case Layer::Latents:
      return "noise becoming rain";
    case Layer::Clean:
      return "what the network expects";
    case Layer::Push:
      break;
  }
  return "push of the command";
}

QString layerMeaning(Layer layer) {
  switch (layer) {
    case Layer::Latents:
      return "the latents of this step as they are, decoded";
    case Layer::Clean:
      return "what the network at this step takes the finished picture to be";
    case Layer::Push:
      break;
  }
  return "what the command changes in that expectation: warm more rain, cold less";
}

QString traceTitle(const DiffusionTrace& trace) {
  const QString sign = trace.nSigma > 0 ? "+" : trace.nSigma < 0 ? QString(QChar(0x2212)) : "";
  return QString::fromUtf8("n = %1%2 σ, seed %3, member %4")
      .arg(sign)
      .arg(std::abs(trace.nSigma))
      .arg(trace.seed)
      .arg(trace.member + 1);
}

QString stepTitle(const DiffusionTrace& trace, int step) {
  const int count = int(trace.steps.size());
  if (step + 1 >= count) return "result: the control has had its last word";
  return QString("step %1 of %2: %3 % noise")
      .arg(step + 1)
      .arg(count - 1)
      .arg(100.0 * trace.steps[std::size_t(step)].noise, 0, 'f', 0);
}

QImage pictureOf(const DiffusionStep& step, Layer layer, int lead, double most,
                 const style::Theme& theme) {
  const FrameSequence& frames = layer == Layer::Latents ? step.latents : step.clean;
  const auto at = std::size_t(std::clamp(lead, 0, int(frames.frames.size()) - 1));
  const RadarGrid& grid = *frames.frames[at].grid;
  const ColorTable& colors = colorTableFor(Quantity::VilDigital);
  QImage image(grid.width(), grid.height(), QImage::Format_RGB32);
  for (int row = 0; row < grid.height(); ++row) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(row));
    for (int col = 0; col < grid.width(); ++col) {
      line[col] = theme.mapGround.rgb();
      if (!grid.hasValue(row, col)) {
        line[col] = theme.outside.rgb();
      } else if (layer == Layer::Push) {
        if (!step.push.empty())
          line[col] = pushColor(double(step.push[at][std::size_t(row * grid.width() + col)]), most,
                                theme);
      } else if (colors.isDrawn(double(grid.at(row, col)))) {
        line[col] = style::toQColor(colors.color(double(grid.at(row, col)))).rgb();
      }
    }
  }
  return image;
}

double strongestPush(const DiffusionPicture& picture, std::optional<int> step) {
  double most = 1.0;  // smaller ones are no push to speak of
  for (const auto& trace : picture.traces)
    for (int i = 0; i < int(trace->steps.size()); ++i) {
      if (step && i != std::clamp(*step, 0, int(trace->steps.size()) - 1)) continue;
      for (const auto& lead : trace->steps[std::size_t(i)].push)
        for (const float push : lead) most = std::max(most, double(std::abs(push)));
    }
  return most;
}

namespace {

/// Colours of rain or push with their ends, at the right end of a line; what is left of it.
QRect colorKey(QPainter& painter, QRect room, Layer layer, double most, const style::Theme& theme,
               int text) {
  const QFont small = figure_drawing::font(text * 9 / 10);
  const bool push = layer == Layer::Push;
  const auto& steps = colorTableFor(Quantity::VilDigital).steps();
  const QString low = push ? "push " + QString(QChar(0x2212)) + number(most, 0)
                           : "rain " + number(steps.front().level, 0);
  const QString high = push ? "+" + number(most, 0) : number(steps.back().level, 0);
  const int count = push ? 9 : int(steps.size());
  const double cell = 0.7 * text;
  room = figure_drawing::putText(painter, room, high, small, theme.quietText, true);
  const double left = room.right() - count * cell;
  for (int i = 0; i < count; ++i) {
    const double share = 2.0 * i / (count - 1) - 1.0;
    const QColor color = push ? QColor(pushColor(share * most, most, theme))
                              : style::onGround(steps[std::size_t(i)], theme.mapGround);
    painter.fillRect(QRectF(left + i * cell, room.center().y() - 0.4 * text, cell, 0.8 * text),
                     color);
  }
  room.setRight(int(left - 0.4 * text));
  return figure_drawing::putText(painter, room, low, small, theme.quietText, true);
}

}  // namespace

QRect drawColorKeys(QPainter& painter, QRect room, double most, const style::Theme& theme,
                    int text) {
  for (const Layer layer : {Layer::Push, Layer::Clean}) {
    room = colorKey(painter, room, layer, most, theme, text);
    room.setRight(room.right() - text);
  }
  return room;
}

QRectF curveRoom(const QRectF& room, int text) {
  const double height = std::max(kCurveShare * room.height(), 5.0 * text);
  return {room.left(), room.bottom() - height, room.width(), height};
}

void drawMoment(QPainter& painter, const QRectF& room, const DiffusionPicture& picture, int text) {
  if (picture.traces.empty()) return;
  MomentDrawing(painter, picture, text).draw(room);
}

}  // namespace stormloom::diffusion_drawing
