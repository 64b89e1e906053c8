package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.IpSocketOptions;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the system says of groups, and where the options for both families go. */
@EnabledOnOs(OS.LINUX)
class MulticastTest {

  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0);
  private static final String GROUP = "239.255.73.";

  private static int loopback() {
    try {
      return NetworkInterface.getByInetAddress(InetAddress.ofLiteral("127.0.0.1")).getIndex();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static GroupMembership group(int number) {
    return new GroupMembership(InetAddress.ofLiteral(GROUP + number), loopback(), "lo", null);
  }

  private static RequestQueue open(MmsgHarness harness) throws IOException {
    return harness.open(MmsgHarness.config(ANY, 4, 4, 64, Map.of()));
  }

  /** In one read: a second one finds such a file at its end. */
  private static String firstLine(Path file) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      return reader.readLine();
    }
  }

  @Test
  void moreGroupsThanTheSystemAllowsAreRefusedWithItsLimit() throws IOException {
    Path limit = Path.of("/proc/sys/net/ipv4/igmp_max_memberships");
    int most = Math.min(200, Integer.parseInt(firstLine(limit)));
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness);
      for (int i = 1; i <= most; i++) {
        socket.changeMembership(MembershipChange.JOIN, group(i));
      }

      assertThatThrownBy(() -> socket.changeMembership(MembershipChange.JOIN, group(most + 1)))
          .isInstanceOf(KernelException.class)
          .hasMessageStartingWith("join " + group(most + 1) + " failed: ENOBUFS (105): ")
          .hasMessageContaining("igmp_max_memberships");
      socket.changeMembership(MembershipChange.LEAVE, group(1));
      socket.changeMembership(MembershipChange.JOIN, group(most + 1));
    }
  }

  @Test
  void whatTheSystemRefusesSaysWhy() throws IOException {
    InetAddress address = InetAddress.ofLiteral(GROUP + 1);
    GroupMembership nowhere = new GroupMembership(address, 1 << 20, "gone0", null);
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness);
      socket.changeMembership(MembershipChange.JOIN, group(1));

      assertThatThrownBy(() -> socket.changeMembership(MembershipChange.JOIN, nowhere))
          .hasMessage(
              "join 239.255.73.1 on gone0 failed: ENODEV (19): the interface is gone or has no"
                  + " address of the group's family");
      assertThatThrownBy(() -> socket.changeMembership(MembershipChange.JOIN, group(1)))
          .hasMessageStartingWith("join 239.255.73.1 on lo failed: EADDRINUSE (98): ")
          .hasMessageContaining("joined it already");
      assertThatThrownBy(() -> socket.changeMembership(MembershipChange.LEAVE, group(2)))
          .hasMessageStartingWith("leave 239.255.73.2 on lo failed: EADDRNOTAVAIL (99): ")
          .hasMessageContaining("has not joined it");
    }
  }

  record Both(SocketOption<?> option, int number, int ipv4, int ipv6, int granted) {}

  static Both[] options() {
    return new Both[] {
      new Both(
          StandardSocketOptions.IP_MULTICAST_TTL,
          7,
          Constants.IP_MULTICAST_TTL,
          Constants.IPV6_MULTICAST_HOPS,
          7),
      new Both(
          StandardSocketOptions.IP_MULTICAST_LOOP,
          0,
          Constants.IP_MULTICAST_LOOP,
          Constants.IPV6_MULTICAST_LOOP,
          0),
      new Both(IpSocketOptions.IP_TTL, 9, Constants.IP_TTL, Constants.IPV6_UNICAST_HOPS, 9),
      new Both(
          IpSocketOptions.IP_DONTFRAGMENT,
          1,
          Constants.IP_MTU_DISCOVER,
          Constants.IPV6_MTU_DISCOVER,
          Constants.IP_PMTUDISC_DO),
      new Both(
          IpSocketOptions.IP_DONTFRAGMENT,
          0,
          Constants.IP_MTU_DISCOVER,
          Constants.IPV6_MTU_DISCOVER,
          Constants.IP_PMTUDISC_DONT),
    };
  }

  @ParameterizedTest
  @MethodSource("options")
  void anOptionIsSetForBothFamilies(Both both) {
    for (boolean isIpv6 : new boolean[] {false, true}) {
      try (Descriptor fd = new Descriptor(isIpv6)) {
        assertThat(IpOptions.set(fd.libc, fd.fd, isIpv6, both.option(), both.number())).isZero();

        assertThat(fd.get(Constants.IPPROTO_IP, both.ipv4())).isEqualTo(both.granted());
        if (isIpv6) {
          assertThat(fd.get(Constants.IPPROTO_IPV6, both.ipv6())).isEqualTo(both.granted());
        }
      }
    }
  }

  @Test
  void theInterfaceToSendByIsSetForBothFamilies() {
    try (Descriptor fd = new Descriptor(true)) {
      int result =
          IpOptions.set(fd.libc, fd.fd, true, StandardSocketOptions.IP_MULTICAST_IF, loopback());

      assertThat(result).isZero();
      assertThat(fd.get(Constants.IPPROTO_IPV6, Constants.IPV6_MULTICAST_IF)).isEqualTo(loopback());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSocketHearsOnlyWhatItJoins(boolean isIpv6) {
    try (Descriptor fd = new Descriptor(isIpv6)) {
      Multicast.hearOnlyWhatIsJoined(fd.libc, fd.fd, isIpv6, fd.value);

      assertThat(fd.get(Constants.IPPROTO_IP, Constants.IP_MULTICAST_ALL)).isZero();
      if (isIpv6) {
        assertThat(fd.get(Constants.IPPROTO_IPV6, Constants.IPV6_MULTICAST_ALL)).isZero();
      }
    }
  }

  /** A socket that nothing has been done with. */
  private static final class Descriptor implements AutoCloseable {

    final Arena arena = Arena.ofConfined();
    final LibC libc = new LibC(arena);
    final MemorySegment value = arena.allocate(JAVA_INT);
    final MemorySegment size = arena.allocate(JAVA_INT);
    final int fd;

    Descriptor(boolean isIpv6) {
      int family = isIpv6 ? Constants.AF_INET6 : Constants.AF_INET;
      fd = libc.socket(family, Constants.SOCK_DGRAM | Constants.SOCK_CLOEXEC, 0);
      assertThat(fd).isPositive();
    }

    int get(int level, int option) {
      value.set(JAVA_INT, 0, -1);
      size.set(JAVA_INT, 0, (int) JAVA_INT.byteSize());
      assertThat(libc.getsockopt(fd, level, option, value.address(), size.address())).isZero();
      return size.get(JAVA_INT, 0) == 1 ? value.get(JAVA_INT, 0) & 0xFF : value.get(JAVA_INT, 0);
    }

    @Override
    public void close() {
      libc.close(fd);
      arena.close();
    }
  }
}
