package io.rioreactive.spring.boot;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Small applications with the starter, and without a web server. */
final class Runner {

  private Runner() {}

  static ApplicationContextRunner create() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                LifecycleAutoConfiguration.class,
                RioUdpAutoConfiguration.class,
                DatagramCodecsAutoConfiguration.class));
  }

  /** Why a start failed, and why that: none if it did not. */
  static List<Throwable> causesOf(AssertableApplicationContext context) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable t = context.getStartupFailure(); t != null; t = t.getCause()) {
      causes.add(t);
    }
    return causes;
  }

  /** What Boot would print of a start that failed: description and action. */
  static String analysisOf(AssertableApplicationContext context) {
    for (Throwable cause : causesOf(context)) {
      if (cause instanceof FailureAnalyzedException analyzed) {
        FailureAnalysis analysis = analyzed.analysis();
        return analysis.getDescription() + "\n" + analysis.getAction();
      }
    }
    throw new AssertionError("no analysis", context.getStartupFailure());
  }
}
