package io.rioreactive.test.windows;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Marks tests of {@code windows-rio} that steer the double of Registered I/O. Without the double
 * they are skipped: on other systems there is nothing to test, and on Windows nothing to steer.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnRioDouble.Condition.class)
@Timeout(60)
@interface OnRioDouble {

  /** Whether the double is there. */
  final class Condition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return RioDouble.isThere()
          ? ConditionEvaluationResult.enabled("Winsock is the double of Registered I/O")
          : ConditionEvaluationResult.disabled("needs the double of Registered I/O as Winsock");
    }
  }
}
