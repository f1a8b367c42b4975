#include "app/gui/export_subject.h"

#include <QFileInfo>
#include <cmath>

#include "core/receipt_in_file.h"
#include "core/sha256.h"
#include "core/shell_words.h"

namespace stormloom {

namespace {

std::string sigmaNumber(double nSigma) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", nSigma);
  return text;
}

/// Options of the equal command, without inputs and outputs, in the order of their names, as the
/// command line records them.
std::vector<std::string> optionsOf(const ExportSubject& subject) {
  std::vector<std::string> words;
  if (subject.context) words.insert(words.end(), {"--at", isoText(subject.context->runTime)});
  if (!subject.box.isEmpty()) words.insert(words.end(), {"--box", subject.box.toStdString()});
  if (!subject.deviceOption.empty()) words.insert(words.end(), {"--device", subject.deviceOption});
  if (!subject.scenario) return words;
  const ScenarioRequest& request = subject.scenario->request;
  if (!request.guidance.empty()) words.insert(words.end(), {"--guidance", request.guidance});
  words.insert(words.end(), {"--members", std::to_string(request.members)});
  words.insert(words.end(), {"--n", numberList(request.nSigma)});
  if (!request.sampler.empty()) words.insert(words.end(), {"--sampler", request.sampler});
  words.insert(words.end(), {"--seed", std::to_string(request.seed)});
  words.insert(words.end(), {"--steps", std::to_string(subject.scenario->steps)});
  return words;
}

std::string commandName(const ExportSubject& subject) {
  return subject.scenario ? "scenario" : "render";
}

QString filePart(QString text) {
  for (QChar& c : text)
    if (!c.isLetterOrNumber() && !QString("+-.").contains(c)) c = '_';
  while (text.contains("__")) text.replace("__", "_");
  return text.left(60);
}

const Frame* frameAt(const FrameSequence& sequence, ValidTime time) {
  const auto found = nearestFrame(sequence, time, seconds(60));
  return found ? &sequence.frames[*found] : nullptr;
}

/// The frame looked at: of the first member after the run time, else observed.
const Frame* lookedAt(const ExportSubject& subject) {
  const bool later = subject.context && subject.time > subject.context->runTime;
  if (later && subject.scenario && !subject.scenario->members.empty())
    if (const Frame* frame = frameAt(subject.scenario->members.front().frames, subject.time))
      return frame;
  return subject.observed ? frameAt(*subject.observed, subject.time) : nullptr;
}

}  // namespace

std::vector<std::string> commandWords(const ExportSubject& subject, const QString& output,
                                      const QString& file) {
  std::vector<std::string> words = {"stormloom-cli", commandName(subject)};
  for (const QString& input : subject.inputs) words.push_back(input.toStdString());
  if (subject.inputs.isEmpty()) words.push_back("out/demo.nc");
  if (subject.scenario)
    for (const std::string& word : optionsOf(subject)) words.push_back(word);
  words.insert(words.end(), {output.toStdString(), file.toStdString()});
  return words;
}

QString commandText(const ExportSubject& subject) {
  const bool scenario = subject.scenario != nullptr;
  const QString file = defaultFileName(subject, scenario ? ".nc" : ".mp4");
  std::string line = quotedForShell(commandWords(subject, "--out", file));
  if (subject.inputs.isEmpty()) line = "stormloom-cli demo --out out && " + line;
  return QString::fromStdString(line);
}

QString defaultFileName(const ExportSubject& subject, const QString& ending) {
  QString name = "stormloom";
  if (subject.observed) {
    const std::string& event = subject.observed->event;
    name = QString::fromStdString(event.empty() ? subject.observed->product : event);
  }
  const ValidTime time = subject.context ? subject.context->runTime : subject.time;
  QString stamp = QString::fromStdString(isoText(time)).remove('-').remove(':');
  QString rest;
  if (subject.scenario) {
    const auto& n = subject.scenario->request.nSigma;
    rest = "_" + QString::fromStdString(subject.scenario->model);
    if (n.size() == 1) rest += QString("_n%1%2").arg(n[0] < 0.0 ? "" : "+").arg(n[0], 0, 'f', 1);
  }
  return filePart(name) + "_" + filePart(stamp) + filePart(rest) + ending;
}

Receipt receiptOfSubject(const ExportSubject& subject, const QString& output, const QString& file) {
  Receipt receipt;
  receipt.command = commandName(subject);
  receipt.commandLine = quotedForShell(commandWords(subject, output, file));
  if (subject.scenario) receipt.options = optionsOf(subject);
  receipt.output = output.toStdString();
  receipt.options.push_back(receipt.output);
  receipt.options.push_back(QFileInfo(file).fileName().toStdString());
  if (subject.observed) {
    receipt.box = subject.observed->geo.bounds();
    QStringList seen;
    for (const Frame& frame : subject.observed->frames) {
      QString source = QString::fromStdString(frame.source);
      if (!QFileInfo(source).isFile()) source = source.section('#', 0, -2);
      if (source.isEmpty() || seen.contains(source) || !QFileInfo(source).isFile()) continue;
      seen.push_back(source);
      const std::string path = QFileInfo(source).absoluteFilePath().toStdString();
      const auto origin = receiptOf(path);
      receipt.inputs.push_back({path, sha256OfFile(path), origin ? origin->toJson() : Json()});
    }
  }
  if (subject.context) {
    receipt.box = subject.context->frames.geo.bounds();
    receipt.firstTime = isoText(subject.context->frames.frames.front().validTime);
    receipt.runTime = isoText(subject.context->runTime);
    receipt.contextId = subject.context->hash;
  }
  return subject.scenario ? withForecast(receipt, *subject.scenario) : receipt;
}

Film filmOfSubject(const ExportSubject& subject) {
  if (subject.context && subject.scenario && !subject.scenario->members.empty())
    return filmOfScenarios(subject.context->frames, subject.context->runTime,
                           subject.scenario->members);
  return filmOfSequence(*subject.observed);
}

QString valuesAsText(const ExportSubject& subject) {
  const Frame* frame = lookedAt(subject);
  if (!frame || !frame->grid) return {};
  QString text;
  for (int row = 0; row < frame->grid->height(); ++row) {
    for (int col = 0; col < frame->grid->width(); ++col) {
      if (col > 0) text += '\t';
      if (frame->grid->hasValue(row, col))
        text += QString::number(double(frame->grid->at(row, col)));
    }
    text += '\n';
  }
  return text;
}

}  // namespace stormloom
