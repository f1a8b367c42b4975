#include "app/gui/export_tools.h"

#include <QBuffer>
#include <QClipboard>
#include <QDir>
#include <QDrag>
#include <QGuiApplication>
#include <QMimeData>
#include <QMouseEvent>
#include <QPixmap>
#include <QShortcut>
#include <QUrl>
#include <QWidget>

#include "app/gui/export_dialog.h"
#include "core/receipt_in_file.h"
#include "core/scratch_file.h"

namespace stormloom {

ExportTools::ExportTools(QWidget* window, QWidget* picture, std::function<ExportSubject()> subject)
    : QObject(window),
      window_(window),
      picture_(picture),
      subject_(std::move(subject)),
      dialog_(new ExportDialog(window)) {
  const auto key = [this](const QKeySequence& keys, void (ExportTools::*what)()) {
    auto* shortcut = new QShortcut(keys, window_);
    connect(shortcut, &QShortcut::activated, this, what);
  };
  key(QKeySequence("Ctrl+E"), &ExportTools::exportNow);
  key(QKeySequence("Ctrl+Shift+E"), &ExportTools::exportAgain);
  key(QKeySequence("Ctrl+C"), &ExportTools::copyPicture);
  key(QKeySequence("Ctrl+Shift+C"), &ExportTools::copyValues);
  key(QKeySequence("Ctrl+Alt+C"), &ExportTools::copyCommand);
}

void ExportTools::exportNow() { dialog_->open(subject_()); }
void ExportTools::exportAgain() { dialog_->repeat(subject_()); }

/// The picture and, for programs that take files, a PNG with its receipt.
QMimeData* ExportTools::pictureData() const {
  const QImage image = picture_->grab().toImage();
  auto* data = new QMimeData;
  data->setImageData(image);
  const ExportSubject subject = subject_();
  const QString name = QDir::temp().filePath(defaultFileName(subject, ".png"));
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, "png");
  Receipt receipt;  // inputs are not hashed while the mouse is held
  receipt.commandLine = commandText(subject).toStdString();
  if (subject.scenario) receipt = withForecast(receipt, *subject.scenario);
  writeWholeFile(name.toStdString(),
                 withPngText(buffer.data().toStdString(), kReceiptKeyword, receiptText(receipt)));
  data->setUrls({QUrl::fromLocalFile(name)});
  return data;
}

void ExportTools::copyPicture() {
  QGuiApplication::clipboard()->setImage(picture_->grab().toImage());
  Q_EMIT said(tr("The picture is in the clipboard."));
}

void ExportTools::copyValues() {
  const QString values = valuesAsText(subject_());
  if (values.isEmpty()) return Q_EMIT said(tr("There is no frame with values here."));
  QGuiApplication::clipboard()->setText(values);
  Q_EMIT said(tr("The frame's values are in the clipboard, ready for a table."));
}

void ExportTools::copyCommand() {
  QGuiApplication::clipboard()->setText(commandText(subject_()));
  Q_EMIT said(tr("The equal command is in the clipboard."));
}

void ExportTools::makeDragHandle(QWidget* handle) {
  handle->setCursor(Qt::OpenHandCursor);
  handle->setToolTip(tr("Drag the picture into a document"));
  handle->installEventFilter(this);
}

bool ExportTools::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::MouseMove) return QObject::eventFilter(watched, event);
  if (!(static_cast<QMouseEvent*>(event)->buttons() & Qt::LeftButton)) return false;
  try {
    QMimeData* data = pictureData();
    auto* drag = new QDrag(window_);
    drag->setMimeData(data);
    drag->setPixmap(QPixmap::fromImage(qvariant_cast<QImage>(data->imageData()))
                        .scaledToWidth(240, Qt::SmoothTransformation));
    drag->exec(Qt::CopyAction);
  } catch (const std::exception& error) {
    Q_EMIT said(QString::fromUtf8(error.what()));
  }
  return true;
}

}  // namespace stormloom
