package io.rioreactive.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;

/**
 * Runs a verification of the Reactive Streams kit, which is written for TestNG, as one JUnit test
 * for each rule. A rule that the kit skips must be in a list with the reason, so that none goes
 * untested unseen.
 */
final class RuleTests {

  /** Rules with this prefix are in the kit without a test. */
  private static final String UNTESTED = "untested_";

  private RuleTests() {}

  /**
   * How long the kit waits, in milliseconds: for a signal, for none, and between two looks for an
   * error. Of those it takes one only, whatever the time for a signal is.
   */
  static TestEnvironment environment() {
    return new TestEnvironment(5_000, 50, 500);
  }

  /**
   * Runs all rules.
   *
   * @param skipped names of rules that are skipped, and why
   */
  static Stream<DynamicTest> of(Class<?> verification, Map<String, String> skipped) {
    TestListenerAdapter results = new TestListenerAdapter();
    TestNG kit = new TestNG(false);
    kit.setVerbose(0);
    kit.setTestClasses(new Class<?>[] {verification});
    kit.addListener(results);
    kit.run();

    Stream<DynamicTest> passed = results.getPassedTests().stream().map(RuleTests::test);
    Stream<DynamicTest> failed = results.getFailedTests().stream().map(RuleTests::test);
    Stream<DynamicTest> setUp = results.getConfigurationFailures().stream().map(RuleTests::test);
    DynamicTest list =
        dynamicTest(
            "skipped are the rules that are listed, and no others",
            () ->
                assertThat(new TreeSet<>(tested(results.getSkippedTests())))
                    .isEqualTo(new TreeSet<>(skipped.keySet())));
    return Stream.of(passed, failed, setUp, Stream.of(list)).flatMap(tests -> tests);
  }

  private static List<String> tested(List<ITestResult> skipped) {
    return skipped.stream()
        .map(ITestResult::getName)
        .filter(name -> !name.startsWith(UNTESTED))
        .toList();
  }

  private static DynamicTest test(ITestResult result) {
    return dynamicTest(
        result.getName(),
        () -> {
          if (result.getThrowable() != null) {
            throw result.getThrowable();
          }
        });
  }
}
