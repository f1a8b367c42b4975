#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"

namespace stormloom {

/// Where a pane's picture comes from.
enum class PaneSource {
  Observed,
  Persistence,
  Extrapolation,
  Stochastic,  ///< extrapolation with members
  Earthformer,
  Scenario,
  Disagreement
};
/// What is drawn of a scenario's members.
enum class PaneProduct { Member, Mean, Percentile, Maximum, Spread, Probability };

/// One forecast, or what is made of a scenario's members.
struct PaneContent {
  PaneSource source = PaneSource::Scenario;
  PaneProduct product = PaneProduct::Member;
  std::optional<double> nSigma;  ///< of scenarios; none: follows the dial
  int member = 0;
  double percent = 90.0;  ///< of PaneProduct::Percentile
  bool hasMembers() const {
    return source == PaneSource::Scenario || source == PaneSource::Stochastic;
  }
  bool operator==(const PaneContent&) const = default;
};

/// What one pane shows.
struct PaneSpec {
  PaneContent content;
  std::optional<PaneContent> minus;  ///< a difference: content minus this
  std::optional<int> frame;  ///< fixed: 0 the first lead time, -1 the last context frame; none:
                             ///< follows the time bar
  bool operator==(const PaneSpec&) const = default;

  Json toJson() const;
  static PaneSpec fromJson(const Json& json);  ///< IoError for what is no pane
};

/// "+2.4", "−1.0", "0.0" with a true minus sign.
std::string signedNumber(double value, int decimals = 1);

std::string contentTitle(const PaneContent& content, double dialSigma,
                         double threshold);  ///< "PreDiff n = +2.4 σ"
std::string paneTitle(const PaneSpec& pane, double dialSigma, double threshold);

/// A rectangle in shares of the whole, from the upper left.
struct PaneRect {
  double left = 0, top = 0, width = 1, height = 1;
  bool operator==(const PaneRect&) const = default;
};

/// How panes divide the window: rows and columns within each other. Panes are numbered in reading
/// order of the tree. Every function leaves at least one pane.
class PaneLayout {
public:
  enum class Way { Row, Column };  ///< side by side, one above the other

  PaneLayout() : PaneLayout(PaneSpec{}) {}
  explicit PaneLayout(PaneSpec pane);
  PaneLayout(Way way, std::vector<PaneLayout> parts, std::vector<double> shares = {});
  static PaneLayout grid(const std::vector<PaneSpec>& panes, int columns);

  std::vector<PaneSpec> panes() const;
  std::vector<PaneRect> rects() const;
  int count() const;

  void setPane(int index, const PaneSpec& pane);
  void swap(int a, int b);
  void split(int index, Way way);  ///< the new pane shows the same and comes after it
  void close(int index);

  /// A border between two panes that can be dragged.
  struct Border {
    std::vector<int> path;  ///< which part of which part
    int before = 0;         ///< the border lies after this part
    Way way = Way::Row;
    PaneRect area;    ///< of the divided part
    double at = 0.0;  ///< share of the whole window
  };
  std::vector<Border> borders() const;
  void moveBorder(const Border& border,
                  double at);  ///< neighbours keep at least a tenth of their part

  Json toJson() const;
  static PaneLayout fromJson(const Json& json);
  bool operator==(const PaneLayout& other) const;

private:
  PaneLayout* leaf(int& index);
  void collect(const PaneRect& area, std::vector<PaneRect>& out) const;
  void collectBorders(const PaneRect& area, std::vector<int>& path, std::vector<Border>& out) const;
  bool closeIn(int& index);

  PaneSpec pane_;  ///< of a leaf
  Way way_ = Way::Row;
  std::vector<PaneLayout> parts_;
  std::vector<double> shares_;
};

/// The layouts one asks for by name.
enum class LayoutPreset { Single, Compare, Strip, Stamps, Difference, Probability, Figure };
const char* presetName(LayoutPreset preset);
/// `wide`: whether five panes fit side by side; `members` of the stamps; `leads`, `pastFrames` of
/// the figure.
struct PresetOptions {
  bool wide = true;
  int members = 8;
  int leads = 6;
};
PaneLayout presetLayout(LayoutPreset preset, const PresetOptions& options = {});

}  // namespace stormloom
