#include "app/figure/diffusion_figure.h"

#include <algorithm>

#include "app/figure/block_figure.h"
#include "app/figure/diffusion_drawing.h"
#include "app/figure/figure_drawing.h"
#include "app/figure/flat_figure.h"
#include "core/errors.h"

namespace stormloom {
namespace {

namespace style = figure_style;
using diffusion_drawing::Layer;

constexpr int kUsualWidth = 1600, kUsualHeight = 1200;
constexpr const char* kSheetFoot =
    "All on the 0-255 scale. In the last column the control moves the result to the mean that was "
    "asked for. ";

void requireSteps(const DiffusionPicture& picture) {
  for (const auto& trace : picture.traces)
    if (trace && !trace->steps.empty()) return;
  throw UsageError("There is no step of the denoiser to draw.");
}

/// "flow-ab2, two slopes a step"; names without an explanation as they are.
QString samplerText(const QString& name) {
  if (name.startsWith("flow-ab2"))
    return "sampler " + name + " (each step from the last two slopes)";
  if (name.startsWith("flow-heun")) return "sampler " + name + " (each step from two slopes)";
  if (name.startsWith("flow-euler")) return "sampler " + name + " (each step from one slope)";
  return "sampler " + name;
}

QString runText(const DiffusionPicture& picture) {
  const DiffusionTrace& trace = *picture.traces.front();
  const Frame& frame = trace.steps.front().clean.frames[std::size_t(picture.lead)];
  return "valid " + QString::fromStdString(isoText(frame.validTime)).mid(11, 5) + " UTC, " +
         samplerText(QString::fromStdString(trace.sampler));
}

void headLine(QPainter& painter, const QRect& room, const DiffusionPicture& picture,
              const QString& detail, int text) {
  const style::Theme& theme = picture.dark ? style::kDark : style::kLight;
  const QRect rest = figure_drawing::putText(
      painter, room, QString::fromStdString(picture.traces.front()->model),
      figure_drawing::font(text * 3 / 2, true), theme.text);
  const QRect left = figure_drawing::putText(painter, rest, runText(picture),
                                             figure_drawing::font(text), theme.quietText, true);
  figure_drawing::putText(painter, left, detail, figure_drawing::font(text), theme.text);
}

FlatFigure momentFigure(const DiffusionPicture& picture, const FigureOptions& options) {
  requireSteps(picture);
  QSize size = figure_drawing::checkedSize(options);
  if (size.isEmpty()) size = {kUsualWidth, kUsualHeight};
  const auto draw = [&picture, size](QPainter& painter) {
    const int text = std::max(10, std::min(size.width(), size.height()) / 52);
    const QRect room = QRect(QPoint(0, 0), size).adjusted(text, text / 2, -text, -text / 2);
    headLine(painter, QRect(room.topLeft(), QSize(room.width(), 2 * text)), picture,
             diffusion_drawing::stepTitle(*picture.traces.front(), picture.step), text);
    const QRect foot(room.left(), room.bottom() - 3 * text / 2, room.width(), 3 * text / 2);
    figure_drawing::putText(painter, foot, QString::fromStdString(picture.footnote),
                            figure_drawing::font(text),
                            (picture.dark ? style::kDark : style::kLight).quietText);
    diffusion_drawing::drawMoment(painter, QRectF(room.adjusted(0, 5 * text / 2, 0, -2 * text)),
                                  picture, text);
  };
  return {QSizeF(size), QString::fromStdString(picture.traces.front()->model),
          (picture.dark ? style::kDark : style::kLight).ground, draw,
          std::min(size.width(), size.height()) / 52.0, options.width > 0};
}

/// Steps as columns; for each trace its three layers as rows.
FlatFigure sheetFigure(const DiffusionPicture& picture, const FigureOptions& options) {
  requireSteps(picture);
  const int steps = int(picture.traces.front()->steps.size());
  const int rows = 3 * int(picture.traces.size());
  QSize size = figure_drawing::checkedSize(options);
  constexpr int kSide = 220, kLeft = 210, kHead = 90, kSheetText = 17;
  if (size.isEmpty()) size = {kLeft + steps * kSide, kHead + rows * kSide + 40};
  const double scale = std::min(double(size.width()) / (kLeft + steps * kSide),
                                double(size.height()) / (kHead + rows * kSide + 40));
  const auto draw = [&picture, scale, steps, rows](QPainter& painter) {
    const style::Theme& theme = picture.dark ? style::kDark : style::kLight;
    painter.scale(scale, scale);
    constexpr int kText = kSheetText;
    headLine(painter, QRect(kText, 8, kLeft + steps * kSide - 2 * kText, 2 * kText), picture,
             "latents, expected frames and push of every step", kText);
    const double most = diffusion_drawing::strongestPush(picture);
    for (int step = 0; step < steps; ++step) {
      const QRect title(kLeft + step * kSide, kHead - 34, kSide - 6, 30);
      const DiffusionStep& first = picture.traces.front()->steps[std::size_t(step)];
      figure_drawing::putText(painter, title,
                              step + 1 == steps
                                  ? QString("result")
                                  : QString("step %1, %2 % noise")
                                        .arg(step + 1)
                                        .arg(100.0 * first.noise, 0, 'f', 0),
                              figure_drawing::font(kText), theme.text);
      for (int row = 0; row < rows; ++row) {
        const DiffusionTrace& trace = *picture.traces[std::size_t(row / 3)];
        if (step >= int(trace.steps.size())) continue;
        painter.drawImage(
            QRectF(kLeft + step * kSide, kHead + row * kSide, kSide - 6, kSide - 6),
            diffusion_drawing::pictureOf(trace.steps[std::size_t(step)], Layer(row % 3),
                                         picture.lead, most, theme));
      }
    }
    for (int row = 0; row < rows; ++row) {
      const QRect words(kText, kHead + row * kSide, kLeft - 2 * kText, kSide);
      painter.setFont(figure_drawing::font(kText));
      painter.setPen(theme.text);
      painter.drawText(words, int(Qt::AlignLeft) | int(Qt::AlignVCenter) | int(Qt::TextWordWrap),
                       (row % 3 == 0 ? diffusion_drawing::traceTitle(
                                           *picture.traces[std::size_t(row / 3)]) +
                                           "\n\n"
                                     : QString()) +
                           diffusion_drawing::layerTitle(Layer(row % 3)));
    }
    const QRect foot(kText, kHead + rows * kSide, kLeft + steps * kSide - 2 * kText, 34);
    const QRect rest = diffusion_drawing::drawColorKeys(painter, foot, most, theme, kText);
    figure_drawing::putText(painter, rest, kSheetFoot + QString::fromStdString(picture.footnote),
                            figure_drawing::font(kText), theme.quietText);
  };
  return {QSizeF(size), QString::fromStdString(picture.traces.front()->model),
          (picture.dark ? style::kDark : style::kLight).ground, draw, kSheetText * scale,
          options.width > 0};
}

}  // namespace

RgbImage drawDiffusion(const DiffusionPicture& picture, const FigureOptions& options) {
  const auto application = figure_drawing::applicationIfNone();
  return flatImage(momentFigure(picture, options));
}

void writeDiffusionFigure(const std::string& path, const DiffusionPicture& picture,
                          const FigureOptions& options, const Receipt& receipt) {
  const auto application = figure_drawing::applicationIfNone();
  writeFlatFigure(path, momentFigure(picture, options), options, receipt);
}

void writeDiffusionSheet(const std::string& path, const DiffusionPicture& picture,
                         const FigureOptions& options, const Receipt& receipt) {
  const auto application = figure_drawing::applicationIfNone();
  writeFlatFigure(path, sheetFigure(picture, options), options, receipt);
}

bool writeDiffusionMovie(const std::string& path, const DiffusionPicture& picture,
                         const FigureOptions& options, const Receipt& receipt,
                         std::stop_token stop, const std::function<void(double share)>& progress) {
  constexpr double kStepsASecond = 1.5;
  requireSteps(picture);
  FigureOptions sized = options;
  if (sized.width == 0) {
    sized.width = kUsualWidth;
    sized.height = kUsualHeight;
  }
  const auto draw = [&](int step) {
    DiffusionPicture moment = picture;
    moment.step = step;
    return drawDiffusion(moment, sized);
  };
  const DiffusionTrace& trace = *picture.traces.front();
  return writeMovie(path, draw, {int(trace.steps.size()), kStepsASecond, trace.model, progress},
                    receipt, stop);
}

}  // namespace stormloom
