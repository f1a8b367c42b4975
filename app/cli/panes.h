#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/figure/film.h"
#include "core/receipt.h"

namespace stormloom::cli {

/// --layout and what says of which box, time and models its panes are.
std::vector<Option> paneOptions();

/// UsageError for options of panes without --layout.
void refusePaneOptions(const Session& session);

/// Panes as the window arranges them, at every time of PATH..., with the forecasts they show computed.
struct PaneSubject {
  Film film;
  FigureOptions look;
  Receipt receipt;
};

/// `output` is the option that names the file to be made.
PaneSubject panesFrom(const Session& session, const std::string& output);

}  // namespace stormloom::cli
