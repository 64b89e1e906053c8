package io.rioreactive.test.contract;

import io.rioreactive.test.Needs;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a connection receives keeps the rules of Reactive Streams for publishers. */
@Timeout(120)
@Tag("once")
class InboundRulesTest {

  private static final String ONE_AT_A_TIME =
      "a connection has one subscriber at a time: a second gets an error that names share()";

  /** All of them optional in the specification. */
  private static final Map<String, String> SKIPPED =
      Map.of(
          "optional_spec111_maySupportMultiSubscribe",
          ONE_AT_A_TIME,
          "optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals",
          ONE_AT_A_TIME,
          "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfIts"
              + "SubscribersWhenRequestingOneByOne",
          ONE_AT_A_TIME,
          "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfIts"
              + "SubscribersWhenRequestingManyUpfront",
          ONE_AT_A_TIME,
          "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfIts"
              + "SubscribersWhenRequestingManyUpfrontAndCompleteAsExpected",
          ONE_AT_A_TIME);

  @TestFactory
  @EnabledOnOs(OS.LINUX)
  Stream<DynamicTest> linuxMmsg() {
    Needs.provider("linux-mmsg");
    return RuleTests.of(InboundRules.LinuxMmsg.class, SKIPPED);
  }

  @TestFactory
  @EnabledOnOs(OS.WINDOWS)
  Stream<DynamicTest> windowsRio() {
    Needs.provider("windows-rio");
    return RuleTests.of(InboundRules.WindowsRio.class, SKIPPED);
  }

  @TestFactory
  @EnabledOnOs(OS.WINDOWS)
  Stream<DynamicTest> windowsIocp() {
    Needs.provider("windows-iocp");
    return RuleTests.of(InboundRules.WindowsIocp.class, SKIPPED);
  }

  @TestFactory
  Stream<DynamicTest> nio() {
    Needs.provider("nio");
    return RuleTests.of(InboundRules.Nio.class, SKIPPED);
  }

  @TestFactory
  Stream<DynamicTest> simulated() {
    return RuleTests.of(InboundRules.Simulated.class, SKIPPED);
  }
}
