#pragma once

#include <QImage>
#include <QWidget>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/attention.h"
#include "core/base_map.h"
#include "core/frame_sequence.h"
#include "models/attention.h"

namespace stormloom {

/// Frames in small multiples with the cells that one element attends to: as bright as their weight,
/// the cuboid outlined. A click asks for another element, arrow keys for a neighbour, Page Up and
/// Page Down for another frame; the cell under the pointer says its weight.
class AttentionMaps : public QWidget {
  Q_OBJECT
public:
  explicit AttentionMaps(QWidget* parent = nullptr);

  /// Radar below: observed frames, then what the models made of the coming ones.
  void setFrames(const FrameSequence& observed, const std::vector<FrameSequence>& coming);
  void setView(std::shared_ptr<const AttentionView> view);
  void setOcclusion(std::shared_ptr<const OcclusionMap> map);  ///< null: none is drawn
  /// What is shown answers another question than the one that was asked; it is drawn pale.
  void setPending(bool pending);
  bool isPending() const { return pending_; }
  /// How much of the attention each kind of frames gets, in the colour of its strips (rich text).
  QString kindsInColour() const;
  const std::shared_ptr<const AttentionView>& view() const { return view_; }
  const std::shared_ptr<const OcclusionMap>& occlusion() const { return occlusion_; }
  /// The radar frame that lies below a frame of a level; null where there is none.
  std::shared_ptr<const RadarGrid> radarGridOf(const LevelFrame& frame) const;

  QSize sizeHint() const override { return {1000, 700}; }

Q_SIGNALS:
  /// A pixel of the map; `frame` counts the frames of the field that asks, -1 keeps it.
  void asked(int frame, int row, int col);
  void hovered(const QString& text);  ///< what lies under the pointer; empty: nothing

protected:
  void changeEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

private:
  struct Radar {
    LevelFrame frame;
    std::shared_ptr<const RadarGrid> grid;
    QImage image;  ///< one pixel a cell
  };
  struct Pane {
    QRect strip, map;
    int attended = -1;  ///< frame of the attended field; -1: the asking frame
  };
  void rebuildRadar();
  std::vector<Pane> panes() const;
  int keyHeight() const;
  void drawKey(QPainter& painter) const;
  /// Colours from the least to the most; before them a name and the least, behind them the most.
  void drawRamp(QPainter& painter, QRect room, const std::array<QString, 3>& words, int width,
                const std::function<QColor(double share)>& color) const;
  void drawPending(QPainter& painter) const;
  void drawPane(QPainter& painter, const Pane& pane) const;
  void drawStrip(QPainter& painter, const Pane& pane, const LevelFrame& frame) const;
  void drawMapLines(QPainter& painter, const QRect& map) const;
  void drawCells(QPainter& painter, const QRect& map, int frame) const;
  void drawAsking(QPainter& painter, const QRect& map) const;
  void drawOcclusion(QPainter& painter, const QRect& map) const;
  const Radar* radarOf(const LevelFrame& frame) const;
  std::optional<std::pair<Pane, QPointF>> paneAt(const QPoint& place) const;
  QString textAt(const Pane& pane, const QPointF& share) const;

  std::vector<Radar> radar_;
  std::vector<MapPath> lines_;
  std::optional<GeoReference> linesOf_;
  int rows_ = 128, cols_ = 128;
  std::shared_ptr<const AttentionView> view_;
  std::shared_ptr<const OcclusionMap> occlusion_;
  std::vector<int> touched_;  ///< attended frames that the cuboid touches
  double most_ = 0.0;
  bool pending_ = false;
};

/// "21:05 UTC, observed, row 3, column 4: 2.5 % of the attention"; rows and columns of the level,
/// from 0.
QString attendedCellText(const AttentionView& view, const Thw& cell);

}  // namespace stormloom
