package io.rioreactive.samples.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Each row of the table is a test class by that name, and each such class a row. */
class ComparisonTableTest {

  private static final List<Class<?>> CASES =
      List.of(
          HandlerExceptionTest.class,
          OversizedReplyTest.class,
          LongDatagramTest.class,
          PausedSubscriberTest.class,
          DeadPortTest.class,
          SlowConsumerTest.class);

  @Test
  void eachCaseIsATestClass() throws IOException {
    assertThat(ComparisonTable.rows())
        .extracting(ComparisonTable.Row::name)
        .containsExactlyElementsOf(
            CASES.stream().map(test -> test.getAnnotation(DisplayName.class).value()).toList());
  }
}
