#pragma once

#include <QImage>
#include <QString>
#include <QStringList>
#include <map>
#include <memory>
#include <vector>

#include "core/receipt.h"
#include "core/scenario.h"

namespace stormloom {

class DeskFilm;

/// What is on the desk when somebody wants to take it away. Immutable; made anew each time.
struct ExportSubject {
  std::shared_ptr<const FrameSequence> observed;
  std::shared_ptr<const ModelContext> context;       ///< null: nothing is forecast
  std::shared_ptr<const ScenarioForecast> scenario;  ///< null: none yet
  ScenarioRequest wished;    ///< what the desk asks for, whether it is computed or not
  QStringList inputs;        ///< as they were opened; empty for the built-in event
  QString box = {};          ///< "LON,LAT" where the person chose one
  QString within = {};       ///< corners of the area that the control is limited to
  bool interpolate = false;  ///< frames of the context computed where none was observed
  ValidTime time{};          ///< what is looked at
  bool truthIsShown = false;  ///< frames after the run time are among the inputs
  std::shared_ptr<DeskFilm> panes = {};  ///< as the window arranges them
};

/// Scenarios of several n as one, as if they had been asked for at once: by rising n, each with the
/// members that all have. Null where there is none.
std::shared_ptr<const ScenarioForecast> scenariosTogether(
    std::vector<std::shared_ptr<const ScenarioForecast>> scenarios);

/// The stormloom-cli line that makes what the panes show, for a shell: the values of every forecast
/// among them and, where they show more than forecasts, the picture.
QString commandText(const ExportSubject& subject);

/// Parts of such lines: the scenarios' values; what is read; "..demo.. && " where that is the built-in
/// event, which has to be written first.
QString scenarioCommand(const ExportSubject& subject, const QString& file);
std::vector<std::string> inputWords(const ExportSubject& subject);
QString demoCommand(const ExportSubject& subject);

/// Event, UTC time, model and n: "KNMI_20100826T023500Z_prediff_n+2.0.mp4".
QString defaultFileName(const ExportSubject& subject, const QString& ending);

/// How the desk's result file was made, the scenarios or the observed frames; input files are
/// hashed here, so not on the GUI thread.
Receipt resultReceipt(const ExportSubject& subject, const std::string& fileName);

/// How the panes of the window give a picture with these options of `render`; input files are hashed
/// here.
Receipt panesReceipt(const ExportSubject& subject, const std::vector<std::string>& options);

/// How the desk's context gives a file of `stormloom-cli attention` with these options (flags have
/// no value); input files are hashed here.
Receipt attentionReceipt(const ExportSubject& subject,
                         const std::map<std::string, std::string>& options);
/// The same as a line for a shell; quick.
std::string attentionCommandText(const ExportSubject& subject,
                                 const std::map<std::string, std::string>& options);

/// Writes that file: CF NetCDF as the command line would.
void writeResult(const ExportSubject& subject, const std::string& file);

/// What stormloom-cli reads the same from: the scenarios written into `folder`, else the inputs, else the
/// built-in event written there.
QStringList writeForCommands(const ExportSubject& subject, const QString& folder);

/// The maps as they look now, as PNG with how they were made; inputs of more than 64 MiB are named
/// without their hashes, for somebody waits.
/// Throws IoError where the file cannot be written.
void writeWindowPicture(const QImage& picture, const ExportSubject& subject,
                        const std::string& file);

/// What the active pane shows: a line with scale, unit, time, kind, title and detail, then rows of
/// values from north to south, cells without one empty.
QString valuesAsText(const ExportSubject& subject);

}  // namespace stormloom
