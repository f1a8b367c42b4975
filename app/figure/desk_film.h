#pragma once

#include "app/figure/desk.h"
#include "app/figure/film.h"
#include "core/grid_part.h"
#include "core/receipt.h"

namespace stormloom {

/// All panes as they are arranged in the window, at every time of the event, each on its own grid: what the window
/// shows, drawn for a file. Pictures are added one by one, so that the window goes on meanwhile.
class DeskFilm {
public:
  explicit DeskFilm(const Desk& desk);  ///< of a desk with observations
  /// Adds the picture of the next time; false when all are there. On the thread of the window.
  bool addNext();
  /// Pictures that are there of all, 0 to 1.
  double share() const;
  const Film& film() const { return film_; }
  /// Places of the panes, colours and the legends they need; size is left open.
  FigureOptions look() const;
  /// What a receipt says of the context and of the models behind the panes.
  Receipt withModels(Receipt receipt) const;
  /// As `render --layout` takes it, with run time and box.
  std::string layoutText() const;
  std::size_t frameLookedAt() const;
  std::shared_ptr<DeskFilm> activePaneAlone() const;  ///< without pictures yet
  std::shared_ptr<DeskFilm> withWholeMaps() const;    ///< the same
  /// What the active pane shows at the time looked at, on which grid and in which quantity.
  std::pair<FigurePane, PaneGround> activePane() const;
  bool showsPart() const { return desk_.state.seen.has_value(); }
  const PaneLayout& layout() const { return desk_.state.layout; }
  const std::vector<ValidTime>& times() const { return times_; }

private:
  FigurePane paneAt(std::size_t index, const PaneSpec& spec);
  bool isShown(PaneSource source) const;
  const CellWindow& windowOn(const GeoReference& geo);

  Desk desk_;
  std::shared_ptr<const ScenarioSource> scenarios_;  ///< as they were when the film was begun
  ValidTime looked_;
  PanePictures pictures_;
  std::vector<ValidTime> times_;
  Film film_;
  std::vector<PaneGround> grounds_;  ///< of each pane, as its first picture has it
  std::vector<std::pair<GeoReference, CellWindow>> windows_;  ///< what is seen of each grid
};

}  // namespace stormloom
