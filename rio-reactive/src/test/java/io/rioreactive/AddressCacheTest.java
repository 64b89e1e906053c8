package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The address cache")
class AddressCacheTest {

  private static final SocketAddressFormat V4 = new SocketAddressFormat(10, false);
  private static final SocketAddressFormat V6 = new SocketAddressFormat(10, true);

  private final MemorySegment memory = Arena.ofAuto().allocate(SocketAddressFormat.SIZE, 8);
  private final AddressCache cache = new AddressCache();

  // ---- the right address

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "0.0.0.0", "255.255.255.255", "127.0.0.1"})
  @DisplayName("reads an IPv4 peer, of either kind of socket, the second time as the same object")
  void readsIpv4(String ip) {
    for (SocketAddressFormat format : List.of(V4, V6)) {
      for (int port : new int[] {1, 4711, 65_535}) {
        InetSocketAddress peer = address(ip, port);
        InetSocketAddress read = read(format, peer);

        assertThat(read).isEqualTo(peer);
        assertThat(read.getAddress()).isInstanceOf(Inet4Address.class);
        assertThat(read(format, peer)).isSameAs(read);
      }
    }
  }

  @Test
  @DisplayName("an IPv4 peer is the same peer whether it comes to an IPv4 or an IPv6 socket")
  void mappedIsIpv4() {
    InetSocketAddress peer = address("192.0.2.7", 53);

    assertThat(read(V6, peer)).isSameAs(read(V4, peer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2001:db8::7", "::1", "::", "::7f00:1", "ffff::ffff"})
  @DisplayName("reads an IPv6 peer, the second time as the same object")
  void readsIpv6(String ip) {
    InetSocketAddress peer = address(ip, 4711);
    InetSocketAddress read = read(V6, peer);

    assertThat(read).isEqualTo(peer);
    assertThat(read.getAddress()).isInstanceOf(Inet6Address.class);
    assertThat(read(V6, peer)).isSameAs(read);
  }

  @Test
  @DisplayName("looks no name up")
  void looksNoNameUp() {
    assertThat(read(V4, address("127.0.0.1", 53))).hasToString("/127.0.0.1:53");
  }

  @Test
  @DisplayName("reads link-local peers of several interfaces as several peers")
  void readsScopes() {
    for (int scope = 1; scope <= 3; scope++) {
      InetSocketAddress peer = linkLocal(scope);
      InetSocketAddress read = read(V6, peer);

      assertThat(((Inet6Address) read.getAddress()).getScopeId()).isEqualTo(scope);
      assertThat(read(V6, peer)).isSameAs(read);
    }
  }

  @Test
  @DisplayName("writes what it was given: it can be read again")
  void writes() {
    for (String ip : List.of("192.0.2.7", "255.255.255.255")) {
      assertThat(write(V4, address(ip, 4711))).isEqualTo(address(ip, 4711));
      assertThat(write(V6, address(ip, 4711))).isEqualTo(address(ip, 4711));
    }
    for (String ip : List.of("2001:db8::7", "::1")) {
      assertThat(write(V6, address(ip, 65_535))).isEqualTo(address(ip, 65_535));
    }
  }

  @Test
  @DisplayName("writes link-local targets of several interfaces, each with its own")
  void writesScopes() {
    for (int round = 0; round < 2; round++) {
      for (int scope = 1; scope <= 3; scope++) {
        InetSocketAddress written = write(V6, linkLocal(scope));

        assertThat(((Inet6Address) written.getAddress()).getScopeId()).isEqualTo(scope);
      }
    }
  }

  @Test
  @DisplayName("an IPv4 socket does not reach an IPv6 target, the first and the second time")
  void unreachableFamily() {
    for (int i = 0; i < 2; i++) {
      assertThat(cache.write(V4, memory, 0, address("2001:db8::7", 53))).isFalse();
    }
    assertThat(cache.write(V6, memory, 0, address("2001:db8::7", 53))).isTrue();
  }

  @Test
  @DisplayName("tells peers apart that differ in address, port or family only")
  void tellsApart() {
    List<InetSocketAddress> peers =
        List.of(
            address("192.0.2.7", 53),
            address("192.0.2.7", 54),
            address("192.0.2.8", 53),
            address("::c000:207", 53),
            address("1::c000:207", 53));
    for (int i = 0; i < 2; i++) {
      for (InetSocketAddress peer : peers) {
        assertThat(read(V6, peer)).isEqualTo(peer);
        assertThat(write(V6, peer)).isEqualTo(peer);
      }
    }
  }

  @Test
  @DisplayName(
      "tells many peers apart that differ in one half of the address, or in the port, only")
  void tellsManyApart() {
    for (int round = 0; round < 2; round++) {
      for (int i = 1; i <= 500; i++) {
        String number = Integer.toHexString(i);
        for (InetSocketAddress peer :
            List.of(
                address("2001:db8:" + number + "::7", 53),
                address("2001:db8::" + number, 53),
                address("2001:db8::7", i))) {
          assertThat(read(V6, peer)).isEqualTo(peer);
          assertThat(write(V6, peer)).isEqualTo(peer);
        }
      }
    }
  }

  // ---- many

  @Test
  @DisplayName("4,096 peers are read without new objects, next to all of them")
  void manyPeers() {
    List<InetSocketAddress> peers = peers(4_096, new Random(1));
    for (int round = 0; round < 8; round++) { // it grows while it displaces
      peers.forEach(peer -> read(V4, peer));
    }

    long hits = hits(peers);

    assertThat(hits).isGreaterThan(4_096 - 20);
  }

  @Test
  @DisplayName("a few peers among many strangers are found again, as long as they come often")
  void regulars() {
    Random random = new Random(2);
    List<InetSocketAddress> regulars = peers(32, random);
    long misses = 0;
    for (int round = 0; round < 1_000; round++) {
      List<InetSocketAddress> before = new ArrayList<>();
      regulars.forEach(peer -> before.add(read(V4, peer)));
      peers(20, random).forEach(stranger -> read(V4, stranger));
      for (int i = 0; i < regulars.size(); i++) {
        misses += isSame(read(V4, regulars.get(i)), before.get(i)) ? 0 : 1;
      }
    }
    assertThat(misses).isLessThan(32 * 1_000 / 100);
  }

  @Test
  @DisplayName("is bounded: of any number of peers it keeps 16,384 at most")
  void isBounded() {
    Set<InetSocketAddress> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    List<InetSocketAddress> peers = peers(200_000, new Random(3));
    peers.forEach(peer -> kept.add(read(V4, peer)));
    assertThat(kept).as("each was new").hasSizeGreaterThan(199_000);

    long hits = 0;
    for (InetSocketAddress peer : peers.reversed()) { // backwards, so that each is asked before it
      hits += kept.contains(read(V4, peer)) ? 1 : 0; // can have been displaced by a later one
    }

    assertThat(hits).isBetween(8_192L, (long) AddressCache.LARGEST);
  }

  @Test
  @DisplayName("an address that was displaced is read right again")
  void rightAfterEviction() {
    List<InetSocketAddress> peers = peers(50_000, new Random(4));
    for (int round = 0; round < 2; round++) {
      for (InetSocketAddress peer : peers) {
        assertThat(read(V4, peer)).isEqualTo(peer);
        assertThat(write(V4, peer)).isEqualTo(peer);
      }
    }
  }

  @Test
  @DisplayName("IPv6 peers of one network, and IPv4 peers of one address, spread as well")
  void alikePeersSpread() {
    List<InetSocketAddress> neighbours = new ArrayList<>();
    List<InetSocketAddress> ports = new ArrayList<>();
    for (int i = 1; i <= 2_000; i++) {
      neighbours.add(address("2001:db8::" + Integer.toHexString(i), 5_353));
      ports.add(address("192.0.2.7", 1_024 + i));
    }
    for (int round = 0; round < 8; round++) {
      neighbours.forEach(peer -> read(V6, peer));
      ports.forEach(peer -> read(V6, peer));
    }

    assertThat(hits(neighbours)).isGreaterThan(1_900);
    assertThat(hits(ports)).isGreaterThan(1_900);
  }

  /** How many are read as the object they were read as before. */
  private long hits(List<InetSocketAddress> peers) {
    List<InetSocketAddress> before = new ArrayList<>();
    peers.forEach(peer -> before.add(read(V6, peer)));
    long hits = 0;
    for (int i = 0; i < peers.size(); i++) {
      hits += isSame(read(V6, peers.get(i)), before.get(i)) ? 1 : 0;
    }
    return hits;
  }

  @SuppressWarnings("ReferenceEquality") // of one object or two is the question
  private static boolean isSame(Object one, Object other) {
    return one == other;
  }

  private InetSocketAddress read(SocketAddressFormat format, InetSocketAddress peer) {
    assertThat(format.write(memory, 0, peer)).isTrue();
    return cache.read(format, memory, 0);
  }

  private InetSocketAddress write(SocketAddressFormat format, InetSocketAddress target) {
    memory.fill((byte) 0xDB);
    assertThat(cache.write(format, memory, 0, target)).isTrue();
    return format.read(memory, 0);
  }

  private static List<InetSocketAddress> peers(int count, Random random) {
    List<InetSocketAddress> peers = new ArrayList<>(count);
    byte[] ip = new byte[4];
    for (int i = 0; i < count; i++) {
      random.nextBytes(ip);
      peers.add(new InetSocketAddress(inet(ip), 1_024 + random.nextInt(60_000)));
    }
    return peers;
  }

  private static InetAddress inet(byte[] ip) {
    try {
      return InetAddress.getByAddress(ip);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static InetSocketAddress linkLocal(int scope) {
    try {
      byte[] ip = InetAddress.ofLiteral("fe80::1").getAddress();
      return new InetSocketAddress(Inet6Address.getByAddress(null, ip, scope), 5_353);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }
}
