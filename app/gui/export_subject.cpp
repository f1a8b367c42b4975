#include "app/gui/export_subject.h"

#include <QBuffer>
#include <QDir>
#include <QFileInfo>
#include <algorithm>
#include <cmath>
#include <limits>

#include "app/figure/desk_film.h"
#include "core/export_files.h"
#include "core/frame_picking.h"
#include "core/map_data.h"
#include "core/receipt_in_file.h"
#include "core/scenario_file.h"
#include "core/scratch_file.h"
#include "core/sha256.h"
#include "core/shell_words.h"
#include "core/synthetic_event.h"

namespace stormloom {

namespace {

/// Options of the equal command, without inputs and outputs, in the order of their names, as the
/// command line records them.
std::vector<std::string> optionsOf(const ExportSubject& subject, const ScenarioRequest& request) {
  std::vector<std::string> words = {"--at", isoText(subject.context->runTime)};
  if (!subject.box.isEmpty()) words.insert(words.end(), {"--box", subject.box.toStdString()});
  if (!request.nSigmaByLead.empty())
    words.insert(words.end(), {"--curve", numberList(request.nSigmaByLead)});
  if (request.firstMember > 0)
    words.insert(words.end(), {"--first-member", std::to_string(request.firstMember + 1)});
  if (!request.guidance.empty()) words.insert(words.end(), {"--guidance", request.guidance});
  if (subject.interpolate || std::ranges::any_of(subject.context->frames.frames, isComputed))
    words.push_back("--interpolate");
  words.insert(words.end(), {"--members", std::to_string(request.members)});
  words.insert(words.end(), {"--n", numberList(request.nSigma)});
  if (!request.sampler.empty()) words.insert(words.end(), {"--sampler", request.sampler});
  words.insert(words.end(), {"--seed", std::to_string(request.seed)});
  if (request.steps > 0) words.insert(words.end(), {"--steps", std::to_string(request.steps)});
  if (!subject.within.isEmpty())
    words.insert(words.end(), {"--within", subject.within.toStdString()});
  return words;
}

/// Which context: the first words of every command that forecasts it.
std::vector<std::string> contextWords(const ExportSubject& subject) {
  std::vector<std::string> words = {"--at", isoText(subject.context->runTime)};
  if (!subject.box.isEmpty()) words.insert(words.end(), {"--box", subject.box.toStdString()});
  if (subject.interpolate) words.push_back("--interpolate");
  return words;
}

const char* deterministicModel(PaneSource source) {
  switch (source) {
    case PaneSource::Persistence:
      return "persistence";
    case PaneSource::Extrapolation:
      return "extrapolation";
    case PaneSource::Earthformer:
      return "earthformer";
    default:
      return nullptr;
  }
}

/// The event that is built in, as the command line writes it; whoever makes the result again begins
/// with it.
Receipt builtInReceipt(const FrameSequence& event) {
  Receipt made;
  made.command = "demo";
  made.commandLine = "stormloom-cli demo --out demo.nc";
  made.options = {"--out", "demo.nc"};
  made.output = "--out";
  made.seed = SyntheticEventOptions().seed;
  made.box = event.geo.bounds();
  made.firstTime = isoText(event.frames.front().validTime);
  return made;
}

ReceiptInput builtInEvent(const FrameSequence& event) {
  const Receipt made = builtInReceipt(event);
  const ScratchFolder scratch;
  const std::string file = (scratch.path() / "demo.nc").string();
  writeSequenceFile(file, event, made);
  return {"demo.nc", sha256OfFile(file), made.toJson()};
}

/// A source may name a dataset behind the file's path: "file.h5#S856".
QString fileOfSource(const QString& source) {
  return QFileInfo(source).isFile() ? source : source.section('#', 0, -2);
}

/// Files that are more than `mostBytes` together are named without being read.
std::vector<ReceiptInput> inputsOf(const FrameSequence& observed,
                                   qint64 mostBytes = std::numeric_limits<qint64>::max()) {
  std::vector<ReceiptInput> inputs;
  QStringList seen;
  qint64 bytes = 0;
  for (const Frame& frame : observed.frames) {
    const QFileInfo file(fileOfSource(QString::fromStdString(frame.source)));
    if (!file.isFile() || seen.contains(file.absoluteFilePath())) continue;
    seen.push_back(file.absoluteFilePath());
    bytes += file.size();
    const std::string path = seen.back().toStdString();
    inputs.push_back({path, {}, Json()});
  }
  if (bytes <= mostBytes)
    for (ReceiptInput& input : inputs) {
      const auto origin = receiptOf(input.path);
      input.sha256 = sha256OfFile(input.path);
      if (origin) input.origin = origin->toJson();
    }
  if (inputs.empty() && observed.synthetic) inputs.push_back(builtInEvent(observed));
  return inputs;
}

QString filePart(QString text) {
  for (QChar& c : text)
    if (!c.isLetterOrNumber() && !QString("+-.").contains(c)) c = '_';
  while (text.contains("__")) text.replace("__", "_");
  return text.left(60);
}

}  // namespace

std::shared_ptr<const ScenarioForecast> scenariosTogether(
    std::vector<std::shared_ptr<const ScenarioForecast>> scenarios) {
  std::erase_if(scenarios, [](const auto& one) { return !one || one->members.empty(); });
  if (scenarios.empty()) return nullptr;
  const auto nOf = [](const auto& one) { return one->request.nSigma.front(); };
  std::sort(scenarios.begin(), scenarios.end(),
            [&](const auto& a, const auto& b) { return nOf(a) < nOf(b); });
  std::size_t members = scenarios.front()->members.size();
  for (const auto& one : scenarios) members = std::min(members, one->members.size());
  auto together = std::make_shared<ScenarioForecast>(*scenarios.front());
  together->members.clear();
  together->request.nSigma.clear();
  together->request.members = int(members);
  for (const auto& one : scenarios) {
    const double n = nOf(one);
    if (!together->request.nSigma.empty() && together->request.nSigma.back() == n) continue;
    together->request.nSigma.push_back(n);
    together->members.insert(together->members.end(), one->members.begin(),
                             one->members.begin() + std::ptrdiff_t(members));
  }
  return together;
}

std::vector<std::string> inputWords(const ExportSubject& subject) {
  std::vector<std::string> words;
  for (const QString& input : subject.inputs) words.push_back(input.toStdString());
  if (words.empty()) words.push_back("out/demo.nc");
  return words;
}

QString demoCommand(const ExportSubject& subject) {
  return subject.inputs.isEmpty() ? "stormloom-cli demo --out out && " : "";
}

namespace {

/// "stormloom-cli COMMAND inputs options --out FILE"
QString lineOf(const ExportSubject& subject, const std::string& command,
               const std::vector<std::string>& options, const QString& file) {
  std::vector<std::string> words = {"stormloom-cli", command};
  for (const std::string& input : inputWords(subject)) words.push_back(input);
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {"--out", file.toStdString()});
  return QString::fromStdString(quotedForShell(words));
}

QString forecastLine(const ExportSubject& subject, const std::string& model) {
  std::vector<std::string> options = contextWords(subject);
  options.insert(options.end(), {"--model", model});
  ExportSubject bare = subject;
  bare.scenario.reset();
  return lineOf(subject, "forecast", options,
                defaultFileName(bare, "_" + QString::fromStdString(model) + ".nc"));
}

QString scenarioLine(const ExportSubject& subject, const QString& file) {
  return lineOf(subject, "scenario", optionsOf(subject, subject.wished), file);
}

/// What a pane shows is in a file of values as it is: one member, a forecast, an observation.
bool isPlain(const PaneSpec& pane) {
  return !pane.minus && pane.content.product == PaneProduct::Member &&
         pane.content.source != PaneSource::Disagreement &&
         pane.content.source != PaneSource::Stochastic;
}

}  // namespace

QString scenarioCommand(const ExportSubject& subject, const QString& file) {
  return demoCommand(subject) + scenarioLine(subject, file);
}

QString commandText(const ExportSubject& subject) {
  if (!subject.context)
    return demoCommand(subject) +
           lineOf(subject, "render", {}, defaultFileName(subject, ".mp4"));
  if (!subject.panes) return scenarioCommand(subject, defaultFileName(subject, ".nc"));
  QStringList lines;
  bool plain = true, scenarios = false;
  for (const PaneSpec& pane : subject.panes->layout().panes()) {
    plain = plain && isPlain(pane);
    for (const auto& content : {std::optional(pane.content), pane.minus}) {
      if (!content) continue;
      scenarios = scenarios || content->source == PaneSource::Scenario;
      const char* model = deterministicModel(content->source);
      if (model && !lines.contains(forecastLine(subject, model)))
        lines << forecastLine(subject, model);
    }
  }
  if (scenarios) lines.prepend(scenarioLine(subject, defaultFileName(subject, ".nc")));
  if (!plain || lines.isEmpty())
    lines << lineOf(subject, "render", {"--layout", subject.panes->layoutText()},
                    defaultFileName(subject, ".mp4"));
  return demoCommand(subject) + lines.join(" && ");
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
    const std::vector<double>& n = subject.scenario->request.nSigma;
    rest = "_" + QString::fromStdString(subject.scenario->model);
    if (n.size() == 1) rest += QString("_n%1%2").arg(n[0] < 0.0 ? "" : "+").arg(n[0], 0, 'f', 1);
  }
  return filePart(name) + "_" + filePart(stamp) + filePart(rest) + ending;
}

Receipt resultReceipt(const ExportSubject& subject, const std::string& fileName) {
  Receipt receipt;
  receipt.command = subject.scenario ? "scenario" : "export";
  receipt.options = {"--out", fileName};
  if (subject.scenario) {
    ScenarioRequest exact = subject.scenario->request;
    exact.steps = subject.scenario->steps;
    receipt.options = optionsOf(subject, exact);
    const auto place = std::find(receipt.options.begin(), receipt.options.end(), "--sampler");
    const auto seed = std::find(receipt.options.begin(), receipt.options.end(), "--seed");
    receipt.options.insert(std::min(place, seed), {"--out", fileName});  // in the order of names
  }
  receipt.output = "--out";
  receipt.inputs = inputsOf(*subject.observed);
  receipt.box = subject.observed->geo.bounds();
  std::vector<std::string> words = {"stormloom-cli", receipt.command};
  for (const ReceiptInput& input : receipt.inputs) words.push_back(input.path);
  words.insert(words.end(), receipt.options.begin(), receipt.options.end());
  receipt.commandLine = quotedForShell(words);
  if (!subject.scenario) return receipt;
  const ModelContext& context = *subject.scenario->request.context;
  receipt.box = context.frames.geo.bounds();
  receipt.firstTime = isoText(context.frames.frames.front().validTime);
  receipt.runTime = isoText(context.runTime);
  return withForecast(receipt, *subject.scenario);
}

namespace {

/// Options of `attention` with those that say what the context is, in the order of their names.
std::vector<std::string> attentionOptions(const ExportSubject& subject,
                                          std::map<std::string, std::string> options) {
  options["--at"] = isoText(subject.context->runTime);
  if (!subject.box.isEmpty()) options["--box"] = subject.box.toStdString();
  if (subject.interpolate) options["--interpolate"];
  std::vector<std::string> words;
  for (const auto& [name, value] : options) {
    words.push_back(name);
    if (!value.empty()) words.push_back(value);
  }
  return words;
}

}  // namespace

Receipt attentionReceipt(const ExportSubject& subject,
                         const std::map<std::string, std::string>& options) {
  Receipt receipt;
  receipt.command = "attention";
  receipt.options = attentionOptions(subject, options);
  receipt.output = "--out";
  receipt.inputs = inputsOf(*subject.observed);
  receipt.box = subject.context->frames.geo.bounds();
  receipt.firstTime = isoText(subject.context->frames.frames.front().validTime);
  receipt.runTime = isoText(subject.context->runTime);
  receipt.contextId = subject.context->hash;
  receipt.mapSha256 = mapDataHash();
  std::vector<std::string> words = {"stormloom-cli", "attention"};
  for (const ReceiptInput& input : receipt.inputs) words.push_back(input.path);
  words.insert(words.end(), receipt.options.begin(), receipt.options.end());
  receipt.commandLine = quotedForShell(words);
  return receipt;
}

std::string attentionCommandText(const ExportSubject& subject,
                                 const std::map<std::string, std::string>& options) {
  std::vector<std::string> words = {"stormloom-cli", "attention"};
  for (const QString& input : subject.inputs) words.push_back(input.toStdString());
  if (subject.inputs.isEmpty()) words.push_back("out/demo.nc");
  for (const std::string& word : attentionOptions(subject, options)) words.push_back(word);
  const std::string before = subject.inputs.isEmpty() ? "stormloom-cli demo --out out && " : "";
  return before + quotedForShell(words);
}

Receipt panesReceipt(const ExportSubject& subject, const std::vector<std::string>& options) {
  Receipt receipt;
  receipt.command = "render";
  receipt.options = options;
  receipt.output = "--out";
  receipt.inputs = inputsOf(*subject.observed);
  receipt.mapSha256 = mapDataHash();
  receipt.precision = "fp32";
  std::vector<std::string> words = {"stormloom-cli", receipt.command};
  for (const ReceiptInput& input : receipt.inputs) words.push_back(input.path);
  words.insert(words.end(), options.begin(), options.end());
  receipt.commandLine = quotedForShell(words);
  return subject.panes->withModels(receipt);
}

void writeResult(const ExportSubject& subject, const std::string& file) {
  const std::string name = QFileInfo(QString::fromStdString(file)).fileName().toStdString();
  const Receipt receipt = resultReceipt(subject, name);
  if (subject.scenario)
    writeScenarioFile(file, *subject.scenario, receipt);
  else
    writeProductNetCdf(file, productOfSequence(*subject.observed), receipt);
}

QStringList writeForCommands(const ExportSubject& subject, const QString& folder) {
  if (!subject.scenario && !subject.inputs.isEmpty()) return subject.inputs;
  const QString file = QDir(folder).filePath(subject.scenario ? "scenario.nc" : "demo.nc");
  if (subject.scenario)
    writeResult(subject, file.toStdString());
  else
    writeSequenceFile(file.toStdString(), *subject.observed, builtInReceipt(*subject.observed));
  return {file};
}

void writeWindowPicture(const QImage& picture, const ExportSubject& subject,
                        const std::string& file) {
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  picture.save(&buffer, "png");
  constexpr qint64 kHashedMeanwhile = 64 << 20;  // the mouse is held: about a fifth of a second
  Receipt receipt;
  receipt.command = kWindowCommand;
  receipt.commandLine = commandText(subject).toStdString();
  if (subject.observed) receipt.inputs = inputsOf(*subject.observed, kHashedMeanwhile);
  if (subject.panes) {
    receipt.options = {"--layout", subject.panes->layoutText()};
    receipt.mapSha256 = mapDataHash();
    receipt = subject.panes->withModels(receipt);
  }
  writeWholeFile(file, withPngText(buffer.data().toStdString(), kReceiptKeyword,
                                   receiptText(receipt)));
}

QString valuesAsText(const ExportSubject& subject) {
  if (!subject.panes) return {};
  const auto [pane, ground] = subject.panes->activePane();
  if (!pane.grid) return {};
  const ColorTable& table = fieldTable(pane.field, ground.quantity, {});
  QString text = QStringList{QString("%1 (%2)").arg(QString::fromStdString(table.name()),
                                                    QString::fromStdString(table.unit())),
                             QString::fromStdString(isoText(subject.time)),
                             QString(pane.synthetic ? "%1, synthetic" : "%1").arg(kindWord(pane.kind)),
                             QString::fromStdString(pane.title),
                             QString::fromStdString(pane.detail)}
                     .join('\t') +
                 "\n";
  const std::shared_ptr<const RadarGrid>& grid = pane.grid;
  for (int row = 0; row < grid->height(); ++row) {
    for (int col = 0; col < grid->width(); ++col) {
      if (col > 0) text += '\t';
      if (grid->hasValue(row, col))
        text += QString::number(double(grid->at(row, col)));
    }
    text += '\n';
  }
  return text;
}

}  // namespace stormloom
