#pragma once

#include <string>

#include "app/cli/command.h"
#include "app/figure/film.h"
#include "core/receipt.h"

namespace stormloom::cli {

/// Size, speed and what stands in animations and pictures of maps.
std::vector<Option> pictureOptions();

/// The size that --size asks for; UsageError for one that is none.
FigureOptions figureOptionsFrom(const Session& session);

/// Refuses, before anything is computed, a name or a build that no animation can be written with.
void checkAnimation(const Session& session, const std::string& path);

/// The film as the bytes of an MP4 without anything said on the console.
std::string filmAsMp4(const Session& session, const Film& film, const Receipt& receipt);

/// Writes the film, in the places and colours of `look` where it has some, as .mp4, .webm, .gif or a folder of PNG
/// files. Gives the number of pictures, those in between counted.
std::size_t animate(const Session& session, const Film& film, const std::string& path,
             const Receipt& receipt, const FigureOptions& look = {});

/// One frame of the film as PNG; `number` counts from 1, 0 is the last.
void drawOne(const Session& session, const Film& film, int number, const std::string& path,
             const Receipt& receipt, const FigureOptions& look = {});

}  // namespace stormloom::cli
