package io.rioreactive.test;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** One class of tests, run by JUnit Jupiter from within a test: what became of each. */
final class JupiterRun implements TestExecutionListener {

  /** What became of a test, or of a container that failed. */
  record Outcome(String name, TestExecutionResult result) {

    boolean isSuccessful() {
      return result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
    }

    boolean isAborted() {
      return result.getStatus() == TestExecutionResult.Status.ABORTED;
    }

    Throwable failure() {
      return result.getThrowable().orElseThrow(() -> new AssertionError(name + " has not failed"));
    }
  }

  private final List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());

  private JupiterRun() {}

  static JupiterRun of(Class<?> tests) {
    return of(tests, Map.of());
  }

  /** With configuration parameters; the system's properties do not count. */
  static JupiterRun of(Class<?> tests, Map<String, String> parameters) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(tests))
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .enableImplicitConfigurationParameters(false)
            .configurationParameters(parameters)
            .build();
    LauncherConfig plain =
        LauncherConfig.builder()
            .enableTestExecutionListenerAutoRegistration(false)
            .enableLauncherSessionListenerAutoRegistration(false)
            .enableLauncherDiscoveryListenerAutoRegistration(false)
            .enablePostDiscoveryFilterAutoRegistration(false)
            .build();
    JupiterRun run = new JupiterRun();
    LauncherFactory.create(plain).execute(request, run);
    return run;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest() || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
      outcomes.add(new Outcome(test.getDisplayName(), result));
    }
  }

  List<Outcome> outcomes() {
    return outcomes;
  }

  /** The outcome of the only test. */
  Outcome only() {
    if (outcomes.size() != 1) {
      throw new AssertionError("one test was expected: " + outcomes);
    }
    return outcomes.getFirst();
  }
}
