package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.IpSocketOptions;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What Windows is asked for: which option, in which bytes. Wine hands some of it to Linux in the
 * wrong order or has not got it, so that what comes of it proves less here.
 */
@EnabledOnOs(OS.WINDOWS)
class WindowsMulticastTest {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private static GroupMembership group(String group, String source) throws IOException {
    NetworkInterface on = NetworkInterface.getByInetAddress(LOOPBACK);
    return new GroupMembership(
        InetAddress.ofLiteral(group),
        on.getIndex(),
        on.getName(),
        source == null ? null : InetAddress.ofLiteral(source));
  }

  @ParameterizedTest
  @CsvSource({"JOIN, 12", "LEAVE, 13"})
  void anIpv4GroupIsNamedWithAnAddressOfTheInterface(MembershipChange change, int option)
      throws IOException {
    try (Recorded calls = new Recorded()) {
      calls.change(change, group("239.1.2.3", null));

      assertThat(calls).hasToString("[0, " + option + ": ef010203 7f000001]");
    }
  }

  @ParameterizedTest
  @CsvSource({"JOIN, 15", "LEAVE, 16", "BLOCK, 17", "UNBLOCK, 18"})
  void anIpv4SourceStandsBetweenGroupAndInterface(MembershipChange change, int option)
      throws IOException {
    try (Recorded calls = new Recorded()) {
      calls.change(change, group("232.1.2.3", "192.0.2.7"));

      assertThat(calls).hasToString("[0, " + option + ": e8010203 c0000207 7f000001]");
    }
  }

  @ParameterizedTest
  @CsvSource({"JOIN, 12", "LEAVE, 13"})
  void anIpv6GroupIsNamedWithTheIndexOfTheInterface(MembershipChange change, int option)
      throws IOException {
    try (Recorded calls = new Recorded()) {
      GroupMembership group = group("ff05::7", null);
      calls.change(change, group);

      assertThat(calls)
          .hasToString(
              "[41, %d: ff050000 00000000 00000000 00000007 %08x]"
                  .formatted(option, Integer.reverseBytes(group.interfaceIndex())));
    }
  }

  @ParameterizedTest
  @CsvSource({"JOIN, 45", "LEAVE, 46", "BLOCK, 43", "UNBLOCK, 44"})
  void anIpv6SourceIsASocketAddressBehindThatOfTheGroup(MembershipChange change, int option)
      throws IOException {
    try (Recorded calls = new Recorded()) {
      GroupMembership group = group("ff05::7", "2001:db8::9");
      calls.change(change, group);

      String rest = " 00000000".repeat(26); // of a sockaddr_storage behind family and port
      assertThat(calls)
          .hasToString(
              "[41, %d: %08x 00000000 17000000 00000000 ff050000 00000000 00000000 00000007%s"
                      .formatted(option, Integer.reverseBytes(group.interfaceIndex()), rest)
                  + " 17000000 00000000 20010db8 00000000 00000000 00000009"
                  + rest
                  + "]");
    }
  }

  @Test
  void withoutAnInterfaceTheSystemPicks() throws IOException {
    InetAddress ipv4 = InetAddress.ofLiteral("239.1.2.3");
    InetAddress ipv6 = InetAddress.ofLiteral("ff05::7");
    try (Recorded calls = new Recorded()) {
      calls.change(MembershipChange.JOIN, new GroupMembership(ipv4, 0, "", null));
      calls.change(MembershipChange.JOIN, new GroupMembership(ipv6, 0, "", null));

      assertThat(calls)
          .hasToString(
              "[0, 12: ef010203 00000000,"
                  + " 41, 12: ff050000 00000000 00000000 00000007 00000000]");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WsaError.class,
      names = {"WSAEADDRNOTAVAIL", "WSAEINVAL", "WSAENOPROTOOPT"})
  void aRefusalNamesTheChangeAndItsCause(WsaError error) throws IOException {
    try (Recorded calls = new Recorded()) {
      calls.answer = -error.code();
      GroupMembership group = group("239.1.2.3", null);

      assertThatThrownBy(() -> calls.change(MembershipChange.JOIN, group))
          .isInstanceOf(KernelException.class)
          .hasMessageStartingWith("join " + group + " failed: " + error + " (" + error.code())
          .hasMessageContaining(
              error == WsaError.WSAENOPROTOOPT ? "no such call" : "no address of the group's");
    }
  }

  @Test
  void anOptionIsSetForBothFamilies() {
    assertThat(set(StandardSocketOptions.IP_MULTICAST_TTL, 7))
        .isEqualTo("[0, 10: 07000000, 41, 10: 07000000]");
    assertThat(set(StandardSocketOptions.IP_MULTICAST_LOOP, false))
        .isEqualTo("[0, 11: 00000000, 41, 11: 00000000]");
    assertThat(set(IpSocketOptions.IP_TTL, 9)).isEqualTo("[0, 4: 09000000, 41, 4: 09000000]");
    assertThat(set(IpSocketOptions.IP_DONTFRAGMENT, true))
        .isEqualTo("[0, 14: 01000000, 41, 14: 01000000]");
  }

  @Test
  void theInterfaceToSendByIsAnAddressForIpv4AndAnIndexForIpv6() throws IOException {
    NetworkInterface on = NetworkInterface.getByInetAddress(LOOPBACK);
    assertThat(set(StandardSocketOptions.IP_MULTICAST_IF, on))
        .isEqualTo("[0, 9: 7f000001, 41, 9: %08x]", Integer.reverseBytes(on.getIndex()));
    assertThat(WindowsMulticast.interfaceNumber(null, 5))
        .as("0.0.0.5 in the order of the network")
        .isEqualTo(Integer.reverseBytes(5));
  }

  @Test
  void ofAnIpv6SocketTheFamilyOfItsOwnDecides() {
    try (Recorded calls = new Recorded()) {
      calls.refusedLevel = Constants.IPPROTO_IP;
      assertThat(calls.options(true).set(IpSocketOptions.IP_TTL, 9)).isZero();
      assertThat(calls.options(false).set(IpSocketOptions.IP_TTL, 9)).isNegative();
      calls.refusedLevel = Constants.IPPROTO_IPV6;
      assertThat(calls.options(true).set(IpSocketOptions.IP_TTL, 9)).isNegative();
    }
  }

  private static String set(SocketOption<?> option, Object value) {
    try (Recorded calls = new Recorded()) {
      assertThat(calls.options(true).set(option, value)).isZero();
      return calls.toString();
    }
  }

  /** Each call of setsockopt, and no socket behind it. */
  private static final class Recorded implements AutoCloseable {

    private final Arena arena = Arena.ofConfined();
    private final List<String> calls = new ArrayList<>();
    int answer;
    int refusedLevel = -1;

    private final Winsock winsock =
        new Winsock(arena) {
          @Override
          public int setsockopt(long socket, int level, int optname, long optval, int optlen) {
            calls.add(level + ", " + optname + ":" + words(optval, optlen));
            return level == refusedLevel ? -WsaError.WSAENOPROTOOPT.code() : answer;
          }
        };

    void change(MembershipChange change, GroupMembership membership) throws IOException {
      WindowsMulticast.change(winsock, 1, change, membership);
    }

    IpOptions options(boolean isIpv6) {
      return new IpOptions(winsock, 1, isIpv6);
    }

    @SuppressWarnings("restricted")
    private static String words(long address, int length) {
      byte[] bytes =
          MemorySegment.ofAddress(address).reinterpret(length).toArray(ValueLayout.JAVA_BYTE);
      return HexFormat.of().formatHex(bytes).replaceAll("(.{8})", " $1");
    }

    @Override
    public String toString() {
      return calls.toString();
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
