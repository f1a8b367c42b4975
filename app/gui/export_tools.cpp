#include "app/gui/export_tools.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QDrag>
#include <QFile>
#include <QMimeData>
#include <QMouseEvent>
#include <QPixmap>
#include <QUrl>
#include <QWidget>

#include "app/gui/export_dialog.h"

namespace stormloom {

ExportTools::ExportTools(QWidget* window, std::function<ExportSubject()> subject,
                         std::function<QImage()> picture)
    : QObject(window),
      window_(window),
      subject_(std::move(subject)),
      picture_(std::move(picture)),
      dialog_(new ExportDialog(window)) {
  connect(dialog_, &ExportDialog::said, this, &ExportTools::said);
}

void ExportTools::deskChanged() {
  if (dialog_->isVisible()) dialog_->refresh(subject_());
}

void ExportTools::exportNow() { dialog_->open(subject_()); }
void ExportTools::exportAgain() { dialog_->repeat(subject_()); }

/// The picture and, for programs that take files, a PNG with its receipt.
QMimeData* ExportTools::pictureData() const {
  const QImage image = picture_();
  auto* data = new QMimeData;
  data->setImageData(image);
  const ExportSubject subject = subject_();
  // Another time is another file: who took the first still has it.
  const QString time = QString::fromStdString(isoText(subject.time)).remove('-').remove(':');
  const QString name = QDir::temp().filePath(defaultFileName(subject, "_at_" + time + ".png"));
  writeWindowPicture(image, subject, name.toStdString());
  data->setUrls({QUrl::fromLocalFile(name)});
  if (QFile file(name); file.open(QIODevice::ReadOnly)) data->setData("image/png", file.readAll());
  return data;
}

void ExportTools::copyValues() {
  const QString values = valuesAsText(subject_());
  if (values.isEmpty()) return Q_EMIT said(tr("There is no frame with values here."));
  QApplication::clipboard()->setText(values);
  Q_EMIT said(tr("The frame's values are in the clipboard, ready for a table."));
}

void ExportTools::copyPicture() {
  try {
    QApplication::clipboard()->setMimeData(pictureData());
    Q_EMIT said(tr("The picture is in the clipboard."));
  } catch (const std::exception& error) {
    Q_EMIT said(QString::fromUtf8(error.what()));
  }
}

void ExportTools::makeDragHandle(QWidget* handle) { handle->installEventFilter(this); }

bool ExportTools::eventFilter(QObject* watched, QEvent* event) {
  const auto* mouse = static_cast<const QMouseEvent*>(event);
  if (event->type() == QEvent::MouseButtonPress) pressedAt_ = mouse->pos();
  const bool dragged =
      event->type() == QEvent::MouseMove && (mouse->buttons() & Qt::LeftButton) &&
      (mouse->pos() - pressedAt_).manhattanLength() >= QApplication::startDragDistance();
  if (!dragged) return QObject::eventFilter(watched, event);
  drag();
  return true;
}

void ExportTools::drag() {
  try {
    auto* drag = new QDrag(window_);
    QMimeData* data = pictureData();
    drag->setMimeData(data);
    drag->setPixmap(QPixmap::fromImage(qvariant_cast<QImage>(data->imageData()))
                        .scaledToWidth(240, Qt::SmoothTransformation));
    drag->exec(Qt::CopyAction);
  } catch (const std::exception& error) {
    Q_EMIT said(QString::fromUtf8(error.what()));
  }
}

}  // namespace stormloom
