#pragma once

class QWidget;

namespace stormloom {

class ActionTable;
struct Desk;

/// Attention, pattern lab and lessons: windows of their own, about what is on the desk.
void addAttentionActions(ActionTable& actions, const Desk& desk, QWidget* window);

}  // namespace stormloom
