// What panes show, and how they are arranged.
#include <QMenu>
#include <QSettings>
#include <cmath>

#include "app/gui/actions.h"
#include "app/gui/main_window.h"
#include "app/gui/map_wall.h"
#include "app/gui/overlays.h"
#include "core/errors.h"
#include "core/model_box.h"

namespace stormloom {
namespace {

constexpr double kWideStrip = 1150;  ///< five panes side by side need this much

struct NamedContent {
  const char* name;
  PaneContent content;
};

std::vector<NamedContent> singleContents() {
  return {{QT_TR_NOOP("Observed"), {PaneSource::Observed}},
          {QT_TR_NOOP("PreDiff at the dial"), {PaneSource::Scenario}},
          {QT_TR_NOOP("Earthformer"), {PaneSource::Earthformer}},
          {QT_TR_NOOP("Extrapolation"), {PaneSource::Extrapolation}},
          {QT_TR_NOOP("Stochastic extrapolation"), {PaneSource::Stochastic}},
          {QT_TR_NOOP("Persistence"), {PaneSource::Persistence}},
          {QT_TR_NOOP("Where they disagree"), {PaneSource::Disagreement}}};
}

std::vector<NamedContent> ensembleContents() {
  const auto product = [](PaneProduct kind, double percent = 90.0) {
    return PaneContent{PaneSource::Scenario, kind, {}, 0, percent};
  };
  return {{QT_TR_NOOP("Chance of the threshold"), product(PaneProduct::Probability)},
          {QT_TR_NOOP("Mean"), product(PaneProduct::Mean)},
          {QT_TR_NOOP("Median"), product(PaneProduct::Percentile, 50)},
          {QT_TR_NOOP("Maximum"), product(PaneProduct::Maximum)},
          {QT_TR_NOOP("Spread"), product(PaneProduct::Spread)},
          {QT_TR_NOOP("Chance without the AI"), {PaneSource::Stochastic, PaneProduct::Probability}}};
}

}  // namespace

/// So that the palette and keys of one's own reach what the menu of a pane offers.
void MainWindow::addContentActions() {
  int number = 0;
  for (const auto& contents : {singleContents(), ensembleContents()})
    for (const NamedContent& entry : contents)
      actions_->add(QString("show%1").arg(number++), tr("Panes"), tr("Show in this pane: %1").arg(tr(entry.name)), {},
                    [this, content = entry.content] { setPaneContent(wall_->activePane(), content, false); });
}

void MainWindow::setPaneContent(int pane, const PaneContent& content, bool minus) {
  if (pane >= desk_.state.layout.count()) return;  // the layout changed while a menu was open
  const QString title =
      QString::fromStdString(contentTitle(content, desk_.state.nSigma, desk_.state.threshold));
  change(minus ? tr("Minus: %1").arg(title) : tr("Pane: %1").arg(title), [&](DeskState& state) {
    PaneSpec spec = state.layout.panes().at(std::size_t(pane));
    if (minus)
      spec.minus = content;
    else
      spec = {content, std::nullopt, spec.frame};
    state.layout.setPane(pane, spec);
  });
}

/// Everything a pane can show, or show the difference to.
void MainWindow::addContentMenu(QMenu* menu, int pane, bool minus) {
  const auto add = [&](QMenu* to, const QString& text, const PaneContent& content) {
    to->addAction(text, this,
                  [this, pane, content, minus] { setPaneContent(pane, content, minus); });
  };
  for (const NamedContent& entry : singleContents()) add(menu, tr(entry.name), entry.content);
  QMenu* fixed = menu->addMenu(tr("PreDiff at a fixed intensity"));
  for (int n = 4; n >= -4; --n)
    add(fixed, signedText(n, 0) + " σ", {PaneSource::Scenario, PaneProduct::Member, double(n)});
  QMenu* member = menu->addMenu(tr("Another member"));
  for (int i = 0; i < desk_.state.members; ++i)
    add(member, tr("Member %1").arg(i + 1), {PaneSource::Scenario, PaneProduct::Member, {}, i});
  QMenu* ensemble = menu->addMenu(tr("Of all members"));
  for (const NamedContent& entry : ensembleContents()) add(ensemble, tr(entry.name), entry.content);
  QMenu* percentiles = menu->addMenu(tr("A percentile of the members"));
  for (const double percent : {5, 10, 25, 50, 75, 90, 95, 99})
    add(percentiles, tr("%1 %").arg(percent),
        {PaneSource::Scenario, PaneProduct::Percentile, {}, 0, percent});
  percentiles->addAction(tr("Another…"), this, [this, pane, minus] { askPercentile(pane, minus); });
  if (!minus) addContentMenu(menu->addMenu(tr("Minus")), pane, true);
}

void MainWindow::askPercentile(int pane, bool minus) {
  asker_->ask(tr("Percentile of the members, 0 to 100"), [this, pane, minus](const QString& text) {
    bool isNumber = false;
    const double percent = QString(text).remove('%').trimmed().toDouble(&isNumber);
    if (!isNumber || !(percent >= 0 && percent <= 100))
      return banner_->say(tr("“%1” is no percentile between 0 and 100.").arg(text));
    setPaneContent(pane, {PaneSource::Scenario, PaneProduct::Percentile, {}, 0, percent}, minus);
  });
}

/// Asks the networks about a place of the models' box: it is pinned, and attention opened on it.
void MainWindow::addPlaceMenu(QMenu* menu, const LonLat& place) {
  if (!desk_.context || !std::isfinite(place.lon) || !std::isfinite(place.lat)) return;
  if (!holds(desk_.context->frames.geo, place)) return;
  QAction* look = menu->addAction(tr("What did the forecast look at here?"), this, [this, place] {
    change(tr("Place %1").arg(nameOf(place)),
           [place](DeskState& state) { state.region = {{place}}; });
    actions_->find("attention")->trigger();
  });
  look->setObjectName("attentionHere");
  menu->addSeparator();
}

void MainWindow::showPaneMenu(int pane, const QPoint& at, const std::optional<LonLat>& place) {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  if (place) addPlaceMenu(menu, *place);
  if (pane >= 0) {
    addContentMenu(menu, pane);
    menu->addSeparator();
    for (const char* id : {"splitRight", "splitBelow", "swapPane", "closePane"})
      menu->addAction(actions_->find(id));
    menu->addSeparator();
  }
  QMenu* layouts = pane >= 0 ? menu->addMenu(tr("Layout")) : menu;
  for (int i = 0; i < 7; ++i) layouts->addAction(actions_->find(QString("preset%1").arg(i)));
  layouts->addSeparator();
  QSettings settings;
  settings.beginGroup("layouts");
  for (const QString& name : settings.childKeys()) {
    layouts->addAction(name, this, [this, name, text = settings.value(name).toString()] {
      try {
        const PaneLayout layout = PaneLayout::fromJson(Json::parse(text.toStdString()));
        change(tr("Layout: %1").arg(name), [&](DeskState& state) { state.layout = layout; });
      } catch (const StormloomError& error) {
        banner_->say(
            tr("The layout “%1” cannot be used: %2").arg(name, QString::fromUtf8(error.what())));
      }
    });
  }
  layouts->addAction(actions_->find("saveLayout"));
  menu->popup(at);
}

void MainWindow::saveLayout() {
  asker_->ask(tr("Name of this layout"), [this](const QString& name) {
    QSettings().setValue("layouts/" + QString(name).replace('/', ' '),
                         QString::fromStdString(desk_.state.layout.toJson().dump()));
    banner_->tell(tr("The layout “%1” is kept; it is in the layout menu.").arg(name));
  });
}

void MainWindow::usePreset(LayoutPreset preset) {
  const bool needsMembers = preset == LayoutPreset::Stamps || preset == LayoutPreset::Probability;
  change(tr("Layout: %1").arg(tr(presetName(preset))), [&](DeskState& state) {
    if (needsMembers && state.members < 2) state.members = 8;
    const int leads = desk_.context ? desk_.context->grid.targetFrames : 6;
    state.layout = presetLayout(preset, {wall_->width() >= kWideStrip, state.members, leads});
  });
}

}  // namespace stormloom
