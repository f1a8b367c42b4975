#include "app/gui/attention_actions.h"

#include <QCoreApplication>
#include <memory>

#include "app/attention/attention_desk.h"
#include "app/gui/actions.h"
#include "app/figure/desk.h"
#include "app/gui/export_subject.h"

namespace stormloom {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("AttentionActions", text); }

AttentionSubject subjectOf(const Desk& desk, const ExportSubject& taken) {
  AttentionSubject subject{
      .context = desk.context,
      .nSigma = desk.state.nSigma,
      .time = desk.time,
      .seed = desk.state.seed,
      .receipt =
          [taken](const CommandOptions& options) { return attentionReceipt(taken, options); },
      .command =
          [taken](const CommandOptions& options) { return attentionCommandText(taken, options); }};
  if (desk.state.region.isPlace()) subject.place = desk.state.region.outline.front();
  for (const char* model : {"extrapolation", "earthformer"}) {
    const auto found = desk.deterministic.find(model);
    if (found != desk.deterministic.end() && found->second)
      subject.coming.push_back(found->second->frames);
  }
  return subject;
}

}  // namespace

void addAttentionActions(ActionTable& actions, const Desk& desk,
                         std::function<ExportSubject()> taken, QWidget* window) {
  const auto windows = std::make_shared<AttentionDesk>(
      [&desk, taken = std::move(taken)] { return subjectOf(desk, taken()); }, window);
  const QString group = tr("View");
  QAction* attention =
      actions.add("attention", group, tr("Attention: what a forecast looked at"),
                  QKeySequence("Ctrl+Alt+A"), [windows] { windows->openAttention(); });
  attention->setProperty("short", tr("Attention"));
  actions.add("diffusion", group, tr("Diffusion: noise becoming rain, step by step"),
              QKeySequence("Ctrl+Alt+D"), [windows] { windows->openDiffusion(); });
  actions.add("patterns", group, tr("Pattern lab: how cuboids are cut"), QKeySequence("Ctrl+Alt+P"),
              [windows] { windows->openPatternLab(); });
  QAction* lessons = actions.add("lessons", group, tr("Lessons: attention from the start"),
                                 QKeySequence("Ctrl+Alt+L"), [windows] { windows->openLessons(); });
  lessons->setProperty("short", tr("Lessons"));
}

}  // namespace stormloom
