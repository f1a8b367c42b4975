#include "app/cli/subject.h"

#include <filesystem>

#include "app/cli/inputs.h"
#include "core/checked_result.h"

namespace stormloom::cli {

Subject subjectFrom(const Session& session, const std::string& output) {
  const std::vector<std::string>& paths = session.arguments.positionals();
  std::error_code ignored;
  if (paths.size() == 1 && std::filesystem::is_regular_file(paths.front(), ignored) &&
      isResultFile(paths.front()))
    return {readCheckedResult(paths.front()), receiptOfDerived(session, output, paths.front())};
  const auto files = readInputs(session);
  const FrameSequence& sequence = longestObserved(session, *files);
  Receipt receipt = receiptFor(session, output, sourceFiles(sequence));
  receipt.box = sequence.geo.bounds();
  receipt.firstTime = isoText(sequence.frames.front().validTime);
  return {{.kind = "sequence", .context = sequence}, receipt};
}

}  // namespace stormloom::cli
