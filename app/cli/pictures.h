#pragma once

#include <string>

#include "app/cli/command.h"
#include "app/figure/film.h"

namespace stormloom::cli {

/// --size and --fps.
std::vector<Option> pictureOptions();

/// The size that --size asks for; UsageError for one that is none.
FigureOptions figureOptionsFrom(const Session& session);

/// Refuses, before anything is computed, a name or a build that no animation can be written with.
void checkAnimation(const std::string& path);

/// Writes the film as .mp4, .gif or a folder of PNG files.
void animate(const Session& session, const Film& film, const std::string& path,
             const std::string& comment);

/// One frame of the film as PNG; `number` counts from 1, 0 is the last.
void drawOne(const Session& session, const Film& film, int number, const std::string& path,
             const std::string& comment);

}  // namespace stormloom::cli
