#pragma once

#include <QObject>
#include <functional>

#include "app/gui/export_subject.h"

class QMimeData;
class QWidget;

namespace stormloom {

class ExportDialog;

/// The keys that take things away: Ctrl+E export, Ctrl+Shift+E the last export again, Ctrl+C
/// picture, Ctrl+Shift+C values, Ctrl+Alt+C command; and pictures dragged out of the window by
/// their handle.
class ExportTools : public QObject {
  Q_OBJECT
public:
  /// `subject` tells what is on the desk now; `picture` is the widget whose picture is taken.
  ExportTools(QWidget* window, QWidget* picture, std::function<ExportSubject()> subject);
  void exportNow();
  void exportAgain();
  void copyPicture();
  void copyValues();
  void copyCommand();
  /// A handle from which the picture is dragged into a document, as image and as PNG file.
  void makeDragHandle(QWidget* handle);

Q_SIGNALS:
  void said(const QString& sentence);  ///< for the window's line of messages

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  QMimeData* pictureData() const;

  QWidget* window_;
  QWidget* picture_;
  std::function<ExportSubject()> subject_;
  ExportDialog* dialog_;
};

}  // namespace stormloom
