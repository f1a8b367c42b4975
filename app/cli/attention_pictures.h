#pragma once

#include <string>

#include "app/cli/inputs.h"
#include "core/attention.h"
#include "models/attention.h"

namespace stormloom::cli {

/// Kinds of files that `attention` writes.
enum class AttentionForm { NetCdf, Table, Picture, Movie };
AttentionForm attentionFormOf(const std::string& out);

bool darkThemeFrom(const Session& session);

/// What a question to a layer is drawn from.
struct AttentionDrawn {
  const CutInput& input;
  const AttentionPass& pass;
  const AttentionView& view;
};
/// Maps or block (--as), as PNG or SVG.
void drawAttentionPicture(const Session& session, const AttentionDrawn& drawn,
                          const std::string& out, const Receipt& receipt);
/// The block that turns, opens or is cut (--movie); "layers" is asked of `lens`.
void drawAttentionMovie(const Session& session, const AttentionDrawn& drawn,
                        const AttentionLens& lens, const std::vector<AttentionLayer>& layers,
                        const std::string& out, const Receipt& receipt);
/// Dry patches as PNG or SVG.
void drawOcclusionPicture(const Session& session, const CutInput& input, const AttentionPass& pass,
                          const OcclusionMap& map, const std::string& out, const Receipt& receipt);

/// `attention --pattern`: a pattern's block, frames and cost, without any file to read.
ExitCode showPattern(const Session& session, const std::string& out);
/// `attention --diffusion`: how members come out of their noise.
ExitCode showDiffusion(const Session& session, const std::string& out);

}  // namespace stormloom::cli
