package io.rioreactive.test.contract;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** What a connection sends keeps the rules of Reactive Streams for subscribers. */
@Timeout(120)
@Tag("once")
class OutboundRulesTest {

  @TestFactory
  Stream<DynamicTest> seenFromOutside() {
    return RuleTests.of(OutboundRules.Blackbox.class, Map.of());
  }

  @TestFactory
  Stream<DynamicTest> seenFromInside() {
    return RuleTests.of(OutboundRules.Whitebox.class, Map.of());
  }
}
