#pragma once

#include <QString>
#include <QStringList>
#include <map>
#include <string>

#include "app/figure/figure.h"
#include "app/gui/export_subject.h"

namespace stormloom {

/// What to write and how it shall look.
struct ExportRequest {
  QString file;
  double framesPerSecond = 4.0;
  int from = 0;          ///< first and last picture, counted from 1; 0: the first, the last there is
  int to = 0;
  int between = 0;       ///< pictures computed between every two
  FigureOptions look = {};   ///< size (0: as the panes need), what is left out, note and logo
  QStringList command = {};  ///< words of stormloom-cli that make the file from the result; empty: made here
  bool asInWindow = false;  ///< the window's panes, whose film is complete; else what was observed and scenarios

  bool isOnePicture() const { return file.endsWith(".png", Qt::CaseInsensitive); }
  bool isFilm() const {
    return command.isEmpty() && !isOnePicture() && !file.endsWith(".nc", Qt::CaseInsensitive);
  }
};

/// Options of `stormloom-cli render` that draw the same, by name, without --out.
std::map<std::string, std::string> renderOptions(const ExportSubject& subject,
                                                 const ExportRequest& request);

/// The same as words behind each other, in the order in which the command line records them.
std::vector<std::string> renderWords(const ExportSubject& subject, const ExportRequest& request);

/// Whether the command compares the forecast with what was observed later.
bool needsTruth(const ExportSubject& subject, const ExportRequest& request);

/// The stormloom-cli line that makes the file.
QString exportCommand(const ExportSubject& subject, const ExportRequest& request);

}  // namespace stormloom
