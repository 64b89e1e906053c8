package io.rioreactive.samples.rioprobe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A check that fails or hangs costs its own answer and no other; the table shows all of them. */
@Timeout(60)
class CheckRunnerTest {

  private final StringWriter progress = new StringWriter();

  private static Check check(String statement, boolean needsRio, Check.Experiment experiment) {
    return new Check(statement, "so", needsRio, experiment);
  }

  private List<Finding> run(Duration limit, boolean hasRio, Check... checks) {
    return new CheckRunner(new PrintWriter(progress), limit).run(List.of(checks), hasRio);
  }

  @Test
  void answersStandInTheOrderOfTheChecks() {
    List<Finding> findings =
        run(
            Duration.ofSeconds(30),
            true,
            check("a", true, () -> Answer.confirmed("seen")),
            check("b", false, () -> Answer.refuted("not seen")));

    assertThat(findings).allMatch(Finding::asked);
    assertThat(findings)
        .extracting(Finding::answer)
        .containsExactly(Answer.confirmed("seen"), Answer.refuted("not seen"));
    assertThat(progress.toString()).contains(" 1/2 a", " 2/2 b", "refuted: not seen");
  }

  @Test
  void aCheckThatFailsSaysWhyAndTheNextOneGoesOn() {
    List<Finding> findings =
        run(
            Duration.ofSeconds(30),
            true,
            check(
                "foreseen",
                true,
                () -> {
                  throw new IOException("bind failed with 10048");
                }),
            check(
                "unforeseen",
                true,
                () -> {
                  throw new AssertionError("wrong types");
                }),
            check("next", true, () -> Answer.confirmed("seen")));

    assertThat(findings).extracting(Finding::asked).containsExactly(false, false, true);
    assertThat(findings)
        .extracting(finding -> finding.answer().observed())
        .containsExactly(
            "could not be asked: bind failed with 10048",
            "could not be asked: java.lang.AssertionError: wrong types",
            "seen");
    assertThat(findings.getFirst().answer().verdict()).isEqualTo(Verdict.OPEN);
  }

  @Test
  void aCheckThatHangsIsNoAnswerAndTheNextOneGoesOn() {
    CountDownLatch never = new CountDownLatch(1);

    List<Finding> findings =
        run(
            Duration.ofSeconds(1),
            true,
            check(
                "hangs",
                true,
                () -> {
                  never.await();
                  return Answer.confirmed("too late");
                }),
            check("next", true, () -> Answer.confirmed("seen")));
    never.countDown();

    assertThat(findings.getFirst().asked()).isFalse();
    assertThat(findings.getFirst().answer()).isEqualTo(Answer.open("no answer within 1 s"));
    assertThat(findings.getLast().answer()).isEqualTo(Answer.confirmed("seen"));
  }

  @Test
  void withoutRioOnlyWhatNeedsNoneIsAsked() {
    List<Finding> findings =
        run(
            Duration.ofSeconds(30),
            false,
            check(
                "needs it",
                true,
                () -> {
                  throw new AssertionError("asked");
                }),
            check("needs none", false, () -> Answer.confirmed("seen")));

    assertThat(findings).extracting(Finding::asked).containsExactly(false, true);
    assertThat(findings.getFirst().answer()).isEqualTo(Answer.open("not asked: no RIO here"));
  }

  @Test
  void whatIsSeenCannotBreakTheTable() {
    StringWriter table = new StringWriter();

    MarkdownTable.print(
        run(Duration.ofSeconds(30), true, check("a", true, () -> Answer.open("x | y\r\nz"))),
        new PrintWriter(table));

    assertThat(table.toString().lines())
        .containsExactly(
            "| statement | the contract says | observed | verdict |",
            "| --- | --- | --- | --- |",
            "| a | so | x \\| y z | open |");
  }
}
