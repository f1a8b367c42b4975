#include <QtTest>

#include "core/errors.h"
#include "core/lesson.h"
#include "core/pattern_lab.h"

using namespace stormloom;

namespace {

QString complaintAbout(const std::string& text) {
  try {
    parseLesson(text, "mine.txt");
  } catch (const IoError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

class TestLesson : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void aLessonIsReadLineByLine() {
    const Lesson lesson = parseLesson(
        "# Title\n\n## First\n@ lab left figure\none\ntwo\n\nthree\n? why\n? really\n! so\n\n## "
        "Second\n",
        "mine.txt");
    QCOMPARE(lesson.title, std::string("Title"));
    QCOMPARE(lesson.steps.size(), std::size_t(2));
    const LessonStep& first = lesson.steps[0];
    QCOMPARE(first.text, std::string("one two\n\nthree"));
    QCOMPARE(first.question, std::string("why really"));
    QCOMPARE(first.answer, std::string("so"));
    QCOMPARE(first.actions[0].target, std::string("lab"));
    QCOMPARE(first.actions[0].words, (std::vector<std::string>{"left", "figure"}));
    QCOMPARE(first.actions[0].line, 4);
  }

  void whatIsWrongIsNamedWithItsLine() {
    QVERIFY(complaintAbout("## A\n").contains("has no title"));
    QVERIFY(complaintAbout("# A\n").contains("has no step"));
    QVERIFY(complaintAbout("# A\ntext\n").contains("mine.txt, line 2"));
    QVERIFY(complaintAbout("# A\n## B\n@ moon walk\n").contains("@ moon"));
    QVERIFY(complaintAbout("# A\n## B\n@ lab\n").contains("line 3"));
    QVERIFY(complaintAbout("# A\n# B\n").contains("title already"));
  }

  void everyStepSetsWhatItSpeaksOf() {
    for (const Lesson& lesson : readLessons())
      for (const LessonStep& step : lesson.steps) {
        QVERIFY2(!step.actions.empty(), step.heading.c_str());
        const LessonAction& first = step.actions.front();
        const std::string wanted = first.target == "diffusion" ? "n" : "usual";
        QVERIFY2(first.words.front() == wanted, step.heading.c_str());
        if (first.target != "attention") continue;
        std::vector<std::string> set;
        for (const LessonAction& action : step.actions) set.push_back(action.words.front());
        for (const char* word : {"model", "layer", "wettest"})
          QVERIFY2(std::ranges::count(set, word) == 1, word);
      }
  }

  void sixLessonsComeWithTheProgramAndEveryQuestionHasAnAnswer() {
    const std::vector<Lesson> lessons = readLessons();
    QVERIFY(lessons.size() >= 6);
    for (const Lesson& lesson : lessons)
      for (const LessonStep& step : lesson.steps) {
        QVERIFY2(!step.text.empty(), lesson.path.c_str());
        QCOMPARE(step.question.empty(), step.answer.empty());
      }
  }

  // What the lessons claim in numbers.
  void theAnswersAreRight() {
    const auto sevir = namedLabPatterns({13, 32, 32});
    QCOMPARE(layerCost(sevir[0], 0).pairs, 13312.0 * 13312.0);
    QCOMPARE(sevir[1].name, std::string("axial"));
    QCOMPARE(layerCost(sevir[1], 0).cheaper, 1024.0);
    QCOMPARE(std::lround(patternCost(sevir[1]).cheaper), 173L);
    const auto corner = attendedBy(paperFigure()[2], 0, {0, 0, 0});
    QCOMPARE(std::count(corner.begin(), corner.end(), 1), std::ptrdiff_t(1));
  }
};

QTEST_APPLESS_MAIN(TestLesson)
#include "tst_lesson.moc"
