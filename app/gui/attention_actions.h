#pragma once

#include <functional>

class QWidget;

namespace stormloom {

class ActionTable;
struct Desk;
struct ExportSubject;

/// Attention, diffusion, pattern lab and lessons: windows of their own, about what is on the desk.
/// `taken` tells what files of these windows are made from.
void addAttentionActions(ActionTable& actions, const Desk& desk,
                         std::function<ExportSubject()> taken, QWidget* window);

}  // namespace stormloom
