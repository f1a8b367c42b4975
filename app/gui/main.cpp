#include <QApplication>
#include <QCommandLineParser>
#include <QTimer>

#include "app/gui/main_window.h"
#include "app/gui/palette.h"
#include "core/errors.h"

using namespace stormloom;

int main(int argc, char** argv) {
  SceneWidget::setDefaultFormat();
  QApplication app(argc, argv);
  QApplication::setApplicationName("Stormloom");
  QApplication::setApplicationVersion(STORMLOOM_VERSION);
  QCommandLineParser arguments;
  arguments.setApplicationDescription("Radar on a map, forecasts of the next hour, and what if it gets stronger.");
  arguments.addHelpOption();
  arguments.addVersionOption();
  arguments.addPositionalArgument("PATH", "radar files or folders; none: the built-in synthetic event", "[PATH...]");
  const QCommandLineOption picture("screenshot", "Write a picture of the window and end.", "FILE.png");
  const QCommandLineOption size("size", "Size of the window.", "WxH", "1400x900");
  const QCommandLineOption wait("wait", "Seconds before the picture is taken.", "SECONDS", "4");
  arguments.addOptions({picture, size, wait});
  arguments.process(app);
  applyDarkTheme(app);

  try {
    MainWindow window(engineFunctions());
    const QStringList sides = arguments.value(size).split('x');
    if (sides.size() == 2) window.resize(sides[0].toInt(), sides[1].toInt());
    window.show();
    if (arguments.positionalArguments().isEmpty()) window.openSyntheticEvent();
    else window.openPaths(arguments.positionalArguments());
    if (arguments.isSet(picture)) {
      QTimer::singleShot(int(1000 * arguments.value(wait).toDouble()), &app, [&] {
        QApplication::exit(window.grab().save(arguments.value(picture)) ? 0 : int(ExitCode::UnfitData));
      });
    }
    return QApplication::exec();
  } catch (const StormloomError& error) {
    qCritical("%s", error.what());
    return int(error.exitCode());
  }
}
