#pragma once

#include <QImage>
#include <QPainter>
#include <QString>
#include <optional>
#include <vector>

#include "app/figure/diffusion_figure.h"
#include "app/figure/figure_style.h"

// Steps of a denoiser with any painter: windows and figures draw the same.
namespace stormloom::diffusion_drawing {

/// The three pictures of a step.
enum class Layer { Latents, Clean, Push };

QString layerTitle(Layer layer);
QString layerMeaning(Layer layer);
QString traceTitle(const DiffusionTrace& trace);
/// "step 3 of 8: 62 % noise", "result".
QString stepTitle(const DiffusionTrace& trace, int step);

/// One pixel a cell; the push with warm colours where the command adds rain, cold where it takes
/// some away, `most` being the strongest.
QImage pictureOf(const DiffusionStep& step, Layer layer, int lead, double most,
                 const figure_style::Theme& theme);
/// The largest push of any pixel, for one scale: of all steps, or of `step` alone, since later ones
/// are a hundredth of the first.
double strongestPush(const DiffusionPicture& picture, std::optional<int> step = std::nullopt);

/// What the colours of push and rain stand for, at the right end of a line; what is left of it.
QRect drawColorKeys(QPainter& painter, QRect room, double most, const figure_style::Theme& theme,
                    int text);

/// Everything of one moment.
void drawMoment(QPainter& painter, const QRectF& room, const DiffusionPicture& picture, int text);
/// Where the curve of the push lies in that room, for a hand that scrubs on it.
QRectF curveRoom(const QRectF& room, int text);

}  // namespace stormloom::diffusion_drawing
