package io.rioreactive.samples.rioprobe;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the checks one after the other, each on a daemon thread of its own and within a time. One
 * that fails or hangs says so, and the next one goes on; a thread that hangs is left alone with
 * what it has opened, since the system may still write there.
 *
 * <p>Used by one thread.
 */
final class CheckRunner {

  private final PrintWriter progress;
  private final Duration limit;

  /**
   * Prepares the run.
   *
   * @param progress gets a line for each check
   * @param limit how long one check may take
   */
  CheckRunner(PrintWriter progress, Duration limit) {
    this.progress = progress;
    this.limit = limit;
  }

  /**
   * Runs them in their order.
   *
   * @param hasRio whether the functions of RIO are there
   */
  List<Finding> run(List<Check> checks, boolean hasRio) {
    List<Finding> findings = new ArrayList<>();
    for (Check check : checks) {
      progress.printf("%2d/%d %s%n", findings.size() + 1, checks.size(), check.statement());
      progress.flush();
      Finding finding =
          check.needsRio() && !hasRio
              ? Finding.notAsked(check, "not asked: no RIO here")
              : ask(check, findings.size() + 1);
      progress.printf("      %s: %s%n", finding.answer().verdict(), finding.answer().observed());
      progress.flush();
      findings.add(finding);
    }
    return findings;
  }

  private Finding ask(Check check, int number) {
    FutureTask<Answer> task = new FutureTask<>(check.experiment()::run);
    Thread.ofPlatform().daemon().name("check " + number).start(task);
    try {
      Answer answer = task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return new Finding(check, answer, true);
    } catch (TimeoutException hangs) {
      return Finding.notAsked(check, "no answer within " + limit.toSeconds() + " s");
    } catch (ExecutionException failure) {
      return Finding.notAsked(check, "could not be asked: " + reason(failure.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.notAsked(check, "interrupted");
    }
  }

  /** The text of a failure that a check foresees; else its type too. */
  private static String reason(@Nullable Throwable failure) {
    return failure instanceof IOException && failure.getMessage() != null
        ? failure.getMessage()
        : String.valueOf(failure);
  }
}
