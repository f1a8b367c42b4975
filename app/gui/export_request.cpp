#include "app/gui/export_request.h"

#include <QFileInfo>

#include "app/figure/desk_film.h"
#include "core/shell_words.h"

namespace stormloom {
namespace {

std::string leftOut(const FigureOptions& look) {
  std::string list;
  const std::pair<const char*, bool> parts[] = {{"legend", look.legend},
                                                {"clock", look.clock},
                                                {"title", look.title},
                                                {"scale", look.scaleBar}};
  for (const auto& [name, drawn] : parts)
    if (!drawn) list.append(list.empty() ? "" : ",").append(name);
  return list;
}

void addTimes(const ExportSubject& subject, const ExportRequest& request,
              std::map<std::string, std::string>& options) {
  if (request.isOnePicture()) {
    if (subject.panes) options["--frame"] = std::to_string(subject.panes->frameLookedAt() + 1);
    return;
  }
  options["--fps"] = QString::number(request.framesPerSecond).toStdString();
  if (request.between > 0) options["--between"] = std::to_string(request.between);
  if (request.from > 1) options["--from"] = std::to_string(request.from);
  if (request.to > 0) options["--to"] = std::to_string(request.to);
}

}  // namespace

bool needsTruth(const ExportSubject& subject, const ExportRequest& request) {
  return !request.command.isEmpty() && request.command.front() != "export" && subject.truthIsShown;
}

std::map<std::string, std::string> renderOptions(const ExportSubject& subject,
                                                 const ExportRequest& request) {
  std::map<std::string, std::string> options;
  addTimes(subject, request, options);
  const FigureOptions& look = request.look;
  if (request.asInWindow) options["--layout"] = subject.panes->layoutText();
  if (!look.logoFile.empty()) options["--logo"] = look.logoFile;
  if (!look.note.empty()) options["--note"] = look.note;
  if (look.width > 0)
    options["--size"] = std::to_string(look.width) + "x" + std::to_string(look.height);
  if (const std::string list = leftOut(look); !list.empty()) options["--without"] = list;
  return options;
}

std::vector<std::string> renderWords(const ExportSubject& subject, const ExportRequest& request) {
  std::map<std::string, std::string> options = renderOptions(subject, request);
  options["--out"] = QFileInfo(request.file).fileName().toStdString();
  std::vector<std::string> words;
  for (const auto& [name, value] : options) words.insert(words.end(), {name, value});
  return words;
}

QString exportCommand(const ExportSubject& subject, const ExportRequest& request) {
  const QString name = QFileInfo(request.file).fileName();
  const bool allValues = request.command.isEmpty() && request.file.endsWith(".nc", Qt::CaseInsensitive);
  if (allValues && subject.scenario) return scenarioCommand(subject, name);
  std::vector<std::string> words = {"stormloom-cli", allValues ? "export" : "render"};
  QString before = demoCommand(subject);
  const bool fromInputs = request.asInWindow || !subject.context || allValues;
  if (!fromInputs) {
    const QString values = defaultFileName(subject, ".nc");
    before = scenarioCommand(subject, values) + " && ";
    words.push_back(values.toStdString());
  }
  if (fromInputs || needsTruth(subject, request))
    for (const std::string& input : inputWords(subject)) words.push_back(input);
  if (allValues) {
    words.insert(words.end(), {"--out", name.toStdString()});
  } else if (request.command.isEmpty()) {
    for (const std::string& word : renderWords(subject, request)) words.push_back(word);
  } else {
    words[1] = request.command.front().toStdString();
    for (const QString& word : request.command.mid(1)) words.push_back(word.toStdString());
    words.insert(words.end(), {"--out", name.toStdString()});
  }
  return before + QString::fromStdString(quotedForShell(words));
}

}  // namespace stormloom
