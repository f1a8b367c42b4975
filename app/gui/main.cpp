#include <QAction>
#include <QApplication>
#include <QCommandLineParser>
#include <QMainWindow>
#include <QPainter>
#include <QSettings>
#include <QStandardPaths>
#include <QTimer>
#include <cstdio>
#include <cstdlib>

#include "app/attention/lesson_window.h"
#include "app/gui/actions.h"
#include "app/gui/main_window.h"
#include "app/gui/map_wall.h"
#include "core/errors.h"

using namespace stormloom;

namespace {

/// Before the application exists: how large everything is drawn (chosen in the window, or
/// QT_SCALE_FACTOR).
void applyScale() {
  const int percent = QSettings("Stormloom", "Stormloom").value("scalePercent", 100).toInt();
  if (percent > 100 && percent <= 200 && !qEnvironmentVariableIsSet("QT_SCALE_FACTOR"))
    qputenv("QT_SCALE_FACTOR", QByteArray::number(percent / 100.0));
}

Theme::Choice themeOf(const QString& name) {
  if (name == "dark") return Theme::Choice::Dark;
  if (name == "light") return Theme::Choice::Light;
  return Theme::Choice(QSettings().value("theme", 0).toInt() % 3);
}

/// Opens a lesson once the event is on the desk.
void openLesson(MainWindow& window, const QStringList& place) {
  if (QAction* action = window.actions().find("lessons")) action->trigger();
  if (auto* lessons = window.findChild<LessonWindow*>(); lessons && place.size() == 2)
    lessons->open(place[0].toInt() - 1, place[1].toInt() - 1);
}

/// The window a picture is taken of: one that was opened from the main window, if there is one.
QWidget* pictured(MainWindow& window) {
  QWidget* found = &window;
  for (QMainWindow* other : window.findChildren<QMainWindow*>())
    if (other->isVisible() && !qobject_cast<LessonWindow*>(other)) found = other;
  return found;
}

/// Qt ends a program without a display by a crash; this ends it in a sentence.
void endWithoutDisplay(QtMsgType type, const QMessageLogContext&, const QString&) {
  if (type != QtFatalMsg) return;  // what comes before says the same in other words
  std::fputs(
      "stormloom: there is no display to open a window on. Start it in a desktop session, or use "
      "stormloom-cli, which needs none: stormloom-cli --help.\n",
      stderr);
  std::_Exit(int(ExitCode::DeviceOrMemory));
}

/// Help and version need no display.
bool onlyAsksAboutTheProgram(QCommandLineParser& arguments, int argc, char** argv) {
  QStringList words;
  for (int i = 0; i < argc; ++i) words << QString::fromLocal8Bit(argv[i]);
  arguments.parse(words);
  return arguments.isSet("help") || arguments.isSet("version");
}

/// That window; a lesson and the window it speaks of as they share the screen.
QPixmap pictureOf(MainWindow& window) {
  QWidget* shown = pictured(window);
  auto* lesson = window.findChild<LessonWindow*>();
  if (!lesson || !lesson->isVisible() || shown == &window) return shown->grab();
  const QRect room = shown->geometry() | lesson->geometry();
  QPixmap together(room.size());
  QPainter painter(&together);
  for (QWidget* each : {shown, static_cast<QWidget*>(lesson)})
    painter.drawPixmap(each->geometry().topLeft() - room.topLeft(), each->grab());
  return together;
}

}  // namespace

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  applyScale();
  QCoreApplication::setApplicationName("Stormloom");
  QCoreApplication::setOrganizationName("Stormloom");
  QCoreApplication::setApplicationVersion(STORMLOOM_VERSION);
  QCommandLineParser arguments;
  arguments.setApplicationDescription(
      "Radar on a map, forecasts of the next hour, and what if it gets stronger.");
  arguments.addHelpOption();
  arguments.addVersionOption();
  arguments.addPositionalArgument(
      "PATH", "radar files, folders or a session; none: the built-in synthetic event", "[PATH...]");
  const QCommandLineOption picture(
      "screenshot", "Write a picture of the window opened last and end.", "FILE.png");
  const QCommandLineOption size("size", "Size of the window.", "WxH", "1400x900");
  const QCommandLineOption wait("wait", "Seconds before the picture is taken.", "SECONDS", "4");
  const QCommandLineOption theme("theme", "dark, light or system.", "NAME");
  const QCommandLineOption act(
      "do", "An action of the window by its name, after the first second; may be given again.",
      "NAME");
  const QCommandLineOption lesson(
      "lesson",
      "Open a lesson at a step, both counted from 1; without PATH on the "
      "built-in event, and the last session is left alone.",
      "LESSON,STEP");
  const QCommandLineOption models(
      "models", "Models to use instead of the shipped ones (stormloom-cli models adopt).",
      "FOLDER");
  const QCommandLineOption watch(
      "watch", "Open the newest run of a folder, and newer ones as they come.", "FOLDER");
  arguments.addOptions({watch, picture, size, wait, theme, act, lesson, models});
  if (onlyAsksAboutTheProgram(arguments, argc, argv)) {
    QCoreApplication plain(argc, argv);
    arguments.process(plain);  // says it and ends
  }
  const QtMessageHandler usual = qInstallMessageHandler(endWithoutDisplay);
  QApplication app(argc, argv);
  qInstallMessageHandler(usual);
  arguments.process(app);
  if (arguments.isSet(models)) qputenv("STORMLOOM_MODELS", arguments.value(models).toUtf8());
  applyTheme(app, themeOf(arguments.value(theme)));

  try {
    const QString kept = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    // Lessons speak of the built-in event, unless a PATH says otherwise, and leave the person's own
    // session as it is.
    const bool onlyLessons = arguments.isSet(lesson) && arguments.positionalArguments().isEmpty();
    const bool keeps = !arguments.isSet(picture) && !onlyLessons;
    MainWindow window(engineFunctions(), {keeps ? kept : QString()});
    const QStringList sides = arguments.value(size).split('x');
    if (sides.size() == 2) window.resize(sides[0].toInt(), sides[1].toInt());
    window.show();
    const QStringList paths = arguments.positionalArguments();
    if (arguments.isSet(watch))
      window.watchFolder(arguments.value(watch));
    else if (!paths.isEmpty())
      window.openPaths(paths);
    else if (!window.restoreAfterCrash())
      window.openSyntheticEvent();
    int delay = 1000;
    for (const QString& name : arguments.values(act)) {
      QTimer::singleShot(delay += 100, &window, [&window, name] {
        if (QAction* action = window.actions().find(name)) action->trigger();
      });
    }
    if (arguments.isSet(lesson))
      QTimer::singleShot(delay + 2000, &window,
                         [&] { openLesson(window, arguments.value(lesson).split(',')); });
    if (arguments.isSet(picture)) {
      QTimer::singleShot(delay + 2500, &window, [&] {
        if (sides.size() == 2 && !arguments.isSet(lesson)) pictured(window)->resize(sides[0].toInt(), sides[1].toInt());
      });
      QTimer::singleShot(int(1000 * arguments.value(wait).toDouble()), &app, [&] {
        const bool saved = pictureOf(window).save(arguments.value(picture));
        QApplication::exit(saved ? 0 : int(ExitCode::UnfitData));
      });
    }
    return QApplication::exec();
  } catch (const StormloomError& error) {
    qCritical("%s", error.what());
    return int(error.exitCode());
  }
}
