#pragma once

#include <QString>
#include <QStringList>
#include <memory>

#include "app/figure/film.h"
#include "core/receipt.h"
#include "core/scenario.h"

namespace stormloom {

/// What is on the desk when somebody wants to take it away. Immutable; made anew each time.
struct ExportSubject {
  std::shared_ptr<const FrameSequence> observed;
  std::shared_ptr<const ModelContext> context;       ///< null: nothing is forecast
  std::shared_ptr<const ScenarioForecast> scenario;  ///< null: none yet
  QStringList inputs;             ///< as they were opened; empty for the built-in event
  QString box = {};               ///< "LON,LAT" where the person chose one
  ValidTime time{};               ///< what is looked at
  std::string deviceOption = {};  ///< "--device" of the engine, empty for auto
};

/// The words of the stormloom-cli line that makes the same; `output` and `file` end it.
std::vector<std::string> commandWords(const ExportSubject& subject, const QString& output,
                                      const QString& file);
/// The same as one line for a shell.
QString commandText(const ExportSubject& subject);

/// Event, UTC time, model and n: "KNMI_20100826T0235Z_prediff_n+2.0.mp4".
QString defaultFileName(const ExportSubject& subject, const QString& ending);

/// How what is written was made; input files are hashed here, so not on the GUI thread.
Receipt receiptOfSubject(const ExportSubject& subject, const QString& output, const QString& file);

/// The pictures of the desk: observed beside the scenarios, or the observed frames alone.
Film filmOfSubject(const ExportSubject& subject);

/// The frame that is looked at: rows of values with the unit, missing cells empty.
QString valuesAsText(const ExportSubject& subject);

}  // namespace stormloom
