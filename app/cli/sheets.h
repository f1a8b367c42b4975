#pragma once

#include <string>

#include "app/cli/command.h"
#include "app/figure/sheet.h"

namespace stormloom::cli {

/// --kind, --mm, --dpi, --theme, --lead of a figure.
SheetOptions sheetOptionsFrom(const Session& session);

/// FILE.nc with, where PATH... follow, what was observed after its run and the scores.
struct SheetSubject {
  SheetContent content;
  Receipt receipt;
};
SheetSubject sheetSubjectFrom(const Session& session, const std::string& output);

}  // namespace stormloom::cli
