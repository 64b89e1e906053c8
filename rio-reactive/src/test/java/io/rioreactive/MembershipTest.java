package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a membership says, and what is refused before any system is asked. */
class MembershipTest {

  private static final InetAddress HOST = InetAddress.ofLiteral("192.0.2.7");

  @Test
  void itsTextNamesWhatIsNamed() {
    Membership group = Membership.of("239.1.2.3");

    assertThat(group).hasToString("239.1.2.3");
    assertThat(group.on("eth0")).hasToString("239.1.2.3 on eth0");
    assertThat(group.on(HOST).from(HOST)).hasToString("239.1.2.3 on 192.0.2.7 from 192.0.2.7");
    assertThat(group.on("eth0")).isEqualTo(Membership.of(group.group()).on("eth0"));
    assertThat(group.on("eth0").from(HOST)).isNotEqualTo(group.on("eth0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "fe80::1"})
  void anAddressThatIsNoGroupIsRefusedWithTheRange(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Membership.of(InetAddress.ofLiteral(address)))
        .withMessageContainingAll(
            InetAddress.ofLiteral(address).getHostAddress(),
            "no multicast address",
            "224.0.0.0 to 239.255.255.255",
            "ff00::/8");
  }

  @ParameterizedTest
  @CsvSource({
    "239.1.2.3, 239.1.2.4, IPv4",
    "239.1.2.3, 0.0.0.0, IPv4",
    "239.1.2.3, ::1, IPv4",
    "ff05::7, 192.0.2.7, IPv6"
  })
  void aSourceIsOneHostOfTheGroupsFamily(String group, String source, String family) {
    InetAddress host = InetAddress.ofLiteral(source);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Membership.of(group).from(host))
        .withMessageContainingAll("source", host.getHostAddress(), "one host", family);
  }

  @Test
  void aBlankInterfaceIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Membership.of("239.1.2.3").on(" "))
        .withMessageContaining("networkInterface is blank");
  }

  @Test
  void aScopeNamesTheInterfaceUnlessOneIsNamed() throws UnknownHostException {
    byte[] bytes = InetAddress.ofLiteral("ff02::7").getAddress();
    InetAddress scoped = Inet6Address.getByAddress(null, bytes, 3);

    Membership group = Membership.of(scoped);

    assertThat(group).isEqualTo(Membership.of("ff02::7").on("3"));
    assertThat(group).hasToString("ff02:0:0:0:0:0:0:7 on 3");
    assertThat(new Membership(scoped, "eth0", null)).isEqualTo(Membership.of("ff02::7").on("eth0"));
  }

  @Test
  void theSameGroupTwiceIsRefusedByTheBuilder() {
    RioUdpServer once = RioUdpServer.create().join(Membership.of("239.1.2.3").on("eth0"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> once.join(Membership.of("239.1.2.3").on("eth0")))
        .withMessageContaining("join 239.1.2.3 on eth0");
    assertThat(once.join(Membership.of("239.1.2.3")).options.memberships).hasSize(2);
    assertThat(once.options.memberships).as("immutable").hasSize(1);
  }

  @Test
  void theJdksOwnDontFragmentMeansTheSame() throws ReflectiveOperationException {
    var jdks =
        (SocketOption<?>)
            Class.forName("jdk.net.ExtendedSocketOptions").getField("IP_DONTFRAGMENT").get(null);

    assertThat(RioUdpServer.create().option(jdks(jdks), true).options.socketOptions)
        .containsExactly(Map.entry(RioSocketOptions.IP_DONTFRAGMENT, true));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RioUdpClient.create().option(StandardSocketOptions.TCP_NODELAY, true))
        .withMessageContainingAll("IP_TTL", "IP_DONTFRAGMENT", "IP_MULTICAST_IF");
  }

  @SuppressWarnings("unchecked") // its documented type
  private static SocketOption<Boolean> jdks(SocketOption<?> option) {
    return (SocketOption<Boolean>) option;
  }
}
