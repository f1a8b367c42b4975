#pragma once

#include <QImage>
#include <QObject>
#include <QPoint>
#include <functional>

#include "app/gui/export_subject.h"

class QMimeData;
class QWidget;

namespace stormloom {

class ExportDialog;

/// What takes things away from the window: the export dialog, the last export again, the values of
/// a frame into the clipboard, and pictures dragged into a document.
class ExportTools : public QObject {
  Q_OBJECT
public:
  /// `subject` tells what is on the desk now; `picture` is what the maps look like now.
  ExportTools(QWidget* window, std::function<ExportSubject()> subject,
              std::function<QImage()> picture);
  void exportNow();
  void exportAgain();
  void deskChanged();  ///< an open dialog follows
  void copyValues();
  void copyPicture();
  /// A handle from which the picture is dragged, as image and as PNG file with its receipt.
  void makeDragHandle(QWidget* handle);

Q_SIGNALS:
  void said(const QString& sentence);  ///< for the window's line of messages

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  QMimeData* pictureData() const;
  void drag();

  QWidget* window_;
  std::function<ExportSubject()> subject_;
  std::function<QImage()> picture_;
  ExportDialog* dialog_;
  QPoint pressedAt_;
};

}  // namespace stormloom
