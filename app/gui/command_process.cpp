#include "app/gui/command_process.h"

#include <QProcess>

#include "core/errors.h"
#include "core/program_folder.h"

namespace stormloom {
namespace {

constexpr int kLookMilliseconds = 50;

QString commandLineProgram() {
  for (const char* place : {"stormloom-cli", "cli/stormloom-cli", "app/cli/stormloom-cli"})
    if (const auto found = findAboveProgram(place))
      return QString::fromStdString(found->string());  // of a package, of a build
  throw IoError(
      "stormloom-cli, which writes this format, is not beside this program. Install or build it: "
      "./stormloom does both.");
}

QString lastSentence(QProcess& process) {
  const QStringList lines = QString::fromUtf8(process.readAllStandardError())
                                .remove("stormloom-cli: ")
                                .split('\n', Qt::SkipEmptyParts);
  return lines.isEmpty() ? QString("stormloom-cli ended without a word.") : lines.back();
}

}  // namespace

bool runCommandLine(const QStringList& words, std::stop_token stop) {
  QProcess process;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert("NO_COLOR", "1");
  process.setProcessEnvironment(environment);
  process.start(commandLineProgram(), words);
  while (!process.waitForFinished(kLookMilliseconds)) {
    if (process.state() == QProcess::NotRunning) break;
    if (!stop.stop_requested()) continue;
    process.terminate();
    if (!process.waitForFinished(5000)) process.kill();
    process.waitForFinished();
    return false;
  }
  if (process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0) return true;
  throw IoError(lastSentence(process).toStdString());
}

}  // namespace stormloom
